//! Headers of the documents (`protocols/06-confirm.md` §6). Members are in alphabetical order.

use mizuhiki_schema::Side;
use serde::{Deserialize, Serialize};

use crate::document::{DocumentKind, Header, Seal};
use crate::error::{ConfirmError, Party, Reason};
use crate::policy::Policy;
use crate::sign::{AuthorityKeyId, Hash, Hex, SignerId, hash};
use crate::ticket::Batch;

macro_rules! header {
    ($name:ident, $kind:ident) => {
        impl Header for $name {
            const KIND: DocumentKind = DocumentKind::$kind;

            fn signer(&self) -> SignerId {
                self.signer
            }
        }
    };
}

/// Header of [`DocumentKind::PublicKey`]; the body is the back end's public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicHeader {
    /// Name of back end and parameter set.
    pub backend: String,
    /// SHA-256 of the evaluation key.
    pub evaluation: Hash,
    /// Budgets of the key.
    pub policy: Policy,
    /// The authority's signing key.
    pub signer: SignerId,
}
header!(PublicHeader, PublicKey);

/// The id of the key pair whose public document has this seal.
#[must_use]
pub fn key_id(public: &Seal) -> AuthorityKeyId {
    let digest = hash("key-id", &[&public.digest(DocumentKind::PublicKey).0]);
    Hex(std::array::from_fn(|at| digest.0[at]))
}

/// Header of [`DocumentKind::EvaluationKey`]; the body is the back end's evaluation key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvaluationHeader {
    /// Name of back end and parameter set.
    pub backend: String,
    /// The key pair.
    pub key_id: AuthorityKeyId,
    /// The authority's signing key.
    pub signer: SignerId,
}
header!(EvaluationHeader, EvaluationKey);

/// Header of [`DocumentKind::SecretKey`]; the body is the seed of the signing key, then the back end's secret key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretHeader {
    /// Name of back end and parameter set.
    pub backend: String,
    /// The key pair.
    pub key_id: AuthorityKeyId,
    /// Budgets of the key.
    pub policy: Policy,
    /// The authority's signing key.
    pub signer: SignerId,
}
header!(SecretHeader, SecretKey);

/// Header of [`DocumentKind::Tickets`]; an entry is a ticket and, for a custodian, the id of its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketsHeader {
    /// The batch.
    pub batch: Batch,
    /// The custodian whose record ids accompany the tickets; none in the authority's copy.
    pub side: Option<Side>,
    /// The linkage unit's signing key.
    pub signer: SignerId,
}
header!(TicketsHeader, Tickets);

/// Header of [`DocumentKind::Run`]; the body is the seeds of signing key and masks, then entries of a ticket and both
/// ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunHeader {
    /// The batch.
    pub batch: Batch,
    /// The linkage unit's signing key.
    pub signer: SignerId,
}
header!(RunHeader, Run);

/// Header of [`DocumentKind::Ciphertexts`]; an entry is a ticket's nonce and a ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CiphertextsHeader {
    /// Name of back end and parameter set.
    pub backend: String,
    /// Digest of the batch.
    pub batch: Hash,
    /// Name of the custodian.
    pub custodian: String,
    /// Numbers of the tickets that the custodian declined, from 1, ascending: their answers decide nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined: Vec<u64>,
    /// The key that they are encrypted under.
    pub key_id: AuthorityKeyId,
    /// The side.
    pub side: Side,
    /// The custodian's signing key.
    pub signer: SignerId,
    /// Number of entries.
    pub tickets: u64,
}
header!(CiphertextsHeader, Ciphertexts);

impl CiphertextsHeader {
    /// Checks that this is the approval of `batch` by its custodian on `side`.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] with the custodian at fault.
    pub fn check(&self, batch: &Batch, side: Side, backend: &str) -> Result<(), ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::Custodian(self.custodian.clone()), reason));
        if self.key_id != batch.key_id {
            let (expected, found) = (batch.key_id.to_string(), self.key_id.to_string());
            return refuse(Reason::Key { expected, found });
        }
        if self.backend != backend {
            return refuse(Reason::BackEnd { expected: backend.to_owned(), found: self.backend.clone() });
        }
        if self.batch != batch.digest() || self.tickets != batch.tickets {
            return refuse(Reason::Batch);
        }
        if self.side != side {
            return refuse(Reason::Side { expected: side.name(), found: self.side.name() });
        }
        if self.custodian != batch.custodian(side) {
            let expected = batch.custodian(side).to_owned();
            return refuse(Reason::Custodian { expected, found: self.custodian.clone() });
        }
        let are_tickets = self.declined.iter().all(|ticket| (1..=self.tickets).contains(ticket));
        if !are_tickets || !self.declined.is_sorted_by(|a, b| a < b) {
            let problem = "declined tickets that are not ascending numbers of the batch's tickets";
            return refuse(Reason::Header(problem.to_owned()));
        }
        Ok(())
    }
}

