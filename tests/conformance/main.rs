//! The vectors of `protocols/vectors`, made by an independent implementation; replayed here.
//!
//! Files that no test reads, cases without a unique name and members that no test reads are failures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod audit;
mod confirm;
mod matching;
mod normalisation;
mod schema;
mod symbols;
mod tokens;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mizuhiki_exchange::{Run, RunName, Task};
use serde_json::Value;

/// The run of a case: its project and run by name.
fn run(case: &Value, task: Task) -> Run {
    let name = |member| RunName::new(text(case, member)).unwrap();
    Run { task, project: name("project"), name: name("run") }
}

/// Every file of vectors and the members of its cases.
const FILES: [(&str, &[&str]); 38] = [
    ("confirm/schema.json", &["name", "document", "digest", "rule", "faults"]),
    ("confirm/rules.json", &["name", "confirm", "schema", "bits", "slots", "digest", "rows", "pairs"]),
    (
        "confirm/filters.json",
        &[
            "name",
            "schema",
            "key",
            "columns",
            "values",
            "rows",
            "project",
            "run",
            "picks",
            "custodian",
            "signing_seed",
        ],
    ),
    (
        "confirm/tickets.json",
        &[
            "name",
            "key_id",
            "custodian",
            "salt",
            "token",
            "rows",
            "row",
            "record",
            "commitment",
            "tickets",
            "batch",
            "root",
            "digest",
        ],
    ),
    (
        "confirm/documents.json",
        &[
            "name",
            "kind",
            "seed",
            "signer",
            "fingerprint",
            "header",
            "body",
            "document",
            "digest",
            "key_id",
            "binding",
        ],
    ),
    ("confirm/logs.json", &["name", "key_id", "log", "good", "bad_line", "lines", "openings", "head"]),
    (
        "confirm/ledgers.json",
        &["name", "linkage_key", "custodian", "ids", "marks", "log", "approved", "good"],
    ),
    ("schema/digest.json", &["name", "document", "canonical", "digest"]),
    ("schema/faults.json", &["name", "document", "path"]),
    ("schema/audit.json", &["name", "document", "digest", "faults"]),
    (
        "tokens/pair-rows.json",
        &[
            "name",
            "schema",
            "linkage_key",
            "project",
            "run",
            "custodian",
            "side",
            "handle",
            "decoy",
            "columns",
            "expected",
        ],
    ),
    (
        "tokens/pair-files.json",
        &["name", "schema", "linkage_key", "project", "run", "custodian", "side", "rows", "expected"],
    ),
    ("audit/outcomes.json", &["name", "schema", "comparison", "left", "right", "outcome", "number"]),
    ("audit/grading.json", &["name", "schema", "links", "strangers", "expected"]),
    ("audit/shifts.json", &["name", "hits", "runs"]),
    ("audit/feedback.json", &["name", "verdicts", "intercept", "slope"]),
    ("normalisation/en-latn.json", &["name", "kind", "level", "value", "outcome"]),
    ("normalisation/de-latn.json", &["name", "kind", "level", "value", "outcome"]),
    ("normalisation/ja.json", &["name", "kind", "level", "value", "outcome"]),
    ("normalisation/ja-relations.json", &["name", "kind", "a", "b", "relation"]),
    ("normalisation/ja-readings.json", &["name", "value", "candidates"]),
    ("tokens/features.json", &["name", "value", "kinds", "features", "effective_length"]),
    ("tokens/positions.json", &["name", "key", "bits", "feature", "count", "positions"]),
    (
        "tokens/keys.json",
        &["name", "linkage_key", "schema", "project", "run", "digest", "epoch", "key_id", "keys"],
    ),
    (
        "tokens/run-keys.json",
        &[
            "name",
            "linkage_key",
            "schema",
            "digest",
            "epoch",
            "key_id",
            "task",
            "project",
            "run",
            "custodian",
            "salt",
            "prk",
            "keys",
        ],
    ),
    ("tokens/segments.json", &["name", "schema", "per_record", "segments", "budgets"]),
    ("tokens/segment-positions.json", &["name", "key", "start", "length", "feature", "count", "positions"]),
    ("tokens/subsets.json", &["name", "key", "bits", "positions", "draw", "segments", "subsets"]),
    ("tokens/symbols.json", &["name", "key", "filter", "bits", "subsets", "numbers", "blocks", "symbols"]),
    (
        "tokens/records.json",
        &[
            "name",
            "schema",
            "linkage_key",
            "task",
            "project",
            "run",
            "custodian",
            "columns",
            "records",
            "rows",
            "symbols",
            "tokens",
            "shared",
        ],
    ),
    (
        "tokens/end-to-end.json",
        &[
            "name",
            "schema",
            "digest",
            "linkage_key",
            "project",
            "run",
            "columns",
            "records",
            "rows",
            "budgets",
            "tokens",
        ],
    ),
    ("tokens/blocks.json", &["name", "schema", "linkage_key", "columns", "records", "passes"]),
    (
        "matching/similarity.json",
        &["name", "views", "left", "right", "accept", "borderline", "similarity", "class"],
    ),
    (
        "matching/symbols.json",
        &["name", "common", "views", "per_view", "positions", "accept", "borderline", "similarity", "class"],
    ),
    ("matching/common.json", &["name", "bytes", "left", "right", "common", "smallest"]),
    (
        "matching/least.json",
        &["name", "records", "views", "per_view", "positions", "bits", "per_record", "expected", "least"],
    ),
    (
        "matching/assignment.json",
        &["name", "one_file", "borderline", "pairs", "many", "greedy", "optimal_total", "optimal"],
    ),
    (
        "matching/calibration.json",
        &[
            "name",
            "schema",
            "but_for_a_field",
            "records",
            "solid",
            "lowest",
            "links",
            "pairs",
            "within",
            "of_many",
            "probability",
            "accept",
            "borderline",
            "expected",
        ],
    ),
];

