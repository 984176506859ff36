//! Writes files of pair tokens.

use std::sync::Arc;

use arrow_array::builder::FixedSizeBinaryBuilder;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use mizuhiki_exchange::{PairLayout, PairMeta, PairRows};

use crate::error::ColumnarError;
use crate::format::Format;
use crate::pairs::meta::{PAIR_META_KEY, to_json};
use crate::tokens::columns::COUNT_KEY;
use mizuhiki_files::{Access, Target, WriteFailure, WriteFile};

/// Columns before the labels, without `near_number`, which is optional.
pub(crate) const HANDLE: &str = "handle";
pub(crate) const DECOY: &str = "decoy";
pub(crate) const PAIR: &str = "pair";
pub(crate) const SHARED: &str = "shared";
pub(crate) const NEAR_NUMBER: &str = "near_number";
/// Prefix of the names of label columns.
pub(crate) const LABEL_PREFIX: &str = "label:";

/// Bytes of the mark that rows of one record share.
pub(crate) const SHARED_BYTES: i32 = 8;

/// An unfinished file of pair tokens; [`PairTokenWriter::finish`] makes it visible.
pub struct PairTokenWriter {
    name: String,
    row_bytes: usize,
    near_number: bool,
    labels: usize,
    count: u64,
    schema: Arc<Schema>,
    writer: FileWriter<WriteFile>,
    failure: WriteFailure,
}

impl PairTokenWriter {
    /// Starts a file; `labels` are the names of the labels.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be created, or is not an `.arrow` file.
    pub fn create(
        target: &Target,
        meta: &PairMeta,
        labels: &[String],
        near_number: bool,
    ) -> Result<Self, ColumnarError> {
        let (name, format) = (target.name(), Format::of_target(target, Format::Arrow)?);
        if format != Format::Arrow {
            return Err(ColumnarError::UnsuitableFormat {
                file: name,
                what: "a file of pair tokens",
                format: format.name(),
                fix: "write .arrow",
            });
        }
        let row_bytes = PairLayout::new(&meta.schema, meta.side).row_bytes();
        let mut fields = vec![
            Field::new(HANDLE, DataType::Utf8, false),
            Field::new(DECOY, DataType::Boolean, false),
            Field::new(PAIR, DataType::FixedSizeBinary(row_bytes as i32), false),
            Field::new(SHARED, DataType::FixedSizeBinary(SHARED_BYTES), true),
        ];
        if near_number {
            fields.push(Field::new(NEAR_NUMBER, DataType::Boolean, false));
        }
        fields.extend(
            labels.iter().map(|label| Field::new(format!("{LABEL_PREFIX}{label}"), DataType::Utf8, true)),
        );
        let metadata = [(PAIR_META_KEY.to_owned(), to_json(meta))].into_iter().collect();
        let schema = Arc::new(Schema::new(fields).with_metadata(metadata));
        let file = WriteFile::create(target, Access::Shared)?;
        let failure = file.failure();
        let gave_up = |_| ColumnarError::io(&name, "write")(failure.reason("the format writer failed"));
        let writer = FileWriter::try_new(file, &schema).map_err(gave_up)?;
        Ok(Self { row_bytes, near_number, labels: labels.len(), count: 0, schema, writer, failure, name })
    }

    /// Appends rows.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if they cannot be written.
    ///
    /// # Panics
    /// If `rows` does not have the shape of the file.
    pub fn write(&mut self, rows: &PairRows) -> Result<(), ColumnarError> {
        let count = rows.handles.len();
        assert!(
            rows.tokens.len() == count * self.row_bytes && rows.labels.len() == self.labels,
            "one row per handle"
        );
        if count == 0 {
            return Ok(());
        }
        self.count += count as u64;
        let failed = |failure: &WriteFailure, name: &str| {
            ColumnarError::io(name, "write")(failure.reason("the format writer failed"))
        };
        let batch = self.batch(rows).map_err(|_| failed(&self.failure, &self.name))?;
        self.writer.write(&batch).map_err(|_| failed(&self.failure, &self.name))
    }

    fn batch(&self, rows: &PairRows) -> Result<RecordBatch, arrow_schema::ArrowError> {
        let count = rows.handles.len();
        let handles: StringArray = (0..count).map(|row| Some(rows.handles.get(row))).collect();
        let mut pairs = FixedSizeBinaryBuilder::with_capacity(count, self.row_bytes as i32);
        for token in rows.tokens.chunks_exact(self.row_bytes) {
            pairs.append_value(token)?;
        }
        let mut shared = FixedSizeBinaryBuilder::with_capacity(count, SHARED_BYTES);
        for value in &rows.shared {
            match value {
                Some(bytes) => shared.append_value(bytes)?,
                None => shared.append_null(),
            }
        }
        let mut columns: Vec<ArrayRef> = vec![
            Arc::new(handles),
            Arc::new(BooleanArray::from(rows.decoys.clone())),
            Arc::new(pairs.finish()),
            Arc::new(shared.finish()),
        ];
        if self.near_number {
            columns.push(Arc::new(BooleanArray::from(rows.near_number.clone())));
        }
        for label in &rows.labels {
            let texts = label.iter().map(|text| Some(text.as_str()).filter(|text| !text.is_empty()));
            columns.push(Arc::new(texts.collect::<StringArray>()));
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }

    /// Writes the row count, makes the file durable and visible, and returns the number of rows.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system reports an error; no file is left then.
    pub fn finish(mut self) -> Result<u64, ColumnarError> {
        self.writer.write_metadata(COUNT_KEY, self.count.to_string());
        let (name, failure) = (&self.name, &self.failure);
        let file = self
            .writer
            .into_inner()
            .map_err(|_| ColumnarError::io(name, "write")(failure.reason("the format writer failed")))?;
        file.commit()?;
        Ok(self.count)
    }
}
