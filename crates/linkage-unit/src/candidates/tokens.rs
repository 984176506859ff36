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

/// Two sets as a [`Comparable`], or the reason why they cannot be compared, with the names of both files.
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
