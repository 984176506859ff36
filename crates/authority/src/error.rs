//! What stops the authority.

use mizuhiki_confirm::ConfirmError;
use mizuhiki_files::WriteError;

/// Keys cannot be made, or answers not be opened.
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
        /// What is wrong.
        reason: ConfirmError,
    },
    /// A custodian whose signing key the authority was not given.
    #[error(
        "no fingerprint is known of custodian {name:?}: anybody could have signed in its name. Ask the custodian for the \
         fingerprint that `confirm encrypt` printed, by another way than through the linkage unit, and give it with --pin"
    )]
    NoPin {
        /// The custodian, as the batch names it.
        name: String,
    },
    /// A fingerprint of a custodian that the batch does not have.
    #[error("--pin {name:?}: the batch has no custodian of this name; it has {left:?} and {right:?}")]
    OtherPin {
        /// As given.
        name: String,
        /// Left custodian of the batch.
        left: String,
        /// Right custodian.
        right: String,
    },
    /// A folder of keys that is there.
    #[error("{folder}: this is there already; keys are never overwritten: name another folder")]
    Exists {
        /// The folder.
        folder: String,
    },
    /// A secret key that others can read.
    #[error(
        "{file}: others may read this file (mode {mode:o}); run `chmod 600` on it, and think about who has read it"
    )]
    Readable {
        /// The file.
        file: String,
        /// Its permissions.
        mode: u32,
    },
    /// Another process is at the log.
    #[error("{file}: another run is opening answers with this key; wait until it is done")]
    Locked {
        /// The log.
        file: String,
    },
    /// A pin that is no name and fingerprint.
    #[error(
        "custodian {name:?}: the sealed answers are approved by key {found}, {expected} was given with --pin; ask the custodian"
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
    /// Whether a party is at fault, rather than the input or system.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        match self {
            Self::Confirm { reason, .. } => reason.is_refusal(),
            Self::Pin { .. } | Self::NoPin { .. } | Self::OtherPin { .. } | Self::Readable { .. } => true,
            _ => false,
        }
    }
}
