//! `mizuhiki audit` on synthetic people: nothing lost, shifted rows and shared accounts found, broken data
//! reported.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod abroad;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use world::{World, rows};

/// Rates at which wrong links are frequent enough among a few thousand.
const RATES: &str = "rate,value\nmislink.family_number,0.002\nmislink.homonym,0.002\nmislink.number_typo,0.001\n\
    mislink.prior_holder,0.001\nmislink.row_shift,0\nmislink.session_open,0.001\n";

const SHIFTED: &str = "rate,value\nmislink.family_number,0\nmislink.homonym,0\nmislink.number_typo,0\n\
    mislink.prior_holder,0\nmislink.session_open,0\nmislink.row_shift,0.001\n";

const CLEAN: &str = "rate,value\nmislink.family_number,0\nmislink.homonym,0\nmislink.number_typo,0\n\
    mislink.prior_holder,0\nmislink.session_open,0\nmislink.row_shift,0\nmislink.parent_account,0\n";

#[test]
fn every_handle_is_found_once_and_wrong_links_come_first() {
    let world = World::new(8_000, 1, RATES);
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &[]);
    let summary = world.audit(&left, &right, &["--all", "--batches", "batch", "--report", "report.html"]);
    let findings = world.table("findings.csv");
    let truth = world.table("truth-links-insurer-registry.csv");
    let handles: BTreeSet<&str> = findings.iter().map(|row| row["handle"].as_str()).collect();
    assert_eq!(handles.len(), findings.len());
    assert_eq!(handles, truth.iter().map(|row| row["handle"].as_str()).collect());
    assert_eq!(summary["links"], truth.len());
    let wrong: BTreeMap<&str, &str> = truth
        .iter()
        .filter(|row| !row["cause"].is_empty())
        .map(|row| (row["handle"].as_str(), row["class"].as_str()))
        .collect();
    assert!(wrong.len() > 15, "{} wrong links", wrong.len());
    let listed = &findings[..3 * wrong.len()];
    let found: Vec<_> = listed.iter().filter(|row| wrong.contains_key(row["handle"].as_str())).collect();
    // A namesake with the same kanji who has moved cannot be detected; all others can.
    let others = |handle: &str| wrong.get(handle).is_some_and(|class| *class != "homonym");
    let told = found.iter().filter(|row| others(&row["handle"])).count();
    let all = wrong.keys().filter(|handle| others(handle)).count();
    assert!(told * 10 >= all * 9, "{told} of {all}");
    let classed =
        found.iter().filter(|row| others(&row["handle"]) && wrong[row["handle"].as_str()] == row["class"]);
    let classed = classed.count();
    assert!(classed * 10 >= told * 8, "{classed} of {told}");
    assert!(found.iter().any(|row| row["class"] == "homonym"));
    assert!(
        findings
            .iter()
            .all(|row| row["class"] != "match" || row["probability"].parse::<f64>().unwrap() < 0.5)
    );
    assert!(world.text("report.html").contains("<svg"));
}

#[test]
fn results_depend_on_neither_row_order_nor_threads() {
    let world = World::new(3_000, 2, RATES);
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &["--threads", "1"]);
    world.audit(&left, &right, &["--all"]);
    let first = world.text("findings.csv");
    world.reverse_rows("insurer.csv");
    world.reverse_rows("links-insurer-registry.csv");
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &["--threads", "2"]);
    world.audit(&left, &right, &["--all"]);
    assert_eq!(first, world.text("findings.csv"));
}

