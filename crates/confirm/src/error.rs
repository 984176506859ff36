//! Why a confirmation is refused, and which party is at fault.

use std::fmt;

/// Maximum slots of an input: coefficients of one ciphertext.
pub const MAX_SLOTS: usize = 2_048;

/// Why a back end rejects bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// A key or ciphertext has the wrong size, as with another parameter set.
    #[error("{what} has {found} bytes, {expected} expected: another parameter set, or damaged")]
    Size {
        /// The kind of object.
        what: &'static str,
        /// Bytes found.
        found: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// A value that no honest party writes.
    #[error("{what} has an impossible value: damaged")]
    Value {
        /// The kind of object.
        what: &'static str,
    },
    /// The circuit does not fit the parameters.
    #[error("the rule has more levels than the parameters can distinguish exactly")]
    TooManyLevels,
}

/// A party of a confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// Asks, evaluates, unmasks.
    LinkageUnit,
    /// Encrypts; with its name.
    Custodian(String),
    /// Makes keys and opens.
    Authority,
    /// The linkage unit, or the custodian with this name who checked its answers: one of the two, undecidable
    /// which.
    LinkageUnitOr(String),
    /// The carrier of a file: its writer's signature does not fit.
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

/// The problem.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Not a file of this protocol.
    #[error("this is not the {expected}; {hint}")]
    Kind {
        /// The expected kind.
        expected: &'static str,
        /// What it appears to be.
        hint: String,
    },
    /// A file that ends too early.
    #[error("the file is cut off; get it again")]
    Truncated,
    /// A file with extra bytes at its end.
    #[error("the file has extra bytes at its end; get it again")]
    Trailing,
    /// An invalid header.
    #[error("the header does not follow protocols/06-confirm.md: {0}")]
    Header(String),
    /// Bytes that were not signed.
    #[error("the signature does not fit: the file was changed after it was written; get it again")]
    Signature,
    /// The signer has changed.
    #[error("signed by {found}, not by {expected} as agreed or as before; ask whose key it is")]
    Signer {
        /// Fingerprint that was pinned.
        expected: String,
        /// Fingerprint of the signer.
        found: String,
    },
    /// It belongs to another key of the authority.
    #[error("made for key {found}, not for {expected}; use the files of one run")]
    Key {
        /// The expected key.
        expected: String,
        /// The key of the file.
        found: String,
    },
    /// It was made with another back end or parameter set.
    #[error("made with {found:?}, but this is {expected:?}; use one version of the program")]
    BackEnd {
        /// This back end.
        expected: String,
        /// The file's.
        found: String,
    },
    /// It was made for another schema or rule.
    #[error("made for another {0}; agree on one schema, and ask again")]
    Agreement(&'static str),
    /// It belongs to another batch.
    #[error("belongs to another batch of tickets; use the files of one run")]
    Batch,
    /// Tickets that the batch does not commit to.
    #[error("the tickets are not those that the batch commits to")]
    Root,
    /// Not the expected ticket.
    #[error(
        "entry {entry} does not belong to the batch's ticket at this position: entries are missing, reordered or foreign"
    )]
    OffBatch {
        /// Number of the entry, from 1.
        entry: u64,
    },
    /// It is of the other side.
    #[error("a file of the {found} side in place of the {expected} side; exchange the two files")]
    Side {
        /// Expected side.
        expected: &'static str,
        /// Found side.
        found: &'static str,
    },
    /// It comes from another custodian.
    #[error("a file of custodian {found:?} in place of {expected:?}")]
    Custodian {
        /// Expected custodian.
        expected: String,
        /// Found custodian.
        found: String,
    },
    /// One custodian on both sides.
    #[error("both sides are the same custodian; a confirmation takes two")]
    SameCustodian,
    /// The tickets have expired.
    #[error("the tickets expired {0} s ago; ask again")]
    Expired(u64),
    /// A pair that was asked before.
    #[error("ticket {entry} asks for a pair of records that was asked before")]
    Repeated {
        /// Number of the ticket, from 1.
        entry: u64,
    },
    /// Too many tickets for a record.
    #[error("{asked} tickets for one record, {allowed} are allowed; ask for fewer pairs per record")]
    RecordBudget {
        /// Tickets, including those of earlier batches.
        asked: u64,
        /// Allowed by the key's policy.
        allowed: u64,
    },
    /// Too many tickets for a custodian.
    #[error("{asked} tickets for one custodian under this key, {allowed} are allowed; make a new key")]
    CustodianBudget {
        /// Tickets, including those of earlier batches.
        asked: u64,
        /// Allowed by the key's policy.
        allowed: u64,
    },
    /// Too many openings with a key.
    #[error("{asked} openings with this key, {allowed} are allowed; make a new key")]
    KeyBudget {
        /// Openings, including those of earlier batches.
        asked: u64,
        /// Allowed by the key's policy.
        allowed: u64,
    },
    /// Too many tickets for a record, according to the custodian's own ledger.
    #[error(
        "{asked} tickets for one record over all keys, {allowed} are allowed by this custodian's ledger; ask for fewer \
         pairs, or allow more (--per-record)"
    )]
    OwnBudget {
        /// Tickets, including those of earlier batches.
        asked: u64,
        /// Allowed by the custodian.
        allowed: u64,
    },
    /// A key whose policy allows more than a custodian does.
    #[error(
        "the key's policy allows {allows} {what}, this custodian at most {most}; ask the authority for another key"
    )]
    Policy {
        /// The limited quantity.
        what: &'static str,
        /// The policy's limit.
        allows: u64,
        /// The custodian's limit.
        most: u64,
    },
    /// The answers of two parties open to different bits.
    #[error(
        "the answers of the linkage unit and those of the checker differ: one of both did not compute what the tickets ask \
         for. Nothing was released, and the key opens nothing more; make a new key and ask again"
    )]
    Differed,
    /// Answers under this key differed before.
    #[error("answers under this key differed before: it opens nothing more; make a new key and ask again")]
    KeySpent,
    /// Answers or masks were made from other ciphertexts.
    #[error("made from other ciphertexts; use the files of one run")]
    OtherCiphertexts,
    /// The batch was opened before.
    #[error("these tickets were opened before; a ticket is opened once")]
    Replayed,
    /// Different answers for the same batch.
    #[error("these answers differ from those sealed for the same tickets before; a ticket opens one answer")]
    Changed,
    /// A batch that a custodian did not approve.
    #[error("the batch lacks the approval of custodian {0:?}")]
    Unapproved(String),
    /// A ticket for a record that does not exist.
    #[error("ticket {entry} is for a record that the table does not contain; check the id map, or ask again")]
    UnknownRecord {
        /// Number of the ticket, from 1.
        entry: u64,
    },
    /// A ticket for tokens that the record does not have in the custodian's token file.
    #[error(
        "ticket {entry} is bound to tokens that differ from those of the record in the custodian's token file (--tokens); \
         is it the file that was sent to the linkage unit?"
    )]
    OtherTokens {
        /// Number of the ticket, from 1.
        entry: u64,
    },
    /// A log that was changed.
    #[error("line {line} of the log does not follow from its predecessor; the log was changed")]
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
    /// An invalid key, ciphertext or answer.
    #[error("entry {entry}: {reason}")]
    Content {
        /// Number of the entry, from 1; 0 for a key.
        entry: u64,
        /// The back end's error.
        reason: BackendError,
    },
}

