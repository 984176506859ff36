//! What a token file states of its rows, held against them.

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
        None => Err(damaged(name, "its record count is missing, so it was not finished")),
    }
}

/// The count of a file of symbols, and the pairs within it, if it states any.
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
            .ok_or_else(|| damaged(name, "the pairs of records that it states are none of such a file"))
    };
    pairs.map(read).transpose()
}

/// A set of tokens, or why its records make none.
pub(crate) fn of_set<T>(name: &str, set: Result<T, TokenSetError>) -> Result<T, ColumnarError> {
    set.map_err(|error| match error {
        TokenSetError::RepeatedId { first, second } => ColumnarError::row(
            name,
            second as u64,
            format!("the record id stands in row {first} already"),
            "give each record its own id",
        ),
        other => ColumnarError::file(name, other.to_string(), "split the file"),
    })
}
