//! Errors of work that uses temporary files before it writes a table.

use std::io;

use mizuhiki_columnar::ColumnarError;

use crate::error::CustodianError;

/// An error of the temporary files, without their purpose, or of the table.
pub(crate) enum SpillOr {
    Spill(io::Error),
    Table(ColumnarError),
}

impl SpillOr {
    /// The error attributed to `file`, with the action for which it needed temporary files.
    pub(crate) fn of(self, file: &str, action: &'static str) -> CustodianError {
        match self {
            Self::Spill(reason) => ColumnarError::Io { file: file.to_owned(), action, reason }.into(),
            Self::Table(error) => error.into(),
        }
    }
}

impl From<io::Error> for SpillOr {
    fn from(error: io::Error) -> Self {
        Self::Spill(error)
    }
}

impl From<ColumnarError> for SpillOr {
    fn from(error: ColumnarError) -> Self {
        Self::Table(error)
    }
}
