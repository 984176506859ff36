//! Reads and checks token files.

use mizuhiki_columnar::{OpenTokens, Source, TokenFile};
use mizuhiki_exchange::{Comparable, Task, TokenSet};
use mizuhiki_match::Join;

use crate::candidates::error::SearchError;
use crate::candidates::files::Files;
use crate::candidates::memory;
use crate::candidates::options::{OnProgress, Stage};
use crate::candidates::symbols::SymbolJoin;

/// Reads each token file once, if those kept in memory fit `budget`; also returns their size in bytes.
pub(crate) fn read_all(
    sources: &[&Source],
    budget: u64,
    on_progress: OnProgress<'_>,
) -> Result<(Vec<TokenFile>, u64), SearchError> {
    let open = |source: &&Source| OpenTokens::open(source).map_err(SearchError::from);
    let files = sources.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let tokens = memory::check_fits(&files, budget)?;
    let read = |(file, source): (OpenTokens, &&Source)| {
        let name = source.name();
        file.read(&mut |rows| on_progress(Stage::Read, &name, rows, 0)).map_err(SearchError::from)
    };
    Ok((files.into_iter().zip(sources).map(read).collect::<Result<_, _>>()?, tokens))
}

/// Whether files contain sealed symbols. Of comparable files, either all do or none does.
pub(crate) fn are_sealed(files: &[TokenFile]) -> bool {
    files.iter().all(|file| file.symbols.is_some())
}

/// The join of two files, or of one with itself.
pub(crate) fn join<'a>(
    comparable: &Comparable<'a>,
    left: &'a TokenFile,
    right: &'a TokenFile,
) -> Option<SymbolJoin<'a>> {
    Join::new(comparable, left.symbols.as_ref()?, right.symbols.as_ref()?)
}

/// The files of a job as [`Comparable`]; `files` is their content.
pub(crate) fn compare_files<'a>(
    sources: &Files<Source>,
    files: &'a [TokenFile],
) -> Result<Comparable<'a>, SearchError> {
    match (sources, files) {
        (Files::Between(left, right), [of_left, of_right]) => {
            compare((&of_left.set, left), (&of_right.set, right))
        }
        (Files::Within(one), [file]) => compare_within(&file.set, one),
        _ => unreachable!("each file of the job is read once"),
    }
}

/// One file as a [`Comparable`] with itself.
pub(crate) fn compare_within<'a>(set: &'a TokenSet, source: &Source) -> Result<Comparable<'a>, SearchError> {
    match set.meta() {
        Some(meta) if meta.schema.symbols().is_some() && meta.run.task != Task::Dedupe => {
            Err(SearchError::NotForDedupe { file: source.name() })
        }
        _ => Ok(Comparable::within(set)),
    }
}

/// Two sets as a [`Comparable`], or the reason plan_in_words they cannot be compared, with the names of both files.
pub(crate) fn compare<'a>(
    (left, left_source): (&'a TokenSet, &Source),
    (right, right_source): (&'a TokenSet, &Source),
) -> Result<Comparable<'a>, SearchError> {
    Comparable::between(left, right).map_err(|reason| SearchError::Incomparable {
        left: left_source.name(),
        right: right_source.name(),
        reason,
    })
}

/// Number of pairs of records, or of rows, of a comparison.
pub(crate) fn count_pairs(comparable: &Comparable<'_>, count: impl Fn(&TokenSet) -> usize) -> f64 {
    let (left, right) = (count(comparable.left()) as f64, count(comparable.right()) as f64);
    if comparable.is_within() { left * (left - 1.0).max(0.0) / 2.0 } else { left * right }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FIXED, file, many_filters, schema_of_filters, source, symbols};

    #[test]
    fn a_pair_counts_once_within_a_file_and_no_record_pairs_with_itself() {
        let schema = schema_of_filters(FIXED);
        let file = |name, records| many_filters(name, &schema, records);
        let (left, right) = (file("left", 5), file("right", 3));
        assert_eq!(count_pairs(&Comparable::between(&left, &right).unwrap(), TokenSet::len), 15.0);
        for (records, pairs) in [(0, 0.0), (1, 0.0), (5, 10.0)] {
            assert_eq!(count_pairs(&Comparable::within(&file("left", records)), TokenSet::len), pairs);
        }
    }

    #[test]
    fn files_that_cannot_be_compared_are_both_named() {
        let schema = schema_of_filters(FIXED);
        let (set, same) = (many_filters("clinic", &schema, 2), many_filters("clinic", &schema, 3));
        let (a, b) = (source("a.parquet"), source("b.parquet"));
        let message = compare((&set, &a), (&same, &b)).unwrap_err().to_string();
        assert!(message.starts_with("a.parquet and b.parquet: "), "{message}");
        assert!(message.contains("\"clinic\""), "{message}");
        let other = many_filters("registry", &schema, 3);
        assert!(!compare((&set, &a), (&other, &b)).unwrap().is_within());
    }

    #[test]
    fn sealed_symbols_made_to_be_linked_hold_no_duplicates_to_find() {
        let made = |task| symbols("left", 112, task, &[&[1], &[1]]).0;
        let message = compare_within(&made(Task::Link), &source("a.arrow")).unwrap_err().to_string();
        assert!(message.starts_with("a.arrow: ") && message.contains("--for dedupe"), "{message}");
        assert!(compare_within(&made(Task::Dedupe), &source("a.arrow")).unwrap().is_within());
        // Filters are the same for every task.
        let plain = many_filters("left", &schema_of_filters(FIXED), 2);
        assert!(compare_within(&plain, &source("a.arrow")).unwrap().is_within());
    }

    #[test]
    fn a_job_compares_the_files_that_were_read_for_it() {
        let schema = schema_of_filters(FIXED);
        let files = [file(many_filters("left", &schema, 2)), file(many_filters("right", &schema, 3))];
        let between = Files::Between(source("a"), source("b"));
        let comparable = compare_files(&between, &files).unwrap();
        assert_eq!((comparable.left().len(), comparable.right().len()), (2, 3));
        let comparable = compare_files(&Files::Within(source("b")), &files[1..]).unwrap();
        assert!(comparable.is_within() && comparable.left().len() == 3);
        assert!(!are_sealed(&files));
        assert!(join(&comparable, &files[0], &files[1]).is_none(), "filters are not joined");
    }
}
