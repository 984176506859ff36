//! Tickets: each gives the right to one answer about one pair (`protocols/06-confirm.md` §5).

use std::collections::{HashMap, HashSet};

use mizuhiki_schema::Side;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{ConfirmError, Party, Reason};
use crate::merkle;
use crate::policy::Policy;
use crate::rule::Rule;
use crate::sign::{AuthorityKeyId, Hash, Hex, SignerId, hash};

/// Bytes of a ticket.
pub const TICKET_BYTES: usize = 144;

/// Commitments to the tokens of a record, and to one row of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Commitment {
    /// To all rows of the record; the same for all tickets of a record under one key.
    pub record: Hash,
    /// To the row that is compared.
    pub row: Hash,
}

impl Commitment {
    /// Digest of a row of tokens; `None` for views without a token.
    #[must_use]
    pub fn row_digest<'t>(views: impl Iterator<Item = Option<&'t [u8]>>) -> Hash {
        let mut bytes = Vec::new();
        for token in views {
            bytes.push(u8::from(token.is_some()));
            bytes.extend_from_slice(token.unwrap_or_default());
        }
        hash("row", &[&bytes])
    }

    /// The commitment to row `row` of a record with these rows, for a custodian's name and the [`file_salt`]
    /// of its token file. Nobody can test guesses without the file.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn new(key: AuthorityKeyId, (custodian, salt): (&str, Hash), rows: &[Hash], row: usize) -> Self {
        let mut sorted = rows.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let length = (custodian.len() as u16).to_be_bytes();
        let rows_bytes: Vec<u8> = sorted.iter().flat_map(|row| row.0).collect();
        let record = hash("record", &[&key.0, &salt.0, &length, custodian.as_bytes(), &rows_bytes]);
        Self { record, row: hash("record-row", &[&record.0, &rows[row].0]) }
    }

    /// The row of the record that matches, if the rows are the record's.
    #[must_use]
    pub fn find(&self, key: AuthorityKeyId, custodian: (&str, Hash), rows: &[Hash]) -> Option<usize> {
        (0..rows.len()).find(|&row| Self::new(key, custodian, rows, row) == *self)
    }
}

/// SHA-256 of a token file as sent; known to its custodian and the linkage unit.
///
/// # Errors
/// [`ConfirmError::Io`].
pub fn file_salt(mut file: impl std::io::Read) -> Result<Hash, ConfirmError> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Hash::from(<[u8; 32]>::from(hash.finalize()))),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// A ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket {
    /// Random; tickets in a batch are sorted by nonce.
    pub nonce: Hex<16>,
    /// To the left record.
    pub left: Commitment,
    /// To the right record.
    pub right: Commitment,
}

impl Ticket {
    /// Its bytes in files and in the tree.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; TICKET_BYTES] {
        let mut bytes = [0; TICKET_BYTES];
        bytes[..16].copy_from_slice(&self.nonce.0);
        let hashes = [self.left.record, self.left.row, self.right.record, self.right.row];
        for (part, hash) in bytes[16..].chunks_exact_mut(32).zip(hashes) {
            part.copy_from_slice(&hash.0);
        }
        bytes
    }

    /// Reads the bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; TICKET_BYTES]) -> Self {
        let part = |at: usize| Hex(std::array::from_fn(|i| bytes[16 + 32 * at + i]));
        Self {
            nonce: Hex(std::array::from_fn(|i| bytes[i])),
            left: Commitment { record: part(0), row: part(1) },
            right: Commitment { record: part(2), row: part(3) },
        }
    }

    /// The pair of records, in either order.
    pub(crate) fn pair(&self) -> (Hash, Hash) {
        let (a, b) = (self.left.record, self.right.record);
        (a.min(b), a.max(b))
    }

    /// The commitment of a side.
    #[must_use]
    pub const fn side(&self, side: Side) -> &Commitment {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }
}

