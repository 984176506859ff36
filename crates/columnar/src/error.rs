//! Errors of reading and writing tables.

use std::io;

use mizuhiki_files::WriteError;

/// Columns that a table may have.
pub const MAX_COLUMNS: usize = 4096;

/// Bytes that one record of a text table may have. An unclosed quote swallows the rest of a file.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// A table cannot be read or written. Names places, never values.
#[derive(Debug, thiserror::Error)]
pub enum ColumnarError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The operating system refused.
    #[error("{file}: cannot {action}: {reason}")]
    Io {
        /// The file.
        file: String,
        /// What was tried.
        action: &'static str,
        /// The system's reason.
        reason: io::Error,
    },
    /// The name of the file tells no format.
    #[error("{file}: the extension names no format; use .csv, .tsv, .parquet, .arrow or .json")]
    UnknownFormat {
        /// The file.
        file: String,
    },
    /// This kind of table has no such format.
    #[error("{file}: {what} cannot be {format}; {fix}")]
    UnsuitableFormat {
        /// The file.
        file: String,
        /// The kind of table.
        what: &'static str,
        /// The format's name.
        format: &'static str,
        /// What to do instead.
        fix: &'static str,
    },
    /// The file is not what it should be, as a whole.
    #[error("{file}: {problem}; {fix}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// A row is not what it should be.
    #[error("{file}, row {row}: {problem}; {fix}")]
    Row {
        /// The file.
        file: String,
        /// The row, from 1; the header is not counted.
        row: u64,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// A value is not what it should be.
    #[error("{file}, row {row}, column {column:?}: {problem}; {fix}")]
    Cell {
        /// The file.
        file: String,
        /// The row, from 1; the header is not counted.
        row: u64,
        /// Name of the column.
        column: String,
        /// What is wrong.
        problem: String,
        /// What to do.
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
