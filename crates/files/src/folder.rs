//! A folder of files that belong together.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::error::WriteError;
use crate::file::WriteFile;
use crate::target::{Access, Target, folder_of, sync_folder_of};
use crate::unfinished;

/// A folder that appears complete, or not at all. Its files are written into a temporary folder, which
/// [`WriteFolder::commit`] renames. If it is dropped earlier, it leaves no trace.
pub struct WriteFolder {
    temporary: PathBuf,
    target: PathBuf,
    /// Removes the temporary folder; `None` once it is renamed or removed.
    folder: Option<TempDir>,
}

impl WriteFolder {
    /// Starts a folder that must not exist. Only its owner can enter it, as it may have secrets.
    ///
    /// # Errors
    /// [`WriteError::Exists`] if it does, or another [`WriteError`] if no folder can be created.
    pub fn create(target: &Path) -> Result<Self, WriteError> {
        let file = || target.display().to_string();
        if fs::symlink_metadata(target).is_ok() {
            return Err(WriteError::Exists { file: file() });
        }
        let beside = folder_of(target);
        if !beside.is_dir() {
            return Err(WriteError::NoFolder { file: file() });
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".mizuhiki-").suffix(".tmp");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = unfinished::begin(|| builder.tempdir_in(beside), |folder| folder.path().to_owned())
            .map_err(WriteError::io(&file(), "create a folder beside it"))?;
        Ok(Self { temporary: folder.path().to_owned(), target: target.to_owned(), folder: Some(folder) })
    }

    /// Starts a file in the folder.
    ///
    /// # Errors
    /// [`WriteError`] if it cannot be created.
    pub fn file(&self, name: &str, access: Access) -> Result<WriteFile, WriteError> {
        WriteFile::create(&Target::Path(self.temporary.join(name)), access)
    }

    /// The final path of a file in the folder.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// The path of a file in the folder while this is unfinished, for writers that take a path.
    #[must_use]
    pub fn unfinished_path(&self, name: &str) -> PathBuf {
        self.temporary.join(name)
    }

    /// Makes the folder visible under its name.
    ///
    /// # Errors
    /// [`WriteError::Io`] if the system reports an error; nothing is left then.
    pub fn commit(mut self) -> Result<(), WriteError> {
        let folder = self.folder.take();
        unfinished::end(&self.temporary, || {
            fs::rename(&self.temporary, &self.target)?;
            // The temporary name is no longer in use. Otherwise the folder is removed here.
            if let Some(mut folder) = folder {
                folder.disable_cleanup(true);
            }
            Ok(())
        })
        .map_err(WriteError::io(&self.target.display().to_string(), "rename"))?;
        sync_folder_of(&self.target);
        Ok(())
    }
}

impl Drop for WriteFolder {
    fn drop(&mut self) {
        if let Some(folder) = self.folder.take() {
            unfinished::end(&self.temporary, || drop(folder));
        }
    }
}
