//! Tokens to candidate pairs to classes to links. Pure: no IO, no clock, no plaintext.
//!
//! Normative text: `protocols/04-matching.md`. Results depend on the tokens and thresholds alone: not on
//! threads, row order or hash seeds.

mod assign;
mod calibrate;
mod candidates;
mod error;
mod groups;
mod links;
mod measure;
mod sparse;

pub use assign::Assignment;
pub use calibrate::{Calibration, Expectation, HISTOGRAM_BINS};

pub use candidates::{Candidate, Limits, candidates, similarity_of};
pub use error::MatchError;
pub use groups::{Place, greedy_groups};
pub use links::{Linkage, link};

/// Runs `work` on a pool of `threads` threads; its results do not depend on their number.
///
/// # Errors
/// [`MatchError::Threads`] if the system gives no threads.
pub fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, MatchError> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|_| MatchError::Threads)?;
    Ok(pool.install(work))
}
