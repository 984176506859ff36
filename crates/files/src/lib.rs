//! How files are written: whole, or not at all.
//!
//! A [`WriteFile`] or [`WriteFolder`] stands under a temporary name beside its target until it is committed: synced and
//! renamed. Dropped before that it leaves no trace, and neither does a process that is interrupted and calls
//! [`remove_unfinished`].
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
mod target;
mod unfinished;

pub use error::WriteError;
pub use file::{WriteFailure, WriteFile};
pub use folder::WriteFolder;
pub use target::{Access, Target};
pub use unfinished::{Stopped, remove_unfinished};
