//! What stops a linkage or a clustering.

use mizuhiki_columnar::ColumnarError;
use mizuhiki_files::WriteError;

use crate::candidates::error::SearchError;

/// Records cannot be linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Candidates cannot be searched.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] mizuhiki_report::ReportError),
    /// Candidate pairs that do not fit the files.
    #[error("{file}: {problem}; give the candidate pairs of these two files")]
    Candidates {
        /// The file of candidate pairs.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// Optimal assignment needs two sides.
    #[error("records of one file are linked among themselves: use --assign greedy or --assign many")]
    OptimalWithin,
}
