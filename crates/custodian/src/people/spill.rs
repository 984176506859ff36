//! Faults of work that goes through temporary files on its way to a table.

use std::io;

use mizuhiki_columnar::ColumnarError;

use crate::error::CustodianError;

/// A fault of the temporary files, which does not know for what they are, or of the table.
pub(crate) enum SpillOr {
    Spill(io::Error),
    Table(ColumnarError),
}

impl SpillOr {
    /// The fault of making `file`, with what was done in temporary files for it.
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
