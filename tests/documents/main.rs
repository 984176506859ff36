//! What people read: short enough, without a dead link, in the words of the field.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step fails the test")]

mod links;
mod pages;
mod words;

use std::path::{Path, PathBuf};

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Folders of built files, which are not ours to read.
const BUILT: [&str; 4] = ["target", "book", "__pycache__", ".git"];

/// Files of the repository with one of these extensions, by their paths below it.
pub(crate) fn files(extensions: &[&str]) -> Vec<String> {
    let (mut files, mut folders) = (Vec::new(), vec![repository()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !BUILT.contains(&name) {
                folders.push(path);
            } else if path.extension().is_some_and(|found| extensions.iter().any(|e| found == *e)) {
                files.push(path.strip_prefix(repository()).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "the repository has no {extensions:?}");
    files
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap()
}
