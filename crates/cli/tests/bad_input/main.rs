//! Hostile and broken input: each mistake has its exact error and exit code, and leaves no partial file.
//!
//! A mistake is a file in `cases`: its name after `#`, shell commands that break the fixture's files, the
//! command after `$`, and what comes of it. `UPDATE_EXPECTED=1 cargo test -p mizuhiki --test bad_input`
//! rewrites the last part for review.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod fixture;
mod kept;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fixture::Fixture;

/// One mistake.
struct Case {
    path: PathBuf,
    /// Name of the mistake.
    name: String,
    /// Shell commands that make it.
    setup: String,
    /// Arguments of the command that meets it, split at blanks.
    command: String,
    /// Exit code and standard error.
    expected: String,
}

impl Case {
    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).unwrap();
        let shape = format!("{}: # name, commands, $ mizuhiki …, exit …", path.display());
        let (name, rest) = text.strip_prefix("# ").and_then(|text| text.split_once('\n')).expect(&shape);
        let at = if rest.starts_with("$ ") { 0 } else { rest.find("\n$ ").expect(&shape) + 1 };
        let (setup, rest) = rest.split_at(at);
        let (command, expected) =
            rest.strip_prefix("$ mizuhiki ").and_then(|rest| rest.split_once('\n')).expect(&shape);
        let (name, setup) = (name.to_owned(), setup.to_owned());
        let (command, expected) = (command.to_owned(), expected.to_owned());
        Self { path, name, setup, command, expected }
    }

    fn all() -> Vec<Self> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bad_input/cases");
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.into_iter().map(Self::read).collect()
    }

    /// Makes the mistake, runs the command, and returns what comes of it.
    fn run(&self, fixture: &Fixture) -> String {
        let folder = fixture.fresh();
        let valid = listing(folder.path());
        fixture::shell(folder.path(), &self.setup);
        let before = listing(folder.path());
        assert!(self.setup.is_empty() || valid != before, "{}: the setup breaks nothing", self.name);
        let (code, stderr) = fixture::run(folder.path(), &self.command);
        assert_ne!(code, Some(0), "{}: must fail", self.name);
        let panicked = ["panicked", "internal error"].iter().any(|sign| stderr.contains(sign));
        assert!(!panicked, "{}: {stderr}", self.name);
        let after = listing(folder.path());
        assert_eq!(before, after, "{}: a file appeared, vanished or changed", self.name);
        let code = code.map_or_else(|| "signal".to_owned(), |code| code.to_string());
        format!("exit {code}\n{stderr}")
    }
}

#[test]
fn every_mistake_has_its_exact_error_and_leaves_nothing() {
    let fixture = Fixture::new();
    let cases = Case::all();
    let names: BTreeSet<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert!(names.len() == cases.len() && names.len() > 100, "{} names", names.len());
    let mut faults = Vec::new();
    for case in &cases {
        let found = case.run(&fixture);
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            let Case { name, setup, command, .. } = case;
            std::fs::write(&case.path, format!("# {name}\n{setup}$ mizuhiki {command}\n{found}")).unwrap();
        } else if found != case.expected {
            faults.push(format!("{}: expected\n{}found\n{found}", case.name, case.expected));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every file with its contents; a folder or device is without.
fn listing(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let contents =
                if entry.path().is_file() { std::fs::read(entry.path()).unwrap() } else { Vec::new() };
            (entry.file_name().to_string_lossy().into_owned(), contents)
        })
        .collect()
}

/// An interrupted run leaves neither a result nor a temporary file.
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