#[test]
fn shifted_rows_are_found_where_they_are_and_nowhere_else() {
    let mut runs = 0;
    for (holder, schema) in [("insurer", "audit-ja-kanji"), ("bank", "audit-ja-kana")] {
        let world = World::new(12_000, 5, SHIFTED);
        let (left, right) = world.encode(holder, schema, &[]);
        world.audit(&left, &right, &["--batches", "batch"]);
        // Shifted runs in the ground truth, by position in the order of handles.
        let truth = world.table(&format!("truth-links-{holder}-registry.csv"));
        let place: BTreeMap<&str, usize> =
            truth.iter().zip(0..).map(|(row, at)| (row["handle"].as_str(), at)).collect();
        let mut expected: Vec<(usize, usize)> = Vec::new();
        for (at, _) in truth.iter().enumerate().filter(|(_, row)| row["cause"] == "row_shift") {
            match expected.last_mut() {
                // Links of children lie between those of their parents, and runs less than 12 rows apart
                // count as one.
                Some(run) if at - run.1 <= 12 => run.1 = at,
                _ => expected.push((at, at)),
            }
        }
        let found: Vec<(usize, usize)> = world
            .table("findings.batches.csv")
            .iter()
            .filter(|row| row["kind"] == "shift")
            .map(|row| (place[row["first_handle"].as_str()], place[row["last_handle"].as_str()]))
            .collect();
        assert_eq!(found.len(), expected.len(), "{holder}: {found:?}, not {expected:?}");
        for (found, expected) in found.iter().zip(&expected) {
            assert!(
                found.0.abs_diff(expected.0) <= 2 && found.1.abs_diff(expected.1) <= 2,
                "{holder}: {found:?}, not {expected:?}"
            );
        }
        runs += found.len();
        for row in world.table("findings.batches.csv").iter().filter(|row| row["kind"] == "shift") {
            assert!(row["reason"].contains(" +1 rows"), "{}", row["reason"]);
        }
    }
    assert!(runs >= 8, "{runs} runs are too few to test");
}

#[test]
fn clean_data_has_no_batch_finding_but_shared_accounts_have() {
    let clean = World::new(12_000, 7, CLEAN);
    let (left, right) = clean.encode("insurer", "audit-ja-kanji", &[]);
    let summary = clean.audit(&left, &right, &["--batches", "batch"]);
    assert_eq!((summary["shifts"].as_u64(), summary["batches_flagged"].as_u64()), (Some(0), Some(0)));
    assert_eq!(clean.table("findings.batches.csv").len(), 0);
    let shared = World::new(6_000, 7, "rate,value\nmislink.parent_account,0.005\n");
    let (left, right) = shared.encode("bank", "audit-ja-kana", &[]);
    shared.audit(&left, &right, &[]);
    let accounts = shared.table("findings.batches.csv");
    let children = shared
        .table("truth-links-bank-registry.csv")
        .iter()
        .filter(|row| row["cause"] == "parent_account")
        .count();
    let groups = accounts.iter().filter(|row| row["kind"] == "shared_left").count();
    assert!(children > 10 && groups > 0 && groups <= children, "{groups} accounts of {children} children");
}

#[test]
fn handles_of_one_file_are_findings_and_count_as_unchecked() {
    let world = World::new(2_000, 3, CLEAN);
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &[]);
    // The left side loses the first records, the right side loses the last links.
    let links = world.table("links-insurer-registry.csv").len();
    world.drop_rows("links-insurer-registry.csv", links - 30, links);
    world.run(&world.encode_command("registry", "audit-ja-kanji", "right_id", &right));
    world.drop_rows("insurer.csv", 0, 20);
    world.run(&world.encode_command("insurer", "audit-ja-kanji", "left_id", &left));
    let summary = world.audit(&left, &right, &["--all"]);
    let findings = world.table("findings.csv");
    let count = |class: &str| findings.iter().filter(|row| row["class"] == class).count();
    assert_eq!(count("right_only"), 20);
    assert_eq!(summary["right_only"], 20);
    assert_eq!(summary["links"], links - 30 - 20);
    assert!(
        findings.iter().filter(|row| row["class"] == "right_only").all(|row| row["probability"].is_empty())
    );
}

