//! Normalizes values for inspection, one by one or in a table.

use std::collections::BTreeMap;

use mizuhiki_columnar::{
    Cell, ColumnKind, ColumnarError, Format, ReadOptions, ResultColumn, ResultWriter, Source, TableReader,
    UnreadableValues,
};
use mizuhiki_files::Target;
use mizuhiki_locale::{Normalization, Pack};
use serde::Serialize;

use crate::error::CustodianError;
use crate::people::progress::OnRecords;

/// Columns that the batch reads, besides `kind` and `a`.
const OPTIONAL: [&str; 2] = ["b", "code_book"];
/// Columns that it appends.
const APPENDED: [&str; 2] = ["normal", "level"];

/// A value at every level of its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalizedValue {
    /// Name of the pack.
    pub pack: &'static str,
    /// Name of the kind.
    pub kind: String,
    /// The canonical form, or `invalid`, `ambiguous`, or nothing for a missing value.
    pub normal: String,
    /// Why there is no canonical form, without the value.
    pub reason: Option<&'static str>,
    /// The value at each level, from tight to loose; empty if there is no value.
    pub levels: Vec<LevelValue>,
    /// The tightest level, or another relation, at which the value equals the second one; `ne` if there is
    /// none.
    pub level: Option<&'static str>,
}

/// A value at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelValue {
    /// Name of the level.
    pub level: &'static str,
    /// The value, or nothing.
    pub value: String,
}

/// Names of the kinds that have code books.
const DATES: [&str; 2] = ["date", "date_pair"];

/// The pack's kind for the names of a kind and a code book; `None` if the pack has no such kind or book.
fn kind_of(pack: &dyn Pack, kind: &str, code_book: &str) -> Option<String> {
    let comparable = kind == "date_pair" && pack.kind("date").is_some();
    if code_book.is_empty() || !DATES.contains(&kind) {
        return (pack.kind(kind).is_some() || comparable).then(|| kind.to_owned());
    }
    let of_book = format!("date_{code_book}");
    pack.kind(&of_book).map(|kind| kind.name.to_owned())
}

/// Normalizes `a`, and relates it to `b` if given; `None` if the pack does not know the kind or code book.
///
/// # Examples
/// ```
/// use mizuhiki_custodian::{normalize_value, pack};
///
/// let ja = pack("ja").unwrap();
/// let value = normalize_value(ja, "date", "", "昭和60年4月1日", Some("1985-04-01")).unwrap();
/// assert_eq!(value.normal, "1985-04-01");
/// assert_eq!(value.level, Some("eq"));
/// ```
#[must_use]
pub fn normalize_value(
    pack: &dyn Pack,
    kind: &str,
    code_book: &str,
    a: &str,
    b: Option<&str>,
) -> Option<NormalizedValue> {
    let of_pack = kind_of(pack, kind, code_book)?;
    let levels = pack.kind(if of_pack == "date_pair" { "date" } else { &of_pack })?.levels;
    let mut value = String::new();
    let levels = levels
        .iter()
        .map(|level| {
            // A pair of dates has the levels of a date.
            let kind = if of_pack == "date_pair" { "date" } else { &of_pack };
            let outcome = pack.normalize(kind, level, a, &mut value);
            let value = if outcome == Normalization::Value { value.clone() } else { String::new() };
            LevelValue { level, value }
        })
        .collect();
    let (normal, reason) = normal(pack, &of_pack, a, &mut String::new());
    Some(NormalizedValue {
        pack: pack.name(),
        kind: kind.to_owned(),
        normal,
        reason,
        levels,
        level: b.map(|b| pack.relation(&of_pack, a, b)),
    })
}

/// The canonical form as the batch writes it, or why there is none.
fn normal(pack: &dyn Pack, kind: &str, value: &str, scratch: &mut String) -> (String, Option<&'static str>) {
    match pack.canonical(kind, value, scratch) {
        Normalization::Value => (scratch.clone(), None),
        Normalization::Invalid("ambiguous date") => ("ambiguous".to_owned(), Some("ambiguous date")),
        Normalization::Invalid(reason) => ("invalid".to_owned(), Some(reason)),
        // A missing date, or a missing number with a check digit, counts as invalid.
        Normalization::Missing if kind.starts_with("date") || is_verdict(pack, kind) => {
            ("invalid".to_owned(), Some("missing"))
        }
        Normalization::Missing => (String::new(), Some("missing")),
    }
}

