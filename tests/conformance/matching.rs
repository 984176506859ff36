//! `protocols/04-matching.md`.

use mizuhiki_bits::BitRows;
use mizuhiki_exchange::{
    Classification, Comparable, CustodianId, KeyId, RecordIds, Run, TokenMeta, TokenSet, ViewTokens,
};
use mizuhiki_match::{
    Assignment, Calibration, Candidate, CommonLaw, Counts, Scale, WithinFile, choose, similarity_of,
};
use mizuhiki_schema::{LinkageSchema, Similarity, Thresholds};
use serde_json::{Value, json};

use crate::{cases, hex, list, number, text};

/// One record with these tokens, of a schema with one field per view.
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
        ViewTokens { name: name(index), rows, present: vec![!token.is_null()] }
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
    // In order of occurrence, on which links must not depend.
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

#[test]
fn calibrations() {
    for case in cases("matching/calibration.json") {
        let name = &case["name"];
        let records: Vec<usize> =
            list(&case, "records").iter().map(|count| count.as_u64().unwrap() as usize).collect();
        let (left, right) = (records[0], records.get(1).copied());
        let schema = case["schema"].as_str().map(example);
        let scale = match &schema {
            Some(schema) => {
                let law = CommonLaw::new(schema.symbols().unwrap(), left, right);
                Scale::of_symbols(law, schema, right.is_none()).unwrap()
            }
            None => Scale::of_filters(case["but_for_a_field"].as_f64().unwrap()),
        };
        assert_eq!(scale.solid() as u64, case["solid"].as_u64().unwrap(), "{name}: solid");
        let counted = |key: &str| {
            let mut counts = vec![0; scale.levels()];
            for pair in list(&case, key) {
                counts[pair[0].as_u64().unwrap() as usize] = pair[1].as_u64().unwrap();
            }
            counts
        };
        let counts = Counts {
            scale,
            lowest: case["lowest"].as_u64().unwrap() as usize,
            links: counted("links"),
            pairs: counted("pairs"),
            left,
            right,
        };
        let within = |file: &Value| {
            let mut pairs = vec![0.0; scale.levels()];
            for pair in file["pairs"].as_array().unwrap() {
                pairs[pair[0].as_u64().unwrap() as usize] = pair[1].as_f64().unwrap();
            }
            WithinFile::new(pairs, file["of"].as_f64().unwrap())
        };
        let files: Vec<WithinFile> = list(&case, "within").iter().map(within).collect();
        let calibration = Calibration::new(&counts, &files);
        let close = |found: f64, expected: f64, what: &str| {
            assert!((found - expected).abs() <= 1e-7, "{name}: {what} {found}, not {expected}");
        };
        for pair in list(&case, "probability") {
            let level = pair[0].as_u64().unwrap() as usize;
            let found = calibration.probability(scale.floor(level));
            close(found, pair[1].as_f64().unwrap(), &format!("probability of level {level}"));
        }
        for (found, key) in [(calibration.accept(), "accept"), (calibration.borderline(), "borderline")] {
            let expected = case[key].as_u64().map(|level| scale.floor(level as usize));
            assert_eq!(found, expected, "{name}: {key}");
        }
        assert_eq!(calibration.is_of_many(), case["of_many"].as_bool().unwrap(), "{name}");
        for expected in list(&case, "expected") {
            let found = calibration.expect(scale.floor(expected["level"].as_u64().unwrap() as usize));
            close(found.precision, expected["precision"].as_f64().unwrap(), "precision");
            close(found.recall, expected["recall"].as_f64().unwrap(), "recall");
        }
    }
}

fn example(name: &str) -> LinkageSchema {
    let path = format!("{}/../protocols/schema/examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    LinkageSchema::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}
