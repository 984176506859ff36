//! Link tables and tables of clusters: their columns, and readers of links.

use mizuhiki_exchange::{Classification, Link, RecordId};
use mizuhiki_schema::Similarity;
use serde::Deserialize;

use crate::file::Opened;
use crate::result::{ColumnKind, ResultColumn};
use crate::table::{ReadOptions, TableReader};
use crate::{ColumnarError, Format, Source};

/// Columns of a link table (`protocols/08-file-formats.md` §3).
pub const LINK_COLUMNS: &[ResultColumn<'static>] = &[
    ("left_id", ColumnKind::Text),
    ("right_id", ColumnKind::Text),
    ("similarity", ColumnKind::Number),
    ("class", ColumnKind::Text),
    ("probability", ColumnKind::Number),
    ("flag", ColumnKind::Text),
];

/// Columns of a table of clusters (`protocols/08-file-formats.md` §9).
pub const CLUSTER_COLUMNS: &[ResultColumn<'static>] = &[
    ("cluster", ColumnKind::Integer),
    ("custodian", ColumnKind::Text),
    ("record_id", ColumnKind::Text),
    ("similarity", ColumnKind::Number),
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
}

/// Reads a link table; the column `probability` may be missing.
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
                Ok(Link { probability: link.probability, ..to_link(&name, row, texts.map(String::as_str))? })
            })
            .collect();
    }
    let mut links = Vec::new();
    read_columns(opened, &COLUMNS, &["probability"], |name, row, values| {
        let link = to_link(name, row, [values[0], values[1], values[2], values[3]])?;
        let probability = match values.get(4).map_or("", |text| text.trim()) {
            "" => None,
            text => Some(to_probability(name, row, text)?),
        };
        links.push(Link { probability, ..link });
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
        pairs.push((to_id(name, row, COLUMNS[0], values[0])?, to_id(name, row, COLUMNS[1], values[1])?));
        Ok(())
    })?;
    Ok(pairs)
}

fn read_columns(
    opened: Opened,
    columns: &[&str],
    optional: &[&str],
    mut keep: impl FnMut(&str, u64, &[&str]) -> Result<(), ColumnarError>,
) -> Result<(), ColumnarError> {
    let mut reader = TableReader::from_opened(opened, &ReadOptions::default())?;
    let there = optional.iter().filter(|column| reader.columns().iter().any(|found| found == *column));
    let columns: Vec<&str> = columns.iter().chain(there).copied().collect();
    let wanted = reader.columns_named(&columns)?;
    let name = reader.name().to_owned();
    while let Some(chunk) = reader.next_chunk(&wanted)? {
        let mut values = Vec::with_capacity(columns.len());
        for row in 0..chunk.rows() {
            values.clear();
            values.extend((0..columns.len()).map(|column| chunk.get(row, column)));
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
    })
}
