//! Why a confirmation fails at the linkage unit.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use mizuhiki_columnar::ColumnarError;
use mizuhiki_confirm::ConfirmError;
use mizuhiki_files::WriteError;

use crate::candidates::error::SearchError;

/// Why a confirmation fails.
#[derive(Debug, thiserror::Error)]
pub enum LinkageUnitError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A table cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The token files cannot be used together.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// Token files that are read twice.
    #[error("{file}: token files of a confirmation are read twice: use a file, not standard input")]
    NoFile {
        /// The given path.
        file: String,
    },
    /// A file is refused, or cannot be read or written.
    #[error("{file}: {reason}")]
    Confirm {
        /// The file.
        file: String,
        /// The problem.
        reason: ConfirmError,
    },
    /// Nothing to ask.
    #[error(
        "{file}: it contains no borderline pair; `mizuhiki link … --for-confirm` lists pairs worth confirming"
    )]
    NothingToAsk {
        /// The links.
        file: String,
    },
    /// A schema without a rule.
    #[error(
        "the token files' schema does not define how pairs are confirmed; agree on a member \"confirm\" \
         (protocols/01-linkage-schema.md §2.5), and encode again"
    )]
    NoRule,
    /// The schema that was kept with the tickets.
    #[error("{file}: {reason}; use the folder that `mizuhiki confirm ask` wrote")]
    Schema {
        /// The file.
        file: String,
        /// The problem.
        reason: String,
    },
    /// A rule that cannot be evaluated.
    #[error("the schema's member \"confirm\": {reason}")]
    Rule {
        /// Why.
        reason: ConfirmError,
    },
    /// A link of other files.
    #[error(
        "{file}: the {side} token file has no record {id:?}; use the token files from which these links were made"
    )]
    UnknownId {
        /// The links.
        file: String,
        /// The side.
        side: &'static str,
        /// The opaque id.
        id: String,
    },
    /// A folder that exists.
    #[error(
        "{folder}: this exists already; name another folder, or remove it: its tickets cannot be used twice"
    )]
    Exists {
        /// The folder.
        folder: String,
    },
    /// Tickets without answers.
    #[error("{folder}: these tickets were not evaluated here; run `mizuhiki confirm evaluate` first")]
    NotEvaluated {
        /// The folder of tickets.
        folder: String,
    },
    /// Partial work of other files.
    #[error(
        "{file}: contains unfinished work on other files, or of another version; remove it to start again, or use the files \
         with which it was started"
    )]
    OtherWork {
        /// The file.
        file: String,
    },
    /// Another process is using it.
    #[error("{file}: another run is evaluating into this file; wait until it is done")]
    Busy {
        /// The file of partial work.
        file: String,
    },
    /// Answers of other links.
    #[error(
        "{file}: {missing} of the pairs with tickets are not in it; use the links from which the tickets were made"
    )]
    OtherLinks {
        /// The links.
        file: String,
        /// Number of missing pairs.
        missing: u64,
    },
}

impl LinkageUnitError {
    /// Whether a party is at fault, rather than the input or system.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        matches!(self, Self::Confirm { reason, .. } if reason.is_refusal())
    }
}

/// Opens a file and reads it.
pub(crate) fn read_file<T>(
    path: &Path,
    read: impl FnOnce(BufReader<File>) -> Result<T, ConfirmError>,
) -> Result<T, LinkageUnitError> {
    let opened = File::open(path).map_err(ConfirmError::from);
    opened
        .and_then(|file| read(BufReader::with_capacity(1 << 18, file)))
        .map_err(|reason| LinkageUnitError::Confirm { file: path.display().to_string(), reason })
}

#[cfg(test)]
mod tests {
    use mizuhiki_confirm::{Party, Reason};

    use super::*;

    #[test]
    fn a_refusal_is_a_party_s_fault_and_nothing_else_is() {
        let of = |party, reason| LinkageUnitError::Confirm {
            file: "left.ciphertexts".to_owned(),
            reason: ConfirmError::Refused { party, reason },
        };
        let refused = of(Party::Custodian("clinic".to_owned()), Reason::Root);
        assert!(refused.is_refusal());
        let message = refused.to_string();
        assert!(message.starts_with("left.ciphertexts: ") && message.contains("clinic"), "{message}");
        assert!(!of(Party::Carrier, Reason::Signature).is_refusal(), "nobody knows who changed it");
        let reason = ConfirmError::TooLarge { slots: 1 };
        assert!(!LinkageUnitError::Confirm { file: String::new(), reason }.is_refusal());
        assert!(!LinkageUnitError::NoRule.is_refusal());
    }

    #[test]
    fn messages_say_what_to_run_next() {
        let file = || "links.csv".to_owned();
        let said = LinkageUnitError::NothingToAsk { file: file() }.to_string();
        assert!(said.starts_with("links.csv: ") && said.contains("--for-confirm"), "{said}");
        let said = LinkageUnitError::NotEvaluated { folder: "tickets".to_owned() }.to_string();
        assert!(said.starts_with("tickets: ") && said.contains("mizuhiki confirm evaluate"), "{said}");
        let said = LinkageUnitError::OtherLinks { file: file(), missing: 3 }.to_string();
        assert!(said.starts_with("links.csv: 3 of the pairs with tickets"), "{said}");
    }
}
