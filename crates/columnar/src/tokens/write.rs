//! Writes token files.

use std::io::Write as _;
use std::sync::Arc;

use arrow_array::builder::FixedSizeBinaryBuilder;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mizuhiki_exchange::{BlockId, PairsWithin, RecordIds, TokenMeta};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use crate::error::ColumnarError;
use crate::format::Format;
use crate::tokens::columns::{COUNT_KEY, META_KEY, token_columns};
use crate::tokens::meta::to_json;
use mizuhiki_files::{Access, Target, WriteFailure, WriteFile};

/// Bytes of a block id.
const BLOCK_BYTES: i32 = 8;

/// Rows in a Parquet row group: 24 MiB for 192 symbols of 64 bits.
const ROW_GROUP_ROWS: usize = 16_384;

/// A batch of encoded records.
#[derive(Default)]
pub struct TokenRows {
    /// Record ids, in row order.
    pub ids: RecordIds,
    /// Serialized tokens of each view, or sealed symbols as the only view, row after row.
    pub views: Vec<Vec<u8>>,
    /// For each view and row, whether there is a token.
    pub present: Vec<Vec<bool>>,
    /// For each blocking pass and row, the block id.
    pub blocks: Vec<Vec<Option<BlockId>>>,
}

/// An unfinished token file; [`TokenWriter::finish`] makes it visible.
pub struct TokenWriter {
    name: String,
    views: usize,
    passes: usize,
    row_bytes: usize,
    count: u64,
    pairs_within: Option<PairsWithin>,
    sink: Sink,
    failure: WriteFailure,
}

enum Sink {
    Text(WriteFile, u8),
    Clks(WriteFile),
    Arrow(Box<FileWriter<WriteFile>>, Arc<Schema>),
    Parquet(Box<ArrowWriter<WriteFile>>, Arc<Schema>),
}

