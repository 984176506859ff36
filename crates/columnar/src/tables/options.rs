//! Options for reading text tables, and values that could not be read.

use serde::Serialize;

/// Replaces a value that could not be read; locale packs treat it as missing.
pub const UNREADABLE: &str = "\u{FFFD}";

/// Options for reading a text table.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Name of the character encoding; detected if `None`.
    pub encoding: Option<String>,
    /// Whether a CSV or TSV value whose bytes are invalid in the encoding becomes [`UNREADABLE`] and is
    /// counted ([`unreadable`](crate::TableReader::unreadable)), instead of being an error.
    pub mask_unreadable: bool,
}

/// Values of a column that could not be read and were masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadableValues {
    /// Name of the column.
    pub column: String,
    /// Number of values.
    pub count: u64,
    /// Row of the first one, from 1.
    pub first_row: u64,
}
