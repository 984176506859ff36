//! Columns of a table of people: those that an encoder needs, and the id column.

use mizuhiki_columnar::{ColumnarError, TableReader};

use crate::error::CustodianError;
use crate::people::ids::{IdPolicy, is_id_header};

/// Position of each column of the encoder among the columns that are read; `None` for an optional one that
/// the table lacks.
pub(crate) type Places = Vec<Option<usize>>;

/// Indices of the columns to read, at least one of each group, and the positions of all columns among them.
pub(crate) fn columns_by_name(
    columns: &[String],
    groups: &[Vec<usize>],
    reader: &TableReader,
) -> Result<(Vec<usize>, Places), CustodianError> {
    let there = |column: &usize| reader.columns().contains(&columns[*column]);
    let mut read: Vec<usize> = Vec::new();
    for group in groups {
        let found: Vec<usize> = group.iter().copied().filter(there).collect();
        // If all are missing, the error names the first.
        read.extend(if found.is_empty() { &group[..1] } else { &found });
    }
    read.sort_unstable();
    read.dedup();
    let names: Vec<&str> = read.iter().map(|&column| columns[column].as_str()).collect();
    let places = (0..columns.len()).map(|column| read.binary_search(&column).ok()).collect();
    Ok((reader.columns_named(&names)?, places))
}

/// The id column, if the table has one: the given one, or one with a typical name.
pub(crate) fn find_id_column(
    reader: &TableReader,
    given: Option<&str>,
    policy: &IdPolicy,
) -> Result<Option<(String, usize)>, CustodianError> {
    if let Some(column) = given {
        return Ok(Some((column.to_owned(), reader.column(column)?)));
    }
    let found = reader.columns().iter().position(|column| is_id_header(column));
    match (found, policy) {
        (Some(index), _) => Ok(Some((reader.columns()[index].clone(), index))),
        (None, IdPolicy::Keep) => Err(ColumnarError::File {
            file: reader.name().to_owned(),
            problem: "no column is named like a record id".to_owned(),
            fix: "name it with --id-column, or omit --keep-ids".to_owned(),
        }
        .into()),
        (None, _) => Ok(None),
    }
}
