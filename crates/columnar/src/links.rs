//! Link tables: `left_id, right_id, similarity, class`, in any format.

use std::io::Write as _;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use mizuhiki_exchange::{Classification, Link, RecordId};
use mizuhiki_schema::Similarity;
use parquet::arrow::ArrowWriter;
use serde::{Deserialize, Serialize};

use crate::file::Opened;
use crate::table::{ReadOptions, TableReader};
use crate::{ColumnarError, Format, Source, Target, WriteFile};

const COLUMNS: [&str; 4] = ["left_id", "right_id", "similarity", "class"];

/// One link as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkJson {
    left_id: String,
    right_id: String,
    similarity: f64,
    class: String,
}

/// A link table in the making; [`LinkWriter::finish`] makes it visible.
pub struct LinkWriter {
    file: WriteFile,
    format: Format,
}

impl LinkWriter {
    /// Begins a link table; standard output gets CSV.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be made.
    pub fn create(target: &Target) -> Result<Self, ColumnarError> {
        let format = target.format(Format::Csv)?;
        Ok(Self { file: WriteFile::create(target, 0o666)?, format })
    }

    /// Writes all links and makes the file durable and visible.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system refuses; no file is left then.
    pub fn finish(mut self, links: &[Link]) -> Result<(), ColumnarError> {
        let name = self.file.name().to_owned();
        let written = match self.format {
            Format::Csv => write_text(&mut self.file, b',', links),
            Format::Tsv => write_text(&mut self.file, b'\t', links),
            Format::Json => write_json(&mut self.file, links),
            Format::Arrow => {
                let batch = to_batch(links);
                batch.and_then(|batch| {
                    let mut writer = FileWriter::try_new(&mut self.file, &batch.schema()).map_err(other)?;
                    writer.write(&batch).map_err(other)?;
                    writer.finish().map_err(other)
                })
            }
            Format::Parquet => to_batch(links).and_then(|batch| {
                let mut writer = ArrowWriter::try_new(&mut self.file, batch.schema(), None).map_err(other)?;
                writer.write(&batch).map_err(other)?;
                writer.close().map(|_| ()).map_err(other)
            }),
        };
        written.map_err(ColumnarError::io(&name, "write"))?;
        self.file.commit()
    }
}

fn other(error: impl std::error::Error + Send + Sync + 'static) -> std::io::Error {
    std::io::Error::other(error)
}

fn write_text(file: &mut WriteFile, delimiter: u8, links: &[Link]) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
    writer.write_record(COLUMNS)?;
    for link in links {
        let similarity = format!("{:.6}", link.similarity.get());
        writer.write_record([link.left.as_str(), link.right.as_str(), &similarity, link.class.name()])?;
    }
    writer.flush()
}

fn write_json(file: &mut WriteFile, links: &[Link]) -> std::io::Result<()> {
    file.write_all(b"[")?;
    for (index, link) in links.iter().enumerate() {
        file.write_all(if index == 0 { b"\n" } else { b",\n" })?;
        let json = LinkJson {
            left_id: link.left.to_string(),
            right_id: link.right.to_string(),
            similarity: link.similarity.get(),
            class: link.class.name().to_owned(),
        };
        serde_json::to_writer(&mut *file, &json)?;
    }
    file.write_all(b"\n]\n")
}

fn to_batch(links: &[Link]) -> std::io::Result<RecordBatch> {
    let text = |get: fn(&Link) -> &str| -> ArrayRef {
        Arc::new(links.iter().map(|link| Some(get(link))).collect::<StringArray>())
    };
    let similarities: Float64Array = links.iter().map(|link| Some(link.similarity.get())).collect();
    let field = |name: &str, kind| Field::new(name, kind, false);
    let schema = Schema::new(vec![
        field(COLUMNS[0], DataType::Utf8),
        field(COLUMNS[1], DataType::Utf8),
        field(COLUMNS[2], DataType::Float64),
        field(COLUMNS[3], DataType::Utf8),
    ]);
    let columns: Vec<ArrayRef> = vec![
        text(|link| link.left.as_str()),
        text(|link| link.right.as_str()),
        Arc::new(similarities),
        text(|link| link.class.name()),
    ];
    RecordBatch::try_new(Arc::new(schema), columns).map_err(other)
}

/// Reads a link table.
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
                to_link(
                    &name,
                    row,
                    [&link.left_id, &link.right_id, &link.similarity.to_string(), &link.class],
                )
            })
            .collect();
    }
    let mut links = Vec::new();
    read_columns(opened, &COLUMNS, |name, row, values| {
        links.push(to_link(name, row, [values[0], values[1], values[2], values[3]])?);
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
    read_columns(source.open()?, &COLUMNS[..2], |name, row, values| {
        pairs.push((to_id(name, row, COLUMNS[0], values[0])?, to_id(name, row, COLUMNS[1], values[1])?));
        Ok(())
    })?;
    Ok(pairs)
}

fn read_columns(
    opened: Opened,
    columns: &[&str],
    mut keep: impl FnMut(&str, u64, &[&str]) -> Result<(), ColumnarError>,
) -> Result<(), ColumnarError> {
    let mut reader = TableReader::from_opened(opened, &ReadOptions::default())?;
    let wanted = reader.columns_named(columns)?;
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
    })
}
