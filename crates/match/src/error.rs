//! Why matching stops.

/// Matching cannot go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MatchError {
    /// The lower threshold lets too many pairs through.
    #[error(
        "more than {limit} candidate pairs reach the borderline threshold {borderline}; \
         raise it with --borderline, or compare smaller files"
    )]
    TooManyCandidates {
        /// Pairs that are kept at most.
        limit: usize,
        /// The threshold that let them through.
        borderline: f64,
    },
    /// The system gives no threads.
    #[error("the system gives no threads; try --threads 1")]
    Threads,
    /// Optimal assignment needs two sides.
    #[error("records of one file are linked among themselves: use --assign greedy or --assign many")]
    OptimalWithin,
    /// Too few records to find a threshold without labels.
    #[error("{records} records are too few to find a threshold without labels; give --accept a number")]
    TooFewRecords {
        /// Records on the smaller side.
        records: usize,
    },
}
