//! Pair tokens, one thread: records sealed per second, and the search tokens of the same records; links
//! compared per second, and the same comparison of the plaintext.
//!
//! Criterion's time is for all records or links; divide by their number, which follows each name.

#![allow(clippy::expect_used, reason = "a failed step ends the bench")]

use std::collections::HashMap;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mizuhiki_columnar::Format;
use mizuhiki_encode::{Encoder, LinkageKey, PairEncoder, PlainValue};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan, plain_outcome};
use mizuhiki_exchange::{CustodianId, Run, Side};
use mizuhiki_match::audit::PairComparison;
use mizuhiki_schema::{AuditSchema, LinkageSchema};

/// Holder, audit schema, and the linkage schema of the same people.
const CASES: [(&str, &str, &str); 2] =
    [("insurer", "audit-ja-kanji", "people-ja-kanji"), ("bank", "audit-ja-kana", "people-ja-kana")];

fn example(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocols/schema/examples");
    std::fs::read_to_string(folder.join(format!("{name}.json"))).expect("an example schema")
}

/// Rows of a table by their columns.
fn table(path: &Path) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).expect("a table of synthetic people");
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn pairs(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for synthetic people");
    let spec = JapanSpec {
        people: 20_000,
        seed: 1,
        rates: Rates::default(),
        municipality: None,
        format: Format::Csv,
    };
    make_japan(&spec, folder.path(), &|_, _| {}).expect("synthetic people");
    let key = LinkageKey::from_bytes(&[7; 32]).expect("a key");
    let registry: HashMap<String, HashMap<String, String>> = table(&folder.path().join("registry.csv"))
        .into_iter()
        .map(|row| (row["record_id"].clone(), row))
        .collect();
    let mut group = criterion.benchmark_group("pairs");
    group.sample_size(10);
    for (holder, audit, linkage) in CASES {
        let people = table(&folder.path().join(format!("{holder}.csv")));
        let of: HashMap<&str, &HashMap<String, String>> =
            people.iter().map(|row| (row["record_id"].as_str(), row)).collect();
        let links = table(&folder.path().join(format!("links-{holder}-registry.csv")));
        let schema = AuditSchema::parse(&example(audit)).expect("an audit schema");
        let encoders = [(holder, Side::Left), ("registry", Side::Right)]
            .map(|of| PairEncoder::new(&schema, &key, &Run::default(), of).expect("an encoder"));
        let search = LinkageSchema::parse(&example(linkage)).expect("a linkage schema");
        let custodian = CustodianId::new(holder).expect("a name");
        let search = Encoder::new(&search, &key, &Run::default(), &custodian).expect("an encoder");
        let values = |columns: &[String], row: &HashMap<String, String>| -> Vec<String> {
            columns.iter().map(|column| row.get(column).cloned().unwrap_or_default()).collect()
        };
        let sides: Vec<(&str, [Vec<String>; 2])> = links
            .iter()
            .map(|link| {
                let (left, right) = (of[link["left_id"].as_str()], &registry[&link["right_id"]]);
                (link["handle"].as_str(), [left, right].map(|row| values(encoders[0].columns(), row)))
            })
            .collect();
        group.throughput(Throughput::Elements(sides.len() as u64));
        for (side, name) in [(0, holder), (1, "registry")] {
            let mut worker = encoders[side].worker();
            let mut rows = Vec::new();
            group.bench_function(format!("seal {name}, {audit}, {} records", sides.len()), |bencher| {
                bencher.iter(|| {
                    rows.clear();
                    for (at, (handle, values)) in sides.iter().enumerate() {
                        worker.read(1, &|column| &values[side][column]).expect("a record");
                        let neighbor = |offset: isize| {
                            sides.get((at as isize + offset) as usize).map(|(handle, _)| *handle)
                        };
                        worker.seal(handle, &neighbor, &mut rows);
                    }
                    black_box(&rows);
                });
            });
        }
        let searched: Vec<Vec<String>> =
            links.iter().map(|link| values(search.columns(), of[link["left_id"].as_str()])).collect();
        let mut worker = search.worker();
        group.bench_function(
            format!("search tokens of {holder}, {linkage}, {} records", searched.len()),
            |bencher| {
                bencher.iter(|| {
                    black_box(
                        worker
                            .encode(searched.len(), 1, &|row, column| &searched[row][column])
                            .expect("records"),
                    );
                });
            },
        );
        compare(&mut group, &schema, &encoders, &sides);
    }
    group.finish();
}

/// Links compared on tokens and on plaintext.
fn compare(
    group: &mut criterion::BenchmarkGroup<'_, criterion::measurement::WallTime>,
    schema: &AuditSchema,
    encoders: &[PairEncoder; 2],
    sides: &[(&str, [Vec<String>; 2])],
) {
    let comparison = PairComparison::new(schema);
    let name = &schema.body().name;
    let mut workers = encoders.each_ref().map(PairEncoder::worker);
    let mut sealed: [Vec<Vec<u8>>; 2] = Default::default();
    let mut plain: [Vec<Vec<Vec<PlainValue>>>; 2] = Default::default();
    for (handle, values) in sides {
        for side in 0..2 {
            let worker = &mut workers[side];
            worker.read(1, &|column| &values[side][column]).expect("a record");
            let mut row = Vec::new();
            worker.seal(handle, &|_| None, &mut row);
            sealed[side].push(row);
            plain[side].push(worker.plain());
        }
    }
    group.bench_function(format!("compare, {name}, {} links", sides.len()), |bencher| {
        bencher.iter(|| {
            for (left, right) in sealed[0].iter().zip(&sealed[1]) {
                black_box(comparison.compare(left, right));
            }
        });
    });
    group.bench_function(format!("compare the plaintext, {name}, {} links", sides.len()), |bencher| {
        bencher.iter(|| {
            for (left, right) in plain[0].iter().zip(&plain[1]) {
                for (at, comparison) in schema.body().comparisons.iter().enumerate() {
                    black_box(plain_outcome(&left[at], &right[at], comparison));
                }
            }
        });
    });
}

criterion_group!(benches, pairs);
criterion_main!(benches);
