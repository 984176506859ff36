//! The linkage key and everything derived from it (RFC 5869; `protocols/03-tokens.md` §2).

use std::fmt;

use hkdf::Hkdf;
use hmac::Mac as _;
use mizuhiki_exchange::{KeyId, Run, Task};
use mizuhiki_schema::SchemaDigest;
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::EncodeError;
use crate::positions::keyed;

/// Bytes of a linkage key.
pub const KEY_BYTES: usize = 32;

/// The secret that the data custodians of a project share: never printed, wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct LinkageKey(Vec<u8>);

impl fmt::Debug for LinkageKey {
    /// Prints no byte of the key, because debug output ends up in logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkageKey(…)")
    }
}

impl LinkageKey {
    /// 32 bytes from the operating system's random source; `None` if there is none.
    #[must_use]
    pub fn random() -> Option<Self> {
        let mut bytes = vec![0; KEY_BYTES];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// A key from a key file's contents.
    ///
    /// # Errors
    /// [`EncodeError::KeySize`] unless there are exactly 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EncodeError> {
        if bytes.len() != KEY_BYTES {
            return Err(EncodeError::KeySize(bytes.len()));
        }
        Ok(Self(bytes.to_vec()))
    }

    /// A clkhash secret: the UTF-8 text as clkhash takes it. One line break at the end is not part of it.
    ///
    /// # Errors
    /// [`EncodeError::EmptySecret`] if nothing is left.
    pub fn from_clkhash_secret(bytes: &Zeroizing<Vec<u8>>) -> Result<Self, EncodeError> {
        let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() {
            return Err(EncodeError::EmptySecret);
        }
        Ok(Self(text.to_vec()))
    }

    /// The bytes, for the key-file writer and for clkhash's derivation.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The key fingerprint in files of a project and run; without project and run names, the fingerprint of
    /// the key alone.
    #[must_use]
    pub fn fingerprint(&self, run: &Run) -> KeyId {
        let names = [run.project.as_str(), run.name.as_str()];
        let mut salt = b"mizuhiki/v1/fingerprint".to_vec();
        if names.iter().any(|name| !name.is_empty()) {
            salt = b"mizuhiki/v2/fingerprint".to_vec();
            for name in names {
                salt.push(0);
                salt.extend_from_slice(name.as_bytes());
            }
        }
        let mut bytes = [0; 8];
        expand(&Hkdf::<Sha256>::new(Some(&salt), &self.0), &[b"key id"], &mut bytes);
        KeyId::from_bytes(bytes)
    }

    /// The pseudonym of a record in the custodian's own ledger, the same in every schema and run
    /// (`protocols/06-confirm.md` §7).
    #[must_use]
    pub fn ledger_mark(&self, custodian: &str, id: &str) -> [u8; 32] {
        let mut key = Zeroizing::new([0; 32]);
        let keys = Hkdf::<Sha256>::new(Some(b"mizuhiki/v1/confirm/ledger"), &self.0);
        expand(&keys, &[custodian.as_bytes()], key.as_mut_slice());
        let mut mac = keyed(&key);
        mac.update(id.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Keys of one schema, task, project and run; for deduplication, also of one custodian.
    pub(crate) fn for_run(&self, digest: SchemaDigest, run: &Run, custodian: &str) -> SchemaKeys {
        let custodian = if run.task == Task::Dedupe { custodian } else { "" };
        let parts: [&[u8]; 10] = [
            b"mizuhiki/v3",
            &[0],
            digest.as_bytes(),
            run.task.name().as_bytes(),
            &[0],
            run.project.as_str().as_bytes(),
            &[0],
            run.name.as_str().as_bytes(),
            &[0],
            custodian.as_bytes(),
        ];
        let salt = parts.into_iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize();
        SchemaKeys(Hkdf::<Sha256>::new(Some(&salt), &self.0))
    }

    /// Keys of plain filters: those of a run, or without names those of the schema alone,
    /// `HKDF-Extract(salt = schema digest, IKM = linkage key)`.
    pub(crate) fn for_plain(&self, digest: SchemaDigest, run: &Run) -> SchemaKeys {
        if run.project.as_str().is_empty() && run.name.as_str().is_empty() {
            return SchemaKeys(Hkdf::<Sha256>::new(Some(digest.as_bytes()), &self.0));
        }
        self.for_run(digest, &Run { task: Task::Link, ..run.clone() }, "")
    }
}

/// The pseudorandom key of one schema, or of one run of it, from which every other key is expanded.
pub(crate) struct SchemaKeys(Hkdf<Sha256>);

impl SchemaKeys {
    /// `HKDF-Expand(PRK, "mizuhiki/v1" ‖ 0 ‖ purpose ‖ 0 ‖ view ‖ 0 ‖ name ‖ 0 ‖ be32(epoch), 32)`.
    pub(crate) fn expand(&self, purpose: &str, view: &str, name: &str, epoch: u32) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let epoch = epoch.to_be_bytes();
        let info: [&[u8]; 9] = [
            b"mizuhiki/v1",
            &[0],
            purpose.as_bytes(),
            &[0],
            view.as_bytes(),
            &[0],
            name.as_bytes(),
            &[0],
            &epoch,
        ];
        expand(&self.0, &info, key.as_mut_slice());
        key
    }
}

fn expand(hkdf: &Hkdf<Sha256>, info: &[&[u8]], out: &mut [u8]) {
    if hkdf.expand_multi_info(info, out).is_err() {
        unreachable!("at most 32 bytes are asked for, HKDF-SHA256 gives 8,160");
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::RunName;

    use super::*;

    #[test]
    fn keys_are_not_printed_and_have_one_size() {
        let key = LinkageKey::from_bytes(&[0xAB; 32]).unwrap();
        assert_eq!(format!("{key:?}"), "LinkageKey(…)");
        assert!(matches!(LinkageKey::from_bytes(&[1; 31]), Err(EncodeError::KeySize(31))));
        let of = |project: &str, run: &str| {
            let name = |text| RunName::new(text).unwrap();
            key.fingerprint(&Run { project: name(project), name: name(run), ..Run::default() })
        };
        assert_ne!(LinkageKey::random().unwrap().fingerprint(&Run::default()), of("", ""));
        let ids = [of("", ""), of("a", ""), of("", "a"), of("a", "a")];
        assert!(ids.iter().enumerate().all(|(at, id)| !ids[..at].contains(id)));
    }

    #[test]
    fn a_clkhash_secret_loses_one_line_break() {
        let key = LinkageKey::from_clkhash_secret(&Zeroizing::new(b"horse \r\n".to_vec())).unwrap();
        assert_eq!(key.expose(), b"horse ");
        assert!(LinkageKey::from_clkhash_secret(&Zeroizing::new(b"\n".to_vec())).is_err());
    }
}
