//! Errors of reading and writing tables.

use std::io;

use mizuhiki_files::WriteError;

/// Maximum number of columns of a table.
pub const MAX_COLUMNS: usize = 4096;

/// Maximum bytes of one record of a text table. An unclosed quote would extend it to the end of the file.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Why a table cannot be read or written. Messages name locations, never values.
#[derive(Debug, thiserror::Error)]
pub enum ColumnarError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The operating system reported an error.
    #[error("{file}: cannot {action}: {reason}")]
    Io {
        /// The file.
        file: String,
        /// The failed action.
        action: &'static str,
        /// The system's reason.
        reason: io::Error,
    },
    /// The file's name does not determine a format.
    #[error("{file}: unknown extension; use .csv, .tsv, .parquet, .arrow or .json")]
    UnknownFormat {
        /// The file.
        file: String,
    },
    /// This kind of table does not support the format.
    #[error("{file}: {what} cannot be {format}; {fix}")]
    UnsuitableFormat {
        /// The file.
        file: String,
        /// The kind of table.
        what: &'static str,
        /// The format's name.
        format: &'static str,
        /// The remedy.
        fix: &'static str,
    },
    /// The file as a whole is invalid.
    #[error("{file}: {problem}; {fix}")]
    File {
        /// The file.
        file: String,
        /// The problem.
        problem: String,
        /// The remedy.
        fix: String,
    },
    /// A row is invalid.
    #[error("{file}, row {row}: {problem}; {fix}")]
    Row {
        /// The file.
        file: String,
        /// The row, from 1; the header is not counted.
        row: u64,
        /// The problem.
        problem: String,
        /// The remedy.
        fix: String,
    },
    /// A value is invalid.
    #[error("{file}, row {row}, column {column:?}: {problem}; {fix}")]
    Cell {
        /// The file.
        file: String,
        /// The row, from 1; the header is not counted.
        row: u64,
        /// Name of the column.
        column: String,
        /// The problem.
        problem: String,
        /// The remedy.
        fix: String,
    },
}

impl ColumnarError {
    pub(crate) fn io(file: &str, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self::Io { file: file.to_owned(), action, reason }
    }

    pub(crate) fn file(file: &str, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::File { file: file.to_owned(), problem: problem.into(), fix: fix.into() }
    }

    pub(crate) fn row(file: &str, row: u64, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self::Row { file: file.to_owned(), row, problem: problem.into(), fix: fix.into() }
    }

    pub(crate) fn cell(
        file: &str,
        row: u64,
        column: &str,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self::Cell {
            file: file.to_owned(),
            row,
            column: column.to_owned(),
            problem: problem.into(),
            fix: fix.into(),
        }
    }
}
