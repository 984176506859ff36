//! Why a search for candidates fails.

use mizuhiki_columnar::ColumnarError;
use mizuhiki_exchange::IncomparableError;
use mizuhiki_match::MatchError;
use mizuhiki_schema::ThresholdError;

/// Why candidates cannot be searched.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A file cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The files cannot be compared.
    #[error("{left} and {right}: {reason}")]
    Incomparable {
        /// Left file.
        left: String,
        /// Right file.
        right: String,
        /// What differs.
        reason: IncomparableError,
    },
    /// Matching failed.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// The given thresholds are invalid.
    #[error(transparent)]
    Threshold(#[from] ThresholdError),
    /// The tokens do not fit into memory.
    #[error(
        "the tokens need about {} MiB of memory, but {} MiB are allowed; raise --memory (a quarter of the machine's \
         is the default), or link parts of the files", needed >> 20, allowed >> 20
    )]
    Memory {
        /// Bytes that the tokens take.
        needed: u64,
        /// Bytes that are allowed.
        allowed: u64,
    },
    /// Candidates cannot be kept on disk.
    #[error(
        "{place}: cannot store candidate pairs there: {reason}; free some space or name another folder with --work, \
         then continue with --resume if the folder is still there"
    )]
    Spill {
        /// Folder or file.
        place: String,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// An earlier run was not finished.
    #[error(
        "{folder}: holds an unfinished run; continue it with --resume, or remove the folder to start again"
    )]
    Unfinished {
        /// Its folder.
        folder: String,
    },
    /// A checkpoint of other work, or a damaged one.
    #[error(
        "{file}: this checkpoint belongs to other files or settings, or is damaged; remove its folder to start again"
    )]
    OtherRun {
        /// The checkpoint.
        file: String,
    },
    /// More records than can be numbered.
    #[error("the files contain more than 4294967295 records in total; cluster fewer files at once")]
    TooManyRecords,
    /// An interrupted run.
    #[error("interrupted; results so far are kept in {folder}: continue with --resume, or remove it")]
    Interrupted {
        /// The folder with its checkpoints.
        folder: String,
    },
    /// A file whose records have no symbols in common.
    #[error(
        "{file}: it was encoded for linking with other files (--for link): no two of its records have a symbol in common; \
         to find duplicates within it, encode the records again with --for dedupe"
    )]
    NotForDedupe {
        /// The file.
        file: String,
    },
    /// A search option that does not apply to the tokens.
    #[error(
        "{flag} is for files of plain filters and CLKs; sealed symbols are joined, which finds every pair"
    )]
    NoScope {
        /// The option.
        flag: &'static str,
    },
}

impl SearchError {
    /// Candidates that were written to disk cannot be read back.
    pub(crate) fn lost(reason: std::io::Error) -> Self {
        Self::Spill { place: "candidate pairs on disk".to_owned(), reason }
    }

    pub(crate) fn spill(place: &std::path::Path, reason: std::io::Error) -> Self {
        Self::Spill { place: place.display().to_string(), reason }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn messages_name_the_flag_that_helps() {
        let said = |error: SearchError, parts: &[&str]| {
            let message = error.to_string();
            for part in parts {
                assert!(message.contains(part), "{part:?} in {message:?}");
            }
        };
        let folder = || "links.csv.work".to_owned();
        let memory = SearchError::Memory { needed: 3 << 20, allowed: (2 << 20) + 1 };
        said(memory, &["about 3 MiB", "2 MiB are allowed", "--memory"]);
        let full = SearchError::spill(Path::new("links.csv.work"), std::io::Error::other("full"));
        said(full, &["links.csv.work: ", "full", "--work", "--resume"]);
        said(SearchError::Unfinished { folder: folder() }, &["links.csv.work: ", "--resume"]);
        said(SearchError::Interrupted { folder: folder() }, &["links.csv.work", "--resume"]);
        said(SearchError::NotForDedupe { file: "a.arrow".to_owned() }, &["a.arrow: ", "--for dedupe"]);
        said(SearchError::from(MatchError::Threads), &["--threads 1"]);
    }
}
