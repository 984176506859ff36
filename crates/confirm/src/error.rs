//! Why a confirmation is refused, and by whose fault.

use std::fmt;

use crate::BackendError;

/// A party of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// Asks, evaluates, unmasks.
    LinkageUnit,
    /// Encrypts; by its name.
    Custodian(String),
    /// Makes keys and opens.
    Authority,
    /// The linkage unit, or the custodian of this name that checked its answers: one of both, nobody can tell which.
    LinkageUnitOr(String),
    /// Whoever carried a file: its writer's signature does not fit it.
    Carrier,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LinkageUnit => f.write_str("the linkage unit"),
            Self::Custodian(name) => write!(f, "custodian {name:?}"),
            Self::Authority => f.write_str("the authority"),
            Self::LinkageUnitOr(name) => write!(f, "the linkage unit or custodian {name:?}, who checked it"),
            Self::Carrier => f.write_str("whoever carried or kept the file"),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Not a file of this protocol.
    #[error("this is no {expected}; {hint}")]
    Kind {
        /// What was expected.
        expected: &'static str,
        /// What it seems to be.
        hint: String,
    },
    /// A file that ends too early.
    #[error("the file is cut off; get it again")]
    Truncated,
    /// A file that goes on.
    #[error("the file goes on after its end; get it again")]
    Trailing,
    /// A header that says nothing usable.
    #[error("the header is not as protocols/06-confirm.md says: {0}")]
    Header(String),
    /// Bytes that were not signed.
    #[error("the signature does not fit: the file was changed after it was written; get it again")]
    Signature,
    /// Another signer than before.
    #[error("signed by {found}, not by {expected} as agreed or as before; ask whose key that is")]
    Signer {
        /// Fingerprint that was pinned.
        expected: String,
        /// Fingerprint of the signer.
        found: String,
    },
    /// Of another key of the authority.
    #[error("made for key {found}, not for {expected}; use the files of one run")]
    Key {
        /// The key in hand.
        expected: String,
        /// The key of the file.
        found: String,
    },
    /// Of another back end or parameter set.
    #[error("made with {found:?}, this is {expected:?}; use one version of the program")]
    BackEnd {
        /// This back end.
        expected: String,
        /// The file's.
        found: String,
    },
    /// Of another schema or rule.
    #[error("made for another {0}; agree on one schema, and ask again")]
    Agreement(&'static str),
    /// Of another batch.
    #[error("of another batch of tickets; use the files of one run")]
    Batch,
    /// Tickets that the batch does not commit to.
    #[error("the tickets are not those that the batch commits to")]
    Root,
    /// Not the ticket that should stand here.
    #[error(
        "entry {entry} is not of the ticket that stands there in the batch: left out, reordered or foreign"
    )]
    OffBatch {
        /// Number of the entry, from 1.
        entry: u64,
    },
    /// Of the other side.
    #[error("of the {found} side, where the {expected} one belongs; exchange the two files")]
    Side {
        /// Expected side.
        expected: &'static str,
        /// Found side.
        found: &'static str,
    },
    /// Of another custodian.
    #[error("of custodian {found:?}, where {expected:?} belongs")]
    Custodian {
        /// Whose it should be.
        expected: String,
        /// Whose it is.
        found: String,
    },
    /// One custodian on both sides.
    #[error("both sides are one custodian; a confirmation is between two")]
    SameCustodian,
    /// Too late.
    #[error("the tickets expired {0} s ago; ask again")]
    Expired(u64),
    /// A pair that was asked before.
    #[error("ticket {entry} asks for a pair of records that was asked before")]
    Repeated {
        /// Number of the ticket, from 1.
        entry: u64,
    },
    /// Too much asked of a record.
    #[error("{asked} tickets for one record, {allowed} are allowed; ask fewer pairs a record")]
    RecordBudget {
        /// Tickets, those of earlier batches included.
        asked: u64,
        /// Allowed by the key's policy.
        allowed: u64,
    },
    /// Too much asked of a custodian.
    #[error("{asked} tickets for one custodian under this key, {allowed} are allowed; make a new key")]
    CustodianBudget {
        /// Tickets, those of earlier batches included.
        asked: u64,
        /// Allowed by the key's policy.
        allowed: u64,
    },
    /// A key that has opened enough.
    #[error("{asked} openings with this key, {allowed} are allowed; make a new key")]
    KeyBudget {
        /// Openings, those of earlier batches included.
        asked: u64,
        /// Allowed by the key's policy.
        allowed: u64,
    },
    /// Too much asked of a record, by the custodian's own ledger.
    #[error(
        "{asked} tickets for one record over all keys, {allowed} are allowed by this custodian's ledger; ask fewer pairs, \
         or decide to allow more (--per-record)"
    )]
    OwnBudget {
        /// Tickets, those of earlier batches included.
        asked: u64,
        /// Allowed by the custodian.
        allowed: u64,
    },
    /// A key whose policy allows more than a custodian does.
    #[error(
        "the key's policy allows {allows} {what}, this custodian {most} at most; ask the authority for another key"
    )]
    Policy {
        /// What is allowed.
        what: &'static str,
        /// How much of it.
        allows: u64,
        /// What the custodian allows.
        most: u64,
    },
    /// Answers of two parties that open to different bits.
    #[error(
        "the answers of the linkage unit and those of the checker differ: one of both did not compute what the tickets ask \
         for. Nothing was released, and the key opens nothing more; make a new key and ask again"
    )]
    Differed,
    /// A key under which answers differed.
    #[error("answers under this key differed before: it opens nothing more; make a new key and ask again")]
    KeySpent,
    /// Answers or masks that are made of other ciphertexts.
    #[error("made of other ciphertexts than these; use the files of one run")]
    OtherCiphertexts,
    /// A batch that was opened.
    #[error("these tickets were opened before; a ticket is opened once")]
    Replayed,
    /// Answers of a batch in other words.
    #[error("other answers than those that were sealed for these tickets before; a ticket opens one answer")]
    Changed,
    /// A batch that a custodian did not approve.
    #[error("the batch lacks the approval of custodian {0:?}")]
    Unapproved(String),
    /// A ticket for a record that is not there.
    #[error("ticket {entry} names a record that the table has not; check the id map, or ask again")]
    UnknownRecord {
        /// Number of the ticket, from 1.
        entry: u64,
    },
    /// A ticket for tokens that the record does not have.
    #[error(
        "ticket {entry} is bound to other tokens than this table, schema and key give for its record; was it encoded \
         from this table?"
    )]
    OtherTokens {
        /// Number of the ticket, from 1.
        entry: u64,
    },
    /// A log that was changed.
    #[error("line {line} of the log does not follow from the one before; the log was changed")]
    Chain {
        /// Line, from 1.
        line: u64,
    },
    /// A value that no honest party writes.
    #[error("entry {entry} holds neither 0 nor 1")]
    NoBit {
        /// Number of the entry, from 1.
        entry: u64,
    },
    /// A key, ciphertext or answer that is none.
    #[error("entry {entry}: {reason}")]
    Content {
        /// Number of the entry, from 1; 0 for a key.
        entry: u64,
        /// What the back end says.
        reason: BackendError,
    },
}

