//! Sealed symbols to candidates: units of the join give counts, counts add up, and sums are ranked.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use mizuhiki_columnar::{ColumnarError, SymbolFile};
use mizuhiki_exchange::SymbolReader;
use mizuhiki_match::{Candidate, HEAVY, Join, UnitResult};
use serde::Serialize;

use crate::candidates::error::SearchError;
use crate::candidates::interrupt::{Working, is_asked};
use crate::candidates::memory;
use crate::candidates::options::{OnProgress, Stage};
use crate::candidates::runs::Key;
use crate::candidates::store::Store;

/// A join of files of symbols.
pub(crate) type SymbolJoin<'a> = Join<'a, SymbolFile>;

/// What a search found of a sample of records that were compared with all others anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SearchRecall {
    /// Candidate pairs of the sampled records, found by looking at every symbol of the other file.
    pub sampled_pairs: u64,
    /// Of these, pairs that the search found, with the same number of common symbols.
    pub found_pairs: u64,
}

/// By records: the order in which counts of units add up.
pub(crate) fn by_records(candidate: &Candidate) -> Key {
    (u64::from(candidate.left) << 32 | u64::from(candidate.right), 0, 0)
}

/// Works the units of all joins that `store` has not. `number(join, candidate)` renumbers pairs for the store. Gives the
/// number of symbols that were joined.
pub(crate) fn run_joins<K: Fn(&Candidate) -> Key + Send + Sync>(
    joins: &[Join<'_, impl SymbolReader<Error = ColumnarError>>],
    store: &mut Store<'_, K>,
    number: &(dyn Fn(usize, Candidate) -> Candidate + Sync),
    budget: u64,
    on_progress: OnProgress<'_>,
) -> Result<u64, SearchError> {
    let working = store.is_resumable().then(Working::begin);
    let symbols: u64 = joins.iter().map(Join::symbols).sum();
    // A symbol is read, and then joined: two steps.
    let done = AtomicU64::new(0);
    let step = |count: u64| {
        let so_far = done.fetch_add(count, Ordering::Relaxed) + count;
        on_progress(Stage::Compare, "", so_far / 2, symbols);
    };
    let mut first = 0;
    for (index, join) in joins.iter().enumerate() {
        let at_once = join.units_at_once(budget);
        for units in missing(join.units(), at_once, &|unit| store.has(first + unit)) {
            let shared = Mutex::new(&mut *store);
            let take = |mut result: UnitResult| {
                step(result.pairs);
                result.unit += first;
                result.candidates.iter_mut().for_each(|candidate| *candidate = number(index, *candidate));
                match shared.lock().unwrap_or_else(PoisonError::into_inner).add(result) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => ControlFlow::Break(error),
                }
            };
            if let ControlFlow::Break(error) = join.run(units, &step, &take)? {
                return Err(error);
            }
            if is_asked() {
                return Err(store.interrupt()?);
            }
        }
        first += join.units();
    }
    drop(working);
    Ok(symbols)
}

/// Units that are not there yet, as ranges of at most `at_once`.
fn missing(units: usize, at_once: usize, has: &dyn Fn(usize) -> bool) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for unit in (0..units).filter(|&unit| !has(unit)) {
        match ranges.last_mut() {
            Some(range) if range.end == unit && range.len() < at_once => range.end += 1,
            _ => ranges.push(unit..unit + 1),
        }
    }
    ranges
}

/// Adds the counts of all units up, and hands pairs with at least the least number of common symbols to `ranked`. `join_of` tells which join a pair is of.
pub(crate) fn rank<K: Fn(&Candidate) -> Key + Sync, L: Fn(&Candidate) -> Key + Sync>(
    counts: &mut Store<'_, K>,
    join_of: &dyn Fn(&Candidate) -> usize,
    joins: &[Join<'_, impl SymbolReader>],
    ranked: &mut Store<'_, L>,
) -> Result<(), SearchError> {
    const AT_ONCE: usize = 1 << 20;
    let mut waiting: Vec<Candidate> = Vec::new();
    let mut sum: Option<Candidate> = None;
    let mut settle = |pair: Candidate, ranked: &mut Store<'_, L>| {
        let join = join_of(&pair);
        let (law, common) = (joins[join].law(), pair.similarity as u32);
        if common >= law.least() {
            waiting.push(Candidate { similarity: law.similarity(common), ..pair });
        }
        if waiting.len() < AT_ONCE {
            return Ok(());
        }
        ranked.add(UnitResult { unit: 0, pairs: 0, candidates: std::mem::take(&mut waiting) })
    };
    for counted in counts.sorted()? {
        let counted = counted.map_err(SearchError::lost)?;
        match &mut sum {
            Some(sum) if (sum.left, sum.right) == (counted.left, counted.right) => {
                sum.similarity += counted.similarity;
            }
            _ => {
                if let Some(pair) = sum.replace(counted) {
                    settle(pair, ranked)?;
                }
            }
        }
    }
    if let Some(pair) = sum {
        settle(pair, ranked)?;
    }
    ranked.add(UnitResult { unit: 0, pairs: 0, candidates: waiting })
}

/// Compares what was found with a sample that is counted anew; `found` has all pairs, in any order, and `number` renumbers
/// those of the sample like them.
pub(crate) fn measure<L: Fn(&Candidate) -> Key + Sync>(
    join: &Join<'_, impl SymbolReader<Error = ColumnarError>>,
    number: &dyn Fn(Candidate) -> Candidate,
    ranked: &mut Store<'_, L>,
) -> Result<SearchRecall, SearchError> {
    let law = join.law();
    let mut sample: std::collections::BTreeMap<(u32, u32), u64> = std::collections::BTreeMap::new();
    for pair in join.sample()? {
        let (pair, similarity) = (number(pair), law.similarity(pair.similarity as u32));
        sample.insert((pair.left, pair.right), similarity.to_bits());
    }
    let mut found_pairs = 0;
    for candidate in ranked.sorted()? {
        let candidate = candidate.map_err(SearchError::lost)?;
        let same = sample.get(&(candidate.left, candidate.right)) == Some(&candidate.similarity.to_bits());
        found_pairs += u64::from(same);
    }
    Ok(SearchRecall { sampled_pairs: sample.len() as u64, found_pairs })
}

/// Says which symbols were passed over.
pub(crate) fn warn_of_heavy(join: &Join<'_, impl SymbolReader>) -> Option<String> {
    let (heavy, heaviest) = join.passed_over();
    (heavy > 0).then(|| {
        format!(
            "{heavy} symbols that more than {HEAVY} records of one file share were passed over (one is shared by \
             {heaviest}); look for records that are there many times, or for a placeholder that the schema should list \
             as missing"
        )
    })
}

/// Memory for the entries of units, beside candidates.
pub(crate) fn entry_budget(wish: Option<u64>, records: u64) -> u64 {
    memory::budget(wish).saturating_sub(records * memory::RECORD_BYTES) * 2 / 3
}
