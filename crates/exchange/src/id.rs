//! Identifiers that cross a trust boundary: opaque record ids, custodian names and key fingerprints.

use std::cmp::Ordering;
use std::fmt;

/// Longest record id, in bytes.
const MAX_ID_BYTES: usize = 128;

/// Why a string is not a usable id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIdError {
    /// The text is empty.
    #[error("the id is empty")]
    Empty,
    /// Longer than the format allows.
    #[error("the id has {0} bytes; the limit is {MAX_ID_BYTES}")]
    TooLong(usize),
    /// Line breaks and other control characters would break text formats.
    #[error("the id has a control character")]
    ControlCharacter,
}

fn check(text: &str) -> Result<(), InvalidIdError> {
    if text.is_empty() {
        return Err(InvalidIdError::Empty);
    }
    check_control(text)
}

/// Checks length and characters of a name that may be empty.
pub(crate) fn check_control(text: &str) -> Result<(), InvalidIdError> {
    if text.len() > MAX_ID_BYTES {
        return Err(InvalidIdError::TooLong(text.len()));
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidIdError::ControlCharacter);
    }
    Ok(())
}

/// The order of record ids in every rule of this project: shorter first, then by bytes. Decimal numbers
/// without leading zeros are thus in numeric order (`protocols/04-matching.md` §5).
#[must_use]
pub fn compare_ids(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// An opaque record id: 1 to 128 bytes without control characters, never a row number of the plaintext file.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RecordId(Box<str>);

impl RecordId {
    /// Checks and keeps an id.
    ///
    /// # Errors
    /// [`InvalidIdError`] if `text` is empty, too long or has control characters.
    pub fn new(text: &str) -> Result<Self, InvalidIdError> {
        check(text)?;
        Ok(Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The ids of a token set, in row order, in one allocation.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RecordIds {
    text: String,
    ends: Vec<usize>,
}

impl RecordIds {
    /// Appends an id.
    ///
    /// # Errors
    /// [`InvalidIdError`] if `text` is not a usable id; nothing is appended then.
    pub fn push(&mut self, text: &str) -> Result<(), InvalidIdError> {
        check(text)?;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        Ok(())
    }

    /// Number of ids.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no ids.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The id of row `row`.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }

    /// Rows in the order of their ids ([`compare_ids`]).
    #[must_use]
    pub fn ranking(&self) -> Vec<u32> {
        // Length and first bytes decide nearly every comparison without reading the whole ids.
        let head = |id: &str| {
            let mut head = [0; 8];
            head[0] = id.len() as u8;
            head[1..].iter_mut().zip(id.bytes()).for_each(|(head, byte)| *head = byte);
            u64::from_be_bytes(head)
        };
        let mut rows: Vec<(u64, u32)> =
            (0..self.len()).map(|row| (head(self.get(row)), row as u32)).collect();
        rows.sort_unstable_by(|&(a_head, a), &(b_head, b)| {
            let ids = || self.get(a as usize).cmp(self.get(b as usize));
            a_head.cmp(&b_head).then_with(ids).then(a.cmp(&b))
        });
        rows.into_iter().map(|(_, row)| row).collect()
    }

    /// The ids of the rows `rows`, in that order.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn repeated(&self, rows: &[u32]) -> Self {
        let mut repeated = Self::default();
        for &row in rows {
            repeated.text.push_str(self.get(row as usize));
            repeated.ends.push(repeated.text.len());
        }
        repeated
    }

    /// The ids of the rows `order`, in that order.
    pub(crate) fn reordered(self, order: &[u32]) -> Self {
        let mut text = String::with_capacity(self.text.len());
        let ends = order
            .iter()
            .map(|&row| {
                text.push_str(self.get(row as usize));
                text.len()
            })
            .collect();
        Self { text, ends }
    }
}

impl fmt::Debug for RecordIds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordIds({})", self.len())
    }
}

/// Name of a data custodian, self-chosen: 1 to 128 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustodianId(String);

impl CustodianId {
    /// Checks and keeps a name.
    ///
    /// # Errors
    /// [`InvalidIdError`] if `name` is empty, too long or has control characters.
    pub fn new(name: &str) -> Result<Self, InvalidIdError> {
        check(name)?;
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustodianId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Fingerprint of a linkage key: distinguishes keys and discloses nothing about them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// A fingerprint from its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Reads 16 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        (hex.len() == 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| u64::from_str_radix(hex, 16).ok().map(|number| Self(number.to_be_bytes())))
            .flatten()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_by_length_then_bytes() {
        let mut ids = RecordIds::default();
        for id in ["10", "9", "b", "a", "010"] {
            ids.push(id).unwrap();
        }
        let order: Vec<&str> = ids.ranking().into_iter().map(|row| ids.get(row as usize)).collect();
        assert_eq!(order, ["9", "a", "b", "10", "010"]);
    }

    #[test]
    fn unusable_ids_are_refused() {
        assert_eq!(RecordId::new(""), Err(InvalidIdError::Empty));
        assert_eq!(RecordId::new("a\nb"), Err(InvalidIdError::ControlCharacter));
        assert_eq!(RecordId::new(&"x".repeat(129)), Err(InvalidIdError::TooLong(129)));
        assert_eq!(
            KeyId::from_hex("00000000000000ff").map(|id| id.to_string()).as_deref(),
            Some("00000000000000ff")
        );
        assert_eq!(KeyId::from_hex("+0000000000000ff"), None);
    }
}
