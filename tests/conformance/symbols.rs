//! Sealed symbols: `protocols/03-tokens.md` §2, §6–8, `protocols/04-matching.md` §3, §8.

use std::collections::BTreeMap;

use mizuhiki_encode::{Encoder, LinkageKey, conformance};
use mizuhiki_exchange::{Classification, CustodianId, Run, Task};
use mizuhiki_match::CommonLaw;
use mizuhiki_schema::{LinkageSchema, SchemaBody, Similarity, Thresholds};
use serde_json::{Value, json};

use crate::tokens::{budgets, numbers, places};
use crate::{cases, hex, key, list, number, text};

fn run(case: &Value) -> Run {
    crate::run(case, Task::from_name(text(case, "task")).unwrap())
}

/// Symbols in the upper bits, as hexadecimal digits of `bytes` bytes.
fn digits(symbol: u64, bytes: usize) -> String {
    symbol.to_be_bytes()[..bytes].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn keys_of_runs() {
    for case in cases("tokens/run-keys.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let linkage_key = LinkageKey::from_bytes(&hex(text(&case, "linkage_key"))).unwrap();
        assert_eq!(schema.digest().to_string(), text(&case, "digest"), "{}", case["name"]);
        assert_eq!(
            linkage_key.fingerprint(&run(&case)).to_string(),
            text(&case, "key_id"),
            "{}",
            case["name"]
        );
        assert_eq!(schema.epoch() as usize, number(&case, "epoch"), "{}", case["name"]);
        // Salt and extracted key are intermediate; only the results are compared.
        assert!(text(&case, "salt").len() == 64 && text(&case, "prk").len() == 64, "{}", case["name"]);
        for expected in list(&case, "keys") {
            let names = (text(expected, "purpose"), text(expected, "view"), text(expected, "name"));
            let of = (&run(&case), text(&case, "custodian"));
            let found = conformance::run_key((&linkage_key, &schema), of, names);
            assert_eq!(found, key(text(expected, "key")), "{}: {names:?}", case["name"]);
        }
    }
}

#[test]
fn segments_and_budgets() {
    for case in cases("tokens/segments.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let SchemaBody::Tokens(body) = schema.body() else { panic!("{}", case["name"]) };
        assert_eq!(schema.symbols().unwrap().per_record, number(&case, "per_record"), "{}", case["name"]);
        let views = schema.view_names();
        for (view, found) in views.iter().zip(conformance::segments(body)) {
            let Some(expected) = case["segments"][view].as_array() else {
                assert!(case["segments"].is_null() && found.len() == 1, "{}: {view}", case["name"]);
                continue;
            };
            let found: Vec<Value> = found
                .into_iter()
                .map(|(group, [start, length, drawn])| json!([group, start, length, drawn]))
                .collect();
            assert_eq!(&found, expected, "{}: {view}", case["name"]);
        }
        let linkage_key = LinkageKey::from_bytes(&[0; 32]).unwrap();
        let encoder =
            Encoder::new(&schema, &linkage_key, &Run::default(), &CustodianId::new("nobody").unwrap())
                .unwrap();
        budgets(&case, &encoder, &views);
    }
}

#[test]
fn positions_in_segments() {
    for case in cases("tokens/segment-positions.json") {
        let segment = (number(&case, "start"), number(&case, "length"));
        let feature = hex(text(&case, "feature"));
        let found =
            conformance::positions(&key(text(&case, "key")), segment, &feature, number(&case, "count"));
        assert_eq!(found, numbers(list(&case, "positions")), "{}", case["name"]);
    }
}

#[test]
fn subsets() {
    for case in cases("tokens/subsets.json") {
        let segment = |segment: &Value| {
            let numbers = numbers(segment.as_array().unwrap());
            [0, 1, 2].map(|at| usize::from(numbers[at]))
        };
        let segments: Vec<[usize; 3]> = list(&case, "segments").iter().map(segment).collect();
        let ends: usize = segments.iter().map(|segment| segment[1]).sum();
        let drawn: usize = segments.iter().map(|segment| segment[2]).sum();
        assert_eq!((ends, drawn), (number(&case, "bits"), number(&case, "positions")), "{}", case["name"]);
        assert!(text(&case, "draw") != "plain" || segments.len() == 1, "{}", case["name"]);
        let expected: Vec<Vec<u16>> =
            list(&case, "subsets").iter().map(|subset| numbers(subset.as_array().unwrap())).collect();
        let found = conformance::subsets(&key(text(&case, "key")), &segments, expected.len());
        assert_eq!(found, expected.concat(), "{}", case["name"]);
    }
}

#[test]
fn single_symbols() {
    for case in cases("tokens/symbols.json") {
        let filter = hex(text(&case, "filter"));
        let width = number(&case, "bits");
        let blocks = list(&case, "blocks");
        for (at, subset) in list(&case, "subsets").iter().enumerate() {
            let subset = numbers(subset.as_array().unwrap());
            let mut bits = vec![0_u8; subset.len() / 8];
            for (place, position) in subset.iter().map(|&position| usize::from(position)).enumerate() {
                let bit = filter[position / 8] >> (7 - position % 8) & 1;
                bits[place / 8] |= bit << (7 - place % 8);
            }
            let number = list(&case, "numbers")[at].as_u64().unwrap() as u16;
            assert!(hex(blocks[at].as_str().unwrap()).starts_with(&bits), "{}: block {number}", case["name"]);
            let found = conformance::symbol(&key(text(&case, "key")), width, number, &bits);
            let expected = list(&case, "symbols")[at].as_str().unwrap();
            assert_eq!(digits(found, width / 8), expected, "{}: {number}", case["name"]);
        }
    }
}

/// Every symbol of whole records, by view and number, and the resulting sets.
#[test]
fn whole_records() {
    for case in cases("tokens/records.json") {
        let schema = LinkageSchema::parse(text(&case, "schema")).unwrap();
        let bytes = schema.symbols().unwrap().bytes();
        let linkage_key = LinkageKey::from_bytes(&hex(text(&case, "linkage_key"))).unwrap();
        let custodian = match text(&case, "custodian") {
            // The name of a custodian is part of the keys of task dedupe only.
            "" => CustodianId::new("anybody").unwrap(),
            name => CustodianId::new(name).unwrap(),
        };
        let encoder = Encoder::new(&schema, &linkage_key, &run(&case), &custodian).unwrap();
        let records = list(&case, "records");
        let places = places(&case, &encoder);
        let value = |row: usize, column: usize| records[row][places[column]].as_str().unwrap();
        let mut worker = encoder.worker();
        let encoded = worker.encode(records.len(), 1, &value).unwrap();
        let rows: Vec<u64> = encoded.records.iter().map(|&record| u64::from(record)).collect();
        assert_eq!(json!(rows), case["rows"], "{}", case["name"]);
        let mut of_rows = Vec::new();
        for record in 0..records.len() {
            let of_record = conformance::row_symbols(&encoder, &|column| value(record, column)).unwrap();
            of_rows.extend(of_record.into_iter().map(|views| {
                let of_view = |view: Option<Vec<u64>>| {
                    view.map(|symbols| symbols.iter().map(|&s| digits(s, bytes)).collect::<Vec<_>>())
                };
                json!(views.into_iter().map(of_view).collect::<Vec<_>>())
            }));
        }
        assert_eq!(&of_rows, list(&case, "symbols"), "{}", case["name"]);
        let mut holders: BTreeMap<u64, usize> = BTreeMap::new();
        for (found, expected) in encoded.symbols.iter().zip(list(&case, "tokens")) {
            let shown: Vec<String> = found.iter().map(|&symbol| digits(symbol, bytes)).collect();
            assert_eq!(json!(shown), expected["symbols"], "{}", case["name"]);
            found.iter().for_each(|&symbol| *holders.entry(symbol).or_default() += 1);
        }
        let cut = list(&case, "tokens").iter().filter(|token| token["cut"] == true).count() as u64;
        assert_eq!(worker.cut_alternatives(), cut, "{}: records that were cut", case["name"]);
        let shared = holders.iter().filter(|(_, holders)| **holders > 1);
        let shared: Vec<String> = shared.map(|(&symbol, _)| digits(symbol, bytes)).collect();
        assert_eq!(json!(shared), case["shared"], "{}", case["name"]);
    }
}

/// A schema of `views` views with these symbols.
fn schema(views: usize, symbols: &Value) -> LinkageSchema {
    let name = |index: usize| format!("v{index}");
    let field = |index| json!({ "name": name(index), "kind": "text", "features": [{ "type": "exact" }] });
    let view = |index| json!({ "name": name(index), "fields": [name(index)] });
    let document = json!({
        "format": "mizuhiki-linkage-schema", "version": 2, "name": "t", "profile": "hardened",
        "locale": { "pack": "en-Latn" }, "fields": (0..views).map(field).collect::<Vec<_>>(),
        "views": (0..views).map(view).collect::<Vec<_>>(), "symbols": symbols,
        "thresholds": { "accept": 0.9, "borderline": 0.8 }
    });
    LinkageSchema::parse(&document.to_string()).unwrap()
}

#[test]
fn similarities_of_common_symbols() {
    for case in cases("matching/symbols.json") {
        let symbols = json!({ "perView": case["per_view"], "positions": case["positions"] });
        let law = CommonLaw::new(schema(number(&case, "views"), &symbols).symbols().unwrap(), 1, None);
        let similarity = law.similarity(number(&case, "common") as u32);
        let expected = case["similarity"].as_f64().unwrap();
        assert!((similarity - expected).abs() <= 1e-12, "{}: {similarity}, not {expected}", case["name"]);
        let thresholds =
            Thresholds::new(case["accept"].as_f64().unwrap(), case["borderline"].as_f64().unwrap()).unwrap();
        let class = Classification::of(Similarity::new(similarity).unwrap(), thresholds);
        assert_eq!(class.name(), text(&case, "class"), "{}", case["name"]);
    }
}

#[test]
fn least_numbers() {
    for case in cases("matching/least.json") {
        let symbols = json!({
            "perView": case["per_view"], "positions": case["positions"], "bits": case["bits"],
            "perRecord": case["per_record"],
        });
        let records: Vec<usize> =
            list(&case, "records").iter().map(|count| count.as_u64().unwrap() as usize).collect();
        let symbols = schema(number(&case, "views"), &symbols).symbols().unwrap();
        let law = CommonLaw::new(symbols, records[0], records.get(1).copied());
        assert_eq!(law.min_common() as usize, number(&case, "least"), "{}", case["name"]);
        let expected = case["expected"].as_f64().unwrap();
        assert!((law.lambda() / expected - 1.0).abs() < 1e-9, "{}: {}", case["name"], law.lambda());
    }
}

/// The definition; `crates/match/tests/join_holds.rs` shows that the join agrees.
#[test]
fn common_symbols() {
    for case in cases("matching/common.json") {
        let left: Vec<&str> = list(&case, "left").iter().map(|symbol| symbol.as_str().unwrap()).collect();
        let right: Vec<&str> = list(&case, "right").iter().map(|symbol| symbol.as_str().unwrap()).collect();
        let common: Vec<&&str> = left.iter().filter(|symbol| right.contains(symbol)).collect();
        assert_eq!(common.len(), number(&case, "common"), "{}", case["name"]);
        assert_eq!(common.iter().min().map(|s| **s), case["smallest"].as_str(), "{}", case["name"]);
        assert!(left.iter().all(|symbol| symbol.len() == 2 * number(&case, "bytes")), "{}", case["name"]);
    }
}
