//! Parquet and Arrow IPC as rows of text.

use std::fs::File;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ipc::reader::FileReader;
use arrow_schema::{ArrowError, DataType};

use crate::decode::damage::{BATCH_ROWS, arrow_problem, damaged, guarded};
use crate::decode::hostile::{Parquet, check_arrow};
use crate::error::ColumnarError;
use crate::tables::chunk::TextChunk;

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// Batches to be converted to text.
pub(crate) struct ArrowText {
    batches: Batches,
    rows: Option<u64>,
    /// Maximum number of rows of a batch: a value takes at least one bit, except for types without stored
    /// values.
    most_rows: u64,
    /// The current batch and its next row.
    current: Option<(RecordBatch, usize)>,
}

pub(crate) fn open_parquet(name: &str, file: File) -> Result<(Vec<String>, ArrowText), ColumnarError> {
    guarded(name, || {
        let parquet = Parquet::open(name, file)?;
        let columns = parquet.metadata.schema().fields().iter().map(|field| field.name().clone()).collect();
        let rows = u64::try_from(parquet.metadata.metadata().file_metadata().num_rows()).ok();
        let batches = Box::new(parquet.batches(name)?);
        Ok((columns, ArrowText { batches, rows, most_rows: BATCH_ROWS as u64, current: None }))
    })
}

pub(crate) fn open_arrow(name: &str, mut file: File) -> Result<(Vec<String>, ArrowText), ColumnarError> {
    guarded(name, || {
        check_arrow(name, &mut file)?;
        let bytes = file.metadata().map_err(ColumnarError::io(name, "read"))?.len();
        let reader =
            FileReader::try_new_buffered(file, None).map_err(|error| damaged(name, arrow_problem(&error)))?;
        let columns = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
        let most_rows = bytes.saturating_mul(8);
        Ok((columns, ArrowText { batches: Box::new(reader), rows: None, most_rows, current: None }))
    })
}

impl ArrowText {
    /// Number of rows, if the file states it at its beginning.
    pub(crate) const fn rows(&self) -> Option<u64> {
        self.rows
    }

    /// The next batch that has rows.
    fn next_batch(&mut self, name: &str) -> Result<Option<RecordBatch>, ColumnarError> {
        loop {
            let batches = &mut self.batches;
            let batch = guarded(name, || {
                batches.next().transpose().map_err(|error| damaged(name, arrow_problem(&error)))
            })?;
            match batch {
                Some(batch) if batch.num_rows() as u64 > self.most_rows => {
                    return Err(damaged(name, "it states more rows than it can contain"));
                }
                Some(batch) if batch.num_rows() == 0 => {}
                other => return Ok(other),
            }
        }
    }

    pub(crate) fn fill(
        &mut self,
        name: &str,
        columns: &[String],
        chunk: &mut TextChunk,
        wanted: &[usize],
        first_row: u64,
    ) -> Result<usize, ColumnarError> {
        let (batch, start) = match self.current.take() {
            Some(current) => current,
            None => match self.next_batch(name)? {
                Some(batch) => (batch, 0),
                None => return Ok(0),
            },
        };
        let total = batch.num_rows();
        let end = total.min(start + BATCH_ROWS);
        // In parts, because some types encode many rows in few bytes.
        let texts = wanted
            .iter()
            .map(|&column| {
                let slice = || batch.column(column).slice(start, end - start);
                guarded(name, || to_text(name, &columns[column], &slice()))
            })
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..end - start {
            for (text, &column) in texts.iter().zip(wanted) {
                let text = text.as_string::<i32>();
                let value = if text.is_null(row) { "" } else { text.value(row) };
                if value.contains('\0') {
                    let row = first_row + row as u64;
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
            self.current = Some((batch, end));
        }
        Ok(end - start)
    }
}

fn to_text(name: &str, column: &str, array: &ArrayRef) -> Result<ArrayRef, ColumnarError> {
    let unsuitable = || {
        let problem = format!("column {column:?} has the type {}, which is not text", array.data_type());
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
