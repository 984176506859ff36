//! Unfinished files and folders, which are removed if the process is interrupted.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// While this guard exists, nothing is started and nothing becomes visible; other threads wait.
pub struct Stopped {
    _lock: MutexGuard<'static, BTreeSet<PathBuf>>,
}

/// Removes every unfinished file and folder, for a process that is about to end. It must end before the
/// result is dropped.
#[must_use = "once this is dropped, new files can be started"]
pub fn remove_unfinished() -> Stopped {
    let mut lock = unfinished();
    for path in std::mem::take(&mut *lock) {
        // While the process ends, a failed removal cannot be handled.
        let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    }
    Stopped { _lock: lock }
}

/// Creates something under a temporary name. An interrupt happens before, or after it is registered.
pub(crate) fn begin<T>(
    make: impl FnOnce() -> io::Result<T>,
    path: impl FnOnce(&T) -> PathBuf,
) -> io::Result<T> {
    let mut known = unfinished();
    let made = make()?;
    known.insert(path(&made));
    Ok(made)
}

/// Ends the file or folder at `path`: `end` renames or removes it. An interrupt happens before, or after that.
pub(crate) fn end<T>(path: &Path, end: impl FnOnce() -> T) -> T {
    let mut known = unfinished();
    let ended = end();
    known.remove(path);
    ended
}
