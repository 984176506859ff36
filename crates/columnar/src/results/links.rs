//! Link tables and tables of clusters: their columns, and readers of links.

use mizuhiki_exchange::{Classification, Doubt, Link, RecordId};
use mizuhiki_schema::Similarity;
use serde::Deserialize;

use crate::error::ColumnarError;
use crate::format::Format;
use crate::results::writer::{ColumnKind, ResultColumn};
use crate::source::{Opened, Source};
use crate::tables::options::ReadOptions;
use crate::tables::reader::TableReader;

/// Columns of a link table (`protocols/08-file-formats.md` §3).
pub const LINK_COLUMNS: &[ResultColumn<'static>] = &[
    ("left_id", ColumnKind::Text),
    ("right_id", ColumnKind::Text),
    ("similarity", ColumnKind::Number),
    ("class", ColumnKind::Text),
    ("probability", ColumnKind::Number),
    ("flag", ColumnKind::Text),
];

/// A further column of a table of links: what their probability rests on.
pub const EVIDENCE_COLUMN: ResultColumn<'static> = ("evidence", ColumnKind::Text);

/// Columns of a table of clusters (`protocols/08-file-formats.md` §9).
pub const CLUSTER_COLUMNS: &[ResultColumn<'static>] = &[
    ("cluster", ColumnKind::Integer),
    ("custodian", ColumnKind::Text),
    ("record_id", ColumnKind::Text),
    ("similarity", ColumnKind::Number),
    ("probability", ColumnKind::Number),
    ("conflicts", ColumnKind::Integer),
];

/// Columns that readers of links need.
const COLUMNS: [&str; 4] = ["left_id", "right_id", "similarity", "class"];

/// One link as JSON.
#[derive(Deserialize)]
struct LinkJson {
    left_id: String,
    right_id: String,
    similarity: f64,
    class: String,
    #[serde(default)]
    probability: Option<f64>,
    #[serde(default)]
    flag: String,
}

/// Reads a link table; the columns `probability` and `flag` may be missing.
///
/// # Errors
/// [`ColumnarError`] naming the row and column that is no link.
pub fn read_links(source: &Source) -> Result<Vec<Link>, ColumnarError> {
    let opened = source.open()?;
    if opened.format == Format::Json {
        let name = opened.name.clone();
        let json: Vec<LinkJson> = serde_json::from_reader(std::io::BufReader::new(opened.into_read()))
            .map_err(|error| {
                let problem =
                    format!("not a list of links at line {}, column {}", error.line(), error.column());
                ColumnarError::file(&name, problem, "give the file that `mizuhiki link` wrote")
            })?;
        return json
            .iter()
            .zip(1..)
            .map(|(link, row)| {
                let texts = [&link.left_id, &link.right_id, &link.similarity.to_string(), &link.class];
                Ok(Link {
                    probability: link.probability,
                    doubt: Doubt::from_name(&link.flag),
                    ..to_link(&name, row, texts.map(String::as_str))?
                })
            })
            .collect();
    }
    let mut links = Vec::new();
    read_columns(opened, &COLUMNS, &["probability", "flag"], |name, row, values| {
        let optional = |at: usize| values.get(at).copied().flatten().map_or("", str::trim);
        let needed = |at: usize| values[at].unwrap_or_default();
        let link = to_link(name, row, [needed(0), needed(1), needed(2), needed(3)])?;
        let probability = match optional(4) {
            "" => None,
            text => Some(to_probability(name, row, text)?),
        };
        links.push(Link { probability, doubt: Doubt::from_name(optional(5)), ..link });
        Ok(())
    })?;
    Ok(links)
}