impl TokenWriter {
    /// Starts a token file.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be created, or the format does not fit the schema.
    pub fn create(target: &Target, meta: &TokenMeta) -> Result<Self, ColumnarError> {
        let format = Format::of_target(target, Format::Arrow)?;
        let name = target.name();
        let columns = token_columns(meta);
        let views = meta.schema.token_columns().len();
        let row_bytes = meta.schema.token_bytes();
        if format == Format::Json && meta.schema.profile_name() != "clkhash" {
            return Err(ColumnarError::UnsuitableFormat {
                file: name,
                what: "a file of hardened or plain tokens",
                format: "JSON",
                fix: "write .parquet, .arrow or .csv; .json is only for clkhash CLKs",
            });
        }
        let mut file = WriteFile::create(target, Access::Shared)?;
        let failure = file.failure();
        let gave_up = || ColumnarError::io(&name, "write")(failure.reason("the format writer failed"));
        let failed = || ColumnarError::io(&name, "write");
        let sink = match format {
            Format::Csv | Format::Tsv => {
                let delimiter = if format == Format::Csv { ',' } else { '\t' };
                let header = columns.join(&delimiter.to_string());
                writeln!(file, "#{META_KEY} {}\n{header}", to_json(meta)).map_err(failed())?;
                Sink::Text(file, delimiter as u8)
            }
            Format::Json => {
                file.write_all(b"{\"clks\": [").map_err(failed())?;
                Sink::Clks(file)
            }
            Format::Arrow => {
                let schema = arrow_schema(&columns, views, row_bytes, meta);
                let writer = FileWriter::try_new(file, &schema).map_err(|_| gave_up())?;
                Sink::Arrow(Box::new(writer), schema)
            }
            Format::Parquet => {
                let schema = arrow_schema(&columns, views, row_bytes, meta);
                // Tokens are incompressible and never repeat.
                let properties = WriterProperties::builder()
                    .set_compression(Compression::UNCOMPRESSED)
                    .set_dictionary_enabled(false)
                    .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
                    .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
                    .build();
                let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
                    .map_err(|_| gave_up())?;
                Sink::Parquet(Box::new(writer), schema)
            }
        };
        Ok(Self {
            name,
            views,
            passes: columns.len() - 1 - views,
            row_bytes,
            count: 0,
            pairs_within: None,
            sink,
            failure,
        })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if they cannot be written.
    ///
    /// # Panics
    /// If `rows` does not have the shape of the schema.
    pub fn write(&mut self, rows: &TokenRows) -> Result<(), ColumnarError> {
        assert_eq!(rows.views.len(), self.views, "one column per view");
        assert_eq!(rows.blocks.len(), self.passes, "one column per pass");
        let count = rows.ids.len();
        rows.blocks.iter().for_each(|pass| assert_eq!(pass.len(), count, "one entry per id"));
        for (view, present) in rows.views.iter().zip(&rows.present) {
            assert!(view.len() == count * self.row_bytes && present.len() == count, "one token per id");
        }
        if count == 0 {
            return Ok(());
        }
        let first = self.count;
        self.count += count as u64;
        let (name, failure) = (self.name.as_str(), &self.failure);
        let gave_up = || ColumnarError::io(name, "write")(failure.reason("the format writer failed"));
        match &mut self.sink {
            Sink::Text(file, delimiter) => {
                write_text(file, *delimiter, self.row_bytes, rows).map_err(ColumnarError::io(name, "write"))
            }
            Sink::Clks(file) => {
                let write = |file: &mut WriteFile| {
                    for (index, row) in rows.views[0].chunks_exact(self.row_bytes).enumerate() {
                        let comma = if first == 0 && index == 0 { "" } else { ", " };
                        write!(file, "{comma}\"{}\"", STANDARD.encode(row))?;
                    }
                    Ok(())
                };
                write(file).map_err(ColumnarError::io(name, "write"))
            }
            Sink::Arrow(writer, schema) => {
                let batch = record_batch(schema, self.row_bytes, rows).map_err(|_| gave_up())?;
                writer.write(&batch).map_err(|_| gave_up())
            }
            Sink::Parquet(writer, schema) => {
                let batch = record_batch(schema, self.row_bytes, rows).map_err(|_| gave_up())?;
                writer.write(&batch).map_err(|_| gave_up())
            }
        }
    }

    /// States the numbers of common symbols of pairs of the file's records.
    pub fn state_pairs_within(&mut self, pairs: PairsWithin) {
        self.pairs_within = Some(pairs);
    }

    /// Writes the record count, makes the file durable and visible.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system reports an error; no file is left then.
    pub fn finish(self) -> Result<u64, ColumnarError> {
        let count = self.count;
        self.complete()?.commit()?;
        Ok(count)
    }

    /// Writes the record count and makes the file durable; it becomes visible when it is committed.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system reports an error; no file is left then.
    pub fn complete(self) -> Result<WriteFile, ColumnarError> {
        let (name, failure) = (self.name.as_str(), &self.failure);
        let end = self.pairs_within.as_ref().map_or_else(String::new, |pairs| format!(" {pairs}"));
        let end = format!("{}{}", self.count, end.trim_end());
        let gave_up = || ColumnarError::io(name, "write")(failure.reason("the format writer failed"));
        let mut file = match self.sink {
            Sink::Text(mut file, _) => {
                writeln!(file, "#end {end}").map_err(ColumnarError::io(name, "write"))?;
                file
            }
            Sink::Clks(mut file) => {
                file.write_all(b"]}").map_err(ColumnarError::io(name, "write"))?;
                file
            }
            Sink::Arrow(mut writer, _) => {
                writer.write_metadata(COUNT_KEY, end);
                writer.into_inner().map_err(|_| gave_up())?
            }
            Sink::Parquet(mut writer, _) => {
                writer.append_key_value_metadata(KeyValue::new(COUNT_KEY.to_owned(), end));
                writer.into_inner().map_err(|_| gave_up())?
            }
        };
        file.sync()?;
        Ok(file)
    }
}

fn arrow_schema(columns: &[String], views: usize, row_bytes: usize, meta: &TokenMeta) -> Arc<Schema> {
    let field = |(index, name): (usize, &String)| match index {
        0 => Field::new(name, DataType::Utf8, false),
        _ if index <= views => Field::new(name, DataType::FixedSizeBinary(row_bytes as i32), true),
        _ => Field::new(name, DataType::FixedSizeBinary(BLOCK_BYTES), true),
    };
    let fields: Vec<Field> = columns.iter().enumerate().map(field).collect();
    let metadata = [(META_KEY.to_owned(), to_json(meta))].into_iter().collect();
    Arc::new(Schema::new(fields).with_metadata(metadata))
}

fn record_batch(
    schema: &Arc<Schema>,
    row_bytes: usize,
    rows: &TokenRows,
) -> Result<RecordBatch, arrow_schema::ArrowError> {
    let ids: StringArray = (0..rows.ids.len()).map(|row| Some(rows.ids.get(row))).collect();
    let mut columns: Vec<ArrayRef> = vec![Arc::new(ids)];
    for (view, present) in rows.views.iter().zip(&rows.present) {
        let mut builder = FixedSizeBinaryBuilder::with_capacity(present.len(), row_bytes as i32);
        for (token, &present) in view.chunks_exact(row_bytes).zip(present) {
            if present {
                builder.append_value(token)?;
            } else {
                builder.append_null();
            }
        }
        columns.push(Arc::new(builder.finish()));
    }
    for pass in &rows.blocks {
        let mut builder = FixedSizeBinaryBuilder::with_capacity(pass.len(), BLOCK_BYTES);
        for id in pass {
            match id {
                Some(id) => builder.append_value(id.to_bytes())?,
                None => builder.append_null(),
            }
        }
        columns.push(Arc::new(builder.finish()));
    }
    RecordBatch::try_new(Arc::clone(schema), columns)
}

fn write_text(
    file: &mut WriteFile,
    delimiter: u8,
    row_bytes: usize,
    rows: &TokenRows,
) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(file);
    let mut encoded = String::new();
    for row in 0..rows.ids.len() {
        writer.write_field(rows.ids.get(row))?;
        for (view, present) in rows.views.iter().zip(&rows.present) {
            encoded.clear();
            if present[row] {
                STANDARD.encode_string(&view[row * row_bytes..(row + 1) * row_bytes], &mut encoded);
            }
            writer.write_field(&encoded)?;
        }
        for pass in &rows.blocks {
            encoded.clear();
            if let Some(id) = pass[row] {
                STANDARD.encode_string(id.to_bytes(), &mut encoded);
            }
            writer.write_field(&encoded)?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}
