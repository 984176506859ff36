//! What a key of the authority may be used for.

use serde::{Deserialize, Serialize};

/// Answers that a key opens at most: so many bits of it a linkage unit and a checker who act together can learn
/// (`protocols/06-confirm.md` §1).
pub const MAX_OPENINGS: u64 = 64;

/// Budgets of a key. Every answer is an oracle: about as many well-chosen questions as a filter has bits reveal it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Answers that the key opens in all, at most [`MAX_OPENINGS`] whatever stands here.
    pub openings: u64,
    /// Tickets a custodian's records get in all.
    pub per_custodian: u64,
    /// Tickets a record gets in all.
    pub per_record: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { openings: MAX_OPENINGS, per_custodian: MAX_OPENINGS, per_record: 4 }
    }
}

impl Policy {
    /// Answers that the key opens in all.
    #[must_use]
    pub const fn most_openings(&self) -> u64 {
        if self.openings < MAX_OPENINGS { self.openings } else { MAX_OPENINGS }
    }
}
