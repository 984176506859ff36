//! `mizuhiki evaluate`: a scenario from people to bounds, groups of people, and what comes out as JSON and HTML.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/scenarios/accuracy")
}

fn mizuhiki(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mizuhiki")).args(arguments).current_dir(folder).output().unwrap()
}

fn json(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[test]
fn shipped_scenarios_of_files_keep_their_bounds() {
    let folder = tempfile::tempdir().unwrap();
    for (name, inputs, errors) in [("files", 3, 4 + 1), ("dedupe", 2, 0)] {
        let scenario = scenarios().join(format!("{name}.toml"));
        let done =
            mizuhiki(folder.path(), &["--json", "evaluate", "run", scenario.to_str().unwrap(), "-o", name]);
        let results = json(&done);
        assert!(done.status.success(), "{name}: {results}");
        let kept: Value =
            serde_json::from_slice(&fs::read(folder.path().join(name).join("results.json")).unwrap())
                .unwrap();
        assert_eq!(kept, results);
        assert!(results["bounds"].as_array().unwrap().iter().all(|bound| bound["kept"] == true));
        assert_eq!(results["inputs"].as_array().unwrap().len(), inputs);
        assert_eq!(results["corruption"].as_array().unwrap().len(), errors, "{}", results["corruption"]);
        assert_eq!(results["scenario_sha256"].as_str().unwrap().len(), 64);
    }
    // Nothing is left behind but the two folders.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn a_run_is_the_same_again_but_for_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = scenarios().join("files.toml");
    let run = || {
        let results =
            json(&mizuhiki(folder.path(), &["--json", "evaluate", "run", scenario.to_str().unwrap()]));
        (results["inputs"].clone(), results["corruption"].clone(), results["key_id"].clone())
    };
    let (first, second) = (run(), run());
    assert_eq!((&first.0, &first.1), (&second.0, &second.1));
    assert_ne!(first.2, second.2);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn bounds_that_fail_are_named_and_the_results_kept() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = "name = \"x\"\n[data]\nsynth = \"en-Latn\"\npeople = 500\n[schema]\nexample = \"people-five-fields\"\n\
        [method]\ntask = \"link\"\n[[expect]]\nmeasure = \"recall\"\nmin = 0.5\n[[expect]]\nmeasure = \"precision\"\nmax = 0.1\n";
    fs::write(folder.path().join("scenario.toml"), scenario).unwrap();
    let done = mizuhiki(folder.path(), &["evaluate", "run", "scenario.toml", "-o", "results"]);
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("1 of 2 bounds not kept: precision"), "{stderr}");
    for file in ["results.json", "links.csv", "linkage.key", "people/hospital.csv"] {
        assert!(folder.path().join("results").join(file).exists(), "{file}");
    }
}

/// Every tenth of 300 people is in a group of which nobody is found.
fn unfair(folder: &Path) {
    let ids = || (0..300).map(|n| (n, format!("p{n}")));
    let groups: String = ids()
        .map(|(n, id)| format!("{id},{},Zyxwana{n}\n", if n % 10 == 0 { "rare" } else { "usual" }))
        .collect();
    let links: String =
        ids().filter(|(n, _)| n % 10 != 0).map(|(_, id)| format!("{id},{id},0.9,match\n")).collect();
    let truth: String = ids().map(|(_, id)| format!("{id},{id}\n")).collect();
    fs::write(folder.join("people.csv"), format!("id,group,name\n{groups}")).unwrap();
    fs::write(folder.join("links.csv"), format!("left_id,right_id,similarity,class\n{links}")).unwrap();
    fs::write(folder.join("truth.csv"), format!("left_id,right_id\n{truth}")).unwrap();
}

#[test]
fn unfair_errors_show_and_no_name_does() {
    let folder = tempfile::tempdir().unwrap();
    unfair(folder.path());
    let arguments = "evaluate accuracy links.csv --truth truth.csv --left people.csv --right people.csv --by group --names name --worst 2 --report page.html";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let done = mizuhiki(folder.path(), &arguments);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let line = |start: &str| {
        text.lines()
            .find(|line| line.trim_start().starts_with(start))
            .unwrap_or_else(|| panic!("{start}: {text}"))
    };
    assert!(line("rare ").ends_with('*') && line("usual ").ends_with('*'));
    assert!(line("30 missed true pairs, 30 of which").ends_with("the most similar first:"));
    let page = fs::read_to_string(folder.path().join("page.html")).unwrap();
    assert!(page.contains("differs beyond chance") && !page.contains("Zyxwana") && !text.contains("Zyxwana"));
    let results = json(&mizuhiki(folder.path(), &[&["--json"], &arguments[..]].concat()));
    let group = &results["subgroups"][0]["groups"][0];
    assert_eq!((group["group"].as_str(), group["differs"].as_bool()), (Some("rare"), Some(true)));
    assert_eq!(results["candidates"]["reduction_ratio"], 1.0 - 270.0 / 90_000.0);
    assert_eq!(results["worst"]["missed"].as_array().unwrap().len(), 2);
    assert!(!results.to_string().contains("Zyxwana"));
    // The tables have no null but where a number is unknown.
    assert!(results["matches"]["f_star"]["value"].is_number());
}

#[test]
fn clusters_are_compared_as_wholes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("clusters.csv", "cluster,record_id\n1,a\n1,b\n2,c\n2,d\n2,e\n");
    write("truth.csv", "record_id,entity\na,1\nb,1\nc,1\nd,2\ne,2\nf,3\n");
    let done =
        mizuhiki(folder.path(), &["--json", "evaluate", "clusters", "clusters.csv", "--truth", "truth.csv"]);
    let results = json(&done);
    let recall = results["closest_cluster"]["recall"].as_f64().unwrap();
    assert!((recall - (2.0 / 3.0 + 2.0 / 3.0 + 1.0) / 3.0).abs() < 1e-12, "{results}");
    assert_eq!(
        (results["exactness"]["exact"].as_u64(), results["exactness"]["split"].as_u64()),
        (Some(1), Some(1))
    );
}
