//! What stops the authority.

use mizuhiki_confirm::ConfirmError;
use mizuhiki_files::WriteError;

/// Keys cannot be made, or answers cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file is refused, or cannot be read or written.
    #[error("{file}: {reason}")]
    Confirm {
        /// The file.
        file: String,
        /// The problem.
        reason: ConfirmError,
    },
    /// The tickets are a custodian's, with ids that the authority must not see.
    #[error(
        "{file}: these are a custodian's tickets, with the ids of its records, which an authority must not have; delete \
         this file, and use authority.tickets"
    )]
    NotForAuthority {
        /// The file.
        file: String,
    },
    /// The authority was not given a custodian's signing key.
    #[error(
        "no fingerprint of custodian {name:?} is known: anybody could have signed in its name. Ask the custodian for the \
         fingerprint that `confirm encrypt` printed, by another way than through the linkage unit, and give it with --pin"
    )]
    NoPin {
        /// The custodian, as the batch names it.
        name: String,
    },
    /// A fingerprint was given for a custodian who is not in the batch.
    #[error("--pin {name:?}: the batch has no custodian of this name; it has {left:?} and {right:?}")]
    OtherPin {
        /// As given.
        name: String,
        /// Left custodian of the batch.
        left: String,
        /// Right custodian.
        right: String,
    },
    /// The folder of keys exists already.
    #[error("{folder}: exists already; keys are never overwritten: name another folder")]
    Exists {
        /// The folder.
        folder: String,
    },
    /// Others can read the secret key.
    #[error(
        "{file}: others may read this file (mode {mode:o}); run `chmod 600` on it, and consider who may have read it"
    )]
    Readable {
        /// The file.
        file: String,
        /// Its permissions.
        mode: u32,
    },
    /// Another process uses the log.
    #[error("{file}: another run is opening answers with this key; wait until it is done")]
    Locked {
        /// The log.
        file: String,
    },
    /// A fingerprint given with --pin differs from the one found.
    #[error(
        "custodian {name:?}: the sealed answers are approved by key {found}, but --pin gives {expected}; ask the custodian"
    )]
    Pin {
        /// The custodian.
        name: String,
        /// Fingerprint that was given.
        expected: String,
        /// Fingerprint that was found.
        found: String,
    },
}

impl AuthorityError {
    /// Whether a party is at fault, not the input or the system.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Confirm { reason, .. } => reason.is_refusal(),
            Self::Pin { .. } | Self::NoPin { .. } | Self::OtherPin { .. } | Self::Readable { .. } => true,
            _ => false,
        }
    }
}
