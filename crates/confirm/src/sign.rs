//! Signing keys of the parties (Ed25519, RFC 8032), and small fixed-size names.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;

/// Fixed-size bytes that are written as hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// A SHA-256 digest.
pub type Hash = Hex<32>;

/// The id of an authority's key pair.
pub type AuthorityKeyId = Hex<16>;

impl<const N: usize> Hex<N> {
    /// Reads hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        let mut bytes = [0; N];
        if text.len() != 2 * N {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl<const N: usize> From<[u8; N]> for Hex<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("not {} hexadecimal digits", 2 * N)))
    }
}

/// SHA-256 of a purpose and parts of known length.
pub(crate) fn hash(purpose: &str, parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    hash.update(format!("mizuhiki/v1/confirm/{purpose}"));
    hash.update([0]);
    parts.iter().for_each(|part| hash.update(part));
    Hex(hash.finalize().into())
}

/// A party's public signing key.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(transparent)]
pub struct SignerId(pub Hex<32>);

impl SignerId {
    /// The fingerprint that people compare: the first 16 digits of the key's digest.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        Hex::<8>(std::array::from_fn(|at| hash("signer", &[&self.0.0]).0[at])).to_string()
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        VerifyingKey::from_bytes(&self.0.0)
            .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
    }
}

/// A party's secret signing key; wiped on drop, never printed.
pub struct PartyKey(SigningKey);

impl PartyKey {
    /// The key of 32 secret bytes.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Its public part.
    #[must_use]
    pub fn id(&self) -> SignerId {
        SignerId(Hex(self.0.verifying_key().to_bytes()))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        self.0.sign(message).to_bytes()
    }
}
