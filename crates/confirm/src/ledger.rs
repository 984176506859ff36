//! The authority's log of openings: append-only lines, each bound to its predecessor, and the used part of
//! the budgets (`protocols/06-confirm.md` §7).

use mizuhiki_schema::Side;
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::chain::{Chain, broken};
use crate::error::{ConfirmError, Party, Reason};
use crate::headers::{CheckedHeader, CiphertextsHeader, SealedHeader};
use crate::policy::Policy;
use crate::sign::{AuthorityKeyId, Hash, Hex, SignerId};
use crate::ticket::{Batch, Ticket};

/// An event in a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
enum Event {
    /// A key was made.
    Key { key_id: AuthorityKeyId, policy: Policy },
    /// A custodian's signing key was pinned.
    Pin { custodian: String, signer: SignerId },
    /// A batch is being opened: its tickets are now spent.
    Batch {
        batch: Hash,
        checked: Hash,
        left: String,
        right: String,
        sealed: Hash,
        tickets: Vec<(Hex<16>, Hash, Hash)>,
    },
    /// The answers of a batch were released.
    Opened { batch: Hash },
    /// The linkage unit's answers and the checker's differed: the key opens nothing more.
    Differed { batch: Hash },
}

/// The progress of a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// It was being opened. Its answers may be opened again if both signed digests, the linkage unit's and
    /// the checker's, are the same.
    Opening(Hash, Hash),
    Done,
}

/// The state of the log.
pub struct Ledger {
    key_id: AuthorityKeyId,
    policy: Policy,
    chain: Chain,
    pins: HashMap<String, SignerId>,
    records: HashMap<Hash, u64>,
    custodians: HashMap<String, u64>,
    openings: u64,
    pairs: HashSet<(Hash, Hash)>,
    nonces: HashSet<Hex<16>>,
    batches: HashMap<Hash, State>,
    differed: bool,
}

/// The steps before a batch is opened.
pub struct Admission {
    /// The batch.
    pub admitted: Admitted,
    /// Lines to append to the log, and to sync.
    pub lines: String,
    /// Whether an interrupted opening is resumed.
    pub resumed: bool,
}

/// A batch that may be opened: only the ledger creates one, after all checks.
pub struct Admitted {
    batch: Batch,
    nonces: Vec<Hex<16>>,
}

impl Admitted {
    /// Checks that entry `entry` (from 1) of a party's answers belongs to the ticket at that position.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the party.
    pub fn check_entry(&self, party: &Party, entry: u64, nonce: Hex<16>) -> Result<(), ConfirmError> {
        if self.nonces.get(entry as usize - 1) == Some(&nonce) {
            Ok(())
        } else {
            Err(ConfirmError::refused(party.clone(), Reason::OffBatch { entry }))
        }
    }
}

impl Ledger {
    /// The first line of a key's log.
    #[must_use]
    pub fn first_line(key_id: AuthorityKeyId, policy: Policy, time: u64) -> String {
        Chain::new().push(Event::Key { key_id, policy }, time)
    }

