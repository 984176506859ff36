//! Why a file cannot be written.

use std::io;

/// Why a file or folder cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The operating system reported an error.
    #[error("{file}: cannot {action}: {reason}")]
    Io {
        /// The file.
        file: String,
        /// The failed action.
        action: &'static str,
        /// The system's reason.
        reason: io::Error,
    },
    /// A folder where a file should be.
    #[error("{file}: this is a folder; name a file")]
    IsFolder {
        /// The given path.
        file: String,
    },
    /// No folder to write into.
    #[error("{file}: its folder does not exist; create the folder first")]
    NoFolder {
        /// The given path.
        file: String,
    },
    /// An existing file that must not be overwritten.
    #[error("{file}: this exists already; choose another name")]
    Exists {
        /// The given path.
        file: String,
    },
}

impl WriteError {
    pub(crate) fn io(file: &str, action: &'static str) -> impl FnOnce(io::Error) -> Self + use<> {
        let file = file.to_owned();
        move |reason| Self::Io { file, action, reason }
    }
}
