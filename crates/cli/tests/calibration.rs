//! Thresholds, classes and probabilities without labels, on the command line: without pairs above chance,
//! with many records per person, and with thresholds set by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const SEALED: &str = include_str!("../../../protocols/schema/examples/people-five-fields.json");
const PLAIN: &str = include_str!("../../../protocols/schema/examples/people-five-fields-plain.json");
const HEADER: &str = "rec_id,given_name,surname,date_of_birth,suburb,postcode";

fn run(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mizuhiki"));
    command.args(arguments.split_whitespace()).current_dir(folder).output().unwrap()
}

fn json(folder: &Path, arguments: &str) -> Value {
    let output = run(folder, &format!("--json {arguments}"));
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
}

fn error(folder: &Path, arguments: &str) -> String {
    let output = run(folder, arguments);
    assert!(!output.status.success(), "{arguments}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Synthetic people of `count` persons in `folder`/`seed`, with key and schemas in `folder`.
fn people(folder: &Path, count: u32, seed: u32) {
    fs::write(folder.join("sealed.json"), SEALED).unwrap();
    fs::write(folder.join("plain.json"), PLAIN).unwrap();
    fs::write(folder.join("key"), [7; 32]).unwrap();
    #[cfg(unix)]
    fs::set_permissions(folder.join("key"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    json(folder, &format!("synth people --locale en-Latn --people {count} --seed {seed} -o {seed}"));
}

fn encode(folder: &Path, (input, custodian): (&str, &str), profile: &str, task: &str, output: &str) {
    let run = if profile == "sealed" { format!("--run test {task}") } else { String::new() };
    let from = format!("{input} --schema {profile}.json --key key --keep-ids --custodian {custodian}");
    json(folder, &format!("encode {from} -o {output} {run}"));
}

fn rows(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// Checks that the probabilities of a table of links are from 0 to 1.
fn probabilities(folder: &Path, name: &str) -> Vec<f64> {
    let found: Vec<f64> = rows(folder, name).iter().filter_map(|row| row[4].parse().ok()).collect();
    assert!(found.iter().all(|probability| (0.0..=1.0).contains(probability)), "{found:?}");
    found
}

#[test]
fn where_nothing_stands_out_nothing_is_linked_and_it_is_said() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 3_000, 1);
    people(folder, 3_000, 2);
    for profile in ["sealed", "plain"] {
        encode(folder, ("1/registry.csv", "registry"), profile, "--for dedupe", "own.arrow");
        let found = json(folder, "dedupe own.arrow -o clusters.csv --report report.html");
        assert_eq!(found["clusters"], 0, "{profile}: {found}");
        assert_eq!(found["accept_thresholds"], serde_json::json!([null]), "{profile}");
        assert!(found["warnings"].to_string().contains("nothing stands out"), "{profile}: {found}");
        assert!(found["expected_precision"].is_null(), "{profile}: no precision is stated without links");
        let report = fs::read_to_string(folder.join("report.html")).unwrap();
        assert!(report.contains("nothing stands out") && !report.contains("NaN"), "{profile}");
        json(folder, "link own.arrow own.arrow -o links.csv");
        assert!(rows(folder, "links.csv").iter().all(|row| row[3] != "match"), "{profile}");
        probabilities(folder, "links.csv");
        // Other people.
        encode(folder, ("1/insurer.csv", "insurer"), profile, "", "left.arrow");
        encode(folder, ("2/registry.csv", "registry"), profile, "", "right.arrow");
        let linked = json(folder, "link left.arrow right.arrow -o links.csv");
        assert_eq!(linked["matches"], 0, "{profile}: {linked}");
        assert!(
            linked["accept_threshold"].is_null() && linked["expected_precision"].is_null(),
            "{profile}: {linked}"
        );
        assert!(probabilities(folder, "links.csv").iter().all(|probability| *probability < 0.9), "{profile}");
    }
}

/// A file of persons with one to six records each, some with errors; also their true pairs.
fn many_records(folder: &Path) -> usize {
    people(folder, 900, 3);
    let table = fs::read_to_string(folder.join("3/registry.csv")).unwrap();
    let (mut text, mut truth, mut pairs) = (format!("{HEADER}\n"), String::from("record_id,entity\n"), 0);
    for (person, line) in table.lines().skip(1).enumerate() {
        let records = 1 + person % 6;
        pairs += records * (records - 1) / 2;
        let values: Vec<&str> = line.split(',').collect();
        for record in 0..records {
            let mut changed: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            changed[0] = format!("{}-{record}", values[0]);
            if record > 0 {
                // One letter of one field.
                let field = 1 + (person + record) % 4;
                changed[field] = changed[field].chars().skip(1).collect();
            }
            writeln!(text, "{}", changed.join(",")).unwrap();
            writeln!(truth, "{},{}", changed[0], values[0]).unwrap();
        }
    }
    fs::write(folder.join("many.csv"), text).unwrap();
    fs::write(folder.join("entities.csv"), truth).unwrap();
    pairs
}

#[test]
fn persons_with_many_records_are_found_whole() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let pairs = many_records(folder);
    for profile in ["sealed", "plain"] {
        encode(folder, ("many.csv", "registry"), profile, "--for dedupe", "own.arrow");
        let found = json(folder, "dedupe own.arrow -o clusters.csv");
        let judged = json(folder, "evaluate clusters clusters.csv --truth entities.csv");
        assert_eq!(judged["pairs"]["true_links"], pairs, "{judged}");
        let (f1, b_cubed) =
            (judged["pairs"]["f1"].as_f64().unwrap(), judged["b_cubed"]["f1"].as_f64().unwrap());
        println!("{profile}: F1 {f1:.4} of pairs, {b_cubed:.4} B-cubed");
        assert!(f1 >= 0.94 && b_cubed >= 0.96, "{profile}: {judged}");
        let expected = found["expected_precision"].as_f64().unwrap();
        let precision = judged["pairs"]["precision"]["value"].as_f64().unwrap();
        // Wrong joins are between family members with several records each.
        assert!((expected - precision).abs() < 0.08, "{profile}: expected {expected}, {precision}");
        for row in rows(folder, "clusters.csv") {
            let probability: f64 = row[4].parse().unwrap();
            assert!((0.5..=1.0).contains(&probability), "{row:?}");
        }
    }
}

#[test]
fn thresholds_set_by_hand_have_probabilities_and_a_lower_one_finds_no_fewer() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 3_000, 4);
    for profile in ["sealed", "plain"] {
        encode(folder, ("4/hospital.csv", "hospital"), profile, "", "left.arrow");
        encode(folder, ("4/registry.csv", "registry"), profile, "", "right.arrow");
        let mut before = 0;
        for accept in ["0.95", "0.90", "0.85", "0.80", "0.75", "0.70"] {
            let linked = json(folder, &format!("link left.arrow right.arrow -o links.csv --accept {accept}"));
            let matches = linked["matches"].as_u64().unwrap();
            assert!(matches >= before, "{profile}: {matches} matches from {accept}, {before} above");
            before = matches;
            assert_eq!(probabilities(folder, "links.csv").len(), rows(folder, "links.csv").len());
        }
        let of = |households: &str| {
            let options = format!("--accept 0.70 --households {households}");
            let linked = json(folder, &format!("link left.arrow right.arrow -o {households}.csv {options}"));
            let number = |key: &str| linked[key].as_u64().unwrap();
            (number("matches"), number("borderline"), number("household"))
        };
        let (borderline, link, drop) = (of("borderline"), of("link"), of("drop"));
        let doubtful = borderline.2;
        assert_eq!(link, (borderline.0 + doubtful, borderline.1 - doubtful, doubtful), "{profile}");
        assert_eq!(drop, (borderline.0, borderline.1 - doubtful, doubtful), "{profile}");
        let flagged = |name: &str| rows(folder, name).iter().filter(|row| !row[5].is_empty()).count() as u64;
        assert_eq!(
            (flagged("borderline.csv"), flagged("link.csv"), flagged("drop.csv")),
            (doubtful, doubtful, 0)
        );
    }
}

