//! How a text table is read, and what of it was not.

use serde::Serialize;

/// Stands for a value that could not be read and was masked; locale packs take it for a missing one.
pub const UNREADABLE: &str = "\u{FFFD}";

/// How a text table is read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Name of the character encoding; found by looking if `None`.
    pub encoding: Option<String>,
    /// Whether a value of CSV or TSV whose bytes are not of the encoding becomes [`UNREADABLE`], and is counted
    /// ([`TableReader::unreadable`]), instead of ending the work.
    pub mask_unreadable: bool,
}

/// Values of a column that could not be read and were masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadableValues {
    /// Name of the column.
    pub column: String,
    /// How many.
    pub count: u64,
    /// Row of the first, from 1.
    pub first_row: u64,
}
