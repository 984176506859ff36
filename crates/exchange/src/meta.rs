//! What a token file says of itself.

use mizuhiki_schema::LinkageSchema;

use crate::id::check_control;
use crate::{CustodianId, InvalidIdError, KeyId};

/// Version of token files whose tokens are filters (`protocols/08-file-formats.md` §2).
pub const FORMAT_VERSION: u32 = 1;

/// Version of token files whose tokens are sealed symbols.
pub const SYMBOLS_VERSION: u32 = 3;

/// Version of files of pair tokens (`protocols/08-file-formats.md` §11).
pub const PAIRS_VERSION: u32 = 2;

/// What a token file says of itself. The record count stands with the rows and is checked on reading.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenMeta {
    /// The linkage schema, whole: it names thresholds and views that the linkage unit needs.
    pub schema: LinkageSchema,
    /// Fingerprint of the linkage key.
    pub key_id: KeyId,
    /// Who encoded the records.
    pub custodian: CustodianId,
    /// What the tokens were made for.
    pub run: Run,
}

/// What tokens are made for: those of another project or run compare with nothing of this one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The task.
    pub task: Task,
    /// Name of the project, which the parties agreed on.
    pub project: RunName,
    /// Name of the run within it, likewise.
    pub name: RunName,
}

/// What is done with tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Task {
    /// They are linked with those of other custodians: no two records of the file have a symbol in common.
    #[default]
    Link,
    /// Duplicates are looked for within the file: they compare with no other file.
    Dedupe,
    /// Links that exist are audited: they compare row by row with the other side's.
    Audit,
}

impl Task {
    /// The name in files and key labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Dedupe => "dedupe",
            Self::Audit => "audit",
        }
    }

    /// The task of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Link, Self::Dedupe, Self::Audit].into_iter().find(|task| task.name() == name)
    }
}

/// Name of a project or run: at most 128 bytes without control characters; empty where the parties named none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunName(String);

impl RunName {
    /// Checks and keeps a name.
    ///
    /// # Errors
    /// [`InvalidIdError`] if `name` is too long or has control characters.
    pub fn new(name: &str) -> Result<Self, InvalidIdError> {
        check_control(name)?;
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
