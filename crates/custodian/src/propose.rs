//! A linkage schema proposed from a file's header and values.

use mizuhiki_columnar::{ReadOptions, Source, TableReader};
use mizuhiki_encode::tables_digest;
use mizuhiki_locale::{Pack, packs};
use serde_json::{Value, json};

use crate::CustodianError;
use crate::ids::is_id_header;

/// Values of a column that are looked at.
const SAMPLE_ROWS: usize = 1_000;

/// Views that leave one field out, at most.
const MAX_LEAVE_ONE_OUT: usize = 5;

struct Guess {
    column: String,
    kind: &'static str,
}

/// Proposes a hardened schema for `input`, as pretty JSON with a line end.
///
/// # Errors
/// [`CustodianError`] if the file cannot be read or no column is recognised.
pub fn propose_schema(input: &Source, options: &ReadOptions) -> Result<String, CustodianError> {
    let mut reader = TableReader::open(input, options)?;
    let name = reader.name().to_owned();
    let columns = reader.columns().to_vec();
    let all: Vec<usize> = (0..columns.len()).collect();
    let chunk = reader.next_chunk(&all)?;
    let Some(&pack) = packs().first() else { return Err(CustodianError::NothingToPropose { file: name }) };
    let mut guesses: Vec<Guess> = Vec::new();
    for (index, column) in columns.iter().enumerate().filter(|(_, column)| !is_id_header(column)) {
        let values: Vec<&str> = chunk
            .as_ref()
            .map(|chunk| (0..chunk.rows().min(SAMPLE_ROWS)).map(|row| chunk.get(row, index)).collect())
            .unwrap_or_default();
        if let Some(kind) = pack.guess(column, &values).filter(|kind| rule(kind).is_some())
            && !guesses.iter().any(|guess| guess.kind == kind)
        {
            guesses.push(Guess { column: column.clone(), kind });
        }
    }
    if guesses.is_empty() {
        return Err(CustodianError::NothingToPropose { file: name });
    }
    let mut text = serde_json::to_string_pretty(&document(pack, &guesses)).unwrap_or_default();
    text.push('\n');
    Ok(text)
}

/// Weight of a kind, and whether a view may leave it out.
fn rule(kind: &str) -> Option<(f64, bool)> {
    match kind {
        "given_name" | "surname" | "full_name" | "address" | "phone" | "email" => Some((1.0, true)),
        // A date of birth stays and tells people apart; people move, and many live in one place.
        "date" => Some((2.0, true)),
        "place" => Some((0.6, true)),
        "postcode" => Some((0.4, true)),
        "sex" => Some((0.2, false)),
        _ => None,
    }
}

fn features(kind: &str) -> Value {
    match kind {
        // Digits that differ between people; the century hardly does.
        "date" => json!([
            { "type": "ngram", "n": 2, "positional": true, "padded": false, "positions": [1, 2, 3, 4, 5, 6] },
            { "type": "ngram", "n": 1, "positional": true, "positions": [2, 3, 5, 7] }
        ]),
        "postcode" | "phone" => json!([
            { "type": "ngram", "n": 1, "positional": true },
            { "type": "ngram", "n": 2, "positional": true, "padded": false }
        ]),
        "sex" => json!([{ "type": "exact" }]),
        _ => json!([{ "type": "ngram", "n": 2 }]),
    }
}

/// Name of the field of a column.
fn name(guess: &Guess) -> String {
    let plain: String =
        guess.column.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    plain.to_ascii_lowercase().chars().take(48).collect()
}

/// Few and loose rules over what there is (`protocols/01-linkage-schema.md` §2.3).
fn blocking_rules(guesses: &[Guess]) -> Vec<Value> {
    let part = |kind: &str, rest: Value| {
        let guess = guesses.iter().find(|guess| guess.kind == kind)?;
        let mut part = json!({ "field": name(guess) });
        if let (Some(part), Value::Object(rest)) = (part.as_object_mut(), rest) {
            part.extend(rest);
        }
        Some(part)
    };
    let characters = |range: std::ops::Range<u16>| json!({ "characters": range.collect::<Vec<u16>>() });
    let phonetic = || json!({ "level": "phonetic" });
    let rules = [
        ("surname", vec![part("surname", phonetic())]),
        ("full_name", vec![part("full_name", characters(0..3))]),
        ("birthday", vec![part("date", characters(4..8))]),
        ("place", vec![part("place", characters(0..4)).or_else(|| part("postcode", json!({})))]),
        ("given-year", vec![part("given_name", phonetic()), part("date", characters(0..4))]),
    ];
    let whole = |(name, parts): (&str, Vec<Option<Value>>)| {
        let parts: Vec<Value> = parts.into_iter().collect::<Option<_>>()?;
        Some(json!({ "name": name, "parts": parts }))
    };
    rules.into_iter().filter_map(whole).collect()
}

fn document(pack: &dyn Pack, guesses: &[Guess]) -> Value {
    let field = |guess: &Guess| {
        let (weight, _) = rule(guess.kind).unwrap_or((1.0, true));
        let mut field = json!({
            "name": name(guess), "kind": guess.kind, "weight": weight, "features": features(guess.kind)
        });
        if name(guess) != guess.column {
            field["column"] = json!(guess.column);
        }
        // Exchanged names still agree if equal grams get equal positions.
        if matches!(guess.kind, "given_name" | "surname") {
            field["keyGroup"] = json!("name");
        }
        field
    };
    let digest: String = tables_digest(pack).iter().map(|byte| format!("{byte:02x}")).collect();
    let names: Vec<String> = guesses.iter().map(name).collect();
    let mut views = vec![json!({ "name": "whole", "fields": names, "minPresentWeight": 0.6 })];
    if guesses.len() >= 3 {
        let omissible =
            guesses.iter().filter(|guess| rule(guess.kind).is_some_and(|(_, omissible)| omissible));
        for omitted in omissible.take(MAX_LEAVE_ONE_OUT).map(name) {
            let rest: Vec<&String> = names.iter().filter(|name| **name != omitted).collect();
            views.push(
                json!({ "name": format!("without-{omitted}"), "fields": rest, "minPresentWeight": 0.73 }),
            );
        }
    }
    let rules = blocking_rules(guesses);
    let mut document = json!({
        "format": "mizuhiki-linkage-schema",
        "version": 1,
        "name": "proposed",
        "profile": "hardened",
        "locale": { "pack": pack.name(), "digest": digest },
        "fields": guesses.iter().map(field).collect::<Vec<_>>(),
        "views": views,
        "thresholds": { "accept": 0.82, "borderline": 0.80, "calibrate": true },
        "knownPairs": 10_000
    });
    if !rules.is_empty() {
        document["blocking"] = json!({ "rules": rules });
    }
    document
}
