//! Writes result tables row by row, in any format.

use std::io::Write as _;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use parquet::arrow::ArrowWriter;

use crate::error::ColumnarError;
use crate::format::Format;
use mizuhiki_files::{Access, Target, WriteFailure, WriteFile};

/// Rows in a batch of a binary format.
const BATCH_ROWS: usize = 1 << 16;

/// The type of a column of a result table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text, never null.
    Text,
    /// A number; six decimals in text formats.
    Number,
    /// A whole number, never null.
    Integer,
}

/// A column of a result table: its name and type.
pub type ResultColumn<'a> = (&'a str, ColumnKind);

/// A value of a result table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Of a [`ColumnKind::Text`] column.
    Text(&'a str),
    /// Of a [`ColumnKind::Number`] column; `None` is written as null, or as an empty field in text formats.
    Number(Option<f64>),
    /// Of a [`ColumnKind::Integer`] column.
    Integer(u64),
}

/// An unfinished result table; [`ResultWriter::finish`] makes it visible.
pub struct ResultWriter {
    name: String,
    columns: Vec<String>,
    rows: u64,
    sink: Sink,
    failure: WriteFailure,
}

enum Sink {
    Text(WriteFile, u8),
    Json(WriteFile),
    Arrow(Box<FileWriter<WriteFile>>, Batch),
    Parquet(Box<ArrowWriter<WriteFile>>, Batch),
}

impl ResultWriter {
    /// Starts a table; standard output gets the format `default`.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be created.
    pub fn create(
        target: &Target,
        default: Format,
        columns: &[ResultColumn<'_>],
    ) -> Result<Self, ColumnarError> {
        let format = Format::of_target(target, default)?;
        let name = target.name();
        let mut file = WriteFile::create(target, Access::Shared)?;
        let failure = file.failure();
        let failed = |_| ColumnarError::io(&name, "write")(failure.reason("the format writer failed"));
        let sink = match format {
            Format::Csv | Format::Tsv => {
                let delimiter = if format == Format::Csv { b',' } else { b'\t' };
                let header: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
                write_record(&mut file, delimiter, &header).map_err(ColumnarError::io(&name, "write"))?;
                Sink::Text(file, delimiter)
            }
            Format::Json => {
                file.write_all(b"[").map_err(ColumnarError::io(&name, "write"))?;
                Sink::Json(file)
            }
            Format::Arrow => {
                let batch = Batch::new(columns);
                Sink::Arrow(Box::new(FileWriter::try_new(file, &batch.schema).map_err(failed)?), batch)
            }
            Format::Parquet => {
                let batch = Batch::new(columns);
                let writer = ArrowWriter::try_new(file, Arc::clone(&batch.schema), None);
                let failed =
                    |_| ColumnarError::io(&name, "write")(failure.reason("the format writer failed"));
                Sink::Parquet(Box::new(writer.map_err(failed)?), batch)
            }
        };
        let columns = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        Ok(Self { name, columns, rows: 0, sink, failure })
    }

    /// Appends a row.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if it cannot be written.
    ///
    /// # Panics
    /// If the cells do not have the columns' types.
    pub fn push(&mut self, cells: &[Cell<'_>]) -> Result<(), ColumnarError> {
        assert_eq!(cells.len(), self.columns.len(), "one cell per column");
        let (name, failure) = (self.name.as_str(), &self.failure);
        let gave_up = || ColumnarError::io(name, "write")(failure.reason("the format writer failed"));
        self.rows += 1;
        match &mut self.sink {
            Sink::Text(file, delimiter) => {
                let texts: Vec<String> = cells.iter().map(|cell| cell.text()).collect();
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                write_record(file, *delimiter, &texts).map_err(ColumnarError::io(name, "write"))
            }
            Sink::Json(file) => write_object(file, self.rows == 1, &self.columns, cells)
                .map_err(ColumnarError::io(name, "write")),
            Sink::Arrow(writer, batch) => {
                if batch.push(cells) {
                    let batch = batch.take().map_err(|_| gave_up())?;
                    writer.write(&batch).map_err(|_| gave_up())?;
                }
                Ok(())
            }
            Sink::Parquet(writer, batch) => {
                if batch.push(cells) {
                    let batch = batch.take().map_err(|_| gave_up())?;
                    writer.write(&batch).map_err(|_| gave_up())?;
                }
                Ok(())
            }
        }
    }

    /// Makes the file durable and visible.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system reports an error; no file is left then.
    pub fn finish(self) -> Result<(), ColumnarError> {
        let (name, failure) = (self.name.as_str(), &self.failure);
        let gave_up = || ColumnarError::io(name, "write")(failure.reason("the format writer failed"));
        let file = match self.sink {
            Sink::Text(file, _) => file,
            Sink::Json(mut file) => {
                file.write_all(b"\n]\n").map_err(ColumnarError::io(name, "write"))?;
                file
            }
            Sink::Arrow(mut writer, mut batch) => {
                let batch = batch.take().map_err(|_| gave_up())?;
                writer.write(&batch).map_err(|_| gave_up())?;
                writer.into_inner().map_err(|_| gave_up())?
            }
            Sink::Parquet(mut writer, mut batch) => {
                let batch = batch.take().map_err(|_| gave_up())?;
                writer.write(&batch).map_err(|_| gave_up())?;
                writer.into_inner().map_err(|_| gave_up())?
            }
        };
        Ok(file.commit()?)
    }
}

impl Cell<'_> {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => (*text).to_owned(),
            Self::Number(Some(number)) => format!("{number:.6}"),
            Self::Number(None) => String::new(),
            Self::Integer(number) => number.to_string(),
        }
    }
}

