//! Canonical JSON (RFC 8785) and the digest over it.

use std::fmt;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fault::SchemaError;

/// SHA-256 of a schema's canonical JSON; every file and message contains it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaDigest([u8; 32]);

impl SchemaDigest {
    pub(crate) fn of(canonical: &str) -> Self {
        Self(Sha256::digest(canonical.as_bytes()).into())
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |d: u8| char::from(d).to_digit(16);
            *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for SchemaDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SchemaDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SchemaDigest({self})")
    }
}

pub(crate) fn canonical(value: &Value) -> Result<String, SchemaError> {
    serde_json_canonicalizer::to_string(value).map_err(|_| {
        SchemaError::single(
            "$",
            "the document has no canonical form (RFC 8785)",
            "use finite numbers and valid text",
        )
    })
}

/// The JSON path at which two canonical documents first differ, in canonical order; `None` if they are equal
/// or one is not JSON.
#[must_use]
pub fn first_difference(left: &str, right: &str) -> Option<String> {
    let (left, right) = (serde_json::from_str(left).ok()?, serde_json::from_str(right).ok()?);
    differ(&left, &right, "$")
}

fn differ(left: &Value, right: &Value, path: &str) -> Option<String> {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort_unstable();
            keys.dedup();
            keys.into_iter().find_map(|key| match (a.get(key), b.get(key)) {
                (Some(a), Some(b)) => differ(a, b, &format!("{path}.{key}")),
                _ => Some(format!("{path}.{key}")),
            })
        }
        (Value::Array(a), Value::Array(b)) => (0..a.len().max(b.len())).find_map(|index| {
            let path = format!("{path}[{index}]");
            match (a.get(index), b.get(index)) {
                (Some(a), Some(b)) => differ(a, b, &path),
                _ => Some(path),
            }
        }),
        (a, b) if a == b => None,
        _ => Some(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_path_is_named() {
        let left = r#"{"a":1,"fields":[{"name":"x"},{"name":"y"}]}"#;
        for (right, path) in [
            (r#"{"a":1,"fields":[{"name":"x"},{"name":"z"}]}"#, Some("$.fields[1].name")),
            (r#"{"a":1,"fields":[{"name":"x"}]}"#, Some("$.fields[1]")),
            (r#"{"a":1,"b":2,"fields":[]}"#, Some("$.b")),
            (left, None),
        ] {
            assert_eq!(first_difference(left, right).as_deref(), path);
        }
    }

    #[test]
    fn hexadecimal_digests_round_trip() {
        let digest = SchemaDigest::of("{}");
        assert_eq!(SchemaDigest::from_hex(&digest.to_string()), Some(digest));
        assert_eq!(SchemaDigest::from_hex("xy"), None);
    }
}
