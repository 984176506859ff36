//! Metadata of token files.

use mizuhiki_schema::LinkageSchema;

use crate::id::{CustodianId, InvalidIdError, KeyId, check_control};

/// Version of token files whose tokens are filters (`protocols/08-file-formats.md` §2).
pub const FORMAT_VERSION: u32 = 1;

/// Version of token files whose tokens are sealed symbols.
pub const SYMBOLS_VERSION: u32 = 3;

/// Version of files of pair tokens (`protocols/08-file-formats.md` §11).
pub const PAIRS_VERSION: u32 = 2;

/// The metadata of a token file. The record count is stored with the rows and checked on reading.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenMeta {
    /// The whole linkage schema: the linkage unit needs its thresholds and views.
    pub schema: LinkageSchema,
    /// Fingerprint of the linkage key.
    pub key_id: KeyId,
    /// The custodian who encoded the records.
    pub custodian: CustodianId,
    /// The purpose of the tokens.
    pub run: Run,
}

/// The purpose of tokens: tokens of different projects or runs cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Run {
    /// The task.
    pub task: Task,
    /// Name of the project, which the parties agreed on.
    pub project: RunName,
    /// Name of the run within it, likewise.
    pub name: RunName,
}

/// The task that tokens are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Task {
    /// Linkage with other custodians' files: no two records of the file have a symbol in common.
    #[default]
    Link,
    /// Deduplication within the file: the tokens cannot be compared with any other file.
    Dedupe,
    /// Audit of existing links: the tokens are compared row by row with the other side's.
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

    /// The task with this name.
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