#[test]
fn one_file_may_hold_persons_twice_and_the_other_not() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 2_000, 5);
    // Every fourth record of the hospital again.
    let mut table = fs::read_to_string(folder.join("5/hospital.csv")).unwrap();
    let again: String =
        table.lines().skip(1).step_by(4).fold(String::new(), |text, line| text + "x" + line + "\n");
    table.push_str(&again);
    fs::write(folder.join("twice.csv"), &table).unwrap();
    encode(folder, ("twice.csv", "hospital"), "plain", "", "left.arrow");
    encode(folder, ("5/registry.csv", "registry"), "plain", "", "right.arrow");
    let found = json(folder, "link left.arrow right.arrow -o clusters.csv --duplicates-in left.arrow");
    assert_eq!(found["accept_thresholds"].as_array().unwrap().len(), 2, "left within, and left to right");
    let mut of_registry: Vec<(String, String)> = Vec::new();
    let mut sizes = std::collections::BTreeMap::new();
    for row in rows(folder, "clusters.csv") {
        *sizes.entry(row[0].clone()).or_insert(0) += 1;
        if row[1] == "registry" {
            of_registry.push((row[0].clone(), row[2].clone()));
        }
    }
    let clusters = of_registry.len();
    of_registry.sort();
    of_registry.dedup_by(|a, b| a.0 == b.0);
    assert_eq!(of_registry.len(), clusters, "no cluster has two records of the registry");
    let of_three = sizes.values().filter(|size| **size == 3).count();
    assert!(
        of_three * 10 > again.lines().count() * 9,
        "{of_three} of {} doubled records",
        again.lines().count()
    );
    let refused = error(folder, "link left.arrow right.arrow -o c.csv --duplicates-in other.arrow");
    assert!(refused.contains("name one of the linked files"), "{refused}");
}

