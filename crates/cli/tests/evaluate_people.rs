//! `mizuhiki evaluate people`: the same seed gives the same bytes, and the files fit together.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const FILES: [&str; 6] = [
    "hospital.csv",
    "insurer.csv",
    "registry.csv",
    "truth-hospital-insurer.csv",
    "truth-hospital-registry.csv",
    "truth-insurer-registry.csv",
];

/// Makes people into `folder/output`; the summary.
fn make(folder: &Path, seed: &str, output: &str) -> serde_json::Value {
    let made = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args(["--json", "evaluate", "people", "--people", "1000", "--seed", seed, "-o", output])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    serde_json::from_slice(&made.stdout).unwrap()
}

fn contents(folder: &Path) -> Vec<String> {
    FILES.iter().map(|file| fs::read_to_string(folder.join(file)).unwrap()).collect()
}

#[test]
fn the_same_seed_gives_the_same_files() {
    let scratch = tempfile::tempdir().unwrap();
    // The second folder is there already, the first lies in one that is not.
    fs::create_dir(scratch.path().join("again")).unwrap();
    make(scratch.path(), "7", "new/one");
    make(scratch.path(), "7", "again");
    make(scratch.path(), "8", "other");
    let [one, again, other] = ["new/one", "again", "other"].map(|name| contents(&scratch.path().join(name)));
    assert_eq!(one, again);
    assert!(one.iter().zip(&other).all(|(one, other)| one != other));
}

#[test]
fn rows_are_as_many_as_said_and_truth_names_them() {
    let scratch = tempfile::tempdir().unwrap();
    let summary = make(scratch.path(), "1", "people");
    let files = contents(&scratch.path().join("people"));
    let said: Vec<u64> =
        summary["files"].as_array().unwrap().iter().map(|file| file["rows"].as_u64().unwrap()).collect();
    let written: Vec<u64> = files.iter().map(|file| file.lines().count() as u64 - 1).collect();
    assert_eq!(said, written);
    assert!((400..600).contains(&said[0]) && (500..700).contains(&said[1]) && said[2] == 1000, "{said:?}");
    // Everyone is in the registry.
    assert_eq!((said[4], said[5]), (said[0], said[1]));
    let ids: Vec<BTreeSet<&str>> = files[..3]
        .iter()
        .map(|file| file.lines().skip(1).filter_map(|row| row.split(',').next()).collect())
        .collect();
    for (truth, (left, right)) in files[3..].iter().zip([(0, 1), (0, 2), (1, 2)]) {
        let mut rows = truth.lines();
        assert_eq!(rows.next(), Some("left_id,right_id"));
        assert!(rows.all(|row| {
            row.split_once(',').is_some_and(|(a, b)| ids[left].contains(a) && ids[right].contains(b))
        }));
    }
}
