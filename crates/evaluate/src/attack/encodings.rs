//! What an attacker computes from plaintext, and the weak encodings that serve as controls.

use mizuhiki_encode::{EncodeError, Encoder, LinkageKey};
use mizuhiki_exchange::{CustodianId, Run, RunName, Task};
use mizuhiki_schema::{LinkageSchema, SchemaBody};
use serde_json::{Value, json};

use crate::attack::people::PeopleList;
use crate::attack::sight::FilterSight;

/// Whose key: nobody else can know the first, and an attacker has only its own.
#[derive(Clone, Copy)]
pub(crate) enum KeyOf {
    Custodians,
    Attacker,
}

impl KeyOf {
    fn key(self, seed: u64) -> Result<LinkageKey, EncodeError> {
        let letter = match self {
            Self::Custodians => 'c',
            Self::Attacker => 'a',
        };
        // Text, because secrets of clkhash are text.
        LinkageKey::from_bytes(format!("{letter}{seed:031x}").as_bytes())
    }
}

/// The linkage key that the laboratory encodes with: predictable, for nothing else.
///
/// # Errors
/// Never; the length of a key is fixed.
pub fn laboratory_key(seed: u64) -> Result<LinkageKey, EncodeError> {
    KeyOf::Custodians.key(seed)
}

/// An attacker's own key.
///
/// # Errors
/// Never; the length of a key is fixed.
pub(crate) fn attacker_key(seed: u64) -> Result<LinkageKey, EncodeError> {
    KeyOf::Attacker.key(seed)
}

/// One plain filter of all fields, one row per record: what an attacker who knows the schema computes from its
/// list, and regresses on.
pub(crate) fn whole_filter(schema: &LinkageSchema) -> LinkageSchema {
    let SchemaBody::Tokens(body) = schema.body() else { return schema.clone() };
    let Ok(mut document) = serde_json::from_str::<Value>(schema.canonical()) else { return schema.clone() };
    let fields: Vec<&str> = body.fields.iter().map(|field| field.name.as_str()).collect();
    document["profile"] = "plain".into();
    document["views"] = json!([{ "name": "whole", "fields": fields, "minPresentWeight": 0.01 }]);
    document["filter"] = json!({ "bits": 1024 });
    document["limits"] = json!({ "maxAlternatives": 1, "maxRepeatedShare": 1.0 });
    if let Some(members) = document.as_object_mut() {
        ["symbols", "confirm", "blocking", "knownPairs"].iter().for_each(|member| {
            members.remove(*member);
        });
    }
    // Changed members are valid whatever the others are.
    LinkageSchema::parse(&document.to_string()).unwrap_or_else(|_| schema.clone())
}

/// The cryptographic long-term key of the literature (Schnell, Bachteler and Reiher 2009): all bigrams of
/// the normalized values in one filter of 1,024 bits, ten each.
pub(crate) fn clk_schema(fields: usize) -> Option<LinkageSchema> {
    let feature = |field: usize| {
        json!({
            "identifier": format!("field{field}"),
            "format": { "type": "string", "encoding": "utf-8" },
            "hashing": {
                "comparison": { "type": "ngram", "n": 2 },
                "strategy": { "bitsPerToken": 10 },
                "hash": { "type": "blakeHash" }
            }
        })
    };
    let features: Vec<Value> = (0..fields).map(feature).collect();
    let document = json!({
        "version": 3,
        "clkConfig": {
            "l": 1024,
            "kdf": { "type": "HKDF", "hash": "SHA256", "info": "", "salt": "AAAA", "keySize": 64 }
        },
        "features": features
    });
    LinkageSchema::parse(&document.to_string()).ok()
}

/// Filters of a list under a key of this seed; the first row of each record.
pub(crate) fn filters(
    schema: &LinkageSchema,
    (key, seed): (KeyOf, u64),
    people: &PeopleList,
) -> Result<FilterSight, EncodeError> {
    let encoder = Encoder::new(schema, &key.key(seed)?, &run(), &custodian())?;
    encode(&encoder, people.len(), &|row, column| people.value(row, column))
}

/// CLKs of a list: [`clk_schema`] over its normalized values.
pub(crate) fn clks((key, seed): (KeyOf, u64), people: &PeopleList) -> Result<FilterSight, EncodeError> {
    let fields = if people.is_empty() { 0 } else { people.texts(0).len() };
    let Some(schema) = clk_schema(fields) else { return Ok(FilterSight::default()) };
    let encoder = Encoder::new(&schema, &key.key(seed)?, &run(), &custodian())?;
    encode(&encoder, people.len(), &|row, column| &people.texts(row)[column])
}

fn encode<'v>(
    encoder: &Encoder,
    records: usize,
    value: &(dyn Fn(usize, usize) -> &'v str + Sync),
) -> Result<FilterSight, EncodeError> {
    let encoded = encoder.worker().encode(records, 1, &|row, column| value(row, column))?;
    let rows = encoded.records.len().max(1);
    let bytes: Vec<usize> = encoded.views.iter().map(|view| view.len() / rows).collect();
    let words = bytes.iter().map(|bytes| bytes.div_ceil(8)).sum();
    let mut sight = FilterSight { words, ..FilterSight::default() };
    let mut last = u32::MAX;
    for (row, &record) in encoded.records.iter().enumerate() {
        if record == last {
            if let Some(rows) = sight.rows.last_mut() {
                *rows += 1;
            }
            continue;
        }
        last = record;
        sight.rows.push(1);
        for (view, &bytes) in encoded.views.iter().zip(&bytes) {
            sight.bits.extend(view[row * bytes..(row + 1) * bytes].chunks(8).map(word));
        }
    }
    Ok(sight)
}

/// A word as token files are read (`BitRows`), so that equal filters are equal here.
fn word(bytes: &[u8]) -> u64 {
    let mut whole = [0; 8];
    whole[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(whole)
}

/// The real symbols of each record of a list, before any is suppressed.
pub(crate) fn real_symbols(
    schema: &LinkageSchema,
    (key, seed): (KeyOf, u64),
    people: &PeopleList,
) -> Result<Vec<Vec<u64>>, EncodeError> {
    let encoder = Encoder::new(schema, &key.key(seed)?, &run(), &custodian())?;
    let encoded = encoder.worker().encode(people.len(), 1, &|row, column| people.value(row, column))?;
    Ok(encoded.symbols.iter().map(<[u64]>::to_vec).collect())
}

/// The run that the laboratory encodes for.
#[must_use]
pub fn run() -> Run {
    Run { task: Task::Link, name: RunName::new("laboratory").unwrap_or_default(), ..Run::default() }
}

/// The custodian of whatever the laboratory encodes itself.
pub(crate) fn custodian() -> CustodianId {
    match CustodianId::new("left") {
        Ok(custodian) => custodian,
        Err(_) => unreachable!("a plain word names a custodian"),
    }
}
