//! Why matching stops.

/// Matching failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MatchError {
    /// The system provides no threads.
    #[error("the system provides no threads; try --threads 1")]
    Threads,
    /// Too few records for calibration.
    #[error("{records} records are too few to find a threshold without labels; give --accept a number")]
    TooFewRecords {
        /// Records on the smaller side.
        records: usize,
    },
}