/// Vectors made by released peers; replayed by `tests/compatibility` and in `crates/encode`.
const OF_PEERS: [&str; 2] = ["tokens/clkhash-0.18.3.json", "matching/anonlink-0.15.3.json"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocols/vectors")
}

/// The cases of a file.
pub(crate) fn cases(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    match document["cases"].take() {
        Value::Array(cases) => cases,
        _ => panic!("{file} has no cases"),
    }
}

pub(crate) fn text<'v>(case: &'v Value, member: &str) -> &'v str {
    case[member].as_str().unwrap_or_else(|| panic!("{}: {member} is not text", case["name"]))
}

pub(crate) fn number(case: &Value, member: &str) -> usize {
    case[member].as_u64().unwrap_or_else(|| panic!("{}: {member} is not a number", case["name"])) as usize
}

pub(crate) fn list<'v>(case: &'v Value, member: &str) -> &'v [Value] {
    case[member].as_array().unwrap_or_else(|| panic!("{}: {member} is not a list", case["name"]))
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn key(digits: &str) -> [u8; 32] {
    hex(digits).try_into().unwrap()
}

#[test]
fn every_file_and_every_member_is_known() {
    let mut found = BTreeSet::new();
    for group in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()) {
        let name = group.file_name().unwrap().to_string_lossy().into_owned();
        if name == "generate" {
            continue;
        }
        for file in std::fs::read_dir(&group).unwrap() {
            found.insert(format!("{name}/{}", file.unwrap().file_name().to_string_lossy()));
        }
    }
    let known: BTreeSet<String> =
        FILES.iter().map(|(file, _)| *file).chain(OF_PEERS).map(str::to_owned).collect();
    assert_eq!(found, known);
    for (file, members) in FILES {
        let mut names = BTreeSet::new();
        for case in cases(file) {
            assert!(
                names.insert(text(&case, "name").to_owned()),
                "{file}: two cases are named {}",
                case["name"]
            );
            for member in case.as_object().unwrap().keys() {
                assert!(
                    members.contains(&member.as_str()),
                    "{file}: {}: no test reads {member}",
                    case["name"]
                );
            }
        }
        assert!(!names.is_empty(), "{file} is empty");
    }
}
