//! Append-only logs: lines of JSON, each bound to its predecessor (`protocols/06-confirm.md` §7).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{ConfirmError, Party, Reason};
use crate::sign::{Hash, Hex};

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line<E> {
    pub(crate) event: E,
    /// SHA-256 of the previous line, without its line end; of the empty string for the first.
    pub(crate) previous: Hash,
    /// Seconds since 1970.
    pub(crate) time: u64,
}

/// The end of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain {
    /// Digest of the last line.
    pub(crate) head: Hash,
    /// Number of lines.
    pub(crate) lines: u64,
}

impl Chain {
    /// The end of an empty log.
    pub(crate) fn new() -> Self {
        Self { head: digest(""), lines: 0 }
    }

    /// Reads all lines. A last line without a line end is incomplete: its writer had not acted on it yet. It
    /// is skipped; the number of valid bytes is returned.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if a line does not follow from its predecessor.
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

    /// The line of the next event. The caller must write and sync it before acting on it.
    pub(crate) fn push<E: Serialize>(&mut self, event: E, time: u64) -> String {
        // A line of whole numbers and hexadecimal text can always be written as JSON.
        let mut line = serde_json::to_string(&Line { event, previous: self.head, time }).unwrap_or_default();
        *self = Self { head: digest(&line), lines: self.lines + 1 };
        line.push('\n');
        line
    }
}

/// A line that does not follow from its predecessor.
pub(crate) const fn broken(line: u64) -> ConfirmError {
    ConfirmError::refused(Party::Carrier, Reason::Chain { line })
}

fn digest(line: &str) -> Hash {
    Hex(Sha256::digest(line.as_bytes()).into())
}
