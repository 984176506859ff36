//! The permitted use of an authority's key.

use serde::{Deserialize, Serialize};

/// Maximum number of answers that a key opens: a colluding linkage unit and checker can learn this many bits
/// of it (`protocols/06-confirm.md` §1).
pub const MAX_OPENINGS: u64 = 64;

/// Budgets of a key. Every answer is an oracle: about as many chosen queries as a filter has bits reveal it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Total answers that the key opens; never more than [`MAX_OPENINGS`].
    pub openings: u64,
    /// Total tickets for the records of one custodian.
    pub per_custodian: u64,
    /// Total tickets per record.
    pub per_record: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { openings: MAX_OPENINGS, per_custodian: MAX_OPENINGS, per_record: 4 }
    }
}

impl Policy {
    /// Total answers that the key opens.
    #[must_use]
    pub const fn most_openings(&self) -> u64 {
        if self.openings < MAX_OPENINGS { self.openings } else { MAX_OPENINGS }
    }
}
