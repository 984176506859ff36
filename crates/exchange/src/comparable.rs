//! Proof, as a type, that two token sets may be compared.

use mizuhiki_schema::{Measure, SchemaDigest, Thresholds, first_difference};

use crate::id::{CustodianId, KeyId};
use crate::meta::{Run, RunName, Task};
use crate::tokens::TokenSet;

/// Two token sets that were made in the same way and may be compared; the only input of matching.
#[derive(Debug, Clone, Copy)]
pub struct Comparable<'a> {
    left: &'a TokenSet,
    right: &'a TokenSet,
    within: bool,
}

/// Why two token sets cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IncomparableError {
    /// The custodians used different schemas.
    #[error(
        "the linkage schemas differ: left has digest {left}, right has {right}; they first differ at {path}. \
         Encode both files with the same schema"
    )]
    Schema {
        /// Digest of the left schema.
        left: String,
        /// Digest of the right schema.
        right: String,
        /// First differing JSON path.
        path: String,
    },
    /// The custodians used different keys.
    #[error(
        "the linkage keys differ: left was encoded with key {left}, right with key {right}. \
         Encode both files with the same key"
    )]
    Key {
        /// Fingerprint of the left key.
        left: String,
        /// Fingerprint of the right key.
        right: String,
    },
    /// The files were made for different runs.
    #[error(
        "the files were made for different runs: left for {left:?}, right for {right:?}. \
         Encode both with one --run, the name that the parties agreed on"
    )]
    Run {
        /// Run of the left file.
        left: String,
        /// Run of the right file.
        right: String,
    },
    /// The files were made for different projects.
    #[error(
        "the files were made for different projects: left for {left:?}, right for {right:?}. \
         Encode both with one --project, the name that the parties agreed on"
    )]
    Project {
        /// Project of the left file.
        left: String,
        /// Project of the right file.
        right: String,
    },
    /// Pair tokens are of the wrong side.
    #[error(
        "the pair tokens of {custodian} are of the {found} side; tokens of the {expected} side are expected here. \
         Exchange --left and --right, or encode with --side {expected}"
    )]
    Side {
        /// The custodian who made them.
        custodian: String,
        /// Their side.
        found: &'static str,
        /// The expected side.
        expected: &'static str,
    },
    /// A file was made for another task.
    #[error(
        "the file of {custodian} was made to find duplicates within it (--for dedupe) and cannot be compared with any other file. \
         Encode it with --for link"
    )]
    ForDedupe {
        /// The custodian who made it.
        custodian: String,
    },
    /// Both files come from one custodian.
    #[error(
        "both files name the custodian {0:?}. Encode one of them with another --custodian name; \
         to find duplicates within one file, give that file twice"
    )]
    SameCustodian(String),
    /// One file has metadata, the other is a bare list of CLKs.
    #[error(
        "one file names its linkage schema and the other is a bare list of CLKs. \
         Give two bare lists, or encode both to .parquet, .arrow or .csv"
    )]
    Bare,
    /// Bare filters of different lengths.
    #[error(
        "the tokens have different lengths: {left} bits left, {right} bits right. Encode both with one schema"
    )]
    Width {
        /// Bits of a left token.
        left: usize,
        /// Bits of a right token.
        right: usize,
    },
}

impl<'a> Comparable<'a> {
    /// Two custodians' tokens.
    ///
    /// # Errors
    /// [`IncomparableError`] with the first difference.
    pub fn between(left: &'a TokenSet, right: &'a TokenSet) -> Result<Self, IncomparableError> {
        match (left.meta(), right.meta()) {
            (Some(left), Some(right)) => {
                let (left_digest, right_digest) = (left.schema.digest(), right.schema.digest());
                agree(
                    Terms::new(
                        &left_digest,
                        left.schema.canonical(),
                        &left.run,
                        left.key_id,
                        &left.custodian,
                    ),
                    Terms::new(
                        &right_digest,
                        right.schema.canonical(),
                        &right.run,
                        right.key_id,
                        &right.custodian,
                    ),
                )?;
            }
            (None, None) => {}
            _ => return Err(IncomparableError::Bare),
        }
        for (a, b) in left.views().iter().zip(right.views()) {
            let (left, right) = (a.rows.width(), b.rows.width());
            if left != right {
                return Err(IncomparableError::Width { left, right });
            }
        }
        Ok(Self { left, right, within: false })
    }

    /// One custodian's tokens compared with each other: each unordered pair once, no record with itself.
    #[must_use]
    pub const fn within(set: &'a TokenSet) -> Self {
        Self { left: set, right: set, within: true }
    }

    /// The left tokens.
    #[must_use]
    pub const fn left(&self) -> &'a TokenSet {
        self.left
    }

    /// The right tokens.
    #[must_use]
    pub const fn right(&self) -> &'a TokenSet {
        self.right
    }

    /// Whether both sides are one set.
    #[must_use]
    pub const fn is_within(&self) -> bool {
        self.within
    }

    /// How the tokens are compared. Bare CLKs are compared by Dice.
    #[must_use]
    pub fn measure(&self) -> Measure {
        self.left.meta().map_or(Measure::Dice, |meta| meta.schema.measure(self.is_within()))
    }

    /// Whether the custodians agreed to estimate thresholds from the tokens where possible.
    #[must_use]
    pub fn calibrates(&self) -> bool {
        self.left.meta().is_some_and(|meta| meta.schema.calibrates())
    }

    /// The thresholds that the custodians agreed on.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        self.left.meta().map_or(Thresholds::CLKHASH, |meta| meta.schema.thresholds())
    }
}

/// The terms that two files must share, and the custodian, which must differ.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    digest: &'a SchemaDigest,
    schema: &'a str,
    run: &'a Run,
    key_id: KeyId,
    custodian: &'a CustodianId,
}

impl<'a> Terms<'a> {
    pub(crate) const fn new(
        digest: &'a SchemaDigest,
        schema: &'a str,
        run: &'a Run,
        key_id: KeyId,
        custodian: &'a CustodianId,
    ) -> Self {
        Self { digest, schema, run, key_id, custodian }
    }
}

/// Checks whether files with these terms may be compared. Project and run come before the key, whose id
/// depends on them.
pub(crate) fn agree(left: Terms<'_>, right: Terms<'_>) -> Result<(), IncomparableError> {
    if left.digest != right.digest {
        return Err(IncomparableError::Schema {
            left: left.digest.to_string(),
            right: right.digest.to_string(),
            path: first_difference(left.schema, right.schema).unwrap_or_else(|| "$".to_owned()),
        });
    }
    if let Some(terms) = [left, right].into_iter().find(|terms| terms.run.task == Task::Dedupe) {
        return Err(IncomparableError::ForDedupe { custodian: terms.custodian.to_string() });
    }
    let of = |name: &RunName| name.as_str().to_owned();
    if left.run.project != right.run.project {
        return Err(IncomparableError::Project {
            left: of(&left.run.project),
            right: of(&right.run.project),
        });
    }
    if left.run.name != right.run.name {
        return Err(IncomparableError::Run { left: of(&left.run.name), right: of(&right.run.name) });
    }
    if left.key_id != right.key_id {
        return Err(IncomparableError::Key {
            left: left.key_id.to_string(),
            right: right.key_id.to_string(),
        });
    }
    if left.custodian == right.custodian {
        return Err(IncomparableError::SameCustodian(left.custodian.to_string()));
    }
    Ok(())
}
