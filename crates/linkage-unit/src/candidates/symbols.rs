//! Sealed symbols to candidates: units of the join give counts, which are added up and ranked.

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

/// A join of symbol files.
pub(crate) type SymbolJoin<'a> = Join<'a, SymbolFile>;

/// Search recall: results for a sample of records that were also compared with all others directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SearchRecall {
    /// Candidate pairs of the sampled records, found by the direct comparison.
    pub sampled_pairs: u64,
    /// Of these, pairs that the search found with the same number of common symbols.
    pub found_pairs: u64,
}

/// Key by records, the order in which counts of units are added up.
pub(crate) fn by_records(candidate: &Candidate) -> Key {
    (u64::from(candidate.left) << 32 | u64::from(candidate.right), 0, 0)
}

/// Processes the units of all joins that are missing in `store`. `number(join, candidate)` renumbers pairs
/// for the store. Returns the number of joined symbols.
pub(crate) fn run_joins<K: Fn(&Candidate) -> Key + Send + Sync>(
    joins: &[Join<'_, impl SymbolReader<Error = ColumnarError>>],
    store: &mut Store<'_, K>,
    number: &(dyn Fn(usize, Candidate) -> Candidate + Sync),
    budget: u64,
    on_progress: OnProgress<'_>,
) -> Result<u64, SearchError> {
    let working = store.is_resumable().then(Working::begin);
    let symbols: u64 = joins.iter().map(Join::symbols).sum();
    // A symbol counts twice: when it is read, and when it is joined.
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
    if working.is_some_and(Working::end) {
        return Err(store.interrupt()?);
    }
    Ok(symbols)
}

/// Missing units, as ranges of at most `at_once`.
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

/// Adds up the counts of all units, and passes pairs with at least the minimum number of common symbols to
/// `ranked`. `join_of` returns the join of a pair.
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
        if common >= law.min_common() {
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

/// Measures search recall: compares the pairs in `ranked` with a sample that is counted directly. `number`
/// renumbers the pairs of the sample for the store.
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

/// Warns of symbols that were skipped.
pub(crate) fn warn_of_heavy(join: &Join<'_, impl SymbolReader>) -> Option<String> {
    let (heavy, heaviest) = join.skipped_symbols();
    (heavy > 0).then(|| {
        format!(
            "{heavy} symbols that more than {HEAVY} records of one file share were skipped (one is shared by \
             {heaviest}); look for records that occur many times, or for a placeholder that the schema should list \
             as missing"
        )
    })
}

/// Memory for the entries of units, besides candidates.
pub(crate) fn entry_budget(wish: Option<u64>, records: u64) -> u64 {
    memory::budget(wish).saturating_sub(records * memory::RECORD_BYTES) * 2 / 3
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::{Comparable, Task};

    use super::*;
    use crate::candidates::runs::by_similarity;
    use crate::fixtures::{all_of, pair, store, symbols, unit};

    #[test]
    fn missing_units_form_runs_of_so_many_at_most() {
        let of = |at_once, there: &[usize]| missing(10, at_once, &|unit| there.contains(&unit));
        assert_eq!(of(3, &[0, 4]), [1..4, 5..8, 8..10]);
        assert_eq!(of(100, &[5]), [0..5, 6..10]);
        assert_eq!(of(1, &[0, 1, 2, 3, 4, 5, 6, 8]), [7..8, 9..10]);
        assert_eq!(of(3, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), Vec::<Range<usize>>::new());
    }

    #[test]
    fn sums_of_units_are_ranked_and_fewer_symbols_than_the_least_are_dropped() {
        let nothing: [&[u8]; 10] = Default::default();
        let (left, left_rows) = symbols("left", 8, Task::Link, &nothing);
        let (right, right_rows) = symbols("right", 8, Task::Link, &nothing);
        let comparable = Comparable::between(&left, &right).unwrap();
        let joins = [Join::new(&comparable, &left_rows, &right_rows).unwrap()];
        let law = joins[0].law();
        assert_eq!(law.min_common(), 2, "with eight positions, one symbol may be in common by chance");
        // The same whether counts add up in memory or not before they are ranked.
        for adds_up in [true, false] {
            let mut counts = store(adds_up, by_records);
            counts.add(unit(0, &[pair(0, 0, 3.0), pair(0, 1, 1.0), pair(1, 0, 1.0)])).unwrap();
            counts.add(unit(1, &[pair(0, 0, 2.0), pair(1, 0, 1.0), pair(2, 2, 8.0)])).unwrap();
            let mut ranked = store(false, by_similarity);
            rank(&mut counts, &|_| 0, &joins, &mut ranked).unwrap();
            let of = |left, right, common| pair(left, right, law.similarity(common));
            assert_eq!(all_of(&mut ranked), [of(2, 2, 8), of(0, 0, 5), of(1, 0, 2)]);
        }
    }

    #[test]
    fn each_pair_is_ranked_by_the_law_of_its_join() {
        let nothing: [&[u8]; 10] = Default::default();
        let [few, many] = [8, 112].map(|positions| {
            (
                symbols("left", positions, Task::Link, &nothing),
                symbols("right", positions, Task::Link, &nothing),
            )
        });
        let [few, many] = [&few, &many].map(|((left, left_rows), (right, right_rows))| {
            let comparable = Comparable::between(left, right).unwrap();
            Join::new(&comparable, left_rows, right_rows).unwrap()
        });
        let (of_few, of_many) = (few.law(), many.law());
        let mut counts = store(true, by_records);
        counts.add(unit(0, &[pair(0, 0, 1.0), pair(0, 1, 2.0), pair(1, 0, 1.0)])).unwrap();
        let mut ranked = store(false, by_records);
        rank(&mut counts, &|pair| pair.left as usize, &[few, many], &mut ranked).unwrap();
        assert!(of_few.similarity(2) < of_many.similarity(2));
        assert_eq!(
            all_of(&mut ranked),
            [pair(0, 1, of_few.similarity(2)), pair(1, 0, of_many.similarity(1))],
            "one common symbol says something where many positions are sealed"
        );
    }

    #[test]
    fn joins_count_common_symbols_under_the_numbers_of_all_files() {
        let (left, left_rows) = symbols("left", 112, Task::Link, &[&[1, 2, 3], &[4, 5], &[6]]);
        let (right, right_rows) = symbols("right", 112, Task::Link, &[&[3, 2, 1], &[9, 4], &[7]]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let joins =
            [3, 1].map(|units| Join::new(&comparable, &left_rows, &right_rows).unwrap().in_units(units));
        let number = |join: usize, of: Candidate| pair(of.left + 10 * join as u32, of.right, of.similarity);
        let mut counts = store(true, by_records);
        let told = AtomicU64::new(0);
        let on_progress = |_: Stage, _: &str, so_far: u64, total: u64| {
            assert!(so_far <= total);
            told.fetch_max(so_far, Ordering::Relaxed);
        };
        // Memory for one unit at once.
        let joined = run_joins(&joins, &mut counts, &number, 1, &on_progress).unwrap();
        assert_eq!(joined, 2 * joins[0].symbols());
        assert_eq!(told.into_inner(), joined, "progress ends at the total");
        let found = [pair(0, 0, 3.0), pair(1, 1, 1.0), pair(10, 0, 3.0), pair(11, 1, 1.0)];
        assert_eq!(all_of(&mut counts), found);
    }

    #[test]
    fn a_pair_that_the_search_lacks_or_counts_otherwise_lowers_its_recall() {
        let (left, left_rows) = symbols("left", 112, Task::Link, &[&[1, 2, 3], &[4, 5], &[6]]);
        let (right, right_rows) = symbols("right", 112, Task::Link, &[&[3, 2, 1], &[9, 4], &[7]]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let join = Join::new(&comparable, &left_rows, &right_rows).unwrap();
        let of = |left: u32, right, common| pair(left + 10, right, join.law().similarity(common));
        let recall = |found: &[Candidate]| {
            let mut ranked = store(false, by_similarity);
            ranked.add(unit(0, found)).unwrap();
            let number = |of: Candidate| pair(of.left + 10, of.right, of.similarity);
            let recall = measure(&join, &number, &mut ranked).unwrap();
            (recall.found_pairs, recall.sampled_pairs)
        };
        assert_eq!(recall(&[of(0, 0, 3), of(1, 1, 1)]), (2, 2));
        assert_eq!(
            recall(&[of(0, 0, 3), of(1, 1, 1), of(2, 0, 1)]),
            (2, 2),
            "a pair with nothing in common is in no sample"
        );
        assert_eq!(recall(&[of(0, 0, 3)]), (1, 2));
        assert_eq!(recall(&[of(0, 0, 3), of(1, 1, 2)]), (1, 2));
        assert_eq!(recall(&[]), (0, 2));
    }

    #[test]
    fn symbols_that_too_many_records_share_are_told() {
        let shared: &[u8] = &[1, 2, 3];
        let (set, rows) = symbols("left", 112, Task::Dedupe, &[shared; HEAVY + 1]);
        let join = Join::new(&Comparable::within(&set), &rows, &rows).unwrap();
        assert_eq!(warn_of_heavy(&join), None);
        let run = join.run(0..join.units(), &|_| (), &|_| ControlFlow::<()>::Continue(()));
        assert!(run.unwrap().is_continue());
        let warning = warn_of_heavy(&join).unwrap();
        assert!(warning.starts_with(&format!("3 symbols that more than {HEAVY} records")), "{warning}");
        assert!(warning.contains(&format!("shared by {})", HEAVY + 1)), "{warning}");
    }

    #[test]
    fn entries_of_units_take_two_thirds_of_what_records_leave() {
        let records = 10 * memory::RECORD_BYTES;
        assert_eq!(entry_budget(Some(records + 6_000), 10), 4_000);
        assert_eq!(entry_budget(Some(records - 1), 10), 0);
    }
}
