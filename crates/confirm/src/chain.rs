//! Append-only logs: lines of JSON, each bound to the one before (`protocols/06-confirm.md` §7).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::sign::{Hash, Hex};
use crate::{ConfirmError, Party, Reason};

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line<E> {
    pub(crate) event: E,
    /// SHA-256 of the line before, without its line end; of nothing for the first.
    pub(crate) previous: Hash,
    /// Seconds since 1970.
    pub(crate) time: u64,
}

/// Where a log ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Digest of the last line.
    pub(crate) head: Hash,
    /// Number of lines.
    pub(crate) lines: u64,
}

impl Chain {
    /// Of an empty log.
    pub(crate) fn new() -> Self {
        Self { head: digest(""), lines: 0 }
    }

    /// Reads all lines. A last line without an end was not written whole: whoever wrote it had not acted on it yet; it is
    /// passed over, and the number of bytes that count is returned.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if a line does not follow from the one before.
    pub(crate) fn read<E: DeserializeOwned>(log: &[u8]) -> Result<(Self, Vec<E>, usize), ConfirmError> {
        let whole = log.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
        let text = std::str::from_utf8(&log[..whole]).map_err(|error| {
            let before = &log[..error.valid_up_to()];
            broken(1 + before.iter().filter(|byte| **byte == b'\n').count() as u64)
        })?;
        let (mut chain, mut events) = (Self::new(), Vec::new());
        for text in text.lines() {
            let number = chain.lines + 1;
            let line: Line<E> = serde_json::from_str(text).map_err(|_| broken(number))?;
            if line.previous != chain.head {
                return Err(broken(number));
            }
            events.push(line.event);
            chain = Self { head: digest(text), lines: number };
        }
        Ok((chain, events, whole))
    }

    /// The line of the next event, which the caller must have written and synced before it acts on it.
    pub(crate) fn push<E: Serialize>(&mut self, event: E, time: u64) -> String {
        // A line of whole numbers and hexadecimal text always has JSON.
        let mut line = serde_json::to_string(&Line { event, previous: self.head, time }).unwrap_or_default();
        *self = Self { head: digest(&line), lines: self.lines + 1 };
        line.push('\n');
        line
    }
}

/// A line that does not follow from the one before.
pub(crate) const fn broken(line: u64) -> ConfirmError {
    ConfirmError::refused(Party::Carrier, Reason::Chain { line })
}

fn digest(line: &str) -> Hash {
    Hex(Sha256::digest(line.as_bytes()).into())
}