/// Header of [`DocumentKind::Sealed`]; an entry is a ticket's nonce and a masked answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealedHeader {
    /// Name of back end and parameter set.
    pub backend: String,
    /// Digest of the batch.
    pub batch: Hash,
    /// The key that opens.
    pub key_id: AuthorityKeyId,
    /// The left custodian's approval: the seal of its ciphertexts.
    pub left: Seal,
    /// The right custodian's.
    pub right: Seal,
    /// The linkage unit's signing key.
    pub signer: SignerId,
    /// Number of entries.
    pub tickets: u64,
}
header!(SealedHeader, Sealed);

impl SealedHeader {
    /// Digest of the inputs of the answers: batch, key and both files of ciphertexts.
    #[must_use]
    pub fn binding(&self) -> Hash {
        binding(self.batch, self.key_id, &self.left, &self.right)
    }
}

/// Header of [`DocumentKind::Opened`]; an entry is a ticket's nonce and a byte, 0 or 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenedHeader {
    /// Digest of the batch.
    pub batch: Hash,
    /// The key that opened.
    pub key_id: AuthorityKeyId,
    /// Digest of the log's last line when these were opened.
    pub log: Hash,
    /// The signed digest of the sealed answers.
    pub sealed: Hash,
    /// The authority's signing key.
    pub signer: SignerId,
    /// Number of entries.
    pub tickets: u64,
}
header!(OpenedHeader, Opened);

/// Header of [`DocumentKind::Masks`]; an entry is a ticket's nonce and a byte, 1 if the answer is negated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MasksHeader {
    /// Digest of the batch.
    pub batch: Hash,
    /// The inputs of the answers: [`SealedHeader::binding`].
    pub binding: Hash,
    /// The key that opens.
    pub key_id: AuthorityKeyId,
    /// The linkage unit's signing key.
    pub signer: SignerId,
    /// Number of entries.
    pub tickets: u64,
}
header!(MasksHeader, Masks);

impl MasksHeader {
    /// Checks that the masks belong to a batch whose answers were made from `binding`.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the linkage unit.
    pub fn check(&self, batch: &Batch, binding: Hash) -> Result<(), ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::LinkageUnit, reason));
        if self.signer != batch.linkage_unit {
            let (expected, found) = (batch.linkage_unit.fingerprint(), self.signer.fingerprint());
            return refuse(Reason::Signer { expected, found });
        }
        if self.batch != batch.digest() || self.tickets != batch.tickets || self.key_id != batch.key_id {
            return refuse(Reason::Batch);
        }
        if self.binding != binding {
            return refuse(Reason::OtherCiphertexts);
        }
        Ok(())
    }
}

/// Header of [`DocumentKind::Checked`]; an entry is a ticket's nonce and a masked answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CheckedHeader {
    /// Name of back end and parameter set.
    pub backend: String,
    /// Digest of the batch.
    pub batch: Hash,
    /// Name of the checker, one of the batch's custodians.
    pub custodian: String,
    /// The key that opens.
    pub key_id: AuthorityKeyId,
    /// As in [`SealedHeader`].
    pub left: Seal,
    /// As in [`SealedHeader`].
    pub right: Seal,
    /// The checker's side.
    pub side: Side,
    /// The checker's signing key, the same as in its approval.
    pub signer: SignerId,
    /// Number of entries.
    pub tickets: u64,
}
header!(CheckedHeader, Checked);

impl CheckedHeader {
    /// Checks that these answers were made from the same ciphertexts as the linkage unit's, and signed by a
    /// custodian who approved the batch.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] with the checker at fault.
    pub fn check(&self, batch: &Batch, sealed: &SealedHeader, backend: &str) -> Result<(), ConfirmError> {
        let approval = CiphertextsHeader {
            backend: self.backend.clone(),
            batch: self.batch,
            custodian: self.custodian.clone(),
            declined: Vec::new(),
            key_id: self.key_id,
            side: self.side,
            signer: self.signer,
            tickets: self.tickets,
        };
        approval.check(batch, self.side, backend)?;
        let own = match self.side {
            Side::Left => &sealed.left,
            Side::Right => &sealed.right,
        };
        let refuse = |reason| Err(ConfirmError::refused(Party::Custodian(self.custodian.clone()), reason));
        let expected = own.verify::<CiphertextsHeader>()?.signer;
        if self.signer != expected {
            let (expected, found) = (expected.fingerprint(), self.signer.fingerprint());
            return refuse(Reason::Signer { expected, found });
        }
        if binding(self.batch, self.key_id, &self.left, &self.right) != sealed.binding() {
            return refuse(Reason::OtherCiphertexts);
        }
        Ok(())
    }
}

/// Digest of the inputs of answers: batch, key and both files of ciphertexts.
#[must_use]
pub fn binding(batch: Hash, key_id: AuthorityKeyId, left: &Seal, right: &Seal) -> Hash {
    let approval = |seal: &Seal| seal.digest(DocumentKind::Ciphertexts).0;
    hash("answers", &[&batch.0, &key_id.0, &approval(left), &approval(right)])
}