#[test]
fn a_batch_with_one_date_of_birth_and_missing_columns_are_named() {
    let world = World::new(10_000, 4, CLEAN);
    let batch: BTreeSet<String> = world
        .table("links-insurer-registry.csv")
        .into_iter()
        .filter(|row| row["batch"] == "00003")
        .map(|row| row["left_id"].clone())
        .collect();
    assert!(batch.len() > 400);
    world.edit("insurer.csv", |row| {
        if batch.contains(&row["record_id"]) {
            row.insert("birth_date".to_owned(), "3400101".to_owned());
        }
    });
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &[]);
    world.audit(&left, &right, &["--batches", "batch"]);
    let batches = world.table("findings.batches.csv");
    assert!(
        batches.iter().any(|row| row["kind"] == "comparison"
            && row["label"] == "00003"
            && row["reason"].contains("birth_date")),
        "{batches:?}"
    );
    assert!(batches.iter().all(|row| row["label"] == "00003"), "{batches:?}");
    // 30 % of values are missing, and all values of some records: those are insufficient, never correct.
    let mut at = 0;
    world.edit("insurer.csv", |row| {
        at += 1;
        for (column, number) in
            [("name_kanji", 1), ("name_kana", 2), ("birth_date", 3), ("sex", 5), ("address", 7)]
        {
            if at % 20 == 0 || (at * number) % 10 < 3 {
                row.insert(column.to_owned(), String::new());
            }
        }
    });
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &[]);
    let summary = world.audit(&left, &right, &["--all"]);
    let findings = world.table("findings.csv");
    assert_eq!(findings.len() as u64, summary["links"].as_u64().unwrap());
    let insufficient = findings.iter().filter(|row| row["class"] == "insufficient").count();
    assert!(insufficient * 20 >= findings.len(), "{insufficient}");
    let nothing = |row: &BTreeMap<String, String>| row["reason"].contains("agree: ");
    assert!(findings.iter().filter(|row| row["class"] == "match").all(nothing));
}

#[test]
fn the_right_person_is_proposed_and_verdicts_are_read() {
    let world = World::new(5_000, 6, "rate,value\nmislink.family_number,0.004\nmislink.homonym,0\n");
    let (left, right) = world.encode("insurer", "audit-ja-kanji", &[]);
    world.audit(&left, &right, &["--review", "20"]);
    world.run(
        "audit select findings.csv --people insurer.csv --links links-insurer-registry.csv --handle-column handle \
         --link-column left_id -o suspicious.csv",
    );
    let suspicious = world.table("suspicious.csv");
    assert!(
        suspicious.len() > 5
            && suspicious[0].contains_key("handle")
            && suspicious[0].contains_key("name_kanji")
    );
    let schema = World::schema("people-ja-kanji");
    world.run(&format!(
        "encode suspicious.csv --schema {schema} --key linkage.key --id-column handle --keep-ids -o suspicious.arrow"
    ));
    world.run(&format!(
        "encode registry.csv --schema {schema} --key linkage.key --id-column record_id --keep-ids -o registry.arrow"
    ));
    world.run("link suspicious.arrow registry.arrow --accept 0.85 --borderline 0.8 -o proposals.csv");
    world.audit(&left, &right, &["--review", "20", "--proposals", "proposals.csv"]);
    let truth: BTreeMap<String, String> = world
        .table("truth-links-insurer-registry.csv")
        .into_iter()
        .map(|row| (row["handle"].clone(), row["true_right_id"].clone()))
        .collect();
    let proposed: Vec<_> =
        world.table("findings.csv").into_iter().filter(|row| !row["proposal"].is_empty()).collect();
    let right_ones = proposed.iter().filter(|row| truth[&row["handle"]] == row["proposal"]).count();
    assert!(right_ones * 10 >= suspicious.len() * 8, "{right_ones} of {}", suspicious.len());

    // A clerk who always finds the truth.
    let wrong: BTreeSet<String> = world
        .table("truth-links-insurer-registry.csv")
        .into_iter()
        .filter(|row| !row["cause"].is_empty())
        .map(|row| row["handle"].clone())
        .collect();
    world.edit("findings.review.csv", |row| {
        let verdict = if wrong.contains(&row["handle"]) { "wrong" } else { "right" };
        row.insert("verdict".to_owned(), verdict.to_owned());
    });
    let summary =
        world.run("--json audit feedback findings.review.csv --findings findings.csv -o corrected.csv");
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let listed = world.table("findings.review.csv");
    let truly_wrong = listed.iter().filter(|row| row["verdict"] == "wrong").count();
    assert_eq!(summary["wrong"], truly_wrong);
    assert_eq!(summary["precision"].as_f64().unwrap(), truly_wrong as f64 / listed.len() as f64);
    let corrected = world.table("corrected.csv");
    assert_eq!(corrected.len(), world.table("findings.csv").len());
    assert!(corrected[..truly_wrong].iter().all(|row| wrong.contains(&row["handle"])));
}

#[test]
fn tables_of_the_world_are_read_as_they_are_written() {
    assert_eq!(rows("a,b\n1,\"x, y\"\n2,\n")[0]["b"], "x, y");
}
