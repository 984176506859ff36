//! What several commands do.

use std::path::Path;

use mizuhiki_columnar::{ReadOptions, Source, TableReader, UnreadableValues};
use mizuhiki_custodian::is_id_header;

use crate::progress::grouped;
use crate::say::UsageError;

/// Refuses an output that is one of the inputs, which it would destroy.
pub(super) fn keep_inputs(output: &str, inputs: &[&str]) -> anyhow::Result<()> {
    let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    let overwritten = inputs.iter().find(|input| output != "-" && same(Path::new(output), Path::new(input)));
    match overwritten {
        Some(input) => {
            Err(UsageError(format!("{output}: the output would overwrite the input {input}")).into())
        }
        None => Ok(()),
    }
}

/// Lists the values that were masked because they could not be read.
pub(super) fn describe_unreadable(unreadable: &[UnreadableValues], text: &mut String) {
    for values in unreadable {
        text.push_str(&format!(
            "masked {:>12} × column {:?}: bytes that are invalid in the encoding (first in row {})\n",
            grouped(values.count),
            values.column,
            grouped(values.first_row)
        ));
    }
}

/// Number of threads: as requested, or all processors.
pub(super) fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from)
}

/// The column of the record ids: `given`, or the first with such a name.
pub(super) fn id_column(
    table: &Source,
    options: &ReadOptions,
    given: Option<&str>,
) -> anyhow::Result<String> {
    let reader = TableReader::open(table, options)?;
    let named = || reader.columns().iter().find(|column| is_id_header(column)).cloned();
    let found = given.map(str::to_owned).or_else(named);
    let name = table.name();
    let missing = || {
        UsageError(format!(
            "{name}: no column is named like a record id; name it with --id-column or data.id_column"
        ))
    };
    Ok(found.ok_or_else(missing)?)
}
