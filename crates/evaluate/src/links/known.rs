//! Whether ground truth and tables are about the same records.

use std::collections::BTreeSet;

use crate::accuracy::PairSet;
use crate::links::error::LinkEvaluationError;
use crate::links::people::PeopleTables;
use crate::links::rows::JudgedRow;

/// Compares the ids of the ground truth with those of the people, or of the links if no people are given.
/// Returns a remark if some of the ids are unknown among the people.
///
/// # Errors
/// [`LinkEvaluationError::OtherIds`] if all are unknown.
pub(crate) fn check_ids(
    rows: &[JudgedRow<'_>],
    truth: &PairSet<'_>,
    people: &PeopleTables,
    unordered: bool,
    truth_name: &str,
) -> Result<Option<String>, LinkEvaluationError> {
    if people.left.is_none() && people.right.is_none() && rows.is_empty() {
        return Ok(None);
    }
    let linked: [BTreeSet<&str>; 2] =
        [rows.iter().map(|row| row.pair.0).collect(), rows.iter().map(|row| row.pair.1).collect()];
    let is_known = |side: usize, id: &str| {
        let tables = [people.left.as_ref(), people.right.as_ref()];
        let of_side = if unordered { tables[0].or(tables[1]) } else { tables[side] };
        match of_side {
            Some(table) => table.rows.contains_key(id),
            None if unordered => linked.iter().any(|ids| ids.contains(id)),
            None => linked[side].contains(id),
        }
    };
    let complete = if unordered {
        [true; 2].map(|_| people.left.is_some() || people.right.is_some())
    } else {
        [people.left.is_some(), people.right.is_some()]
    };
    let (mut first_unknown, mut any_known, mut unknown) = (None, false, BTreeSet::new());
    for &(left, right) in truth {
        for (side, id) in [(0, left), (1, right)] {
            if is_known(side, id) {
                any_known = true;
                continue;
            }
            first_unknown = first_unknown.or(Some(id));
            // A record without a link is not an unknown one: only a table of the side's records tells.
            if complete[side] {
                unknown.insert((if unordered { 0 } else { side }, id));
            }
        }
    }
    let Some(first) = first_unknown else { return Ok(None) };
    let tables = if complete.contains(&true) { "the tables of people" } else { "the links" };
    if !any_known {
        return Err(LinkEvaluationError::OtherIds {
            file: truth_name.to_owned(),
            pairs: truth.len() as u64,
            tables: tables.to_owned(),
            first: first.to_owned(),
        });
    }
    let Some((_, first)) = unknown.first() else { return Ok(None) };
    Ok(Some(format!(
        "{} ids of the ground truth are in no table of people (the first is {first:?}); their pairs count as missed",
        unknown.len()
    )))
}
