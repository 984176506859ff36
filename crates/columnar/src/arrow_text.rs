//! Parquet and Arrow IPC as rows of text.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::FileReader;
use arrow_schema::{ArrowError, DataType};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::{ColumnarError, TextChunk};

/// Rows in a decoded batch.
pub(crate) const BATCH_ROWS: usize = 4096;

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// Batches that become text.
pub(crate) struct ArrowText {
    batches: Batches,
    rows: Option<u64>,
    /// The batch in hand and its first row that was not handed out.
    current: Option<(Vec<ArrayRef>, usize)>,
}

/// A decoder's panic on a damaged file is an error of that file: the decoders are not ours and meet
/// untrusted bytes.
pub(crate) fn guarded<T>(
    name: &str,
    decode: impl FnOnce() -> Result<T, ColumnarError>,
) -> Result<T, ColumnarError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| Err(damaged(name, "the decoder gave up")))
}

pub(crate) fn damaged(name: &str, why: &str) -> ColumnarError {
    ColumnarError::file(name, format!("the file is damaged or incomplete: {why}"), "copy or export it again")
}

/// Decoder messages may quote data; keep the kind alone.
pub(crate) fn arrow_problem(error: &ArrowError) -> &'static str {
    match error {
        ArrowError::IoError(..) => "it cannot be read to the end",
        ArrowError::IpcError(_) => "its Arrow IPC structure is invalid",
        ArrowError::ParquetError(_) => "its Parquet structure is invalid",
        ArrowError::SchemaError(_) => "its schema is invalid",
        _ => "it cannot be decoded",
    }
}

pub(crate) fn open_parquet(name: &str, file: File) -> Result<(Vec<String>, ArrowText), ColumnarError> {
    guarded(name, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)
            .map_err(|_| damaged(name, "its Parquet footer is missing or invalid"))?;
        let columns = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).ok();
        let batches = builder
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|_| damaged(name, "its Parquet structure is invalid"))?;
        Ok((columns, ArrowText { batches: Box::new(batches), rows, current: None }))
    })
}

pub(crate) fn open_arrow(name: &str, file: File) -> Result<(Vec<String>, ArrowText), ColumnarError> {
    guarded(name, || {
        let reader =
            FileReader::try_new_buffered(file, None).map_err(|error| damaged(name, arrow_problem(&error)))?;
        let columns = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok((columns, ArrowText { batches: Box::new(reader), rows: None, current: None }))
    })
}

impl ArrowText {
    /// Number of rows, if the file says so before it is read.
    pub(crate) const fn rows(&self) -> Option<u64> {
        self.rows
    }

    pub(crate) fn fill(
        &mut self,
        name: &str,
        columns: &[String],
        chunk: &mut TextChunk,
        wanted: &[usize],
        first_row: u64,
    ) -> Result<usize, ColumnarError> {
        if self.current.is_none() {
            let batches = &mut self.batches;
            let Some(batch) = guarded(name, || {
                batches.next().transpose().map_err(|error| damaged(name, arrow_problem(&error)))
            })?
            else {
                return Ok(0);
            };
            let texts = wanted
                .iter()
                .map(|&column| guarded(name, || to_text(name, &columns[column], batch.column(column))))
                .collect::<Result<Vec<_>, _>>()?;
            if batch.num_rows() == 0 {
                return self.fill(name, columns, chunk, wanted, first_row);
            }
            self.current = Some((texts, 0));
        }
        let Some((texts, start)) = self.current.take() else {
            return Ok(0);
        };
        let total = texts.first().map_or(0, |text| text.len());
        let end = total.min(start + BATCH_ROWS);
        for row in start..end {
            for (text, &column) in texts.iter().zip(wanted) {
                let text = text.as_string::<i32>();
                let value = if text.is_null(row) { "" } else { text.value(row) };
                if value.contains('\0') {
                    let row = first_row + (row - start) as u64;
                    let fix = "remove it, or check how the file was exported";
                    return Err(ColumnarError::cell(
                        name,
                        row,
                        &columns[column],
                        "the value has a NUL byte",
                        fix,
                    ));
                }
                chunk.push(value);
            }
        }
        if end < total {
            self.current = Some((texts, end));
        }
        Ok(end - start)
    }
}

fn to_text(name: &str, column: &str, array: &ArrayRef) -> Result<ArrayRef, ColumnarError> {
    let unsuitable = || {
        let problem = format!("column {column:?} has the type {}, which is no text", array.data_type());
        ColumnarError::file(name, problem, "export it as text, a number or a date")
    };
    match array.data_type() {
        DataType::Binary | DataType::LargeBinary | DataType::FixedSizeBinary(_) | DataType::BinaryView => {
            Err(unsuitable())
        }
        kind if kind.is_nested() && !matches!(kind, DataType::Dictionary(..)) => Err(unsuitable()),
        _ => arrow_cast::cast(array, &DataType::Utf8).map_err(|_| unsuitable()),
    }
}
