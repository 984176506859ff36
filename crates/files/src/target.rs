//! Targets of output, and access to them.

use std::path::{Path, PathBuf};

/// The target of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file.
    Path(PathBuf),
    /// Standard output.
    Stdout,
}

impl Target {
    /// `-` is standard output, anything else a path.
    #[must_use]
    pub fn from_argument(argument: &str) -> Self {
        if argument == "-" { Self::Stdout } else { Self::Path(argument.into()) }
    }

    /// Name for messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.display().to_string(),
            Self::Stdout => "standard output".to_owned(),
        }
    }
}

/// Access to a written file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// As the umask allows: mode 0666 before it.
    Shared,
    /// Only the owner: mode 0600. For keys, secrets, and files that lead back to people.
    Owner,
}

impl Access {
    #[cfg(unix)]
    pub(crate) fn permissions(self) -> std::fs::Permissions {
        std::os::unix::fs::PermissionsExt::from_mode(match self {
            Self::Shared => 0o666,
            Self::Owner => 0o600,
        })
    }
}

/// The parent folder of a path.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Makes a rename durable, if the file system supports it.
pub(crate) fn sync_folder_of(path: &Path) {
    // The rename is done; not every file system can sync folders.
    let _ = std::fs::File::open(folder_of(path)).and_then(|folder| folder.sync_all());
}
