//! How tokens are compared.

/// How two tokens of a schema are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Dice coefficient of two filters: `2|a∧b| / (|a|+|b|)`.
    Dice,
    /// Number of common sealed symbols.
    Symbols {
        /// Filter positions that a symbol seals.
        positions: u32,
        /// Symbols of one row in all views.
        per_row: u32,
    },
}
