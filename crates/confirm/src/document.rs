//! Signed files: a header in JSON, a body of entries, a signature over both (`protocols/06-confirm.md` §6).
//!
//! Nothing here opens a file: the roles pass in readers and writers.

use std::io::{ErrorKind, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{ConfirmError, Party, Reason};
use crate::sign::{Hash, Hex, PartyKey, SIGNATURE_BYTES, SignerId, hash};

const MAGIC: &[u8; 4] = b"MZK1";
/// Maximum bytes of a header, which has names of custodians and digests.
const MAX_HEADER: u32 = 1 << 16;

/// The kind of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum DocumentKind {
    /// For encryption: from the authority to everybody.
    PublicKey = 1,
    /// For evaluation: from the authority to the linkage unit.
    EvaluationKey = 2,
    /// For opening: stays with the authority.
    SecretKey = 3,
    /// From the linkage unit to a custodian or the authority.
    Tickets = 4,
    /// Stays with the linkage unit.
    Run = 5,
    /// From a custodian to the linkage unit.
    Ciphertexts = 6,
    /// From the linkage unit to the authority.
    Sealed = 7,
    /// From the authority to the linkage unit.
    Opened = 8,
    /// From the linkage unit to the checker.
    Masks = 9,
    /// From the checker to the authority.
    Checked = 10,
}

impl DocumentKind {
    const ALL: [Self; 10] = [
        Self::PublicKey,
        Self::EvaluationKey,
        Self::SecretKey,
        Self::Tickets,
        Self::Run,
        Self::Ciphertexts,
        Self::Sealed,
        Self::Opened,
        Self::Masks,
        Self::Checked,
    ];

    /// Its name in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PublicKey => "public key of a confirmation",
            Self::EvaluationKey => "evaluation key",
            Self::SecretKey => "secret key of a confirmation",
            Self::Tickets => "file of tickets",
            Self::Run => "linkage unit's own file of a run",
            Self::Ciphertexts => "file of ciphertexts",
            Self::Sealed => "file of sealed answers",
            Self::Opened => "file of opened answers",
            Self::Masks => "file of masks",
            Self::Checked => "file of checked answers",
        }
    }
}

/// A document's header, which contains the signer.
pub trait Header: Serialize + DeserializeOwned {
    /// DocumentKind of document.
    const KIND: DocumentKind;

    /// The signer.
    fn signer(&self) -> SignerId;
}

/// The digests and signature of a document: proof of its signer's statement without the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seal {
    /// SHA-256 of the body.
    pub body: Hash,
    /// The exact bytes of the header.
    pub header: String,
    /// The signature.
    pub signature: Hex<SIGNATURE_BYTES>,
}

impl Seal {
    /// The signed message: a digest of kind, header and body.
    #[must_use]
    pub fn digest(&self, kind: DocumentKind) -> Hash {
        let header = Sha256::digest(self.header.as_bytes());
        hash("document", &[&[kind as u8], &header, &self.body.0])
    }

    /// The header, if the signature is valid.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`].
    pub fn verify<H: Header>(&self) -> Result<H, ConfirmError> {
        let header: H = parse(&self.header)?;
        if header.signer().verify(&self.digest(H::KIND).0, &self.signature.0) {
            Ok(header)
        } else {
            Err(ConfirmError::refused(Party::Carrier, Reason::Signature))
        }
    }
}

fn parse<H: Header>(text: &str) -> Result<H, ConfirmError> {
    serde_json::from_str(text).map_err(|error| {
        let problem = format!("column {}: {:?}", error.column(), error.classify());
        ConfirmError::refused(Party::Carrier, Reason::Header(problem.to_lowercase()))
    })
}

/// A document that is being written.
pub struct DocumentWriter<'k, W> {
    out: W,
    kind: DocumentKind,
    header: String,
    body: Sha256,
    key: &'k PartyKey,
}

impl<'k, W: Write> DocumentWriter<'k, W> {
    /// Writes the header.
    ///
    /// # Errors
    /// [`ConfirmError::Io`].
    pub fn new<H: Header>(mut out: W, header: &H, key: &'k PartyKey) -> Result<Self, ConfirmError> {
        let header = serde_json::to_string(header).map_err(std::io::Error::from)?;
        out.write_all(MAGIC)?;
        out.write_all(&[H::KIND as u8])?;
        out.write_all(&(header.len() as u32).to_be_bytes())?;
        out.write_all(header.as_bytes())?;
        Ok(Self { out, kind: H::KIND, header, body: Sha256::new(), key })
    }

