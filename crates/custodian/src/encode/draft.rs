//! An encoded file that is complete, but not yet visible.

use mizuhiki_columnar::{Format, Source};
use mizuhiki_files::WriteFile;

use crate::encode::summary::EncodeSummary;
use crate::error::CustodianError;

/// An encoded file that is complete, but not yet visible. It appears when it is committed; if it is dropped
/// earlier, it leaves no trace, and neither does its id map.
pub struct EncodedDraft {
    pub(crate) summary: EncodeSummary,
    pub(crate) tokens: WriteFile,
    pub(crate) format: Format,
    pub(crate) map: Option<WriteFile>,
    pub(crate) ids: Vec<String>,
}

impl EncodedDraft {
    /// What was encoded.
    #[must_use]
    pub const fn summary(&self) -> &EncodeSummary {
        &self.summary
    }

    /// The tokens, to be read; `None` if the target is standard output, a device or a pipe.
    #[must_use]
    pub fn tokens(&self) -> Option<Source> {
        let path = self.tokens.unfinished()?.to_owned();
        Some(Source::Unfinished { path, format: self.format, target: self.tokens.name().to_owned() })
    }

    /// The ids of the tokens, in the order of the table's rows.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Makes the tokens and their id map visible.
    ///
    /// # Errors
    /// [`CustodianError`] if the system reports an error.
    pub fn commit(self) -> Result<EncodeSummary, CustodianError> {
        // The map is renamed first, because tokens without their map cannot be traced back. That happens only
        // after the new tokens are safely on disk, because tokens of an earlier run need the map that is
        // replaced.
        if let Some(map) = self.map {
            map.commit()?;
        }
        self.tokens.commit()?;
        Ok(self.summary)
    }
}
