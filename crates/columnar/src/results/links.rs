//! Tables of links and clusters: their columns, and readers.

use mizuhiki_exchange::{Classification, Link, LinkFlag, RecordId};
use mizuhiki_files::Target;
use mizuhiki_schema::Similarity;
use serde::Deserialize;

use crate::error::ColumnarError;
use crate::format::Format;
use crate::results::writer::{Cell, ColumnKind, ResultColumn, ResultWriter};
use crate::source::{Opened, Source};
use crate::tables::options::ReadOptions;
use crate::tables::reader::TableReader;

/// Columns of a link table (`protocols/08-file-formats.md` §3).
pub(crate) const LINK_COLUMNS: &[ResultColumn<'static>] = &[
    ("left_id", ColumnKind::Text),
    ("right_id", ColumnKind::Text),
    ("similarity", ColumnKind::Number),
    ("class", ColumnKind::Text),
    ("probability", ColumnKind::Number),
    ("flag", ColumnKind::Text),
];

/// An optional column of a link table: the basis of the probability.
const EVIDENCE_COLUMN: ResultColumn<'static> = ("evidence", ColumnKind::Text);

/// A link to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkRow<'a> {
    /// Record of the left custodian.
    pub left: &'a str,
    /// Record of the right custodian.
    pub right: &'a str,
    /// Their similarity, 0..=1.
    pub similarity: f64,
    /// Its class.
    pub class: Classification,
    /// Match probability, 0..=1, if known.
    pub probability: Option<f64>,
    /// Its flag, if any.
    pub flag: Option<LinkFlag>,
    /// The basis of its probability; written if the table has the column.
    pub evidence: Option<&'a str>,
}

impl<'a> From<&'a Link> for LinkRow<'a> {
    fn from(link: &'a Link) -> Self {
        Self {
            left: link.left.as_str(),
            right: link.right.as_str(),
            similarity: link.similarity.get(),
            class: link.class,
            probability: link.probability,
            flag: link.flag,
            evidence: link.evidence.as_deref(),
        }
    }
}

/// An unfinished link table; [`LinkWriter::finish`] makes it visible.
pub struct LinkWriter {
    table: ResultWriter,
    evidence: bool,
}

impl LinkWriter {
    /// Starts a link table, with the column `evidence` if requested; standard output gets CSV.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be created.
    pub fn create(target: &Target, evidence: bool) -> Result<Self, ColumnarError> {
        let mut columns = LINK_COLUMNS.to_vec();
        columns.extend(evidence.then_some(EVIDENCE_COLUMN));
        Ok(Self { table: ResultWriter::create(target, Format::Csv, &columns)?, evidence })
    }

    /// Appends a link.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if it cannot be written.
    pub fn push(&mut self, link: &LinkRow<'_>) -> Result<(), ColumnarError> {
        let cells = [
            Cell::Text(link.left),
            Cell::Text(link.right),
            Cell::Number(Some(link.similarity)),
            Cell::Text(link.class.name()),
            Cell::Number(link.probability),
            Cell::Text(link.flag.map_or("", LinkFlag::name)),
            Cell::Text(link.evidence.unwrap_or_default()),
        ];
        self.table.push(if self.evidence { &cells } else { &cells[..LINK_COLUMNS.len()] })
    }

    /// Makes the table durable and visible.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system reports an error; no file is left then.
    pub fn finish(self) -> Result<(), ColumnarError> {
        self.table.finish()
    }
}

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
    #[serde(default)]
    evidence: Option<String>,
}

/// Reads a link table; the columns `probability`, `flag` and `evidence` may be missing.
///
/// # Errors
/// [`ColumnarError`] naming the row and column that is not a link.
pub fn read_links(source: &Source) -> Result<Vec<Link>, ColumnarError> {
    let opened = source.open()?;
    if opened.format == Format::Json {
        let name = opened.name.clone();
        let json: Vec<LinkJson> = serde_json::from_reader(std::io::BufReader::new(opened.into_read()))
            .map_err(|error| {
                let problem =
                    format!("not a list of links at line {}, column {}", error.line(), error.column());
                ColumnarError::file(&name, problem, "use the file that `mizuhiki link` wrote")
            })?;
        return json
            .iter()
            .zip(1..)
            .map(|(link, row)| {
                let texts = [&link.left_id, &link.right_id, &link.similarity.to_string(), &link.class];
                Ok(Link {
                    probability: link.probability,
                    flag: LinkFlag::from_name(&link.flag),
                    evidence: link.evidence.clone(),
                    ..to_link(&name, row, texts.map(String::as_str))?
                })
            })
            .collect();
    }
    let mut links = Vec::new();
    read_columns(opened, &COLUMNS, &["probability", "flag", "evidence"], |name, row, values| {
        let optional = |at: usize| values.get(at).copied().flatten().map_or("", str::trim);
        let needed = |at: usize| values[at].unwrap_or_default();
        let link = to_link(name, row, [needed(0), needed(1), needed(2), needed(3)])?;
        let probability = match optional(4) {
            "" => None,
            text => Some(to_probability(name, row, text)?),
        };
        let evidence = values.get(6).copied().flatten().map(str::to_owned);
        links.push(Link { probability, flag: LinkFlag::from_name(optional(5)), evidence, ..link });
        Ok(())
    })?;
    Ok(links)
}

/// Reads pairs of record ids from the columns `left_id` and `right_id`.
///
/// # Errors
/// [`ColumnarError`] naming the row and column that is not an id.
pub fn read_pairs(source: &Source) -> Result<Vec<(RecordId, RecordId)>, ColumnarError> {
    let mut pairs = Vec::new();
    read_columns(source.open()?, &COLUMNS[..2], &[], |name, row, values| {
        let id = |at: usize| to_id(name, row, COLUMNS[at], values[at].unwrap_or_default());
        pairs.push((id(0)?, id(1)?));
        Ok(())
    })?;
    Ok(pairs)
}

/// A record in a group, which is a cluster or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The custodian of the record; empty if the table does not name it.
    pub custodian: String,
    /// The record.
    pub record: RecordId,
    /// The group.
    pub group: String,
}

/// Reads the columns `record_id`, the one with the group, and `custodian` if there is one.
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

/// Passes the values of columns to `keep`, row by row; `None` for an optional column that the table lacks.
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
            "write a number from 0 to 1, or leave it empty",
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
        flag: None,
        evidence: None,
    })
}
