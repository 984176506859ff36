//! Reads plaintext tables of any format as rows of text.

use crate::error::{ColumnarError, MAX_COLUMNS};
use crate::format::Format;
use crate::source::{Opened, Source};
use crate::tables::arrow_text::{ArrowText, open_arrow, open_parquet};
use crate::tables::chunk::TextChunk;
use crate::tables::delimited::Delimited;
use crate::tables::options::{ReadOptions, UnreadableValues};

/// Rows in a chunk.
const CHUNK_ROWS: usize = 4096;

/// A table that is read chunk by chunk, in bounded memory.
pub struct TableReader {
    name: String,
    columns: Vec<String>,
    bytes: Option<u64>,
    rows: Rows,
    next_row: u64,
}

enum Rows {
    Delimited(Box<Delimited>),
    Arrow(ArrowText),
}

impl TableReader {
    /// Opens a table and reads its header.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be opened, has an unknown format, or lacks a usable header.
    pub fn open(source: &Source, options: &ReadOptions) -> Result<Self, ColumnarError> {
        Self::from_opened(source.open()?, options)
    }

    pub(crate) fn from_opened(opened: Opened, options: &ReadOptions) -> Result<Self, ColumnarError> {
        let (name, bytes) = (opened.name.clone(), opened.bytes);
        let (columns, rows) = match opened.format {
            Format::Csv | Format::Tsv => {
                let delimiter = (opened.format == Format::Tsv).then_some(b'\t');
                let delimited = Delimited::open(&name, opened.into_read(), delimiter, options)?;
                (delimited.header().to_vec(), Rows::Delimited(Box::new(delimited)))
            }
            Format::Parquet => {
                let (columns, rows) = open_parquet(&name, opened.into_file()?)?;
                (columns, Rows::Arrow(rows))
            }
            Format::Arrow => {
                let (columns, rows) = open_arrow(&name, opened.into_file()?)?;
                (columns, Rows::Arrow(rows))
            }
            Format::Json => {
                return Err(ColumnarError::UnsuitableFormat {
                    file: name,
                    what: "a table of people",
                    format: "JSON",
                    fix: "use .csv, .tsv, .parquet or .arrow",
                });
            }
        };
        check_columns(&name, &columns)?;
        Ok(Self { name, columns, bytes, rows, next_row: 1 })
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Share of the input that has been read, 0..=1; `None` if unknown.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        match &self.rows {
            Rows::Delimited(delimited) => {
                self.bytes.map(|total| (delimited.bytes_read() as f64 / total.max(1) as f64).min(1.0))
            }
            Rows::Arrow(arrow) => arrow.rows().map(|total| (self.next_row - 1) as f64 / total.max(1) as f64),
        }
    }

    /// Values masked so far, by column.
    #[must_use]
    pub fn unreadable(&self) -> Vec<UnreadableValues> {
        match &self.rows {
            Rows::Delimited(delimited) => delimited.masked().cloned().collect(),
            Rows::Arrow(_) => Vec::new(),
        }
    }

    /// Index of the column with this name.
    ///
    /// # Errors
    /// [`ColumnarError::File`] if there is none.
    pub fn column(&self, wanted: &str) -> Result<usize, ColumnarError> {
        self.columns_named(&[wanted]).map(|found| found[0])
    }

    /// Indices of the columns with these names, in this order.
    ///
    /// # Errors
    /// [`ColumnarError::File`] naming the first missing one. The message lists the existing columns only if
    /// one of the wanted columns is among them, because a file without a header has values in their place.
    pub fn columns_named(&self, wanted: &[&str]) -> Result<Vec<usize>, ColumnarError> {
        let place = |name: &&str| self.columns.iter().position(|column| column == name);
        let Some(missing) = wanted.iter().find(|name| place(name).is_none()) else {
            return Ok(wanted.iter().filter_map(place).collect());
        };
        let problem = format!("no column {missing:?}");
        if wanted.iter().all(|name| place(name).is_none()) {
            let fix =
                "check that the first line names the columns, and that names agree with the linkage schema";
            return Err(ColumnarError::file(&self.name, problem, fix));
        }
        let mut known = self.columns.iter().take(20).map(|c| format!("{c:?}")).collect::<Vec<_>>().join(", ");
        if self.columns.len() > 20 {
            known.push_str(", …");
        }
        Err(ColumnarError::file(&self.name, problem, format!("its columns are {known}")))
    }

    /// The next rows, of the columns `wanted` (indices, in any order); `None` at the end.
    ///
    /// # Errors
    /// [`ColumnarError`] naming the row that cannot be read.
    pub fn next_chunk(&mut self, wanted: &[usize]) -> Result<Option<TextChunk>, ColumnarError> {
        let mut chunk = TextChunk::new(wanted.len(), self.next_row);
        let rows = match &mut self.rows {
            Rows::Delimited(delimited) => delimited.fill(&mut chunk, wanted, self.next_row, CHUNK_ROWS)?,
            Rows::Arrow(arrow) => arrow.fill(&self.name, &self.columns, &mut chunk, wanted, self.next_row)?,
        };
        self.next_row += rows as u64;
        Ok((rows > 0).then_some(chunk))
    }
}

fn check_columns(name: &str, columns: &[String]) -> Result<(), ColumnarError> {
    if columns.is_empty() {
        return Err(ColumnarError::file(
            name,
            "the file has no columns",
            "write a header line that names the columns",
        ));
    }
    if columns.len() > MAX_COLUMNS {
        let problem = format!("{} columns; the limit is {MAX_COLUMNS}", columns.len());
        return Err(ColumnarError::file(name, problem, "keep the columns that the linkage schema names"));
    }
    let mut sorted: Vec<(&String, usize)> = columns.iter().zip(1..).collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        // By number, because without a header the names would be values.
        let problem = format!("columns {} and {} have the same name", pair[0].1, pair[1].1);
        return Err(ColumnarError::file(
            name,
            problem,
            "check that the first line names the columns, each differently",
        ));
    }
    Ok(())
}