    /// Appends to the body.
    ///
    /// # Errors
    /// [`ConfirmError::Io`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), ConfirmError> {
        self.body.update(bytes);
        Ok(self.out.write_all(bytes)?)
    }

    /// Signs, and returns the writer with the seal.
    ///
    /// # Errors
    /// [`ConfirmError::Io`].
    pub fn finish(mut self) -> Result<(W, Seal), ConfirmError> {
        let body = Hex(self.body.finalize().into());
        let mut seal = Seal { header: self.header, body, signature: Hex([0; SIGNATURE_BYTES]) };
        seal.signature = Hex(self.key.sign(&seal.digest(self.kind).0));
        self.out.write_all(&seal.signature.0)?;
        Ok((self.out, seal))
    }
}

/// A document that is being read.
pub struct DocumentReader<R, H> {
    input: R,
    header: H,
    text: String,
    body: Sha256,
    /// Bytes after the body that were read with it.
    rest: Vec<u8>,
}

impl<R: Read, H: Header> DocumentReader<R, H> {
    /// Reads the header. It must not be trusted before [`DocumentReader::finish`].
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if it is not such a document.
    pub fn new(mut input: R) -> Result<Self, ConfirmError> {
        let mut start = [0; 9];
        read(&mut input, &mut start)?;
        let [m0, m1, m2, m3, kind, l0, l1, l2, l3] = start;
        let refuse = |hint: String| {
            ConfirmError::refused(Party::Carrier, Reason::Kind { expected: H::KIND.name(), hint })
        };
        if &[m0, m1, m2, m3] != MAGIC {
            return Err(refuse("it is not a file of a confirmation".to_owned()));
        }
        if kind != H::KIND as u8 {
            let other = DocumentKind::ALL.into_iter().find(|other| *other as u8 == kind);
            return Err(refuse(other.map_or_else(
                || "it is of a later version".to_owned(),
                |other| format!("it is the {}", other.name()),
            )));
        }
        let length = u32::from_be_bytes([l0, l1, l2, l3]);
        if length > MAX_HEADER {
            let problem = format!("{length} bytes of header, at most {MAX_HEADER} are allowed");
            return Err(ConfirmError::refused(Party::Carrier, Reason::Header(problem)));
        }
        let mut text = vec![0; length as usize];
        read(&mut input, &mut text)?;
        let text = String::from_utf8(text).map_err(|_| {
            ConfirmError::refused(Party::Carrier, Reason::Header("it is not UTF-8".to_owned()))
        })?;
        Ok(Self { input, header: parse(&text)?, text, body: Sha256::new(), rest: Vec::new() })
    }

    /// The header.
    pub const fn header(&self) -> &H {
        &self.header
    }

    /// Reads the next bytes of the body.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if there are fewer.
    pub fn read(&mut self, bytes: &mut [u8]) -> Result<(), ConfirmError> {
        read(&mut self.input, bytes)?;
        self.body.update(bytes);
        Ok(())
    }

    /// Reads the rest of the body, at most `limit` bytes.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if there is more, or no signature.
    pub fn read_body(&mut self, limit: u64) -> Result<Vec<u8>, ConfirmError> {
        let mut bytes = Vec::new();
        (&mut self.input).take(limit + SIGNATURE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit + SIGNATURE_BYTES as u64 {
            return Err(ConfirmError::refused(Party::Carrier, Reason::Trailing));
        }
        let Some(end) = bytes.len().checked_sub(SIGNATURE_BYTES) else {
            return Err(ConfirmError::refused(Party::Carrier, Reason::Truncated));
        };
        self.rest = bytes.split_off(end);
        self.body.update(&bytes);
        Ok(bytes)
    }

    /// Skips `count` bytes of the body.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if there are fewer.
    pub fn skip(&mut self, mut count: u64) -> Result<(), ConfirmError> {
        let mut buffer = [0; 1 << 14];
        while count > 0 {
            let next = count.min(buffer.len() as u64) as usize;
            self.read(&mut buffer[..next])?;
            count -= next as u64;
        }
        Ok(())
    }

    /// Checks that the document ends here and its signature is valid.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`].
    pub fn finish(mut self) -> Result<(H, Seal), ConfirmError> {
        let mut signature = [0; SIGNATURE_BYTES];
        read(&mut self.rest.as_slice().chain(&mut self.input), &mut signature)?;
        if self.input.read(&mut [0])? > 0 {
            return Err(ConfirmError::refused(Party::Carrier, Reason::Trailing));
        }
        let body = Hex(self.body.finalize().into());
        let seal = Seal { header: self.text, body, signature: Hex(signature) };
        seal.verify::<H>()?;
        Ok((self.header, seal))
    }
}

fn read(input: &mut impl Read, bytes: &mut [u8]) -> Result<(), ConfirmError> {
    input.read_exact(bytes).map_err(|error| {
        if error.kind() == ErrorKind::UnexpectedEof {
            ConfirmError::refused(Party::Carrier, Reason::Truncated)
        } else {
            error.into()
        }
    })
}
