//! Writes files that appear complete, or not at all.
//!
//! A [`WriteFile`] or [`WriteFolder`] has a temporary name beside its target until it is committed, which
//! syncs and renames it. If it is dropped earlier, it leaves no trace; neither does an interrupted process
//! that calls [`remove_unfinished`].
//!
//! ```
//! use std::io::Write as _;
//! use mizuhiki_files::{Access, Target, WriteFile};
//!
//! # let folder = tempfile::tempdir()?;
//! let target = Target::Path(folder.path().join("links.csv"));
//! let mut file = WriteFile::create(&target, Access::Shared)?;
//! file.write_all(b"left_id,right_id\n")?;
//! assert!(!folder.path().join("links.csv").exists(), "nothing is visible yet");
//! file.commit()?;
//! assert!(folder.path().join("links.csv").exists());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![forbid(unsafe_code)]

mod error;
mod file;
mod folder;
mod scratch;
mod target;
mod unfinished;

pub use error::WriteError;
pub use file::{WriteFailure, WriteFile};
pub use folder::WriteFolder;
pub use scratch::ScratchFolder;
pub use target::{Access, Target};
pub use unfinished::{Stopped, remove_unfinished};