#[test]
fn a_custodian_states_what_pairs_of_its_records_have_in_common() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 1_000, 6);
    let table = fs::read_to_string(folder.join("6/registry.csv")).unwrap();
    let line = table.lines().nth(1).unwrap();
    let twin = line.replacen('R', "S", 1);
    fs::write(folder.join("own.csv"), format!("{table}{twin}\n")).unwrap();
    for name in ["own.tokens.csv", "own.parquet", "own.arrow"] {
        encode(folder, ("own.csv", "registry"), "sealed", "", name);
        encode(folder, ("6/hospital.csv", "hospital"), "sealed", "", "left.arrow");
        json(folder, &format!("link left.arrow {name} -o links.csv"));
    }
    let text = fs::read_to_string(folder.join("own.tokens.csv")).unwrap();
    let end = text.lines().last().unwrap();
    assert!(end.starts_with("#end 1001 1:") && end.ends_with(" 384:1"), "{end}");
    for (wrong, why) in [
        ("#end 1001 0:3", "its stated numbers of pairs of records are impossible"),
        ("#end 1001 1:3 1:4", "its stated numbers of pairs of records are impossible"),
        ("#end 1001 9:18446744073709551615", "its stated numbers of pairs of records are impossible"),
        ("#end 1001 385:1", "its stated numbers of pairs of records are impossible"),
        ("#end 1000 1:3", "states 1000 records but has 1001"),
    ] {
        fs::write(folder.join("spoilt.csv"), text.replace(end, wrong)).unwrap();
        let refused = error(folder, "link left.arrow spoilt.csv -o links.csv");
        assert!(refused.contains(why), "{wrong}: {refused}");
    }
    // A file for deduplication contains its pairs, so it states no counts.
    encode(folder, ("own.csv", "registry"), "sealed", "--for dedupe", "dedupe.tokens.csv");
    let text = fs::read_to_string(folder.join("dedupe.tokens.csv")).unwrap();
    assert_eq!(text.lines().last().unwrap(), "#end 1001");
}