/// Reads pairs of record ids from the columns `left_id` and `right_id`.
///
/// # Errors
/// [`ColumnarError`] naming the row and column that is no id.
pub fn read_pairs(source: &Source) -> Result<Vec<(RecordId, RecordId)>, ColumnarError> {
    let mut pairs = Vec::new();
    read_columns(source.open()?, &COLUMNS[..2], &[], |name, row, values| {
        let id = |at: usize| to_id(name, row, COLUMNS[at], values[at].unwrap_or_default());
        pairs.push((id(0)?, id(1)?));
        Ok(())
    })?;
    Ok(pairs)
}

/// A record that is in a group: a cluster that was found, or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who holds the record; empty where the table does not say.
    pub custodian: String,
    /// The record.
    pub record: RecordId,
    /// The group.
    pub group: String,
}

/// Reads the columns `record_id`, the one that names the group, and `custodian`, if there is one.
///
/// # Errors
/// [`ColumnarError`] naming file, row and column.
pub fn read_members(source: &Source, group: &str) -> Result<Vec<Member>, ColumnarError> {
    const RECORD: &str = "record_id";
    let mut members = Vec::new();
    read_columns(source.open()?, &[RECORD, group], &["custodian"], |name, row, values| {
        let text = |at: usize| values[at].unwrap_or_default();
        let record = to_id(name, row, RECORD, text(0))?;
        members.push(Member { custodian: text(2).to_owned(), record, group: text(1).to_owned() });
        Ok(())
    })?;
    Ok(members)
}

/// Hands the values of columns to `keep`, row by row; `None` for an optional column that the table has not.
fn read_columns(
    opened: Opened,
    columns: &[&str],
    optional: &[&str],
    mut keep: impl FnMut(&str, u64, &[Option<&str>]) -> Result<(), ColumnarError>,
) -> Result<(), ColumnarError> {
    let mut reader = TableReader::from_opened(opened, &ReadOptions::default())?;
    let there = |column: &&&str| reader.columns().iter().any(|found| found == **column);
    let read: Vec<&str> = columns.iter().chain(optional.iter().filter(there)).copied().collect();
    let wanted = reader.columns_named(&read)?;
    let place = |column: &&str| read.iter().position(|found| found == column);
    let places: Vec<Option<usize>> = columns.iter().chain(optional).map(place).collect();
    let name = reader.name().to_owned();
    while let Some(chunk) = reader.next_chunk(&wanted)? {
        let mut values = Vec::with_capacity(places.len());
        for row in 0..chunk.rows() {
            values.clear();
            values.extend(places.iter().map(|place| place.map(|column| chunk.get(row, column))));
            keep(&name, chunk.first_row() + row as u64, &values)?;
        }
    }
    Ok(())
}

fn to_id(name: &str, row: u64, column: &str, text: &str) -> Result<RecordId, ColumnarError> {
    RecordId::new(text)
        .map_err(|error| ColumnarError::cell(name, row, column, error.to_string(), "write a record id"))
}

fn to_probability(name: &str, row: u64, text: &str) -> Result<f64, ColumnarError> {
    text.parse().ok().filter(|probability| (0.0..=1.0).contains(probability)).ok_or_else(|| {
        ColumnarError::cell(
            name,
            row,
            "probability",
            "not a probability",
            "write a number from 0 to 1, or nothing",
        )
    })
}

fn to_link(name: &str, row: u64, [left, right, similarity, class]: [&str; 4]) -> Result<Link, ColumnarError> {
    let cell = |column: &str, problem: &str, fix: &str| ColumnarError::cell(name, row, column, problem, fix);
    Ok(Link {
        left: to_id(name, row, COLUMNS[0], left)?,
        right: to_id(name, row, COLUMNS[1], right)?,
        similarity: similarity
            .parse()
            .ok()
            .and_then(Similarity::new)
            .ok_or_else(|| cell(COLUMNS[2], "not a similarity", "write a number from 0 to 1"))?,
        class: Classification::from_name(class)
            .ok_or_else(|| cell(COLUMNS[3], "not a class", "write match, borderline or non-match"))?,
        probability: None,
        doubt: None,
    })
}