    /// Reads the log of a key with its policy; also returns its number of valid bytes.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] if a line does not follow from its predecessor, or the log belongs to
    /// another key.
    pub fn read(log: &[u8], key_id: AuthorityKeyId, policy: Policy) -> Result<(Self, usize), ConfirmError> {
        let (chain, events, whole) = Chain::read::<Event>(log)?;
        let Some(Event::Key { key_id: found, policy: written }) = events.first() else {
            return Err(broken(1));
        };
        if *found != key_id {
            let (expected, found) = (key_id.to_string(), found.to_string());
            return Err(ConfirmError::refused(Party::Carrier, Reason::Key { expected, found }));
        }
        if *written != policy {
            return Err(broken(1));
        }
        let mut ledger = Self {
            key_id,
            policy,
            chain,
            pins: HashMap::new(),
            records: HashMap::new(),
            custodians: HashMap::new(),
            openings: 0,
            pairs: HashSet::new(),
            nonces: HashSet::new(),
            batches: HashMap::new(),
            differed: false,
        };
        events.iter().for_each(|event| ledger.apply(event));
        Ok((ledger, whole))
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Key { .. } => {}
            Event::Pin { custodian, signer } => {
                self.pins.insert(custodian.clone(), *signer);
            }
            Event::Batch { batch, checked, left, right, sealed, tickets } => {
                self.openings += tickets.len() as u64;
                for name in [left, right] {
                    *self.custodians.entry(name.clone()).or_default() += tickets.len() as u64;
                }
                for &(nonce, left, right) in tickets {
                    self.nonces.insert(nonce);
                    self.pairs.insert((left.min(right), left.max(right)));
                    *self.records.entry(left).or_default() += 1;
                    *self.records.entry(right).or_default() += 1;
                }
                self.batches.insert(*batch, State::Opening(*sealed, *checked));
            }
            Event::Opened { batch } => {
                self.batches.insert(*batch, State::Done);
            }
            Event::Differed { batch } => {
                self.batches.insert(*batch, State::Done);
                self.differed = true;
            }
        }
    }

    /// Digest of the last line.
    #[must_use]
    pub const fn head(&self) -> Hash {
        self.chain.head
    }

    /// Lines of the log.
    #[must_use]
    pub const fn lines(&self) -> u64 {
        self.chain.lines
    }

    /// Answers opened, including those being opened.
    #[must_use]
    pub const fn openings(&self) -> u64 {
        self.openings
    }

    fn push(&mut self, event: Event, time: u64) -> String {
        self.apply(&event);
        self.chain.push(event, time)
    }

    /// Pins `signer` as the key of a custodian. Returns the line to append; none if it is pinned already.
    fn pin(&mut self, custodian: &str, signer: SignerId, time: u64) -> Option<String> {
        let known = self.pins.contains_key(custodian);
        (!known).then(|| self.push(Event::Pin { custodian: custodian.to_owned(), signer }, time))
    }

    fn check_pin(&self, custodian: &str, signer: SignerId) -> Result<(), ConfirmError> {
        match self.pins.get(custodian) {
            Some(known) if *known != signer => {
                let (expected, found) = (known.fingerprint(), signer.fingerprint());
                let culprit = Party::Custodian(custodian.to_owned());
                Err(ConfirmError::refused(culprit, Reason::Signer { expected, found }))
            }
            _ => Ok(()),
        }
    }

    /// Decides whether the linkage unit's and the checker's answers of a batch, each with its signed digest,
    /// may be opened, and returns the steps before that. An interrupted batch may be opened again with the
    /// same answers unless they were released.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`] with the reason and the party at fault; the ledger is unchanged then.
    pub fn admit(
        &mut self,
        (batch, tickets): (&Batch, &[Ticket]),
        (header, sealed): (&SealedHeader, Hash),
        (check, checked): (&CheckedHeader, Hash),
        backend: &str,
        now: u64,
    ) -> Result<Admission, ConfirmError> {
        self.check(batch, tickets, header, backend)?;
        check.check(batch, header, backend)?;
        let admitted =
            Admitted { batch: batch.clone(), nonces: tickets.iter().map(|ticket| ticket.nonce).collect() };
        let refuse = |reason| Err(ConfirmError::refused(Party::LinkageUnit, reason));
        if self.differed {
            return refuse(Reason::KeySpent);
        }
        match self.batches.get(&batch.digest()) {
            Some(State::Done) => return refuse(Reason::Replayed),
            Some(State::Opening(..)) => {
                if self.batches.get(&batch.digest()) != Some(&State::Opening(sealed, checked)) {
                    return refuse(Reason::Changed);
                }
                return Ok(Admission { admitted, lines: String::new(), resumed: true });
            }
            None => {}
        }
        batch.check_expiry(now)?;
        self.check_budgets(batch, tickets)?;
        let mut lines = String::new();
        for (side, seal) in [(Side::Left, &header.left), (Side::Right, &header.right)] {
            let signer = seal.verify::<CiphertextsHeader>()?.signer;
            if let Some(line) = self.pin(batch.custodian(side), signer, now) {
                lines.push_str(&line);
            }
        }
        let spent = tickets.iter().map(|ticket| (ticket.nonce, ticket.left.record, ticket.right.record));
        let event = Event::Batch {
            batch: batch.digest(),
            checked,
            left: batch.left.clone(),
            right: batch.right.clone(),
            sealed,
            tickets: spent.collect(),
        };
        lines.push_str(&self.push(event, now));
        Ok(Admission { admitted, lines, resumed: false })
    }

    /// All checks that do not depend on earlier openings.
    fn check(
        &self,
        batch: &Batch,
        tickets: &[Ticket],
        header: &SealedHeader,
        backend: &str,
    ) -> Result<(), ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::LinkageUnit, reason));
        if let Some(found) = [batch.key_id, header.key_id].into_iter().find(|found| *found != self.key_id) {
            let (expected, found) = (self.key_id.to_string(), found.to_string());
            return refuse(Reason::Key { expected, found });
        }
        if header.backend != backend {
            return refuse(Reason::BackEnd { expected: backend.to_owned(), found: header.backend.clone() });
        }
        if header.batch != batch.digest() || header.tickets != batch.tickets {
            return refuse(Reason::Batch);
        }
        if header.signer != batch.linkage_unit {
            let (expected, found) = (batch.linkage_unit.fingerprint(), header.signer.fingerprint());
            return refuse(Reason::Signer { expected, found });
        }
        for (side, seal) in [(Side::Left, &header.left), (Side::Right, &header.right)] {
            let name = batch.custodian(side);
            let Ok(approval) = seal.verify::<CiphertextsHeader>() else {
                return refuse(Reason::Unapproved(name.to_owned()));
            };
            approval.check(batch, side, backend)?;
            self.check_pin(name, approval.signer)?;
        }
        batch.check(tickets, &self.policy)
    }

    fn check_budgets(&self, batch: &Batch, tickets: &[Ticket]) -> Result<(), ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::LinkageUnit, reason));
        let Policy { per_custodian, per_record, .. } = self.policy;
        let allowed = self.policy.most_openings();
        let asked = self.openings + batch.tickets;
        if asked > allowed {
            return refuse(Reason::KeyBudget { asked, allowed });
        }
        for name in [&batch.left, &batch.right] {
            let asked = self.custodians.get(name).copied().unwrap_or_default() + batch.tickets;
            if asked > per_custodian {
                return refuse(Reason::CustodianBudget { asked, allowed: per_custodian });
            }
        }
        let mut more: HashMap<Hash, u64> = HashMap::new();
        for (ticket, entry) in tickets.iter().zip(1..) {
            if self.nonces.contains(&ticket.nonce) || self.pairs.contains(&ticket.pair()) {
                return refuse(Reason::Repeated { entry });
            }
            for record in [ticket.left.record, ticket.right.record] {
                let asked = more
                    .entry(record)
                    .or_insert_with(|| self.records.get(&record).copied().unwrap_or_default());
                *asked += 1;
                if *asked > per_record {
                    return refuse(Reason::RecordBudget { asked: *asked, allowed: per_record });
                }
            }
        }
        Ok(())
    }

    /// Records that the answers of `admitted` were released; returns the line to append.
    pub fn opened(&mut self, admitted: &Admitted, now: u64) -> String {
        self.push(Event::Opened { batch: admitted.batch.digest() }, now)
    }

    /// Records that the two answers to a ticket of `admitted` differed; returns the line to append. The key
    /// opens nothing more.
    pub fn differed(&mut self, admitted: &Admitted, now: u64) -> String {
        self.push(Event::Differed { batch: admitted.batch.digest() }, now)
    }
}