/// Confirmation is refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// By a party's fault.
    #[error("{reason} (at fault: {party})")]
    Refused {
        /// Whose fault it is.
        party: Party,
        /// What is wrong.
        reason: Reason,
    },
    /// A record's filters do not fit the rule.
    #[error("the filters of a record have {problem}")]
    Filters {
        /// What is wrong.
        problem: &'static str,
    },
    /// A rule with too many bits.
    #[error(
        "the rule needs {slots} slots, a ciphertext has {}; use fewer or smaller filters",
        crate::MAX_SLOTS
    )]
    TooLarge {
        /// Slots needed.
        slots: usize,
    },
    /// The back end cannot decide the rule.
    #[error("the schema's rule cannot be evaluated: {0}")]
    Rule(BackendError),
    /// Reading or writing stopped.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl ConfirmError {
    pub(crate) const fn refused(party: Party, reason: Reason) -> Self {
        Self::Refused { party, reason }
    }

    /// A key that a back end does not take.
    #[must_use]
    pub const fn key(reason: BackendError) -> Self {
        Self::refused(Party::Authority, Reason::Content { entry: 0, reason })
    }

    /// A ciphertext of a custodian, or an answer of the linkage unit, that a back end does not take.
    #[must_use]
    pub const fn content(party: Party, entry: u64, reason: BackendError) -> Self {
        Self::refused(party, Reason::Content { entry, reason })
    }

    /// A ticket (from 1) for a record that the custodian has not.
    #[must_use]
    pub const fn unknown_record(entry: u64) -> Self {
        Self::refused(Party::LinkageUnit, Reason::UnknownRecord { entry })
    }

    /// A ticket (from 1) for tokens that the record has not.
    #[must_use]
    pub const fn other_tokens(entry: u64) -> Self {
        Self::refused(Party::LinkageUnit, Reason::OtherTokens { entry })
    }

    /// What is wrong, if a party is at fault.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Whether a rule of the protocol forbids it, rather than a fault in a file or the system.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { party, .. } if !matches!(party, Party::Carrier))
    }

    /// Whose fault it is, if a party's.
    #[must_use]
    pub const fn culprit(&self) -> Option<&Party> {
        match self {
            Self::Refused { party, .. } => Some(party),
            _ => None,
        }
    }
}
