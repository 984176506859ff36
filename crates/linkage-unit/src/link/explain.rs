//! Explains what a linkage would compare, and about how long it would take, without doing it.

use mizuhiki_columnar::Source;
use mizuhiki_exchange::{Comparable, SymbolReader, TokenSet};
use mizuhiki_match::{Join, Plan};
use serde::Serialize;

use crate::candidates::error::SearchError;
use crate::candidates::memory;
use crate::candidates::notes::{JOINED, once_each, passes, plan_in_words, warn, warn_of_files};
use crate::candidates::options::{PassSummary, SearchOptions};
use crate::candidates::symbols::entry_budget;
use crate::candidates::tokens::{compare, compare_within, count_pairs, join, read_all};

/// Comparisons of one view of 1,024 bits per second and thread, about as measured by the benches on a
/// processor with AVX2. Times are rough estimates; nothing depends on them.
const RATE_DICE: f64 = 1.5e9;

/// Symbols that a thread sorts and joins per second.
const RATE_JOIN: f64 = 14.0e6;

/// Symbols that are read from a file per second.
const RATE_READ: f64 = 250.0e6;

/// The plan of a linkage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// One plan per pair of files.
    pub comparisons: Vec<ExplainedComparison>,
    /// Comparisons of views over all passes; 0 if sealed symbols are joined.
    pub comparisons_of_views: u64,
    /// Symbols that are joined; 0 if filters are compared.
    pub symbols: u64,
    /// Number of times that symbol files are read, to keep within the memory limit.
    pub readings: u64,
    /// Approximate seconds of computation.
    pub seconds: f64,
    /// Approximate bytes of memory for the tokens.
    pub token_bytes: u64,
    /// Memory limit in bytes; candidates beyond it are kept on disk.
    pub memory_bytes: u64,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// The plan of a pair of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedComparison {
    /// Left file.
    pub left: String,
    /// Right file; within a file, the left one again.
    pub right: String,
    /// Records on the left.
    pub left_records: u64,
    /// Records on the right.
    pub right_records: u64,
    /// Rows on the left: a record has one for each of its alternatives.
    pub left_rows: u64,
    /// Rows on the right.
    pub right_rows: u64,
    /// Why these pairs are compared.
    pub plan: &'static str,
    /// Minimum number of common symbols of a candidate, for sealed tokens.
    pub least_common: Option<u32>,
    /// The passes.
    pub passes: Vec<PassSummary>,
    /// Share of all pairs of rows that are compared, in parts per million; a pair counts once per pass.
    pub pairs_per_million: u64,
}

/// Plans a linkage of each pair of `files`, or of one file within itself.
///
/// # Errors
/// [`SearchError`] if a file cannot be read, or two cannot be compared.
pub fn explain(
    files: &[Source],
    options: &SearchOptions,
    duplicates: bool,
) -> Result<Explanation, SearchError> {
    let sources: Vec<&Source> = files.iter().collect();
    let budget = memory::budget(options.memory);
    let (read, token_bytes) = read_all(&sources, budget, &|_, _, _, _| ())?;
    let mut explanation = Explanation {
        comparisons: Vec::new(),
        comparisons_of_views: 0,
        symbols: 0,
        readings: 0,
        seconds: 0.0,
        token_bytes,
        memory_bytes: budget,
        warnings: Vec::new(),
    };
    let records = read.iter().map(|file| file.set.len() as u64).sum();
    for left in 0..files.len() {
        for right in left..files.len() {
            let sets = (&read[left].set, &read[right].set);
            let comparable = if left == right && duplicates {
                compare_within(sets.0, &files[left])?
            } else if left == right {
                continue;
            } else {
                compare((sets.0, &files[left]), (sets.1, &files[right]))?
            };
            let mut explained = about(&comparable, [&files[left], &files[right]]);
            match join(&comparable, &read[left], &read[right]) {
                Some(join) => explanation.add_join(&join, &mut explained, options, records),
                None => explanation.add_plan(&Plan::new(&comparable, options.scope), &mut explained, options),
            }
            explanation.comparisons.push(explained);
        }
    }
    explanation.warnings = once_each(explanation.warnings.into_iter());
    Ok(explanation)
}

/// A comparison without a plan yet.
fn about(comparable: &Comparable<'_>, [left, right]: [&Source; 2]) -> ExplainedComparison {
    ExplainedComparison {
        left: left.name(),
        right: right.name(),
        left_records: comparable.left().len() as u64,
        right_records: comparable.right().len() as u64,
        left_rows: comparable.left().rows() as u64,
        right_rows: comparable.right().rows() as u64,
        plan: JOINED,
        least_common: None,
        passes: Vec::new(),
        pairs_per_million: 0,
    }
}

