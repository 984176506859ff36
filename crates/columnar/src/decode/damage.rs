//! Runs decoders on untrusted bytes; their errors and panics become errors of the file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_schema::ArrowError;

use crate::error::ColumnarError;

/// Rows in a decoded batch.
pub(crate) const BATCH_ROWS: usize = 4096;

/// Turns a decoder's panic into an error of the file: the decoders are third-party code and read untrusted
/// bytes.
pub(crate) fn guarded<T>(
    name: &str,
    decode: impl FnOnce() -> Result<T, ColumnarError>,
) -> Result<T, ColumnarError> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| Err(damaged(name, "the decoder failed")))
}

pub(crate) fn damaged(name: &str, why: &str) -> ColumnarError {
    ColumnarError::file(name, format!("the file is damaged or incomplete: {why}"), "copy or export it again")
}

/// Decoder messages may quote data, so only their kind is kept.
pub(crate) fn arrow_problem(error: &ArrowError) -> &'static str {
    match error {
        ArrowError::IoError(..) => "it cannot be read completely",
        ArrowError::IpcError(_) => "its Arrow IPC structure is invalid",
        ArrowError::ParquetError(_) => "its Parquet structure is invalid",
        ArrowError::SchemaError(_) => "its schema is invalid",
        _ => "it cannot be decoded",
    }
}
