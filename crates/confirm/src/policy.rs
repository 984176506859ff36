//! What a key of the authority may be used for.

use serde::{Deserialize, Serialize};

/// Budgets of a key. Every answer is an oracle: about as many well-chosen questions as a filter has bits reveal it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    /// Answers that the key opens in all.
    pub openings: u64,
    /// Tickets a custodian's records get in all.
    pub per_custodian: u64,
    /// Tickets a record gets in all.
    pub per_record: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { openings: 100_000, per_custodian: 100_000, per_record: 4 }
    }
}