/// The terms that every ticket of a run is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Batch {
    /// When the tickets expire, in seconds since 1970.
    pub expires: u64,
    /// The authority's key.
    pub key_id: AuthorityKeyId,
    /// Name of the left custodian.
    pub left: String,
    /// The linkage unit's signing key.
    pub linkage_unit: SignerId,
    /// Name of the right custodian.
    pub right: String,
    /// Merkle tree hash of the tickets.
    pub root: Hash,
    /// Digest of the rule.
    pub rule: Hash,
    /// Random.
    pub run: Hex<16>,
    /// Digest of the linkage schema.
    pub schema: Hash,
    /// Number of tickets.
    pub tickets: u64,
}

impl Batch {
    /// Digest of the batch, by which later documents refer to it.
    #[must_use]
    pub fn digest(&self) -> Hash {
        hash("batch", &[serde_json::to_string(self).unwrap_or_default().as_bytes()])
    }

    /// The name of a side's custodian.
    #[must_use]
    pub fn custodian(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// Checks that the batch is of this key, schema and rule.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the linkage unit.
    pub fn check_agreement(
        &self,
        key_id: AuthorityKeyId,
        schema: Hash,
        rule: &Rule,
    ) -> Result<(), ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::LinkageUnit, reason));
        if self.key_id != key_id {
            let (expected, found) = (key_id.to_string(), self.key_id.to_string());
            return refuse(Reason::Key { expected, found });
        }
        if self.schema != schema {
            return refuse(Reason::Agreement("linkage schema"));
        }
        if self.rule != Hex(rule.digest()) {
            return refuse(Reason::Agreement("rule"));
        }
        Ok(())
    }

    /// Checks the batch and its tickets: two custodians; number, order and tree hash; no pair twice; no
    /// record or custodian more often than `policy` allows. The authority adds the use by earlier batches.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the linkage unit.
    pub fn check(&self, tickets: &[Ticket], policy: &Policy) -> Result<(), ConfirmError> {
        let refuse = |reason| Err(ConfirmError::refused(Party::LinkageUnit, reason));
        if self.left == self.right {
            return refuse(Reason::SameCustodian);
        }
        let Policy { per_custodian, per_record, .. } = *policy;
        let allowed = policy.most_openings();
        if self.tickets > allowed {
            return refuse(Reason::KeyBudget { asked: self.tickets, allowed });
        }
        if self.tickets > per_custodian {
            return refuse(Reason::CustodianBudget { asked: self.tickets, allowed: per_custodian });
        }
        let ascending = tickets.windows(2).all(|pair| pair[0].nonce < pair[1].nonce);
        if tickets.len() as u64 != self.tickets || !ascending || tree(tickets) != self.root {
            return refuse(Reason::Root);
        }
        let mut pairs = HashSet::new();
        let mut asked: HashMap<Hash, u64> = HashMap::new();
        for (ticket, entry) in tickets.iter().zip(1..) {
            if !pairs.insert(ticket.pair()) {
                return refuse(Reason::Repeated { entry });
            }
            for record in [ticket.left.record, ticket.right.record] {
                let asked = asked.entry(record).or_default();
                *asked += 1;
                if *asked > per_record {
                    return refuse(Reason::RecordBudget { asked: *asked, allowed: per_record });
                }
            }
        }
        Ok(())
    }

    /// Checks that the tickets have not expired.
    ///
    /// # Errors
    /// [`ConfirmError::Refused`], at fault the linkage unit.
    pub fn check_expiry(&self, now: u64) -> Result<(), ConfirmError> {
        match now.checked_sub(self.expires) {
            Some(late) if late > 0 => Err(ConfirmError::refused(Party::LinkageUnit, Reason::Expired(late))),
            _ => Ok(()),
        }
    }
}

/// The tree hash of tickets.
#[must_use]
pub fn tree(tickets: &[Ticket]) -> Hash {
    let leaves: Vec<[u8; TICKET_BYTES]> = tickets.iter().map(Ticket::to_bytes).collect();
    merkle::root(leaves.iter().map(<[u8; TICKET_BYTES]>::as_slice))
}
