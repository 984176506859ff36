//! Why a linkage or a clustering fails.

use mizuhiki_columnar::ColumnarError;
use mizuhiki_files::WriteError;

use crate::candidates::error::SearchError;

/// Why records cannot be linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Why candidates cannot be searched.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The report cannot be rendered.
    #[error(transparent)]
    Report(#[from] mizuhiki_report::ReportError),
    /// Candidate pairs that do not fit the files.
    #[error("{file}: {problem}; use candidate pairs of these two files")]
    Candidates {
        /// The file of candidate pairs.
        file: String,
        /// The problem.
        problem: String,
    },
    /// Optimal assignment needs two sides.
    #[error("optimal assignment needs two files; within one file, use --assign greedy or --assign many")]
    OptimalWithin,
}
