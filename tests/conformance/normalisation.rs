//! `protocols/02-normalisation.md`, `02-ja.md` and `02-de.md`.

use mizuhiki_locale::{Normalization, pack};
use serde_json::{Value, json};

use crate::{cases, list, text};

/// Replays the cases of a pack; prints every difference before the test fails.
fn replay(pack_name: &str, file: &str) {
    let pack = pack(pack_name).unwrap();
    let mut out = String::new();
    let mut differences = Vec::new();
    for case in cases(file) {
        let outcome =
            pack.normalize(text(&case, "kind"), text(&case, "level"), text(&case, "value"), &mut out);
        let found: Value = match outcome {
            Normalization::Value => json!({ "value": out }),
            Normalization::Missing => json!({ "missing": true }),
            Normalization::Invalid(reason) => json!({ "invalid": reason }),
        };
        if found != case["outcome"] {
            differences.push(format!("{case}: {found}"));
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn en_latn() {
    replay("en-Latn", "normalisation/en-latn.json");
}

#[test]
fn de_latn() {
    replay("de-Latn", "normalisation/de-latn.json");
}

#[test]
fn ja() {
    replay("ja", "normalisation/ja.json");
}

#[test]
fn relations_of_ja() {
    let pack = pack("ja").unwrap();
    let mut differences = Vec::new();
    for case in cases("normalisation/ja-relations.json") {
        let found = pack.relation(text(&case, "kind"), text(&case, "a"), text(&case, "b"));
        if found != text(&case, "relation") {
            differences.push(format!("{case}: {found}"));
        }
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn readings_of_ja() {
    let pack = pack("ja").unwrap();
    for case in cases("normalisation/ja-readings.json") {
        let expected = list(&case, "candidates");
        let found = pack.readings(text(&case, "value"), expected.len().max(1));
        assert_eq!(found.len(), expected.len(), "{}", case["name"]);
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(Some(found.text.as_str()), expected[0].as_str(), "{}", case["name"]);
            let probability = expected[1].as_f64().unwrap();
            assert!((found.probability / probability - 1.0).abs() < 1e-6, "{} {found:?}", case["name"]);
        }
    }
}
