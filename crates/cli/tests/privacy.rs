//! `mizuhiki evaluate privacy` from synthetic people to report.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn schema(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocols/schema/examples").join(name)
}

/// Quick attacks on 400 synthetic people.
fn attack(folder: &Path, schema: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args(["evaluate", "privacy", "--people", "400", "--tier", "quick", "--schema"])
        .arg(schema)
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn numbers_are_finite(value: &Value) {
    let text = value.to_string();
    assert!(!text.contains("NaN"));
    for finding in value["findings"].as_array().unwrap() {
        for measured in [&finding["result"], &finding["control"]].into_iter().filter(|it| !it.is_null()) {
            let found = &measured["found"];
            let [low, value, high] = ["low", "value", "high"].map(|member| found[member].as_f64().unwrap());
            assert!(0.0 <= low && low <= value && value <= high && high <= 1.0, "{finding}");
            assert!((0.0..=1.0).contains(&measured["chance"].as_f64().unwrap()), "{finding}");
            assert!(measured["trials"].as_u64().unwrap() > 0, "{finding}");
        }
        assert!(finding["control_needs"].as_f64().is_some());
    }
}

#[test]
fn the_result_has_its_members_and_is_the_same_again() {
    let folder = tempfile::tempdir().unwrap();
    let schema = schema("people-five-fields.json");
    let run = || {
        let done = attack(folder.path(), &schema, &["--json"]);
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        let mut result: Value = serde_json::from_slice(&done.stdout).unwrap();
        let speed = result.as_object_mut().unwrap().remove("tries_per_second").unwrap();
        assert!(speed.as_f64().unwrap() > 0.0);
        result
    };
    let result = run();
    assert_eq!(result, run());
    numbers_are_finite(&result);
    for (member, expected) in [("people", 400), ("seed", 1)] {
        assert_eq!(result[member], expected);
    }
    assert_eq!(result["tier"], "quick");
    assert_eq!(result["profile"], "hardened");
    assert_eq!(result["digest"].as_str().unwrap().len(), 64);
    assert!(result["linked"].as_u64().unwrap() > 0 && !result["left_out"].as_array().unwrap().is_empty());
    let findings = result["findings"].as_array().unwrap();
    let attackers: Vec<&str> = findings.iter().map(|finding| finding["attacker"].as_str().unwrap()).collect();
    for attacker in
        ["reader", "statistician", "list-holder", "both-lists", "known-pairs", "custodian", "key-holder"]
    {
        assert!(attackers.contains(&attacker), "{attacker}");
    }
    assert!(findings.iter().all(|finding| finding["verdict"] != "exceeds"));
}

#[test]
fn the_report_is_for_people() {
    let folder = tempfile::tempdir().unwrap();
    let schema = schema("people-five-fields.json");
    let done = attack(folder.path(), &schema, &["--report", "privacy.html", "--markdown", "privacy.md"]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 100, "{widest} columns:\n{text}");
    assert!(text.contains("no result is beyond the limits") && text.contains("attacker: the linkage key"));
    let [page, markdown] =
        ["privacy.html", "privacy.md"].map(|name| fs::read_to_string(folder.path().join(name)).unwrap());
    for text in [&page, &markdown] {
        for said in ["No result is beyond the limits.", "people-five-fields", "dictionary with the key"] {
            assert!(text.contains(said), "{said}");
        }
        // Every published figure stands beside an attack of that name.
        for source in ["ACSAC 2024", "PAKDD 2018", "33.05%", "13.47%", "Population Data Science"] {
            assert!(text.contains(source), "{source}");
        }
        assert_eq!(text.matches("89.4%").count(), 2);
        assert!(!text.contains("NaN"));
    }
    assert!(!page.contains("<script") && !page.contains("http") && page.ends_with("</html>\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn weak_files_are_beyond_the_limits_and_reported_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let schema = schema("people-five-fields-plain.json");
    let done =
        attack(folder.path(), &schema, &["--json", "--report", "privacy.html", "--markdown", "privacy.md"]);
    assert_eq!(done.status.code(), Some(3), "{}", String::from_utf8_lossy(&done.stderr));
    let result: Value = serde_json::from_slice(&done.stdout).unwrap();
    numbers_are_finite(&result);
    let findings = result["findings"].as_array().unwrap();
    let beyond = findings.iter().filter(|finding| finding["verdict"] == "exceeds").count();
    assert!(beyond > 3, "{beyond}");
    assert!(
        String::from_utf8_lossy(&done.stderr).contains(&format!("{beyond} results are beyond the limits"))
    );
    for name in ["privacy.html", "privacy.md"] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains(&format!("{beyond} results are beyond the limits:")), "{name}");
    }
}

#[test]
fn inputs_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("schema.json");
    fs::copy(schema("people-five-fields.json"), &own).unwrap();
    let before = fs::read(&own).unwrap();
    for (more, said) in [
        (["--report", "schema.json", "--seed", "1"], "would overwrite the input"),
        (["--markdown", "./schema.json", "--seed", "1"], "would overwrite the input"),
        (["--markdown", "same", "--report", "same"], "the same file"),
    ] {
        let done = attack(folder.path(), &own, &more);
        assert_eq!(done.status.code(), Some(2));
        let message = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(message.contains(said), "{message}");
    }
    // A folder that is not there is found before anything is attacked.
    let done = attack(folder.path(), &own, &["--report", "missing/privacy.html"]);
    assert_eq!((done.status.code(), done.stdout.len()), (Some(1), 0));
    assert_eq!(fs::read(&own).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn pair_tokens_are_attacked_with_their_schema() {
    let folder = tempfile::tempdir().unwrap();
    let schema = schema("audit-people-en.json");
    let more = ["--json", "--report", "privacy.html", "--markdown", "privacy.md"];
    let done = attack(folder.path(), &schema, &more);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    let result: Value = serde_json::from_slice(&done.stdout).unwrap();
    numbers_are_finite(&result);
    assert_eq!((&result["schema"], &result["profile"]), (&"audit-people-en".into(), &"pair tokens".into()));
    let attackers: Vec<&str> =
        result["findings"].as_array().unwrap().iter().filter_map(|of| of["attacker"].as_str()).collect();
    for attacker in ["reader", "two-runs", "both-lists", "known-pairs", "key-holder"] {
        assert!(attackers.contains(&attacker), "{attacker}");
    }
    for name in ["privacy.html", "privacy.md"] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        for said in ["No result is beyond the limits.", "audit-people-en", "links by how they compare"] {
            assert!(text.contains(said), "{name}: {said}");
        }
    }
}

#[test]
fn pair_tokens_need_two_tables_and_links() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people.csv");
    fs::write(&people, "rec_id,given_name\n1,Ada\n").unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args(["evaluate", "privacy", "--data", "people.csv", "--schema"])
        .arg(schema("audit-people-en.json"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("add --other and --truth"));
}

/// What README and protocols/01 §6 say of English schemas; the first is the control.
#[test]
fn few_positions_are_beyond_the_limits_and_what_is_proposed_is_within() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mizuhiki"));
        command.args(arguments).current_dir(folder.path()).output().unwrap()
    };
    assert!(run(&["synth", "people", "--locale", "en-Latn", "--people", "500", "-o", "p"]).status.success());
    assert!(run(&["schema", "init", "p/hospital.csv", "-o", "proposed.json"]).status.success());
    let proposed = folder.path().join("proposed.json");
    for (schema, code) in
        [(schema("people-five-fields.json"), 3), (schema("people-five-fields-wide.json"), 0), (proposed, 0)]
    {
        let people = ["evaluate", "privacy", "--people", "3000", "--tier", "quick", "--schema"];
        let attacked = run(&[&people[..], &[schema.to_str().unwrap()]].concat());
        let error = String::from_utf8_lossy(&attacked.stderr);
        assert_eq!(attacked.status.code(), Some(code), "{}: {error}", schema.display());
        // Progress names attacks, too.
        let refused = error.lines().any(|line| {
            line.starts_with("error: 1 result is beyond the limits") && line.contains("who lives together")
        });
        assert_eq!(refused, code == 3, "{error}");
    }
}
