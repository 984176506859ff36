//! Tokens to candidate pairs to classes to links. Pure: no IO, no clock, no plaintext.
//!
//! Normative text: `protocols/04-matching.md`. Results depend only on the tokens and thresholds, not on
//! threads, row order or hash seeds. Sealed symbols are joined ([`Join`]). For filters, a [`Plan`] defines
//! what is compared, and [`search`] finds the candidates of its units. [`Tally`] estimates thresholds without
//! labels. [`Greedy`], [`solve_component`] and [`Groups`] turn candidates, offered in order, into links and
//! clusters.

#![forbid(unsafe_code)]

use rayon::slice::ParallelSliceMut as _;

mod assign;
pub mod audit;
mod blocks;
mod calibrate;
mod common;
mod confirm;
mod entry;
mod error;
mod groups;
mod household;
mod join;
mod measure;
mod plan;
mod search;
mod sparse;

pub use assign::{
    Assignment, Components, Greedy, MAX_COMPONENT, Top, candidate_order, choose, solve_component,
};
pub use calibrate::{
    Calibration, Counts, Expectation, HISTOGRAM_BINS, Sample, Scale, Tally, WithinFile, can_calibrate,
};
pub use common::CommonLaw;
pub use confirm::decisions::{Answers, Decided, count_missing, decide};
pub use confirm::pairs::{PairsToList, pairs_to_confirm};
pub use error::MatchError;
pub use groups::{Groups, Linkage};
pub use household::{Household, RunnersUp, WithinHousehold, doubt_of, leaves_doubt};
pub use join::{HEAVY, Join};
pub use plan::{EXHAUSTIVE_WORK, Plan, PlanKind, PlannedPass, Scope};
pub use search::{Candidate, UnitResult, agreements_of, best_rows, candidates, search, similarity_of};

/// Sorts candidates by a key on all threads of the pool; equal keys come in any order.
pub fn sort_candidates<K: Ord + Send>(candidates: &mut [Candidate], key: impl Fn(&Candidate) -> K + Sync) {
    candidates.par_sort_unstable_by_key(key);
}

/// Runs `work` on a pool of `threads` threads; its results do not depend on their number.
///
/// # Errors
/// [`MatchError::Threads`] if the system provides no threads.
pub fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, MatchError> {
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|_| MatchError::Threads)?;
    Ok(pool.install(work))
}
