//! The cases of two tables through `normalize --batch`: levels must match exactly; a looser one is a failure,
//! too.
//!
//! `cases.tsv` was written from facts about Japanese files (columns kind, a, b, expected, note), before the
//! pack. `further.tsv` was written from those facts and that table, independently of the pack: every
//! expectation was recorded first. Where the pack disagreed and `protocols/02-ja.md` decides otherwise, the
//! note gives the original expectation. For `date`, column b is the canonical form and expected the code
//! book. For numbers with a check digit, expected is the verdict. `scenario` rows are for the audit of links.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

use std::fs;
use std::process::Command;

/// The tables, with the number of their rows that can be executed.
const TABLES: [(&str, usize); 2] = [(include_str!("cases.tsv"), 189), (include_str!("further.tsv"), 589)];

struct Case<'c> {
    cells: [&'c str; 4],
    /// Whether the canonical form is expected, or the level.
    normal: bool,
    expected: &'c str,
}

fn case(line: &'static str) -> Option<Case<'static>> {
    let mut cells = line.split('\t').chain(std::iter::repeat(""));
    let [kind, a, b, expected] = std::array::from_fn(|_| cells.next().unwrap());
    match kind {
        "scenario" => None,
        "date" => Some(Case { cells: [kind, a, "", expected], normal: true, expected: b }),
        "mynumber" | "insurer_no" | "corp_no" => {
            Some(Case { cells: [kind, a, "", ""], normal: true, expected })
        }
        _ => Some(Case { cells: [kind, a, b, ""], normal: false, expected }),
    }
}

#[test]
fn every_case_is_answered_exactly() {
    for (text, count) in TABLES {
        let cases: Vec<Case<'_>> = text.lines().skip(1).filter_map(case).collect();
        assert_eq!(cases.len(), count);
        answer(&cases);
    }
}

fn answer(cases: &[Case<'_>]) {
    let folder = tempfile::tempdir().unwrap();
    let mut table = "kind\ta\tb\tcode_book\n".to_owned();
    for case in cases {
        table.push_str(&case.cells.join("\t"));
        table.push('\n');
    }
    fs::write(folder.path().join("cases.tsv"), table).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mizuhiki"))
        .args("normalize --pack ja --batch cases.tsv -o out.tsv".split(' '))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = fs::read_to_string(folder.path().join("out.tsv")).unwrap();
    let mut differences = Vec::new();
    for (case, line) in cases.iter().zip(found.lines().skip(1)) {
        let cells: Vec<&str> = line.split('\t').collect();
        let found = cells[if case.normal { 4 } else { 5 }];
        if found != case.expected {
            differences.push(format!("{:?}: {found}, not {}", case.cells, case.expected));
        }
    }
    assert_eq!(found.lines().count(), cases.len() + 1);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