fn write_record(file: &mut WriteFile, delimiter: u8, fields: &[&str]) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).buffer_capacity(256).from_writer(file);
    writer.write_record(fields)?;
    writer.flush()
}

fn write_object(
    file: &mut WriteFile,
    first: bool,
    columns: &[String],
    cells: &[Cell<'_>],
) -> std::io::Result<()> {
    file.write_all(if first { b"\n{" } else { b",\n{" })?;
    for (index, (name, cell)) in columns.iter().zip(cells).enumerate() {
        file.write_all(if index == 0 { b"" } else { b"," })?;
        serde_json::to_writer(&mut *file, name)?;
        file.write_all(b":")?;
        match cell {
            Cell::Text(text) => serde_json::to_writer(&mut *file, text)?,
            Cell::Number(number) => serde_json::to_writer(&mut *file, number)?,
            Cell::Integer(number) => serde_json::to_writer(&mut *file, number)?,
        }
    }
    file.write_all(b"}")
}

/// Rows of the next batch.
struct Batch {
    schema: Arc<Schema>,
    columns: Vec<Column>,
    rows: usize,
}

enum Column {
    Text(StringBuilder),
    Number(Float64Builder),
    Integer(UInt64Builder),
}

impl Batch {
    fn new(columns: &[ResultColumn<'_>]) -> Self {
        let field = |&(name, kind): &ResultColumn<'_>| match kind {
            ColumnKind::Text => Field::new(name, DataType::Utf8, false),
            ColumnKind::Number => Field::new(name, DataType::Float64, true),
            ColumnKind::Integer => Field::new(name, DataType::UInt64, false),
        };
        let builder = |&(_, kind): &ResultColumn<'_>| match kind {
            ColumnKind::Text => Column::Text(StringBuilder::new()),
            ColumnKind::Number => Column::Number(Float64Builder::new()),
            ColumnKind::Integer => Column::Integer(UInt64Builder::new()),
        };
        Self {
            schema: Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>())),
            columns: columns.iter().map(builder).collect(),
            rows: 0,
        }
    }

    /// Adds a row; true if the batch is full.
    fn push(&mut self, cells: &[Cell<'_>]) -> bool {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            match (column, cell) {
                (Column::Text(builder), Cell::Text(text)) => builder.append_value(text),
                (Column::Number(builder), Cell::Number(number)) => builder.append_option(*number),
                (Column::Integer(builder), Cell::Integer(number)) => builder.append_value(*number),
                _ => unreachable!("cells have their columns' types"),
            }
        }
        self.rows += 1;
        self.rows >= BATCH_ROWS
    }

    fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let finish = |column: &mut Column| -> ArrayRef {
            match column {
                Column::Text(builder) => Arc::new(builder.finish()),
                Column::Number(builder) => Arc::new(builder.finish()),
                Column::Integer(builder) => Arc::new(builder.finish()),
            }
        };
        RecordBatch::try_new(Arc::clone(&self.schema), self.columns.iter_mut().map(finish).collect())
    }
}