/// Whether the canonical form of a kind is the result of a check digit.
fn is_verdict(pack: &dyn Pack, kind: &str) -> bool {
    pack.kind(kind).is_some_and(|kind| kind.checked)
}

/// Settings for normalizing a table of values.
pub struct NormalizeJob<'a> {
    /// The pack.
    pub pack: &'a dyn Pack,
    /// A table with the columns `kind` and `a`, and optionally `b` and `code_book`.
    pub input: Source,
    /// How it is read.
    pub options: ReadOptions,
    /// Output: the same table with the columns `normal` and `level` appended.
    pub output: Target,
}

/// Summary of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalizeSummary {
    /// Rows, all of which were written.
    pub rows: u64,
    /// Values without a canonical form, by kind and reason.
    pub problems: Vec<NormalizeProblem>,
    /// Values that could not be read and were masked, by column.
    pub unreadable: Vec<UnreadableValues>,
}

/// Values of one kind without a canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NormalizeProblem {
    /// The kind; `None` if it is unknown, because the cell may then contain anything.
    pub kind: Option<String>,
    /// The reason, without a value.
    pub reason: &'static str,
    /// Number of values.
    pub count: u64,
    /// Row of the first one, from 1.
    pub first_row: u64,
}

/// Normalizes a table of values. The output appears complete, or not at all.
///
/// Rows keep their order and are never dropped. A row with an unknown kind or code book has neither form nor
/// level, and is counted.
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn normalize_file(
    job: &NormalizeJob<'_>,
    on_progress: OnRecords<'_>,
) -> Result<NormalizeSummary, CustodianError> {
    let mut reader = TableReader::open(&job.input, &job.options)?;
    let columns = reader.columns().to_vec();
    if let Some(taken) = APPENDED.iter().find(|name| columns.iter().any(|column| column == *name)) {
        return Err(ColumnarError::File {
            file: reader.name().to_owned(),
            problem: format!("there already is a column {taken:?}"),
            fix: "rename it: columns normal and level are appended".to_owned(),
        }
        .into());
    }
    let place = reader.columns_named(&["kind", "a"])?;
    let optional = OPTIONAL.map(|name| columns.iter().position(|column| column == name));
    let all: Vec<usize> = (0..columns.len()).collect();
    let header: Vec<ResultColumn<'_>> =
        columns.iter().map(String::as_str).chain(APPENDED).map(|name| (name, ColumnKind::Text)).collect();
    let mut writer = ResultWriter::create(&job.output, Format::Tsv, &header)?;
    let mut rows = 0;
    let mut problems: BTreeMap<(Option<String>, &'static str), (u64, u64)> = BTreeMap::new();
    let mut scratch = String::new();
    while let Some(chunk) = reader.next_chunk(&all)? {
        for row in 0..chunk.rows() {
            rows += 1;
            let cell = |column: usize| chunk.get(row, column);
            let (kind, a) = (cell(place[0]), cell(place[1]));
            let [b, code_book] = optional.map(|column| column.map(cell));
            let of_pack = kind_of(job.pack, kind, code_book.unwrap_or_default());
            let (normal, reason) = match &of_pack {
                Some(kind) => normal(job.pack, kind, a, &mut scratch),
                None if job.pack.kind(kind).is_some() => ("invalid".to_owned(), Some("unknown code book")),
                None => (String::new(), Some("unknown kind")),
            };
            let level = match (&of_pack, b) {
                (Some(kind), Some(b)) => job.pack.relation(kind, a, b),
                _ => "",
            };
            if let Some(reason) = reason {
                let known = of_pack.is_some() || job.pack.kind(kind).is_some();
                problems.entry((known.then(|| kind.to_owned()), reason)).or_insert((0, rows)).0 += 1;
            }
            let cells: Vec<Cell<'_>> = all
                .iter()
                .map(|&column| cell(column))
                .chain([normal.as_str(), level])
                .map(Cell::Text)
                .collect();
            writer.push(&cells)?;
        }
        on_progress(rows, reader.progress());
    }
    writer.finish()?;
    let problems = problems
        .into_iter()
        .map(|((kind, reason), (count, first_row))| NormalizeProblem { kind, reason, count, first_row })
        .collect();
    Ok(NormalizeSummary { rows, problems, unreadable: reader.unreadable() })
}
