//! `protocols/04-matching.md`.

use mizuhiki_bits::BitRows;
use mizuhiki_exchange::{
    Classification, Comparable, CustodianId, KeyId, RecordIds, Run, TokenMeta, TokenSet, View,
};
use mizuhiki_match::{Assignment, Calibration, Candidate, choose, similarity_of};
use mizuhiki_schema::{LinkageSchema, Similarity, Thresholds};
use serde_json::{Value, json};

use crate::{cases, hex, list, number, text};

/// One record with these tokens, of a schema with one field a view.
fn record(case: &Value, side: &str) -> TokenSet {
    let tokens = list(case, side);
    let other = list(case, if side == "left" { "right" } else { "left" });
    let bytes = tokens
        .iter()
        .chain(other)
        .find_map(|token| token.as_str().map(|digits| digits.len() / 2))
        .unwrap_or(8);
    let name = |index: usize| format!("v{index}");
    let count = number(case, "views");
    let field = |index| json!({ "name": name(index), "kind": "text", "features": [{ "type": "exact" }] });
    let document = json!({
        "format": "mizuhiki-linkage-schema", "version": 1, "name": "t", "locale": { "pack": "en-Latn" },
        "profile": "plain",
        "fields": (0..count).map(field).collect::<Vec<_>>(),
        "views": (0..count).map(|index| json!({ "name": name(index), "fields": [name(index)] })).collect::<Vec<_>>(),
        "filter": { "bits": bytes * 8 },
        "thresholds": { "accept": case["accept"], "borderline": case["borderline"] }
    });
    let schema = LinkageSchema::parse(&document.to_string())
        .unwrap_or_else(|error| panic!("{}: {error}", case["name"]));
    let mut ids = RecordIds::default();
    ids.push("1").unwrap();
    let views = tokens.iter().enumerate().map(|(index, token)| {
        let mut rows = BitRows::new(bytes * 8);
        match token.as_str() {
            Some(digits) => rows.push_bytes(&hex(digits)).unwrap(),
            None => rows.push_zero(),
        }
        View { name: name(index), rows, present: vec![!token.is_null()] }
    });
    let meta = TokenMeta {
        schema,
        key_id: KeyId::from_bytes([0; 8]),
        custodian: CustodianId::new(side).unwrap(),
        run: Run::default(),
    };
    TokenSet::new(Some(meta), ids, views.collect(), Vec::new()).unwrap()
}

#[test]
fn similarities_and_classes() {
    for case in cases("matching/similarity.json") {
        let (left, right) = (record(&case, "left"), record(&case, "right"));
        let comparable = Comparable::between(&left, &right).unwrap();
        let similarity = similarity_of(&comparable, 0, 0);
        let expected = case["similarity"].as_f64().unwrap();
        assert!((similarity - expected).abs() <= 1e-12, "{}: {similarity}, not {expected}", case["name"]);
        let thresholds: Thresholds = comparable.thresholds();
        let class = Classification::of(Similarity::new(similarity).unwrap(), thresholds);
        assert_eq!(class.name(), text(&case, "class"), "{}", case["name"]);
    }
}

fn ids(pairs: &[Value], side: usize) -> RecordIds {
    // In the order in which they occur: links must not depend on it.
    let mut found: Vec<&str> = Vec::new();
    for id in pairs.iter().map(|pair| pair[side].as_str().unwrap()) {
        if !found.contains(&id) {
            found.push(id);
        }
    }
    let mut ids = RecordIds::default();
    found.into_iter().for_each(|id| ids.push(id).unwrap());
    ids
}

fn row(ids: &RecordIds, id: &Value) -> u32 {
    (0..ids.len()).position(|row| ids.get(row) == id.as_str().unwrap()).unwrap() as u32
}

#[test]
fn assignments() {
    for case in cases("matching/assignment.json") {
        let pairs = list(&case, "pairs");
        let within = case["one_file"].as_bool().unwrap();
        let (left_ids, right_ids) = if within {
            let flat: Vec<Value> =
                pairs.iter().flat_map(|pair| [json!([pair[0]]), json!([pair[1]])]).collect();
            (ids(&flat, 0), ids(&flat, 0))
        } else {
            (ids(pairs, 0), ids(pairs, 1))
        };
        let (left, right) = (
            TokenSet::new(None, left_ids, Vec::new(), Vec::new()).unwrap(),
            TokenSet::new(None, right_ids, Vec::new(), Vec::new()).unwrap(),
        );
        let borderline = case["borderline"].as_f64().unwrap();
        let candidates: Vec<Candidate> = pairs
            .iter()
            .map(|pair| Candidate {
                left: row(left.ids(), &pair[0]),
                right: row(right.ids(), &pair[1]),
                similarity: pair[2].as_f64().unwrap(),
            })
            .filter(|candidate| candidate.similarity >= borderline)
            .collect();
        let choose = |assignment: Assignment| {
            let sizes = (left.len(), right.len());
            let chosen = choose(assignment, candidates.clone(), sizes, within, borderline);
            let show = |c: &Candidate| {
                json!([left.ids().get(c.left as usize), right.ids().get(c.right as usize), c.similarity])
            };
            chosen.iter().map(show).collect::<Vec<Value>>()
        };
        assert_eq!(choose(Assignment::Many), list(&case, "many"), "{}: many", case["name"]);
        assert_eq!(choose(Assignment::Greedy), list(&case, "greedy"), "{}: greedy", case["name"]);
        if within {
            continue;
        }
        let optimal = choose(Assignment::Optimal);
        let units = |similarity: f64| (similarity * 1e9).round() as i64;
        let total: i64 =
            optimal.iter().map(|link| units(link[2].as_f64().unwrap()) - units(borderline) + 1).sum();
        assert_eq!(Some(total), case["optimal_total"].as_i64(), "{}: optimal", case["name"]);
        if let Some(only) = case["optimal"].as_array() {
            assert_eq!(&optimal, only, "{}: optimal", case["name"]);
        }
    }
}

pub(crate) fn floats(values: &Value) -> Vec<f64> {
    let mut floats: Vec<f64> =
        values.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
    floats.sort_by(f64::total_cmp);
    floats
}

#[test]
fn calibrations() {
    for case in cases("matching/calibration.json") {
        let mut scores = floats(&case["scores"]);
        scores.reverse();
        let strangers: Vec<Vec<f64>> = list(&case, "strangers").iter().map(floats).collect();
        let records: Vec<usize> =
            list(&case, "records").iter().map(|count| count.as_u64().unwrap() as usize).collect();
        let (left, right) = (records[0], records[records.len() - 1]);
        let calibration = Calibration::from_scores(scores, &strangers, left, right);
        let close = |found: f64, expected: &Value, what: &str| {
            let expected = expected.as_f64().unwrap();
            let near = (found - expected).abs() <= 1e-8 * expected.abs().max(1e-3);
            assert!(near, "{}: {what} {found}, not {expected}", case["name"]);
        };
        for (found, expected) in calibration.false_links().iter().zip(list(&case, "false_positives")) {
            close(*found, expected, "false links");
        }
        close(calibration.accept(), &case["accept"], "accept");
        close(calibration.borderline(), &case["borderline"], "borderline");
        for expected in list(&case, "expected") {
            let found = calibration.expect(expected["threshold"].as_f64().unwrap());
            close(found.precision, &expected["precision"], "precision");
            close(found.recall, &expected["recall"], "recall");
        }
    }
}
