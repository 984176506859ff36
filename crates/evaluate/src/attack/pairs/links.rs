//! Links of the laboratory, under handles of its own.

use mizuhiki_columnar::{ColumnarError, Source, read_pairs};
use mizuhiki_exchange::{Run, RunName, Task};
use mizuhiki_files::Target;

use crate::table::TextTable;

/// One link of so many has a second handle, next to its own: two rows of equal values.
const TWICE: usize = 10;

/// The two runs for which the laboratory encodes pair tokens.
#[must_use]
pub fn laboratory_pair_runs() -> [Run; 2] {
    ["laboratory", "laboratory-2"].map(|name| Run {
        task: Task::Audit,
        name: RunName::new(name).unwrap_or_default(),
        ..Run::default()
    })
}

/// Writes a table of links, with the columns `handle`, `left_id` and `right_id`: the pairs of `pairs`, a table with
/// the latter two, in its order. One of ten has two handles, so that two rows have equal values.
///
/// # Errors
/// [`ColumnarError`] if a table cannot be read or written.
pub fn write_laboratory_links(pairs: &Source, target: &Target) -> Result<(), ColumnarError> {
    let mut table = TextTable::create(target, &["handle", "left_id", "right_id"])?;
    let mut number = 0;
    for (at, (left, right)) in read_pairs(pairs)?.iter().enumerate() {
        for _ in 0..if at % TWICE == 0 { 2 } else { 1 } {
            number += 1;
            table.push([format!("L{number:08}").as_str(), left.as_str(), right.as_str()])?;
        }
    }
    table.finish()
}
