//! Why matching stops.

/// Matching cannot go on.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MatchError {
    /// The system gives no threads.
    #[error("the system gives no threads; try --threads 1")]
    Threads,
    /// Too few records to find a threshold without labels.
    #[error("{records} records are too few to find a threshold without labels; give --accept a number")]
    TooFewRecords {
        /// Records on the smaller side.
        records: usize,
    },
}
