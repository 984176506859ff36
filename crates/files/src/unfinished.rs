//! Files and folders in the making, to be removed if the process is interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While this lives, nothing is begun and nothing becomes visible: whoever tries waits.
pub struct Stopped {
    _lock: MutexGuard<'static, BTreeSet<PathBuf>>,
}

/// Removes every file and folder in the making, for a process that is about to end; it must end before the result is
/// dropped.
#[must_use = "files may be begun again once this is dropped"]
pub fn remove_unfinished() -> Stopped {
    let mut lock = unfinished();
    for path in std::mem::take(&mut *lock) {
        // Nothing can be done about what cannot be removed while the process ends.
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    Stopped { _lock: lock }
}

/// Makes something under a temporary name. An interrupt comes before it or after it is known.
pub(crate) fn begin<T>(
    make: impl FnOnce() -> io::Result<T>,
    path: impl FnOnce(&T) -> PathBuf,
) -> io::Result<T> {
    let mut known = unfinished();
    let made = make()?;
    known.insert(path(&made));
    Ok(made)
}

/// Gives what stands at `path` its own name. An interrupt comes before it or after it is whole.
pub(crate) fn finish<T>(path: &Path, rename: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let mut known = unfinished();
    let renamed = rename();
    known.remove(path);
    renamed
}

/// What stood at `path` is gone.
pub(crate) fn forget(path: &Path) {
    unfinished().remove(path);
}
