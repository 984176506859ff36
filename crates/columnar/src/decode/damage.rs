//! Decoders that meet untrusted bytes: their errors and panics are errors of the file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_schema::ArrowError;

use crate::error::ColumnarError;

/// Rows in a decoded batch.
pub(crate) const BATCH_ROWS: usize = 4096;

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
