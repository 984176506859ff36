//! Why links cannot be evaluated.

use mizuhiki_columnar::ColumnarError;

/// Why a table of links cannot be evaluated. Messages name files and ids, never a value of a person.
#[derive(Debug, thiserror::Error)]
pub enum LinkEvaluationError {
    /// A table cannot be read.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// Without true pairs nothing can be measured.
    #[error("{file}: the ground truth has no pair; give a table of the true pairs, one per row")]
    NoTruth {
        /// The ground truth.
        file: String,
    },
    /// Ground truth and tables have nothing in common.
    #[error(
        "{file}: none of the ids of its {pairs} pairs is in {tables} (the first is {first:?}); if the links have random \
         ids, encode with --keep-ids, and within one file add --unordered"
    )]
    OtherIds {
        /// The ground truth.
        file: String,
        /// Number of its distinct pairs.
        pairs: u64,
        /// Where the ids were looked for.
        tables: String,
        /// The first unknown id.
        first: String,
    },
}
