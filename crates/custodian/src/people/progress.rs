//! How progress is told.

/// Told of progress: records so far, and the share of the input that was read, if known.
pub type OnProgress<'p> = &'p (dyn Fn(u64, Option<f64>) + Sync);
