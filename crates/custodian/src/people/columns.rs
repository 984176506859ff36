//! Columns of a table of people: those that an encoder asks for, and that of the ids.

use mizuhiki_columnar::{ColumnarError, TableReader};

use crate::error::CustodianError;
use crate::people::ids::{IdPolicy, is_id_header};

/// Where each column of the encoder stands among the columns that are read; `None` for one that the table has
/// not, and need not have.
pub(crate) type Places = Vec<Option<usize>>;

/// Indices of the columns to read, of each group at least one, and the places of all of them among these.
pub(crate) fn columns_by_name(
    columns: &[String],
    groups: &[Vec<usize>],
    reader: &TableReader,
) -> Result<(Vec<usize>, Places), CustodianError> {
    let there = |column: &usize| reader.columns().contains(&columns[*column]);
    let mut read: Vec<usize> = Vec::new();
    for group in groups {
        let found: Vec<usize> = group.iter().copied().filter(there).collect();
        // None of them: the first is named as missing.
        read.extend(if found.is_empty() { &group[..1] } else { &found });
    }
    read.sort_unstable();
    read.dedup();
    let names: Vec<&str> = read.iter().map(|&column| columns[column].as_str()).collect();
    let places = (0..columns.len()).map(|column| read.binary_search(&column).ok()).collect();
    Ok((reader.columns_named(&names)?, places))
}

/// The column of ids, if the table has one: the one that is given, or one that is named like it.
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
            fix: "name it with --id-column, or leave --keep-ids away".to_owned(),
        }
        .into()),
        (None, _) => Ok(None),
    }
}
