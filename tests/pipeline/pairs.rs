//! Rows of pair tokens compare as their plaintext does: the sealed comparison against a naive one on
//! plaintext, for people who move, marry, and are recorded with errors.

use std::collections::HashMap;
use std::path::Path;

use mizuhiki_columnar::Format;
use mizuhiki_encode::{LinkageKey, PairEncoder};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan, plain_outcome};
use mizuhiki_exchange::Outcome;
use mizuhiki_exchange::{Run, Side};
use mizuhiki_match::audit::PairComparison;
use mizuhiki_schema::AuditSchema;

const SCHEMAS: [(&str, &str); 2] = [
    ("insurer", include_str!("../../protocols/schema/examples/audit-ja-kanji.json")),
    ("bank", include_str!("../../protocols/schema/examples/audit-ja-kana.json")),
];

/// Rows of a table by their columns.
fn table(path: &Path) -> Vec<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    // These people's values contain no comma.
    lines
        .map(|line| {
            names.iter().map(|name| (*name).to_owned()).zip(line.split(',').map(str::to_owned)).collect()
        })
        .collect()
}

/// Outcomes that are estimates of a similarity.
const fn is_estimate(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Wild | Outcome::Similar(_) | Outcome::Different)
}

#[test]
fn sealed_rows_compare_as_the_plaintext_does() {
    let folder = tempfile::tempdir().unwrap();
    let spec = JapanSpec {
        people: 4_000,
        seed: 6,
        rates: Rates::default(),
        municipality: None,
        format: Format::Csv,
    };
    make_japan(&spec, folder.path(), &|_, _| {}).unwrap();
    let registry = table(&folder.path().join("registry.csv"));
    for (holder, text) in SCHEMAS {
        let schema = AuditSchema::parse(text).unwrap();
        let key = LinkageKey::from_bytes(&[8; 32]).unwrap();
        let [of_left, of_right] = [(holder, Side::Left), ("registry", Side::Right)]
            .map(|of| PairEncoder::new(&schema, &key, &Run::default(), of).unwrap());
        let (mut left, mut right) = (of_left.worker(), of_right.worker());
        let comparison = PairComparison::new(&schema);
        let people = table(&folder.path().join(format!("{holder}.csv")));
        let (mut compared, mut estimates, mut apart) = (0, 0, 0);
        // Each record with the registry's record at the same position, a non-match, and with its own.
        let numbers: HashMap<&str, usize> =
            registry.iter().enumerate().map(|(at, row)| (row["record_id"].as_str(), at)).collect();
        let links = table(&folder.path().join(format!("links-{holder}-registry.csv")));
        let of_id: HashMap<&str, usize> =
            people.iter().enumerate().map(|(at, row)| (row["record_id"].as_str(), at)).collect();
        let pairs =
            links.iter().map(|link| (of_id[link["left_id"].as_str()], numbers[link["right_id"].as_str()]));
        let strangers = (0..people.len()).map(|at| (at, at % registry.len()));
        for (number, (a, b)) in pairs.chain(strangers).enumerate() {
            let value =
                |row: &'_ HashMap<String, String>, name: &str| row.get(name).cloned().unwrap_or_default();
            let values_of = |encoder: &PairEncoder, row: &HashMap<String, String>| -> Vec<String> {
                encoder.columns().iter().map(|name| value(row, name)).collect()
            };
            let (mine, theirs) = (values_of(&of_left, &people[a]), values_of(&of_right, &registry[b]));
            left.read(1, &|column| mine[column].as_str()).unwrap();
            right.read(1, &|column| theirs[column].as_str()).unwrap();
            let (mut row, mut other) = (Vec::new(), Vec::new());
            let handle = number.to_string();
            left.seal(&handle, &|_| None, &mut row);
            right.seal(&handle, &|_| None, &mut other);
            let vector = comparison.compare(&row, &other);
            let (plain_left, plain_right) = (left.plain(), right.plain());
            for (at, of) in schema.body().comparisons.iter().enumerate() {
                let sealed = comparison.outcomes()[at].outcome(vector[at]);
                let plain = plain_outcome(&plain_left[at], &plain_right[at], of);
                compared += 1;
                if is_estimate(plain) {
                    assert!(is_estimate(sealed), "{holder}, {}: {sealed:?}, {plain:?} in plain", of.name);
                    estimates += 1;
                    apart += usize::from(sealed != plain);
                } else {
                    assert_eq!(sealed, plain, "{holder}, {}", of.name);
                }
            }
        }
        // An estimate may fall into the adjacent class if the share is near a bound.
        assert!(
            compared > 10_000 && estimates > 1_000,
            "{holder}: {compared} compared, {estimates} estimates"
        );
        println!("{holder}: {apart} of {estimates} estimates in another class than the exact share");
        assert!(apart * 5 < estimates, "{holder}: {apart} of {estimates} estimates are in another class");
    }
}
