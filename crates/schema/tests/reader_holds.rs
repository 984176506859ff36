//! The schema reader on arbitrary documents: it reports faults or returns a schema.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step fails the test")]

use mizuhiki_schema::{LinkageSchema, SchemaError};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

const EXAMPLES: [&str; 6] = [
    include_str!("../../../protocols/schema/examples/people-five-fields.json"),
    include_str!("../../../protocols/schema/examples/people-five-fields-plain.json"),
    include_str!("../../../protocols/schema/examples/people-names-dob.json"),
    include_str!("../../../protocols/schema/examples/people-names-dob-plain.json"),
    include_str!("../../../protocols/schema/examples/people-ja-kanji.json"),
    include_str!("../../../protocols/schema/examples/people-ja-kana.json"),
];

fn clkhash() -> Value {
    json!({
        "version": 3,
        "clkConfig": { "l": 1024, "xor_folds": 1, "kdf": { "type": "HKDF", "salt": "AAEC", "keySize": 64 } },
        "features": [
            {
                "identifier": "name",
                "format": { "type": "string", "encoding": "utf-8", "case": "lower", "minLength": 1 },
                "hashing": {
                    "comparison": { "type": "ngram", "n": 2, "positional": true },
                    "strategy": { "bitsPerToken": 20 },
                    "hash": { "type": "doubleHash", "prevent_singularity": true },
                    "missingValue": { "sentinel": "NULL", "replaceWith": "" }
                }
            },
            {
                "identifier": "born",
                "format": { "type": "date", "format": "%Y-%m-%d" },
                "hashing": { "comparison": { "type": "exact" }, "strategy": { "bitsPerFeature": 200 } }
            },
            {
                "identifier": "height",
                "format": { "type": "integer", "minimum": 0, "maximum": 300 },
                "hashing": {
                    "comparison": { "type": "numeric", "thresholdDistance": 5, "resolution": 10 },
                    "strategy": { "bitsPerFeature": 200 }
                }
            },
            { "identifier": "row", "ignored": true }
        ]
    })
}

fn clkhash_version(version: u64) -> Value {
    let feature = |hashing: Value| json!([{ "identifier": "name", "format": { "type": "string" }, "hashing": hashing }]);
    let kdf = json!({ "type": "HKDF" });
    if version == 1 {
        let hashing = json!({ "ngram": 2, "weight": 1 });
        let config = json!({ "l": 1024, "k": 20, "hash": { "type": "doubleHash" }, "kdf": kdf });
        json!({ "version": 1, "clkConfig": config, "features": feature(hashing) })
    } else {
        let hashing = json!({ "ngram": 2, "strategy": { "k": 20 } });
        json!({ "version": 2, "clkConfig": { "l": 1024, "kdf": kdf }, "features": feature(hashing) })
    }
}

/// Parses `text` and checks the properties that hold for every text.
fn check(text: &str) -> Result<LinkageSchema, SchemaError> {
    let parsed = LinkageSchema::parse(text);
    match &parsed {
        Ok(schema) => {
            let again = LinkageSchema::parse(schema.canonical()).unwrap();
            assert_eq!(again.digest(), schema.digest());
            assert_eq!(again.body(), schema.body());
            assert!(schema.token_bytes() > 0 && schema.filter_bits().is_multiple_of(8));
            assert!(!schema.view_names().is_empty());
            assert!(schema.warnings().iter().all(|warning| warning.path.starts_with('$')));
        }
        Err(error) => {
            assert!(!error.faults().is_empty(), "refused without a fault: {text}");
            for fault in error.faults() {
                assert!(fault.path.starts_with('$'), "{fault}");
                assert!(!fault.problem.is_empty() && !fault.fix.is_empty(), "{fault}");
            }
        }
    }
    parsed
}

