//! The linkage unit's side of a run, step by step: asked, evaluated, opened. Steps out of order do not
//! compile (`protocols/06-confirm.md` §5).

use mizuhiki_schema::Side;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use crate::backend::Mask;
use crate::document::Seal;
use crate::error::{ConfirmError, Party, Reason};
use crate::headers::{CiphertextsHeader, MasksHeader, OpenedHeader, SealedHeader};
use crate::sign::{Hash, Hex, PartyKey, hash};
use crate::ticket::{Batch, Ticket};

/// Bytes of the linkage unit's secrets.
pub const RUN_SECRET_BYTES: usize = 64;

/// The linkage unit's secrets of a run: the seeds of its signing key and of its masks. Wiped on drop.
pub struct RunSecret(Zeroizing<[u8; RUN_SECRET_BYTES]>);

impl RunSecret {
    /// Reads the bytes.
    #[must_use]
    pub const fn new(bytes: Zeroizing<[u8; RUN_SECRET_BYTES]>) -> Self {
        Self(bytes)
    }

    /// Fresh secrets.
    #[must_use]
    pub fn random(random: &mut ChaCha20Rng) -> Self {
        let mut bytes = Zeroizing::new([0; RUN_SECRET_BYTES]);
        random.fill_bytes(bytes.as_mut_slice());
        Self(bytes)
    }

    /// The bytes, for the linkage unit's own file.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The signing key.
    #[must_use]
    pub fn key(&self) -> PartyKey {
        let mut seed = Zeroizing::new([0; 32]);
        seed.copy_from_slice(&self.0[..32]);
        PartyKey::from_seed(&seed)
    }

    /// The mask of a ticket. It is the same for the same ciphertexts, so that a run can be resumed, and
    /// independent for others, so that two answers to one ticket are unrelated.
    fn mask(&self, nonce: Hex<16>, binding: Hash) -> Mask {
        let seed = Zeroizing::new(hash("mask", &[&self.0[32..], &nonce.0, &binding.0]).0);
        let mut random = ChaCha20Rng::from_seed(*seed);
        let mut mask = Mask { flip: random.next_u64() >> 63 == 1, seed: Zeroizing::new([0; 32]) };
        random.fill_bytes(mask.seed.as_mut_slice());
        mask
    }
}

/// Tickets were issued.
pub struct Asked;

/// Answers are sealed: their digest, and the digest of their inputs.
pub struct Evaluated {
    sealed: Hash,
    binding: Hash,
}

/// Answers are known, one bit per ticket.
pub struct Opened {
    answers: Vec<bool>,
}

/// A run of the linkage unit.
pub struct Session<S> {
    batch: Batch,
    tickets: Vec<Ticket>,
    secret: RunSecret,
    state: S,
}

impl<S> Session<S> {
    /// The batch.
    pub const fn batch(&self) -> &Batch {
        &self.batch
    }

    /// The tickets, in order.
    pub fn tickets(&self) -> &[Ticket] {
        &self.tickets
    }

    /// The linkage unit's signing key.
    pub fn key(&self) -> PartyKey {
        self.secret.key()
    }

    fn refuse_off_batch(&self, party: Party, entry: u64, nonce: Hex<16>) -> Result<(), ConfirmError> {
        if self.tickets.get(entry as usize - 1).is_some_and(|ticket| ticket.nonce == nonce) {
            Ok(())
        } else {
            Err(ConfirmError::refused(party, Reason::OffBatch { entry }))
        }
    }
}

impl Session<Asked> {
    /// A run whose tickets were issued.
    #[must_use]
    pub const fn new(batch: Batch, tickets: Vec<Ticket>, secret: RunSecret) -> Self {
        Self { batch, tickets, secret, state: Asked }
    }

    /// The mask of a ticket for answers made from `binding`.
    #[must_use]
    pub fn mask(&self, ticket: &Ticket, binding: Hash) -> Mask {
        self.secret.mask(ticket.nonce, binding)
    }

    /// The header of the masks, for the checker.
    #[must_use]
    pub fn masks_header(&self, binding: Hash) -> MasksHeader {
        MasksHeader {
            batch: self.batch.digest(),
            binding,
            key_id: self.batch.key_id,
            signer: self.key().id(),
            tickets: self.batch.tickets,
        }
    }

    /// The header of the sealed answers, with the approvals of both custodians.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if an approval is not of this batch or side.
    pub fn sealed_header(
        &self,
        backend: &str,
        left: Seal,
        right: Seal,
    ) -> Result<SealedHeader, ConfirmError> {
        for (side, seal) in [(Side::Left, &left), (Side::Right, &right)] {
            seal.verify::<CiphertextsHeader>()?.check(&self.batch, side, backend)?;
        }
        Ok(SealedHeader {
            backend: backend.to_owned(),
            batch: self.batch.digest(),
            key_id: self.batch.key_id,
            left,
            right,
            signer: self.key().id(),
            tickets: self.batch.tickets,
        })
    }

    /// The answers were sealed.
    #[must_use]
    pub fn evaluated(self, sealed: Hash, binding: Hash) -> Session<Evaluated> {
        let Self { batch, tickets, secret, .. } = self;
        Session { batch, tickets, secret, state: Evaluated { sealed, binding } }
    }
}

impl Session<Evaluated> {
    /// Removes the masks from the opened answers; `signer` is the authority's signing key.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the authority.
    pub fn opened(
        self,
        header: &OpenedHeader,
        signer: crate::sign::SignerId,
        entries: &[(Hex<16>, u8)],
    ) -> Result<Session<Opened>, ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::Authority, reason));
        if header.key_id != self.batch.key_id {
            let (expected, found) = (self.batch.key_id.to_string(), header.key_id.to_string());
            return refuse(Reason::Key { expected, found });
        }
        if header.signer != signer {
            let (expected, found) = (signer.fingerprint(), header.signer.fingerprint());
            return refuse(Reason::Signer { expected, found });
        }
        if header.batch != self.batch.digest() || entries.len() != self.tickets.len() {
            return refuse(Reason::Batch);
        }
        if header.sealed != self.state.sealed {
            return refuse(Reason::Changed);
        }
        for (&(nonce, bit), entry) in entries.iter().zip(1..) {
            self.refuse_off_batch(Party::Authority, entry, nonce)?;
            if bit > 1 {
                return refuse(Reason::NoBit { entry });
            }
        }
        let Self { batch, tickets, secret, state: Evaluated { binding, .. } } = self;
        let unmask = |(ticket, (_, bit)): (&Ticket, &(Hex<16>, u8))| {
            (*bit == 1) ^ secret.mask(ticket.nonce, binding).flip
        };
        let answers = tickets.iter().zip(entries).map(unmask).collect();
        Ok(Session { batch, tickets, secret, state: Opened { answers } })
    }
}

impl Session<Opened> {
    /// The answers, in the order of the tickets: whether the pair is accepted.
    #[must_use]
    pub fn answers(&self) -> &[bool] {
        &self.state.answers
    }
}