#[test]
fn corners_give_a_plan_or_a_clear_error() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 200, 7);
    let table = fs::read_to_string(folder.join("7/registry.csv")).unwrap();
    let lines: Vec<&str> = table.lines().skip(1).collect();
    let write = |name: &str, rows: Vec<String>| {
        let text = rows.into_iter().fold(format!("{HEADER}\n"), |text, row| text + &row + "\n");
        fs::write(folder.join(name), text).unwrap();
    };
    let numbered = |line: &str, count: usize| -> Vec<String> {
        let rest = line.split_once(',').unwrap().1;
        (0..count).map(|at| format!("N{at},{rest}")).collect()
    };
    write("fifty.csv", lines[..50].iter().map(|line| (*line).to_owned()).collect());
    write("two.csv", lines[..2].iter().map(|line| (*line).to_owned()).collect());
    write("alike.csv", numbered(lines[0], 990));
    // One household: everybody has the surname, suburb and postcode of the first.
    let first: Vec<&str> = lines[0].split(',').collect();
    let of_one = |line: &&str| {
        let own: Vec<&str> = line.split(',').collect();
        [own[0], own[1], first[2], own[3], first[4], first[5]].join(",")
    };
    write("household.csv", lines.iter().map(of_one).collect());
    for profile in ["sealed", "plain"] {
        for name in ["fifty", "two", "alike", "household"] {
            encode(folder, (&format!("{name}.csv"), "registry"), profile, "--for dedupe", "own.arrow");
            let found = json(folder, "dedupe own.arrow -o clusters.csv");
            for key in ["expected_precision", "expected_recall"] {
                let fits = |value: f64| (0.0..=1.0).contains(&value);
                assert!(
                    found[key].is_null() || found[key].as_f64().is_some_and(fits),
                    "{profile} {name}: {found}"
                );
            }
            assert!(name != "household" || found["clusters"] == 0, "{profile}: {found}");
            json(folder, "link own.arrow own.arrow -o links.csv");
            probabilities(folder, "links.csv");
            let few = run(folder, "dedupe own.arrow -o clusters.csv --accept auto");
            assert_eq!(few.status.success(), name != "two", "{profile} {name}: {few:?}");
        }
        // A file with a copy of itself.
        encode(folder, ("7/registry.csv", "left"), profile, "", "left.arrow");
        encode(folder, ("7/registry.csv", "right"), profile, "", "right.arrow");
        let linked = json(folder, "link left.arrow right.arrow -o links.csv");
        assert!(linked["matches"].as_u64().unwrap() as usize > lines.len() * 9 / 10, "{profile}: {linked}");
        assert!(probabilities(folder, "links.csv").iter().all(|probability| *probability > 0.9));
        for wrong in ["--accept 0.7 --borderline 0.8", "--accept 1.5", "--accept 0.9 --borderline NaN"] {
            error(folder, &format!("link left.arrow right.arrow -o links.csv {wrong}"));
        }
    }
}

/// A view of surname, suburb and postcode identifies a household.
#[test]
fn views_that_name_a_household_are_refused_and_persons_who_are_there_twice_are_not() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    people(folder, 2_000, 8);
    let mut schema: Value = serde_json::from_str(SEALED).unwrap();
    let view = serde_json::json!({
        "name": "household", "fields": ["surname", "suburb", "postcode"], "minPresentWeight": 0.6
    });
    schema["views"].as_array_mut().unwrap().push(view);
    fs::write(folder.join("household.json"), schema.to_string()).unwrap();
    let table = fs::read_to_string(folder.join("8/registry.csv")).unwrap();
    let lines: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split(',').collect()).collect();
    let write = |name: &str, rows: &[Vec<String>]| {
        let rows = rows.iter().fold(format!("{HEADER}\n"), |text, row| text + &row.join(",") + "\n");
        fs::write(folder.join(name), rows).unwrap();
    };
    let owned = |line: &[&str]| line.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    // Four per household.
    let of_four = |(at, line): (usize, &Vec<&str>)| {
        let mut row = owned(line);
        let head = &lines[at - at % 4];
        for column in [2, 4, 5] {
            head[column].clone_into(&mut row[column]);
        }
        row
    };
    write("families.csv", &lines.iter().enumerate().map(of_four).collect::<Vec<_>>());
    // A third of the persons twice, every second one with an error.
    let twice = lines.iter().step_by(3).enumerate().map(|(at, line)| {
        let mut row = owned(line);
        row[0].push('x');
        if at % 2 == 0 {
            row[1 + at / 2 % 4].remove(0);
        }
        row
    });
    write("twice.csv", &lines.iter().map(|line| owned(line)).chain(twice).collect::<Vec<_>>());
    let options = "--key key --keep-ids --custodian c --for dedupe --run test -o own.arrow";
    let refused = error(folder, &format!("encode families.csv --schema household.json {options}"));
    assert!(refused.contains("view \"household\" repeats"), "{refused}");
    // Control: without that view, the same people can be encoded.
    json(folder, &format!("encode families.csv --schema sealed.json {options}"));
    let taken = run(folder, &format!("encode twice.csv --schema sealed.json {options}"));
    let said = String::from_utf8_lossy(&taken.stderr).into_owned();
    assert!(taken.status.success() && said.contains("taken for duplicates of persons"), "{said}");
}
