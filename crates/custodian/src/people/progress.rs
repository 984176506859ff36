//! Progress callbacks.

/// Called on progress, with the records so far, and the share of the input that was read, if known.
pub type OnRecords<'p> = &'p (dyn Fn(u64, Option<f64>) + Sync);
