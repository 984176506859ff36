//! Files appear complete, or not at all, whatever happens in between.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use mizuhiki_files::{Access, Target, WriteError, WriteFile, WriteFolder, remove_unfinished};

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn what_is_dropped_leaves_no_trace_and_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("links.csv");
    std::fs::write(&path, "old").unwrap();
    let mut file = WriteFile::create(&Target::Path(path.clone()), Access::Shared).unwrap();
    file.write_all(b"new").unwrap();
    file.sync().unwrap();
    drop(file);
    let keys = WriteFolder::create(&folder.path().join("keys")).unwrap();
    keys.file("secret.key", Access::Owner).unwrap().commit().unwrap();
    drop(keys);
    assert_eq!(names(folder.path()), ["links.csv"]);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "old");
}

#[test]
fn new_files_and_folders_replace_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linkage.key");
    let target = Target::Path(path.clone());
    let mut first = WriteFile::create_new(&target, Access::Owner).unwrap();
    let second = WriteFile::create_new(&target, Access::Owner).unwrap();
    first.write_all(b"key").unwrap();
    first.commit().unwrap();
    // Both were started when nothing existed there; the second fails when it is committed.
    assert!(matches!(second.commit(), Err(WriteError::Exists { .. })));
    assert!(matches!(WriteFile::create_new(&target, Access::Owner), Err(WriteError::Exists { .. })));
    assert!(matches!(WriteFolder::create(&path), Err(WriteError::Exists { .. })));
    assert_eq!(std::fs::read_to_string(path).unwrap(), "key");
    assert_eq!(names(folder.path()), ["linkage.key"]);
}

#[test]
fn a_folder_that_cannot_take_its_name_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let keys = WriteFolder::create(&path).unwrap();
    keys.file("secret.key", Access::Owner).unwrap().commit().unwrap();
    // Somebody else takes the name.
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("own"), "").unwrap();
    assert!(matches!(keys.commit(), Err(WriteError::Io { .. })));
    assert_eq!((names(folder.path()), names(&path)), (vec!["keys".to_owned()], vec!["own".to_owned()]));
}

#[cfg(unix)]
#[test]
fn secrets_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret.key");
    WriteFile::create(&Target::Path(path.clone()), Access::Owner).unwrap().commit().unwrap();
    assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    let keys = folder.path().join("keys");
    WriteFolder::create(&keys).unwrap().commit().unwrap();
    assert_eq!(std::fs::metadata(keys).unwrap().permissions().mode() & 0o777, 0o700);
}

/// The environment variable that turns this test binary into the process to interrupt.
const CHILD: &str = "MIZUHIKI_FILES_CHILD";

/// A write that fails because of the interrupt waits for the end.
fn or_wait<T>(result: Result<T, impl std::fmt::Debug>) -> T {
    result.unwrap_or_else(|_| {
        loop {
            std::thread::park();
        }
    })
}

/// Writes files and folders in a loop until it is interrupted.
#[test]
fn writes_until_stopped() {
    let Ok(folder) = std::env::var(CHILD) else { return };
    let folder = Path::new(&folder);
    std::thread::spawn(|| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        let _stopped = remove_unfinished();
        std::process::exit(130);
    });
    for number in 0_u64.. {
        let keys = or_wait(WriteFolder::create(&folder.join(format!("keys-{number}"))));
        for name in ["public.key", "secret.key"] {
            let mut file = or_wait(keys.file(name, Access::Owner));
            or_wait(file.write_all(name.as_bytes()));
            or_wait(file.commit());
        }
        or_wait(keys.commit());
        let target = Target::Path(folder.join("last"));
        let mut file = or_wait(WriteFile::create(&target, Access::Shared));
        or_wait(write!(file, "{number:020}"));
        or_wait(file.commit());
    }
}

#[test]
fn an_interrupt_leaves_whole_files_and_nothing_else() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_stopped", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(130));
        let names = names(folder.path());
        assert!(names.len() > 1, "the process was stopped before it wrote anything");
        for name in names {
            if name == "last" {
                assert_eq!(std::fs::read(folder.path().join(name)).unwrap().len(), 20);
            } else {
                assert!(name.starts_with("keys-"), "{name}");
                let inside = self::names(&folder.path().join(&name));
                assert_eq!(inside, ["public.key", "secret.key"], "{name}");
            }
        }
    }
}
