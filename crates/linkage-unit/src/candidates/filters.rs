//! Runs plans and stores their candidates.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use mizuhiki_match::{Candidate, Plan, UnitResult, search};
use mizuhiki_schema::Similarity;

use crate::candidates::error::SearchError;
use crate::candidates::interrupt::{Working, is_asked};
use crate::candidates::options::{OnProgress, Stage};
use crate::candidates::runs::Key;
use crate::candidates::store::Store;

/// Searches every plan down to its threshold. `number(plan, candidate)` renumbers candidates for the store.
/// Returns the number of pairs compared, including those of an earlier run.
pub(crate) fn run_plans<K: Fn(&Candidate) -> Key + Send + Sync>(
    plans: &[Plan<'_>],
    thresholds: &[Similarity],
    store: &mut Store<'_, K>,
    number: &(dyn Fn(usize, Candidate) -> Candidate + Sync),
    on_progress: OnProgress<'_>,
) -> Result<u64, SearchError> {
    let working = store.is_resumable().then(Working::begin);
    let total: u64 = plans.iter().map(Plan::pairs).sum();
    let done = AtomicU64::new(0);
    let mut first = 0;
    for (index, (plan, &threshold)) in plans.iter().zip(thresholds).enumerate() {
        let skip: Vec<bool> = (0..plan.units()).map(|unit| store.has(first + unit)).collect();
        let skipped: u64 =
            (0..plan.units()).filter(|&unit| skip[unit]).map(|unit| plan.unit_pairs(unit)).sum();
        done.fetch_add(skipped, Ordering::Relaxed);
        let shared = Mutex::new(&mut *store);
        let take = |mut result: UnitResult| {
            let pass = plan.pass_of(result.unit);
            let so_far = done.fetch_add(result.pairs, Ordering::Relaxed) + result.pairs;
            on_progress(Stage::Compare, pass, so_far, total);
            result.unit += first;
            result.candidates.iter_mut().for_each(|candidate| *candidate = number(index, *candidate));
            match shared.lock().unwrap_or_else(PoisonError::into_inner).add(result) {
                Ok(()) if is_asked() => ControlFlow::Break(None),
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => ControlFlow::Break(Some(error)),
            }
        };
        let ended = search(plan, threshold, &|unit| skip[unit], &take);
        match ended {
            ControlFlow::Break(Some(error)) => return Err(error),
            ControlFlow::Break(None) => return Err(store.interrupt()?),
            ControlFlow::Continue(()) => {}
        }
        first += plan.units();
    }
    if working.is_some_and(Working::end) {
        return Err(store.interrupt()?);
    }
    Ok(done.into_inner())
}
