//! Checks a token file's statements about its rows.

use mizuhiki_exchange::{PairsWithin, TokenSetError};

use crate::decode::damage::damaged;
use crate::error::ColumnarError;

/// Checks the number of rows that a file states.
pub(crate) fn stated_count(name: &str, stated: Option<&str>, found: usize) -> Result<(), ColumnarError> {
    match stated.and_then(|text| text.trim().parse::<usize>().ok()) {
        Some(count) if count == found => Ok(()),
        Some(count) => {
            let problem = format!("the file states {count} records but has {found}");
            Err(ColumnarError::file(name, problem, "copy the file again"))
        }
        None => Err(damaged(name, "its record count is missing, so it was never finished")),
    }
}

/// The record count of a symbol file, and the pairs within it, if stated.
pub(crate) fn stated_pairs(
    name: &str,
    stated: Option<&str>,
    (records, per_record): (usize, usize),
) -> Result<Option<PairsWithin>, ColumnarError> {
    let (count, pairs) = match stated.map(|text| text.split_once(' ').ok_or(text)) {
        Some(Ok((count, pairs))) => (Some(count), Some(pairs)),
        Some(Err(count)) => (Some(count), None),
        None => (None, None),
    };
    stated_count(name, count, records)?;
    let read = |text| {
        PairsWithin::parse(text, records, per_record)
            .ok_or_else(|| damaged(name, "its stated numbers of pairs of records are impossible"))
    };
    pairs.map(read).transpose()
}

/// A set of tokens, or why the records are invalid.
pub(crate) fn of_set<T>(name: &str, set: Result<T, TokenSetError>) -> Result<T, ColumnarError> {
    set.map_err(|error| match error {
        TokenSetError::RepeatedId { first, second } => ColumnarError::row(
            name,
            second as u64,
            format!("the record id already occurs in row {first}"),
            "give each record its own id",
        ),
        other => ColumnarError::file(name, other.to_string(), "split the file"),
    })
}
