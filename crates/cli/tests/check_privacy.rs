//! `encode --check-privacy`: a file that attacks succeed on does not appear; any other is as without the option.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const JAPAN: &str = include_str!("../../../protocols/schema/examples/people-ja-kanji.json");
const PLAIN: &str = include_str!("../../../protocols/schema/examples/people-five-fields-plain.json");

fn mizuhiki(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mizuhiki"));
    command.args(arguments.split_whitespace()).current_dir(folder).output().unwrap()
}

fn json(folder: &Path, arguments: &str) -> Value {
    let output = mizuhiki(folder, &format!("--json {arguments}"));
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn begin(folder: &Path, schema: &str, people: &str) {
    fs::write(folder.join("schema.json"), schema).unwrap();
    fs::write(folder.join("key"), [7; 32]).unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.join("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    json(folder, &format!("synth people {people} -o ."));
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The ids of a map or a table of links, by the first column's.
fn column(folder: &Path, file: &str, number: usize) -> Vec<String> {
    let mut reader = csv::Reader::from_path(folder.join(file)).unwrap();
    reader.records().map(|row| row.unwrap()[number].to_owned()).collect()
}

#[test]
fn plain_filters_are_refused_and_leave_nothing() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    begin(folder, PLAIN, "--locale en-Latn --people 400 --seed 3");
    let encode = "encode registry.csv --schema schema.json --key key --check-privacy quick";
    for output in ["out.parquet --id-map ids.csv", "out.tsv --keep-ids", "out.csv"] {
        let before = names(folder);
        let refused = mizuhiki(folder, &format!("{encode} -o {output}"));
        let stderr = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{output}: {stderr}");
        assert!(stderr.contains("not written, because attacks on it succeed"), "{stderr}");
        assert!(stderr.contains("records of one file that share something"), "{stderr}");
        assert_eq!(names(folder), before, "{output}");
    }
    // An earlier file of the name stays as it was.
    fs::write(folder.join("out.csv"), "earlier").unwrap();
    assert_eq!(mizuhiki(folder, &format!("{encode} -o out.csv")).status.code(), Some(3));
    assert_eq!(fs::read(folder.join("out.csv")).unwrap(), b"earlier");
}

#[test]
fn sealed_symbols_pass_and_link_as_usual() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    begin(folder, JAPAN, "--people 600 --seed 3");
    let encode = |holder: &str, more: &str| {
        let names = format!("--project p --run r --custodian {holder} --id-map {holder}-ids.csv");
        let files = format!("encode {holder}.csv --schema schema.json --key key -o {holder}.parquet");
        json(folder, &format!("{files} {names} {more}"))
    };
    let checked = encode("insurer", "--check-privacy quick");
    assert_eq!(checked["privacy"]["people"], checked["records"]);
    assert!(checked["privacy"]["findings"].as_array().unwrap().len() > 5);
    let map = column(folder, "insurer-ids.csv", 0);
    assert_eq!(map.len() as u64, checked["records"].as_u64().unwrap());
    let plainly = encode("registry", "");
    assert!(plainly.get("privacy").is_none());
    json(folder, "link insurer.parquet registry.parquet -o links.csv");
    let links = column(folder, "links.csv", 0);
    assert!(links.len() > map.len() / 2, "{} links", links.len());
    let known: BTreeSet<&String> = map.iter().collect();
    assert!(links.iter().all(|id| known.contains(id)));
    assert!(!names(folder).iter().any(|name| name.starts_with(".mizuhiki")));
}

#[test]
fn limits_are_the_schemas() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut schema: Value = serde_json::from_str(JAPAN).unwrap();
    begin(folder, JAPAN, "--people 300 --seed 4");
    let limits = |schema: &Value| {
        fs::write(folder.join("schema.json"), schema.to_string()).unwrap();
        let result = json(folder, "evaluate privacy --schema schema.json --people 300 --tier quick");
        result["limits"].clone()
    };
    let stated = serde_json::json!({ "reidentification": 0.01, "neighbors": 5 });
    schema["limits"]["attacks"] = stated;
    let expected = serde_json::json!({ "reidentification": 0.01, "inference": 1.2, "neighbors": 5.0, "correlation": 0.05 });
    assert_eq!(limits(&schema), expected);
}