impl Explanation {
    fn add_join(
        &mut self,
        join: &Join<'_, impl SymbolReader>,
        explained: &mut ExplainedComparison,
        options: &SearchOptions,
        records: u64,
    ) {
        self.warnings.extend(warn_of_files(join.comparable()));
        let at_once = join.units_at_once(entry_budget(options.memory, records));
        let readings = join.units().div_ceil(at_once) as u64;
        self.symbols += join.symbols();
        self.readings += readings;
        // One more reading to check the files, which is done by now, and one for the sample.
        let read = (readings + 1) as f64 * join.symbols() as f64 / RATE_READ;
        self.seconds += join.symbols() as f64 / RATE_JOIN / options.threads.max(1) as f64 + read;
        explained.least_common = Some(join.law().min_common());
    }

    fn add_plan(&mut self, plan: &Plan<'_>, explained: &mut ExplainedComparison, options: &SearchOptions) {
        self.warnings.extend(warn(plan));
        let comparable = plan.comparable();
        let views: usize = comparable.left().views().iter().map(|view| view.rows.width()).sum();
        let work = plan.pairs() as f64 * views as f64 / 1024.0;
        self.seconds += work / RATE_DICE / options.threads.max(1) as f64;
        self.comparisons_of_views += plan.pairs() * comparable.left().views().len() as u64;
        let all = count_pairs(comparable, TokenSet::rows);
        explained.plan = plan_in_words(plan.kind());
        explained.passes = passes(plan);
        explained.pairs_per_million = (plan.pairs() as f64 / all.max(1.0) * 1e6).round() as u64;
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::Task;
    use mizuhiki_match::Scope;

    use super::*;
    use crate::fixtures::{FIXED, many_filters, schema_of_filters, source, symbols};

    fn nothing() -> Explanation {
        Explanation {
            comparisons: Vec::new(),
            comparisons_of_views: 0,
            symbols: 0,
            readings: 0,
            seconds: 0.0,
            token_bytes: 0,
            memory_bytes: 0,
            warnings: Vec::new(),
        }
    }

    #[test]
    fn a_plan_of_every_pair_compares_all_of_them_in_each_view() {
        let schema = schema_of_filters(FIXED);
        let (left, right) = (many_filters("left", &schema, 4), many_filters("right", &schema, 5));
        let comparable = Comparable::between(&left, &right).unwrap();
        let seconds = [1, 2].map(|threads| {
            let options = SearchOptions { scope: Scope::Exhaustive, threads, ..SearchOptions::default() };
            let (mut whole, mut explained) =
                (nothing(), about(&comparable, [&source("left.parquet"), &source("right.parquet")]));
            whole.add_plan(&Plan::new(&comparable, options.scope), &mut explained, &options);
            assert_eq!(whole.comparisons_of_views, 4 * 5 * 2);
            assert_eq!(
                (explained.left.as_str(), explained.right.as_str()),
                ("left.parquet", "right.parquet")
            );
            assert_eq!((explained.left_records, explained.right_records), (4, 5));
            assert_eq!(explained.pairs_per_million, 1_000_000);
            assert_eq!((explained.plan, explained.least_common), ("every pair, as requested", None));
            whole.seconds
        });
        assert!(seconds[0] > 0.0 && (seconds[0] / seconds[1] - 2.0).abs() < 1e-9, "{seconds:?}");
    }

    #[test]
    fn files_of_symbols_are_read_more_often_where_memory_is_scarce() {
        let (left, left_rows) = symbols("left", 112, Task::Link, &[&[1], &[2]]);
        let (right, right_rows) = symbols("right", 112, Task::Link, &[&[1]]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let join = Join::new(&comparable, &left_rows, &right_rows).unwrap().in_units(4);
        let explained = [Some(0), Some(1 << 40)].map(|memory| {
            let options = SearchOptions { memory, ..SearchOptions::default() };
            let (mut whole, mut explained) =
                (nothing(), about(&comparable, [&source("left.arrow"), &source("right.arrow")]));
            whole.add_join(&join, &mut explained, &options, 3);
            assert_eq!((whole.symbols, whole.comparisons_of_views), (join.symbols(), 0));
            assert_eq!((explained.plan, explained.least_common), (JOINED, Some(join.law().min_common())));
            (whole.readings, whole.seconds)
        });
        let [(often, longer), (once, shorter)] = explained;
        assert_eq!((often, once), (4, 1), "a reading for each unit, or one for all");
        assert!(longer > shorter, "{explained:?}");
    }
}
