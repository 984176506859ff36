//! `mizuhiki evaluate grid`: a grid from people to the preferred point, interrupted and resumed.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const GRID: &str = r#"
name = "small"
[data]
synth = "en-Latn"
people = 1500
[schema]
example = "people-five-fields"
[method]
task = "link"
[grid]
views = ["one-left-out", "two-left-out"]
positions = [24, 64]
per_view = [16]
attacks = "none"
"#;

fn grid(folder: &Path, arguments: &[&str]) -> Output {
    let command = ["--json", "evaluate", "grid"];
    Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args(command.iter().chain(arguments))
        .current_dir(folder)
        .output()
        .unwrap()
}

fn result(output: &Output) -> Value {
    assert!(output.status.success(), "{}", error(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn error(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn of_points<'v>(result: &'v Value, path: &str) -> Vec<&'v Value> {
    result["points"].as_array().unwrap().iter().map(|point| point.pointer(path).unwrap()).collect()
}

#[test]
fn a_grid_is_measured_once_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("grid.toml"), GRID).unwrap();
    let first = result(&grid(path, &["grid.toml", "-o", "out"]));
    let settings: Vec<String> = of_points(&first, "/settings")
        .iter()
        .map(|of| format!("{} {}", of["views"], of["positions"]))
        .collect();
    let expected =
        ["\"one-left-out\" 24", "\"one-left-out\" 64", "\"two-left-out\" 24", "\"two-left-out\" 64"];
    assert_eq!(settings, expected);
    // More views and fewer positions find more; more views take more room.
    let recall: Vec<f64> =
        of_points(&first, "/outcome/accuracy/recall").iter().map(|of| of.as_f64().unwrap()).collect();
    assert!(recall[0] > recall[1] && recall[2] > recall[3] && recall[3] > recall[1], "{recall:?}");
    let views: Vec<u64> =
        of_points(&first, "/settings/view_count").iter().map(|of| of.as_u64().unwrap()).collect();
    assert_eq!(views, [6, 6, 14, 14]);
    let preferred = first["choice"]["preferred"].as_u64().unwrap();
    assert!(first["choice"]["efficient"].as_array().unwrap().iter().any(|of| of.as_u64() == Some(preferred)));

    // The schemas are those of the points.
    for (number, digest) in (1..).zip(of_points(&first, "/schema_digest")) {
        let schema = format!("out/schemas/{number}.json");
        let told = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
            .args(["schema", "digest", &schema])
            .current_dir(path)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&told.stdout).trim(), digest.as_str().unwrap());
    }
    let html = fs::read_to_string(path.join("out/report.html")).unwrap();
    assert!(html.matches("<circle class=").count() >= 4 && html.contains("preferred"));
    assert!(fs::read_to_string(path.join("out/report.md")).unwrap().contains("| two-left-out (14) | 64 |"));

    // The last point was being written when it stopped.
    let points = fs::read_to_string(path.join("out/points.jsonl")).unwrap();
    assert_eq!(points.lines().count(), 1 + 4);
    fs::write(path.join("out/points.jsonl"), &points[..points.len() - 40]).unwrap();
    let resumed = grid(path, &["grid.toml", "-o", "out"]);
    assert!(error(&resumed).contains("3 of 4 points were measured before"), "{}", error(&resumed));
    let resumed = result(&resumed);
    for figure in ["/outcome/accuracy", "/outcome/cost/bytes_per_record", "/schema_digest"] {
        assert_eq!(of_points(&first, figure), of_points(&resumed, figure), "{figure}");
    }
    assert_eq!(fs::read_to_string(path.join("out/points.jsonl")).unwrap().lines().count(), 5);

    // Schemas on which somebody worked stay, and points are not taken from a file that was changed.
    fs::write(path.join("out/schemas/2.json"), "mine").unwrap();
    result(&grid(path, &["grid.toml", "-o", "out"]));
    assert_eq!(fs::read_to_string(path.join("out/schemas/2.json")).unwrap(), "mine");
    let whole = fs::read_to_string(path.join("out/points.jsonl")).unwrap();
    fs::write(path.join("out/points.jsonl"), whole.replacen("{\"number\":2", "{\"numero\":2", 1)).unwrap();
    let changed = grid(path, &["grid.toml", "-o", "out"]);
    assert!(error(&changed).contains("line 3 is not a point"), "{}", error(&changed));
    assert_eq!(fs::read_to_string(path.join("out/points.jsonl")).unwrap().lines().count(), 5);
    fs::write(path.join("out/points.jsonl"), whole).unwrap();

    // Points of another grid are not mixed with these.
    fs::write(path.join("other.toml"), GRID.replace("[16]", "[32]")).unwrap();
    let other = grid(path, &["other.toml", "-o", "out"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(error(&other).contains("has points of another grid"), "{}", error(&other));
    fs::create_dir(path.join("mine")).unwrap();
    let mine = grid(path, &["grid.toml", "-o", "mine"]);
    assert!(error(&mine).contains("exists, and has no points of a grid"), "{}", error(&mine));
    assert_eq!(fs::read_dir(path.join("mine")).unwrap().count(), 0);
}

#[test]
fn leakage_grows_as_t_falls_and_the_choice_is_within_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    let text = GRID
        .replace("[\"one-left-out\", \"two-left-out\"]", "[\"schema\"]")
        .replace("[16]", "[32]")
        .replace("1500", "3000")
        .replace("\"none\"", "\"quick\"");
    fs::write(folder.path().join("grid.toml"), text).unwrap();
    let found = result(&grid(folder.path(), &["grid.toml"]));
    let leak: Vec<f64> =
        of_points(&found, "/outcome/leakage/index").iter().map(|of| of.as_f64().unwrap()).collect();
    let beyond: Vec<u64> =
        of_points(&found, "/outcome/leakage/beyond").iter().map(|of| of.as_u64().unwrap()).collect();
    assert!(leak[0] > 1.0 && leak[1] <= 1.0, "{leak:?}");
    assert!(beyond[0] > 0 && beyond[1] == 0, "{beyond:?}");
    assert!(of_points(&found, "/outcome/leakage/unproven").iter().all(|of| of.is_u64()));
    assert_eq!(found["choice"]["preferred"], 2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn refused_grids_say_why() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, expected) in [
        ("people-five-fields", "people-five-fields-plain", "profile plain has no symbols"),
        ("[24, 64]", "[20]", "20 is not a multiple of 8"),
        ("[grid]", "[[expect]]\nmeasure = \"f1\"\nmin = 0.5\n[grid]", "expect: unknown member"),
        ("people = 1500", "people = 100", "point 1"),
    ] {
        let text = GRID.replacen(from, to, 1).replace("\"none\"", "\"quick\"");
        fs::write(folder.path().join("grid.toml"), text).unwrap();
        let refused = grid(folder.path(), &["grid.toml"]);
        assert!(
            !refused.status.success() && error(&refused).contains(expected),
            "{expected}: {}",
            error(&refused)
        );
    }
}
