//! A folder for intermediate files, which nobody else can enter and nothing is left of.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::WriteError;
use crate::unfinished;

/// A folder in the system's folder for temporary files. It is removed with everything in it when this is
/// dropped, or when the process is interrupted.
pub struct ScratchFolder {
    path: PathBuf,
    folder: Option<TempDir>,
}

impl ScratchFolder {
    /// Makes a folder that only its owner can enter.
    ///
    /// # Errors
    /// [`WriteError::Io`] if none can be made.
    pub fn create() -> Result<Self, WriteError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("mizuhiki-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = unfinished::begin(|| builder.tempdir(), |folder| folder.path().to_owned())
            .map_err(WriteError::io("intermediate files", "create a folder"))?;
        Ok(Self { path: folder.path().to_owned(), folder: Some(folder) })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for ScratchFolder {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take() {
            unfinished::end(&self.path, || drop(folder));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left() {
        let folder = ScratchFolder::create().unwrap();
        let path = folder.path().to_owned();
        std::fs::write(path.join("people.csv"), "id\n").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_enter() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = ScratchFolder::create().unwrap();
        let mode = std::fs::metadata(folder.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
