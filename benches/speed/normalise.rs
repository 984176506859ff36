//! Values normalized by pack `ja`, one thread, and plain NFKC of the same values.
//!
//! The values are those of synthetic custodians: names with variants and damage, dates in each custodian's
//! own format. Criterion's time is for all values; divide by their number, which follows each name.

#![allow(clippy::expect_used, reason = "a failed step ends the bench")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mizuhiki_columnar::Format;
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan};
use mizuhiki_locale::{Ja, Pack};
use unicode_normalization::UnicodeNormalization;

/// File, column, kind and level.
const COLUMNS: &[[&str; 4]] = &[
    ["insurer.csv", "name_kanji", "kanji", "itaiji"],
    ["insurer.csv", "name_kanji", "kanji_family", "itaiji"],
    ["insurer.csv", "name_kana", "kana", "zengin"],
    ["insurer.csv", "name_kana", "kana", "dakuten"],
    ["bank.csv", "name_kana", "kana", "zengin"],
    ["registry.csv", "birth_date", "date", "day"],
    ["hospital.csv", "birth_date", "date", "day"],
    ["handbook.csv", "birth_date", "date", "day"],
    ["insurer.csv", "birth_date", "date_receipt", "day"],
    ["insurer.csv", "sex", "sex", "code"],
    ["insurer.csv", "postal_code", "postal", "eq"],
    ["insurer.csv", "address", "address", "gaz"],
];

fn normalise(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder for synthetic people");
    let spec = JapanSpec {
        people: 20_000,
        seed: 1,
        rates: Rates::default(),
        municipality: None,
        format: Format::Csv,
    };
    make_japan(&spec, &folder.path().join("people"), &|_, _| {}).expect("synthetic people");
    let mut group = criterion.benchmark_group("normalise");
    for [file, column, kind, level] in COLUMNS {
        let mut table = csv::Reader::from_path(folder.path().join("people").join(file))
            .expect("a table of synthetic people");
        let at =
            table.headers().expect("a header").iter().position(|name| name == *column).expect("the column");
        let values: Vec<String> = table
            .records()
            .map(|record| record.expect("a row")[at].to_owned())
            .filter(|value| !value.is_empty())
            .collect();
        let form = Ja.form(kind, level).expect("a kind and level of the pack");
        let mut out = String::new();
        group.throughput(Throughput::Elements(values.len() as u64)).sample_size(20);
        group.bench_function(
            format!("{kind} {level} of {file} {column}, {} values", values.len()),
            |bencher| {
                bencher.iter(|| {
                    for value in &values {
                        black_box(form.normalize(value, &mut out));
                    }
                });
            },
        );
        group.bench_function(format!("NFKC of {file} {column}, for {kind} {level}"), |bencher| {
            bencher.iter(|| {
                for value in &values {
                    out.clear();
                    out.extend(value.nfkc());
                    black_box(&out);
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, normalise);
criterion_main!(benches);
