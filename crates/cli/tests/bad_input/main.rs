//! Named cases of hostile and broken input: each has its exact error and exit code, and leaves no partial
//! file.
//!
//! The expected output is in `expected.txt`, one section per case;
//! `UPDATE_EXPECTED=1 cargo test -p mizuhiki --test bad_input` rewrites it for review.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod cases;
mod fixture;
mod kept;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cases::CASES;
use fixture::Fixture;

/// One command on a broken input.
pub(crate) struct Case {
    /// Name of the case.
    pub(crate) name: &'static str,
    /// Breaks the fixture's files.
    pub(crate) prepare: fn(&Path),
    /// Arguments, split at blanks.
    pub(crate) command: &'static str,
}

#[test]
fn every_broken_input_has_its_exact_error_and_leaves_nothing() {
    let fixture = Fixture::new();
    let mut found = String::new();
    for case in CASES {
        let folder = fixture.fresh();
        (case.prepare)(folder.path());
        let before = listing(folder.path());
        let (code, stderr) = fixture::run(folder.path(), case.command);
        let after = listing(folder.path());
        assert_ne!(code, Some(0), "{}: must fail", case.name);
        assert!(
            !stderr.contains("panicked") && !stderr.contains("internal error"),
            "{}: {stderr}",
            case.name
        );
        assert_eq!(before, after, "{}: a file appeared, vanished or changed", case.name);
        let code = code.map_or_else(|| "signal".to_owned(), |code| code.to_string());
        write!(found, "## {}\n$ mizuhiki {}\nexit {code}\n{stderr}\n", case.name, case.command).unwrap();
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad_input/expected.txt");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    for (found, expected) in found.split("## ").zip(expected.split("## ")) {
        assert_eq!(found, expected);
    }
    assert_eq!(found, expected, "cases were added or removed");
}

#[test]
fn there_are_at_least_thirty_cases_with_names_of_their_own() {
    let mut names: Vec<&str> = CASES.iter().map(|case| case.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), CASES.len());
    assert!(names.len() >= 30, "{}", names.len());
}

/// Every file with its contents.
fn listing(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect()
}

/// An interrupted run leaves neither a result nor a temporary file.
#[cfg(unix)]
#[test]
fn an_interrupted_write_leaves_nothing() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let fixture = Fixture::new();
    let folder = fixture.fresh();
    let before = listing(folder.path());
    let mut child = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args("encode - --schema schema.json --key linkage.key -o out.parquet --id-map map.csv".split(' '))
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"rec_id,given_name,surname,date_of_birth,suburb,postcode\n").unwrap();
    for row in 0..20_000 {
        writeln!(input, "r{row},Ann,Lee,19010203,Perth,6000").unwrap();
    }
    input.flush().unwrap();
    // The temporary files exist while the command waits for input.
    while std::fs::read_dir(folder.path()).unwrap().count() < before.len() + 2 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(listing(folder.path()), before);
}
