//! Running plans into a store.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use mizuhiki_files::Target;
use mizuhiki_match::{Candidate, Plan, UnitResult, search};
use mizuhiki_schema::Similarity;

use crate::interrupt::{Working, is_asked};
use crate::job::{OnProgress, SearchOptions, Stage};
use crate::spill::Key;
use crate::store::{Store, StoreOptions, work_folder};
use crate::{LinkError, memory};

/// Opens the store of a job whose tokens take `tokens` bytes.
pub(crate) fn open_store<'a, K: Fn(&Candidate) -> Key + Sync>(
    options: &SearchOptions,
    output: &Target,
    tokens: u64,
    digest: &'a (dyn Fn() -> [u8; 32] + Sync),
    key: K,
) -> Result<Store<'a, K>, LinkError> {
    let store = StoreOptions {
        folder: work_folder(output, options.work.as_deref()),
        resume: options.resume,
        most: memory::candidates(memory::budget(options.memory), tokens),
        every: options.checkpoint,
        adds_up: false,
        digest,
    };
    Store::open(store, key)
}

/// As [`open_store`], for counts of units that add up.
pub(crate) fn open_counts<'a, K: Fn(&Candidate) -> Key + Sync>(
    options: &SearchOptions,
    output: &Target,
    tokens: u64,
    digest: &'a (dyn Fn() -> [u8; 32] + Sync),
    key: K,
) -> Result<Store<'a, K>, LinkError> {
    let store = StoreOptions {
        folder: work_folder(output, options.work.as_deref()),
        resume: options.resume,
        most: memory::candidates(memory::budget(options.memory), tokens) / 4,
        every: options.checkpoint,
        adds_up: true,
        digest,
    };
    Store::open(store, key)
}

/// A store that nothing is resumed from.
pub(crate) fn passing_store<'a, K: Fn(&Candidate) -> Key + Sync>(
    options: &SearchOptions,
    tokens: u64,
    key: K,
) -> Result<Store<'a, K>, LinkError> {
    let store = StoreOptions {
        folder: None,
        resume: false,
        most: memory::candidates(memory::budget(options.memory), tokens) / 2,
        every: options.checkpoint,
        adds_up: false,
        digest: &|| [0; 32],
    };
    Store::open(store, key)
}

/// Refuses to begin where an unfinished run stands, before anything is read.
pub(crate) fn check_folder(options: &SearchOptions, output: &Target) -> Result<(), LinkError> {
    match work_folder(output, options.work.as_deref()) {
        Some(folder) if folder.exists() && !options.resume => {
            Err(LinkError::Unfinished { folder: folder.display().to_string() })
        }
        Some(folder) if !folder.parent().is_none_or(|parent| parent == Path::new("") || parent.is_dir()) => {
            let reason = std::io::Error::from(std::io::ErrorKind::NotFound);
            Err(LinkError::spill(&folder, reason))
        }
        _ => Ok(()),
    }
}

/// Searches every plan from its threshold on. `number(plan, candidate)` renumbers candidates for the store.
/// Gives the number of pairs compared, those of an earlier run included.
pub(crate) fn run_plans<K: Fn(&Candidate) -> Key + Send + Sync>(
    plans: &[Plan<'_>],
    thresholds: &[Similarity],
    store: &mut Store<'_, K>,
    number: &(dyn Fn(usize, Candidate) -> Candidate + Sync),
    on_progress: OnProgress<'_>,
) -> Result<u64, LinkError> {
    let _working = store.is_resumable().then(Working::begin);
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
    Ok(done.into_inner())
}
