//! Bad values in valid files: every row is kept, the value is masked, and the summary counts it by reason.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::fixture::{Fixture, JA_SCHEMA};

/// Runs a command that must succeed; returns its JSON.
fn json(folder: &Path, arguments: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .arg("--json")
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Rows of the output, without its header.
fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// Kind, value, code book; the canonical form, and the reason if there is none.
const VALUES: &[(&str, &str, &str, &str, Option<&str>)] = &[
    // Dates outside eras: a year after the end of the era is flagged, a day before its beginning is refused.
    ("date", "昭和65年1月1日", "", "1990-01-01!era_overflow", None),
    ("date", "大正15年12月26日", "", "1926-12-26!era_overflow", None),
    ("date", "令和元年4月30日", "", "invalid", Some("outside the era")),
    ("date", "令和99年1月1日", "", "invalid", Some("outside the era")),
    ("date", "明治5年12月1日", "", "invalid", Some("before 1873")),
    ("date", "3650101", "receipt", "1990-01-01!era_overflow", None),
    // Impossible dates.
    ("date", "1985-02-30", "", "invalid", Some("impossible date")),
    ("date", "昭和60年13月1日", "", "invalid", Some("impossible date")),
    ("date", "2999-01-01", "", "invalid", Some("year out of range")),
    ("date", "きのう", "", "invalid", Some("not a date")),
    // Code books.
    ("date", "9650101", "receipt", "invalid", Some("not a date")),
    ("date", "3650101", "lunar", "invalid", Some("unknown code book")),
    // Private-use characters count as unknown characters.
    ("kanji", "高\u{E000}太郎", "", "高\u{FFFD}太郎", None),
    ("kanji", "高\u{F0000}太郎", "", "高\u{FFFD}太郎", None),
    ("kana", "ﾀｶ\u{E123}ｼ", "", "タカ\u{FFFD}シ", None),
    ("kanji", "\u{E000}\u{E001}", "", "", Some("missing")),
    ("planet", "火星", "", "", Some("unknown kind")),
    ("sex", "Q", "", "invalid", Some("not a sex code")),
];

#[test]
fn values_that_cannot_be_normalised_keep_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "kind\ta\tcode_book\n".to_owned();
    for (kind, value, book, ..) in VALUES {
        table.push_str(&format!("{kind}\t{value}\t{book}\n"));
    }
    // 10 MB in a name.
    table.push_str(&format!("kanji\t{}\t\n", "高".repeat(3_500_000)));
    fs::write(folder.path().join("batch.tsv"), table).unwrap();
    let summary = json(folder.path(), "normalize --pack ja --batch batch.tsv -o out.tsv");
    let found = rows(&folder.path().join("out.tsv"));
    assert_eq!(found.len(), VALUES.len() + 1);
    for (row, (_, value, _, normal, _)) in found.iter().zip(VALUES) {
        assert_eq!((row[1].as_str(), row[3].as_str()), (*value, *normal));
    }
    assert_eq!(found[VALUES.len()][3], "invalid");
    let mut expected: Vec<&str> = VALUES.iter().filter_map(|value| value.4).collect();
    expected.push("longer than 4096 bytes");
    let mut counted = Vec::new();
    for problem in summary["problems"].as_array().unwrap() {
        let count = problem["count"].as_u64().unwrap();
        counted.extend((0..count).map(|_| problem["reason"].as_str().unwrap()));
    }
    expected.sort_unstable();
    counted.sort_unstable();
    assert_eq!(counted, expected);
}

#[test]
fn a_value_of_another_encoding_keeps_its_row_when_asked() {
    let folder = Fixture::new().fresh();
    let summary = json(folder.path(), "normalize --pack ja --batch batch.tsv -o out.tsv --mask-unreadable");
    let found = rows(&folder.path().join("out.tsv"));
    assert_eq!(found[0][1..4], ["高橋", "", "高橋"]);
    assert_eq!(found[1][1..], ["\u{FFFD}", "高橋", "", "ne"]);
    assert_eq!(summary["unreadable"], serde_json::json!([{ "column": "a", "count": 1, "first_row": 2 }]));
}

#[test]
fn bad_values_of_people_are_masked_and_counted() {
    let fixture = Fixture::new();
    let folder = fixture.fresh();
    let path = folder.path();
    fs::write(path.join("ja.json"), JA_SCHEMA).unwrap();
    let people = [
        "r1,高橋　太郎,S60.4.1,男,東京都千代田区一番町１".to_owned(),
        "r2,鈴木　花子,S99.1.1,女,東京都千代田区一番町２".to_owned(),
        "r3,佐藤　次郎,1985-02-30,1,東京都千代田区一番町３".to_owned(),
        "r4,\u{E000}藤　三郎,不明,9,東京都千代田区一番町４".to_owned(),
        format!("r5,{},S61.1.1,1,東京都千代田区一番町５", "高".repeat(3_500_000)),
    ];
    fs::write(
        path.join("ja.csv"),
        format!("record_id,name_kanji,birth_date,sex,address\n{}\n", people.join("\n")),
    )
    .unwrap();
    let summary = json(path, "encode ja.csv --schema ja.json --key linkage.key -o ja.parquet --keep-ids");
    assert_eq!(summary["records"], 5);
    let masked = |field: &str| -> Vec<(String, u64)> {
        let issues = summary["masked"].as_array().unwrap().iter().filter(|issue| issue["field"] == field);
        issues
            .map(|issue| (issue["reason"].as_str().unwrap().to_owned(), issue["count"].as_u64().unwrap()))
            .collect()
    };
    let reasons = |list: &[(&str, u64)]| -> Vec<(String, u64)> {
        list.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect()
    };
    assert_eq!(
        masked("birth_date"),
        reasons(&[("missing", 1), ("impossible date", 1), ("outside the era", 1)])
    );
    assert_eq!(masked("family"), reasons(&[("longer than 4096 bytes", 1)]));
    assert_eq!(masked("given"), reasons(&[("longer than 4096 bytes", 1)]));
    assert_eq!(masked("sex"), reasons(&[("missing", 1)]));
    assert_eq!(masked("address"), []);
}

#[test]
fn people_of_another_encoding_are_kept_when_asked() {
    let fixture = Fixture::new();
    let folder = fixture.fresh();
    let summary = json(
        folder.path(),
        "encode ja.csv --schema ja.json --key linkage.key -o ja.parquet --keep-ids --mask-unreadable",
    );
    assert_eq!(summary["records"], 3);
    assert_eq!(
        summary["unreadable"],
        serde_json::json!([{ "column": "name_kanji", "count": 1, "first_row": 2 }])
    );
    let family =
        summary["masked"].as_array().unwrap().iter().find(|issue| issue["field"] == "family").unwrap();
    assert_eq!((family["reason"].as_str(), family["count"].as_u64()), (Some("missing"), Some(1)));
}
