//! Records encoded per second, one thread: one hardened view, six, and clkhash.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mizuhiki_encode::{Encoder, LinkageKey};
use mizuhiki_evaluate::{Population, PopulationSpec};
use mizuhiki_exchange::{CustodianId, Run};
use mizuhiki_schema::LinkageSchema;

const FIVE: &str = include_str!("../../protocols/schema/examples/people-five-fields.json");

fn one_view() -> String {
    let mut schema: serde_json::Value = serde_json::from_str(FIVE).unwrap_or_default();
    if let Some(views) = schema["views"].as_array_mut() {
        views.truncate(1);
    }
    schema.to_string()
}

fn clkhash() -> String {
    let feature = |name: &str, positional: bool| {
        serde_json::json!({ "identifier": name, "format": { "type": "string" }, "hashing": {
            "comparison": { "type": "ngram", "n": if positional { 1 } else { 2 }, "positional": positional },
            "strategy": { "bitsPerFeature": 100 }, "hash": { "type": "blakeHash" } } })
    };
    let features = [
        ("given_name", false),
        ("surname", false),
        ("date_of_birth", true),
        ("suburb", false),
        ("postcode", true),
    ];
    let features: Vec<_> = features.into_iter().map(|(name, positional)| feature(name, positional)).collect();
    serde_json::json!({ "version": 3, "clkConfig": { "l": 1024, "kdf": { "type": "HKDF" } }, "features": features }).to_string()
}

fn encode(criterion: &mut Criterion) {
    let population = Population::make(&PopulationSpec { people: 20_000, seed: 1 });
    let people = &population.holders[2].people;
    let value = |row: usize, column: usize| match column {
        0 => people[row].given_name.as_str(),
        1 => people[row].surname.as_str(),
        2 => people[row].date_of_birth.as_str(),
        3 => people[row].suburb.as_str(),
        _ => people[row].postcode.as_str(),
    };
    let mut group = criterion.benchmark_group("encode");
    group.throughput(Throughput::Elements(people.len() as u64)).sample_size(20);
    for (name, schema) in
        [("hardened, one view", one_view()), ("hardened, six views", FIVE.to_owned()), ("clkhash", clkhash())]
    {
        let (Ok(schema), Ok(key)) = (LinkageSchema::parse(&schema), LinkageKey::from_bytes(&[7; 32])) else {
            unreachable!("the schemas are good")
        };
        let Ok(custodian) = CustodianId::new("bench") else { unreachable!("a good name") };
        let Ok(encoder) = Encoder::new(&schema, &key, &Run::default(), &custodian) else {
            unreachable!("the schemas are good")
        };
        let mut worker = encoder.worker();
        group.bench_function(name, |bencher| {
            bencher.iter(|| worker.encode(people.len(), 1, &value).map(|rows| rows.records.len()));
        });
    }
    group.finish();
}

criterion_group!(benches, encode);
criterion_main!(benches);
