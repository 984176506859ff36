//! `protocols/03-tokens.md`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mizuhiki_encode::{Encoder, LinkageKey, conformance};
use mizuhiki_exchange::{CustodianId, Run, Task};
use mizuhiki_schema::{Feature, LinkageSchema, SchemaBody};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{cases, hex, key, list, number, text};

/// Kinds of feature, read from a schema.
fn kinds(features: &Value) -> Vec<Feature> {
    let document = serde_json::json!({
        "format": "mizuhiki-linkage-schema", "version": 1, "name": "t", "profile": "plain",
        "locale": { "pack": "en-Latn" }, "fields": [{ "name": "f", "kind": "text", "features": features }],
        "thresholds": { "accept": 0.9, "borderline": 0.8 }
    });
    match LinkageSchema::parse(&document.to_string()).unwrap().body() {
        SchemaBody::Tokens(schema) => schema.fields[0].features.clone(),
        _ => unreachable!(),
    }
}

pub(crate) fn numbers(values: &[Value]) -> Vec<u16> {
    values.iter().map(|value| value.as_u64().unwrap() as u16).collect()
}

/// A custodian whose name does not matter.
fn nobody() -> CustodianId {
    CustodianId::new("nobody").unwrap()
}

#[test]
fn features() {
    for case in cases("tokens/features.json") {
        let (found, length) = conformance::features(text(&case, "value"), &kinds(&case["kinds"]));
        let expected: Vec<Vec<u8>> =
            list(&case, "features").iter().map(|digits| hex(digits.as_str().unwrap())).collect();
        assert_eq!((found, length), (expected, number(&case, "effective_length")), "{}", case["name"]);
    }
}

#[test]
fn positions() {
    for case in cases("tokens/positions.json") {
        let feature = hex(text(&case, "feature"));
        let found = conformance::positions(
            &key(text(&case, "key")),
            (0, number(&case, "bits")),
            &feature,
            number(&case, "count"),
        );
        assert_eq!(found, numbers(list(&case, "positions")), "{}", case["name"]);
    }
}

#[test]
fn keys() {
    for case in cases("tokens/keys.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let linkage_key = LinkageKey::from_bytes(&hex(text(&case, "linkage_key"))).unwrap();
        let run = crate::run(&case, Task::Link);
        assert_eq!(schema.digest().to_string(), text(&case, "digest"));
        assert_eq!(linkage_key.fingerprint(&run).to_string(), text(&case, "key_id"));
        assert_eq!(schema.epoch() as usize, number(&case, "epoch"));
        for expected in list(&case, "keys") {
            let (purpose, view, name) =
                (text(expected, "purpose"), text(expected, "view"), text(expected, "name"));
            let found = conformance::plain_key((&linkage_key, &schema), &run, (purpose, view, name));
            assert_eq!(found, key(text(expected, "key")), "{}: {purpose} {view} {name}", case["name"]);
        }
    }
}

/// Positions of the encoder's columns in the records of a case.
pub(crate) fn places(case: &Value, encoder: &Encoder) -> Vec<usize> {
    let columns = list(case, "columns");
    let place = |wanted: &String| columns.iter().position(|column| column == wanted);
    encoder.columns().iter().map(|wanted| place(wanted).unwrap()).collect()
}

#[test]
fn end_to_end() {
    for case in cases("tokens/end-to-end.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        assert_eq!(schema.digest().to_string(), text(&case, "digest"));
        let linkage_key = LinkageKey::from_bytes(&hex(text(&case, "linkage_key"))).unwrap();
        let run = crate::run(&case, Task::Link);
        let encoder = Encoder::new(&schema, &linkage_key, &run, &nobody()).unwrap();
        let records = list(&case, "records");
        let places = places(&case, &encoder);
        let value = |row: usize, column: usize| records[row][places[column]].as_str().unwrap();
        let encoded = encoder.worker().encode(records.len(), 1, &value).unwrap();
        let rows: Vec<u64> = encoded.records.iter().map(|&record| u64::from(record)).collect();
        assert_eq!(serde_json::json!(rows), case["rows"], "{}: rows of each record", case["name"]);
        let row_bytes = schema.token_bytes();
        let views = schema.view_names();
        assert_eq!(case["tokens"].as_object().unwrap().len(), views.len());
        for (index, view) in views.iter().enumerate() {
            let expected = list(&case["tokens"], view);
            assert_eq!(expected.len(), rows.len());
            for (row, expected) in expected.iter().enumerate() {
                let what = format!("{}: view {view}, row {row}", case["name"]);
                let token = &encoded.views[index][row * row_bytes..(row + 1) * row_bytes];
                assert_eq!(encoded.present[index][row], !expected.is_null(), "{what}");
                if let Some(sha) = expected["sha256"].as_str() {
                    assert_eq!(Sha256::digest(token).to_vec(), hex(sha), "{what}");
                } else if let Some(base64) = expected["base64"].as_str() {
                    assert_eq!(STANDARD.encode(token), base64, "{what}");
                } else {
                    assert!(expected.is_null(), "{what}: unknown form");
                }
            }
        }
        budgets(&case, &encoder, &views);
    }
}

/// §10, before ids of rare and frequent blocks are suppressed.
#[test]
fn blocks() {
    for case in cases("tokens/blocks.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let linkage_key = LinkageKey::from_bytes(&hex(text(&case, "linkage_key"))).unwrap();
        let encoder = Encoder::new(&schema, &linkage_key, &Run::default(), &nobody()).unwrap();
        let records = list(&case, "records");
        let places = places(&case, &encoder);
        // Repeated, so that there are more rows than one block of the worker.
        let rows = 8 * records.len();
        let value =
            |row: usize, column: usize| records[row % records.len()][places[column]].as_str().unwrap();
        let encoded = encoder.worker().encode(rows, 1, &value).unwrap();
        let passes = list(&case, "passes");
        let names: Vec<&str> = passes.iter().map(|pass| text(pass, "name")).collect();
        assert_eq!(schema.pass_names(), names, "{}", case["name"]);
        assert_eq!(encoded.blocks.len(), names.len(), "{}", case["name"]);
        for ((pass, name), found) in passes.iter().zip(names).zip(&encoded.blocks) {
            let expected = list(pass, "ids");
            assert_eq!((found.len(), encoded.records.len()), (8 * expected.len(), 8 * expected.len()));
            for (row, (found, expected)) in found.iter().zip(expected.iter().cycle()).enumerate() {
                let found = found.map(|id| id.to_bytes().to_vec());
                assert_eq!(found, expected.as_str().map(hex), "{}: pass {name}, row {row}", case["name"]);
            }
        }
    }
}

/// §6: bits that each field of each view gets.
pub(crate) fn budgets(case: &Value, encoder: &Encoder, views: &[&str]) {
    let found = conformance::budgets(encoder);
    for (view, found) in views.iter().zip(found) {
        let expected = case["budgets"][view].as_object().unwrap();
        assert_eq!(found.len(), expected.len());
        for (field, budget) in found {
            assert_eq!(Some(budget as u64), expected[&field].as_u64(), "{}: {view} {field}", case["name"]);
        }
    }
}
