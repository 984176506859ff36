//! `mizuhiki synth`: the same seed gives the same bytes, the files fit together, and bad requests are refused.

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

/// Generates people into `folder/output`; returns the summary.
fn make(folder: &Path, seed: &str, output: &str) -> serde_json::Value {
    let made = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args([
            "--json", "synth", "people", "--locale", "en-Latn", "--people", "1000", "--seed", seed, "-o",
            output,
        ])
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
    // The second folder exists already; the parent of the first does not.
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

/// Runs `mizuhiki synth` in `folder`: exit code, standard output, standard error.
fn synth(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .arg("synth")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code(), text(ran.stdout), text(ran.stderr))
}

#[test]
fn people_of_japan_with_rates_of_ones_own() {
    let scratch = tempfile::tempdir().unwrap();
    let (code, rates, _) = synth(scratch.path(), &["rates"]);
    assert_eq!(code, Some(0));
    assert!(rates.lines().count() > 60 && rates.contains("insurer.stale_address\t0.25\t"), "{rates}");
    fs::write(scratch.path().join("rates.tsv"), rates.replace("bank.typo\t0.001", "bank.typo\t0.5")).unwrap();
    let people = ["people", "--locale", "ja", "--people", "500", "--seed", "4", "-o"];
    let with_rates = [&people[..], &["noisy", "--rates", "rates.tsv", "--format", "parquet"]].concat();
    let (code, said, _) = synth(scratch.path(), &with_rates);
    assert_eq!(code, Some(0));
    assert!(said.contains("truth-links-bank-registry.parquet"), "{said}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(scratch.path().join("noisy/manifest.json")).unwrap()).unwrap();
    let bank =
        manifest["files"].as_array().unwrap().iter().find(|file| file["file"] == "bank.parquet").unwrap();
    let (rows, typos) = (bank["rows"].as_u64().unwrap(), bank["causes"]["typo"].as_u64().unwrap());
    assert!(rows > 250 && typos * 10 > rows * 4 && typos * 10 < rows * 6, "{typos} of {rows}");
    let rate = manifest["rates"].as_array().unwrap().iter().find(|rate| rate["name"] == "bank.typo").unwrap();
    assert_eq!(rate["value"], 0.5);

    for folder in ["one", "again"] {
        assert_eq!(synth(scratch.path(), &[&people[..], &[folder]].concat()).0, Some(0));
    }
    for entry in fs::read_dir(scratch.path().join("one")).unwrap() {
        let path = entry.unwrap().path();
        let again = scratch.path().join("again").join(path.file_name().unwrap());
        assert_eq!(fs::read(&path).unwrap(), fs::read(again).unwrap(), "{}", path.display());
    }
}

#[test]
fn bad_requests_say_what_to_do() {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("rates.csv"), "rate,value\nbank.typo,0.1\nbank.typpo,0.1\n").unwrap();
    fs::write(scratch.path().join("file"), "").unwrap();
    for (arguments, code, expected) in [
        (
            &["people", "-o", "x", "--rates", "rates.csv"][..],
            1,
            "rates.csv, row 2, column \"rate\": unknown rate",
        ),
        (&["people", "-o", "x", "--rates", "missing.csv"], 1, "missing.csv: cannot open"),
        (&["people", "-o", "x", "--municipality", "13999"], 1, "no municipality has the code \"13999\""),
        (&["people", "-o", "x", "--locale", "en-Latn", "--rates", "rates.csv"], 2, "only for locale ja"),
        (&["people", "-o", "x", "--people", "0"], 2, "0 is not in 1..=20000000"),
        (&["people", "-o", "file"], 1, "file: cannot create"),
    ] {
        let (exit, out, error) = synth(scratch.path(), arguments);
        assert_eq!((exit, out.as_str()), (Some(code), ""), "{error}");
        assert!(error.contains(expected), "{error}");
    }
    assert!(!scratch.path().join("x/registry.csv").exists());
}

#[test]
fn a_folder_made_again_holds_what_the_manifest_lists() {
    let scratch = tempfile::tempdir().unwrap();
    let made = scratch.path().join("made");
    for (people, format) in [("300", "csv"), ("40", "tsv")] {
        let status = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
            .args(["synth", "people", "--people", people, "--format", format, "-o", "made"])
            .current_dir(scratch.path())
            .output()
            .unwrap()
            .status;
        assert!(status.success());
        fs::write(made.join("notes.txt"), "mine").unwrap();
    }
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(made.join("manifest.json")).unwrap()).unwrap();
    let listed =
        manifest["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap().to_owned());
    let listed: BTreeSet<String> =
        listed.chain(["manifest.json".to_owned(), "notes.txt".to_owned()]).collect();
    let found: BTreeSet<String> = fs::read_dir(&made)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(found, listed);
}