fn any_value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(vec![json!(0), json!(-1), json!(0.5), json!(64), json!(1e300), json!(9007199254740993_u64)]),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        number,
        "\\PC{0,8}".prop_map(Value::String),
        select(vec!["ngram", "exact", "plain", "hardened", "max-privacy", "date", "numeric", "doubleHash"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec(("[a-z]{1,5}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// JSON pointers of every value below the root.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    for (key, child) in children {
        let pointer = format!("{at}/{key}");
        pointers(child, &pointer, found);
        found.push(pointer);
    }
}

fn documents() -> Vec<Value> {
    let native = EXAMPLES.iter().map(|text| serde_json::from_str(text).unwrap());
    native.chain([clkhash(), clkhash_version(1), clkhash_version(2)]).collect()
}

/// Removes, replaces or repeats the value at a random place.
fn change(document: &mut Value, at: &Index, how: u8, new: &Value) {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    if places.is_empty() {
        return;
    }
    let place = at.get(&places);
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() { Some(&mut *document) } else { document.pointer_mut(parent) };
    match (parent, how) {
        (Some(Value::Object(members)), 0) => drop(members.remove(key)),
        (Some(Value::Array(items)), 0) => drop(items.remove(key.parse().unwrap())),
        (Some(Value::Array(items)), 1) => {
            let item = items[key.parse::<usize>().unwrap()].clone();
            items.push(item);
        }
        _ => *document.pointer_mut(place).unwrap() = new.clone(),
    }
}

/// `value` as JSON with members in another order and blanks between tokens.
fn rewritten(value: &Value, reverse: bool, blank: &str) -> String {
    match value {
        Value::Object(members) => {
            let mut parts: Vec<String> = members
                .iter()
                .map(|(key, value)| {
                    let value = rewritten(value, reverse, blank);
                    format!("{blank}{}{blank}:{blank}{value}{blank}", Value::from(key.as_str()))
                })
                .collect();
            if reverse {
                parts.reverse();
            }
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => {
            let parts: Vec<String> = items.iter().map(|item| rewritten(item, reverse, blank)).collect();
            format!("[{blank}{}{blank}]", parts.join(&format!("{blank},{blank}")))
        }
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn arbitrary_text_gives_faults(
        text in "\\PC{0,60}",
        json in "([\\[\\]{}:,\"]|true|null|-?[0-9]{1,3}|1e999|\\\\u[0-9a-f]{4}|[a-z ]){0,40}",
        value in any_value(),
    ) {
        let _ = check(&text);
        let _ = check(&json);
        let _ = check(&value.to_string());
        for (key, mark) in [("format", json!("mizuhiki-linkage-schema")), ("clkConfig", value.clone())] {
            let mut members = Map::from_iter([("version".to_owned(), json!(1)), (key.to_owned(), mark)]);
            members.insert("features".to_owned(), value.clone());
            members.insert("fields".to_owned(), value.clone());
            let _ = check(&Value::Object(members).to_string());
        }
    }

    #[test]
    fn damaged_text_gives_faults_or_a_schema(
        which in any::<Index>(),
        damage in prop::collection::vec((any::<Index>(), any::<Index>(), "\\PC{0,3}"), 1..4),
    ) {
        let mut text: Vec<char> = which.get(&EXAMPLES).chars().collect();
        for (from, to, new) in damage {
            let (from, to) = (from.index(text.len() + 1), to.index(text.len() + 1));
            // Both short and long corruptions.
            let end = if to % 2 == 0 { from.max(to) } else { (from + to % 5).min(text.len()) };
            text.splice(from..end, new.chars());
        }
        let _ = check(&text.into_iter().collect::<String>());
    }

    #[test]
    fn damaged_documents_give_faults_or_a_schema(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), 0..4_u8, any_value()), 1..4),
    ) {
        let mut document = which.get(&documents()).clone();
        for (at, how, new) in &changes {
            change(&mut document, at, *how, new);
        }
        let _ = check(&document.to_string());
    }

    #[test]
    fn order_and_blanks_do_not_change_the_digest(which in any::<Index>(), reverse: bool, blank in "[ \t\r\n]{0,3}") {
        let document = which.get(&documents()).clone();
        let plain = check(&document.to_string()).unwrap();
        let other = check(&rewritten(&document, reverse, &blank)).unwrap();
        prop_assert_eq!(plain.digest(), other.digest());
        prop_assert_eq!(plain.body(), other.body());
        prop_assert_eq!(plain.canonical(), other.canonical());
    }
}

/// Paths of every object, as JSON pointer and as the path in a fault.
fn objects(value: &Value, pointer: &str, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            found.push((pointer.to_owned(), path.to_owned()));
            for (key, child) in members {
                objects(child, &format!("{pointer}/{key}"), &format!("{path}.{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                objects(child, &format!("{pointer}/{index}"), &format!("{path}[{index}]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn unknown_members_are_refused_at_every_level() {
    for text in EXAMPLES {
        let mut document: Value = serde_json::from_str(text).unwrap();
        // Every object that a native document may have, and both types of feature.
        document["fields"][0]["features"] = json!([{ "type": "exact" }, { "type": "ngram", "n": 2 }]);
        check(&document.to_string()).unwrap();
        let mut found = Vec::new();
        objects(&document, "", "$", &mut found);
        assert!(found.len() > 8);
        for (pointer, path) in found {
            let mut changed = document.clone();
            let object = changed.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
            object.insert("surprise".to_owned(), json!(1));
            let error = check(&changed.to_string()).unwrap_err();
            let fault = &error.faults()[0];
            assert_eq!(
                (fault.path.as_str(), fault.problem.as_str()),
                (&*format!("{path}.surprise"), "unknown member")
            );
            assert_eq!(error.faults().len(), 1, "{error}");
        }
    }
}

#[test]
fn repeated_members_are_refused_at_every_level() {
    let text = EXAMPLES[0];
    for member in ["\"version\": 2,", "\"kind\": \"date\",", "\"pack\": \"en-Latn\",", "\"bits\": 1024,"] {
        assert!(text.contains(member), "{member}");
        let error = check(&text.replacen(member, &format!("{member}{member}"), 1)).unwrap_err();
        assert!(error.to_string().contains("occurs twice"), "{error}");
    }
}

#[test]
fn deep_and_large_documents_are_refused() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        check(&deep).unwrap_err();
        check(&format!("{{\"format\": \"mizuhiki-linkage-schema\", \"fields\": {deep}}}")).unwrap_err();
    }
    let large = format!("{{\"clkConfig\": \"{}\"}}", "x".repeat(mizuhiki_schema::MAX_SCHEMA_BYTES));
    check(&large).unwrap_err();
}

#[test]
fn faults_of_clkhash_schemas_are_named() {
    check(&clkhash().to_string()).unwrap();
    let hashing = "/features/0/hashing";
    let numeric = "/features/2/hashing/comparison";
    let cases: &[(&str, Value, &str)] = &[
        ("/version", json!(4), "$.version"),
        ("/version", json!("3"), "$.version"),
        ("/clkConfig", json!(1), "$.clkConfig"),
        ("/clkConfig/l", json!(1020), "$.clkConfig.l"),
        ("/clkConfig/l", json!(0), "$.clkConfig.l"),
        ("/clkConfig/l", json!(1e9), "$.clkConfig.l"),
        ("/clkConfig/l", json!(-8), "$.clkConfig.l"),
        ("/clkConfig/l", Value::Null, "$.clkConfig.l"),
        ("/clkConfig/xor_folds", json!(11), "$.clkConfig.xor_folds"),
        ("/clkConfig/kdf", json!({}), "$.clkConfig.kdf.type"),
        ("/clkConfig/kdf/type", json!("legacy"), "$.clkConfig.kdf.type"),
        ("/clkConfig/kdf/salt", json!("?"), "$.clkConfig.kdf.salt"),
        ("/clkConfig/kdf/salt", json!(5), "$.clkConfig.kdf.salt"),
        ("/clkConfig/kdf/keySize", json!(0), "$.clkConfig.kdf.keySize"),
        ("/clkConfig/kdf/keySize", json!(4096), "$.features"),
        ("/features", json!([]), "$.features"),
        ("/features", json!({}), "$.features"),
        ("/features/0", json!("name"), "$.features[0]"),
        ("/features/0/identifier", json!(1), "$.features[0].identifier"),
        ("/features/3/ignored", json!("yes"), "$.features[3].ignored"),
        ("/features/0/format/type", json!("text"), "$.features[0].format.type"),
        ("/features/0/format/encoding", json!("latin-1"), "$.features[0].format.encoding"),
        ("/features/0/format/case", json!("title"), "$.features[0].format.case"),
        ("/features/0/format/minLength", json!(-1), "$.features[0].format.minLength"),
        ("/features/1/format/format", json!(1), "$.features[1].format.format"),
        ("/features/1/format", json!({ "type": "enum" }), "$.features[1].format.values"),
        ("/features/1/format", json!({ "type": "enum", "values": [1] }), "$.features[1].format.values[0]"),
        ("/features/2/format/minimum", json!(0.5), "$.features[2].format.minimum"),
        (hashing, json!({}), "$.features[0].hashing.comparison"),
        ("/features/0/hashing/comparison/type", json!("fuzzy"), "$.features[0].hashing.comparison.type"),
        ("/features/0/hashing/comparison/n", json!(0), "$.features[0].hashing.comparison.n"),
        (
            "/features/0/hashing/comparison/positional",
            json!(1),
            "$.features[0].hashing.comparison.positional",
        ),
        ("/features/0/hashing/strategy", json!({}), "$.features[0].hashing.strategy"),
        (
            "/features/0/hashing/strategy/bitsPerToken",
            json!(0),
            "$.features[0].hashing.strategy.bitsPerToken",
        ),
        ("/features/0/hashing/hash/type", json!("md5"), "$.features[0].hashing.hash.type"),
        (
            "/features/0/hashing/missingValue/sentinel",
            json!(0),
            "$.features[0].hashing.missingValue.sentinel",
        ),
        (numeric, json!({ "type": "numeric" }), "$.features[2].hashing.comparison.thresholdDistance"),
        (
            "/features/2/hashing/comparison/thresholdDistance",
            json!(0.2),
            "$.features[2].hashing.comparison.thresholdDistance",
        ),
        (
            "/features/2/hashing/comparison/resolution",
            json!(0),
            "$.features[2].hashing.comparison.resolution",
        ),
    ];
    for (pointer, value, path) in cases {
        let mut document = clkhash();
        *document.pointer_mut(pointer).unwrap() = value.clone();
        let error = check(&document.to_string()).unwrap_err();
        assert!(error.faults().iter().any(|fault| fault.path == *path), "{pointer} = {value}: {error}");
    }
}

#[test]
fn faults_of_older_clkhash_schemas_are_named() {
    let cases = [
        (1, "/clkConfig/k", json!(0), "$.clkConfig.k"),
        (1, "/clkConfig/hash", json!({}), "$.clkConfig.hash.type"),
        (1, "/features/0/hashing/ngram", json!(65), "$.features[0].hashing.ngram"),
        (1, "/features/0/hashing/weight", json!(-1), "$.features[0].hashing.weight"),
        (2, "/features/0/hashing/ngram", json!(0), "$.features[0].hashing.ngram"),
        (2, "/features/0/hashing/strategy", json!({ "bitsPerToken": 20 }), "$.features[0].hashing.strategy"),
    ];
    for (version, pointer, value, path) in cases {
        let mut document = clkhash_version(version);
        check(&document.to_string()).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        let error = check(&document.to_string()).unwrap_err();
        assert!(error.faults().iter().any(|fault| fault.path == path), "{pointer}: {error}");
    }
}