/// Why a confirmation fails.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// A party is at fault.
    #[error("{reason} (at fault: {party})")]
    Refused {
        /// The party at fault.
        party: Party,
        /// The problem.
        reason: Reason,
    },
    /// A record's filters do not fit the rule.
    #[error("the filters of a record have {problem}")]
    Filters {
        /// The problem.
        problem: &'static str,
    },
    /// A rule with too many bits.
    #[error("the rule needs {slots} slots, a ciphertext has {}; use fewer or smaller filters", MAX_SLOTS)]
    TooLarge {
        /// Slots needed.
        slots: usize,
    },
    /// The back end cannot evaluate the rule.
    #[error("the schema's rule cannot be evaluated: {0}")]
    Rule(BackendError),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl ConfirmError {
    pub(crate) const fn refused(party: Party, reason: Reason) -> Self {
        Self::Refused { party, reason }
    }

    /// A key that a back end rejects.
    #[must_use]
    pub const fn key(reason: BackendError) -> Self {
        Self::refused(Party::Authority, Reason::Content { entry: 0, reason })
    }

    /// A custodian's ciphertext or the linkage unit's answer that a back end rejects.
    #[must_use]
    pub const fn content(party: Party, entry: u64, reason: BackendError) -> Self {
        Self::refused(party, Reason::Content { entry, reason })
    }

    /// A ticket (from 1) for a record that the custodian does not have.
    #[must_use]
    pub const fn unknown_record(entry: u64) -> Self {
        Self::refused(Party::LinkageUnit, Reason::UnknownRecord { entry })
    }

    /// A ticket (from 1) for tokens that the record does not have.
    #[must_use]
    pub const fn other_tokens(entry: u64) -> Self {
        Self::refused(Party::LinkageUnit, Reason::OtherTokens { entry })
    }

    /// The problem, if a party is at fault.
    #[must_use]
    pub const fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Whether it violates a rule of the protocol, in contrast to a damaged file or a system error.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { party, .. } if !matches!(party, Party::Carrier))
    }

    /// The party at fault, if any.
    #[must_use]
    pub const fn culprit(&self) -> Option<&Party> {
        match self {
            Self::Refused { party, .. } => Some(party),
            _ => None,
        }
    }
}
