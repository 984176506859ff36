//! What stops a file from being written.

use std::io;

/// A file or folder cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The operating system refused.
    #[error("{file}: cannot {action}: {reason}")]
    Io {
        /// The file.
        file: String,
        /// What was tried.
        action: &'static str,
        /// The system's reason.
        reason: io::Error,
    },
    /// A folder where a file should be.
    #[error("{file}: this is a folder; name a file")]
    IsFolder {
        /// As given.
        file: String,
    },
    /// No folder to write into.
    #[error("{file}: its folder does not exist; make the folder first")]
    NoFolder {
        /// As given.
        file: String,
    },
    /// Something that must not be overwritten.
    #[error("{file}: this is there already; name another one")]
    Exists {
        /// As given.
        file: String,
    },
}

impl WriteError {
    pub(crate) fn io(file: &str, action: &'static str) -> impl FnOnce(io::Error) -> Self + use<> {
        let file = file.to_owned();
        move |reason| Self::Io { file, action, reason }
    }
}
