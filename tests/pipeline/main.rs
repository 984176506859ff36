//! The main workflow from plaintext files to links, as run by custodians and linkage unit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod pairs;

use std::path::Path;

use std::collections::{BTreeMap, BTreeSet};

use mizuhiki_columnar::{Format, ReadOptions, Source, read_links, read_pairs, read_tokens};
use mizuhiki_custodian::{EncodeJob, EncodeSummary, IdPolicy, LinkageKey, encode_file};
use mizuhiki_evaluate::{
    JapanSpec, LinkTableAccuracy, Population, PopulationSpec, Rates, link_table_accuracy, make_japan,
    write_truth,
};
use mizuhiki_exchange::{CustodianId, Run, RunName, SymbolReader as _, Task};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{Files, LinkJob, SearchOptions, link_files};
use mizuhiki_schema::LinkageSchema;

const FIVE: &str = include_str!("../../protocols/schema/examples/people-five-fields.json");
const KANJI: &str = include_str!("../../protocols/schema/examples/people-ja-kanji.json");
const KANA: &str = include_str!("../../protocols/schema/examples/people-ja-kana.json");

fn encode(folder: &Path, name: &str, output: &str, threads: usize) -> EncodeSummary {
    encode_by(FIVE, Task::Link, folder, (name, output), threads)
}

fn encode_by(
    schema: &str,
    task: Task,
    folder: &Path,
    (name, output): (&str, &str),
    threads: usize,
) -> EncodeSummary {
    let schema = LinkageSchema::parse(schema).unwrap();
    let key = LinkageKey::from_bytes(&[9; 32]).unwrap();
    let job = EncodeJob {
        input: Source::Path(folder.join(format!("{name}.csv"))),
        options: ReadOptions::default(),
        schema: &schema,
        key: &key,
        output: Target::Path(folder.join(output)),
        custodian: CustodianId::new(name).unwrap(),
        run: Run { task, name: RunName::new("test").unwrap(), ..Run::default() },
        id_column: None,
        ids: IdPolicy::Keep,
        threads,
    };
    encode_file(job, &|_, _| {}).unwrap()
}

fn link(folder: &Path, left: &str, right: &str, output: &str, threads: usize) -> Vec<u8> {
    let files = Files::Between(Source::Path(folder.join(left)), Source::Path(folder.join(right)));
    let job = LinkJob {
        search: SearchOptions { threads, ..SearchOptions::default() },
        ..LinkJob::new(files, Target::Path(folder.join(output)))
    };
    link_files(&job, &|_, _, _, _| {}).unwrap();
    std::fs::read(folder.join(output)).unwrap()
}

/// Hospital and registry of a small town, with the ground truth.
fn town(folder: &Path) {
    let population = Population::make(&PopulationSpec { people: 1_500, seed: 3 });
    for holder in &population.holders {
        holder.write(&Target::Path(folder.join(format!("{}.csv", holder.name)))).unwrap();
    }
    write_truth(&population.truth(0, 2), &Target::Path(folder.join("truth.csv"))).unwrap();
}

#[test]
fn links_are_right_and_depend_on_neither_row_order_nor_threads_nor_format() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    town(folder);
    encode(folder, "hospital", "hospital.parquet", 1);
    encode(folder, "registry", "registry.parquet", 2);
    let links = link(folder, "hospital.parquet", "registry.parquet", "links.csv", 2);

    // Encoding again shuffles differently; other input formats give the same tokens.
    encode(folder, "hospital", "hospital.arrow", 2);
    encode(folder, "registry", "registry.csv.tsv", 1);
    encode(folder, "registry", "registry.csv.csv", 1);
    let lines = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap().replace('\t', ",");
        let id = |line: &str| line.split(',').next().unwrap_or_default().to_owned();
        text.lines().skip(2).map(id).collect::<Vec<_>>()
    };
    let (mut once, mut twice) = (lines("registry.csv.tsv"), lines("registry.csv.csv"));
    assert_ne!(once, twice, "rows are shuffled");
    once.sort();
    twice.sort();
    assert_eq!(once, twice);
    assert_eq!(links, link(folder, "hospital.arrow", "registry.csv.tsv", "again.csv", 1));

    let truth = read_pairs(&Source::Path(folder.join("truth.csv"))).unwrap();
    let judged =
        link_table_accuracy(&read_links(&Source::Path(folder.join("links.csv"))).unwrap(), &truth, false);
    assert!(judged.matches.f1 > 0.97, "{judged:?}");
}

#[test]
fn tokens_are_a_function_of_record_schema_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    town(folder);
    let tokens = |output: &str, threads| {
        let summary = encode(folder, "hospital", output, threads);
        let file = read_tokens(&Source::Path(folder.join(output))).unwrap();
        let symbols = file.symbols.unwrap();
        let mut all: BTreeMap<u32, BTreeSet<u64>> = BTreeMap::new();
        let each = symbols.per_record();
        let mut take = |records: &[u32], symbols: &[u64]| {
            all.extend(
                records.iter().zip(symbols.chunks(each)).map(|(&r, s)| (r, s.iter().copied().collect())),
            );
        };
        symbols.read(&mut take).unwrap();
        (summary.symbols.unwrap(), all)
    };
    let ((report, one), (_, four)) = (tokens("one.parquet", 1), tokens("four.parquet", 4));
    // Random symbols differ. The others are in both, and are all that were not suppressed.
    let common: usize = one.iter().map(|(record, symbols)| symbols.intersection(&four[record]).count()).sum();
    assert_eq!(common as u64, report.real - report.suppressed);
    assert!(report.suppressed < report.real / 20, "{report:?}");
    assert!(one.values().all(|symbols| symbols.len() as u64 == report.per_record));
}

#[test]
fn random_ids_come_with_a_map_that_leads_back() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    town(folder);
    let schema = LinkageSchema::parse(FIVE).unwrap();
    let key = LinkageKey::random().unwrap();
    let job = EncodeJob {
        input: Source::Path(folder.join("hospital.csv")),
        options: ReadOptions::default(),
        schema: &schema,
        key: &key,
        output: Target::Path(folder.join("hospital.parquet")),
        custodian: CustodianId::new("hospital").unwrap(),
        run: Run::default(),
        id_column: None,
        ids: IdPolicy::Random { map: Some(Target::Path(folder.join("map.csv"))) },
        threads: 2,
    };
    let summary = encode_file(job, &|_, _| {}).unwrap();
    let set = read_tokens(&Source::Path(folder.join("hospital.parquet"))).unwrap().set;
    let map = std::fs::read_to_string(folder.join("map.csv")).unwrap();
    let mut lines = map.lines();
    assert_eq!(lines.next(), Some("token_id,rec_id"));
    let mut mapped: Vec<&str> = lines.map(|line| line.split_once(',').unwrap().0).collect();
    let mut found: Vec<&str> = (0..set.len()).map(|row| set.ids().get(row)).collect();
    assert_eq!(mapped.len() as u64, summary.records);
    mapped.sort_unstable();
    found.sort_unstable();
    assert_eq!(mapped, found);
    assert!(found.iter().all(|id| id.len() == 20 && !id.starts_with('H')));
}

/// Insurer and bank of a Japanese town, linked to its registry: the insurer by kanji, the bank by readings.
#[test]
fn japanese_people_are_linked_in_kanji_and_by_readings() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = JapanSpec {
        people: 1_500,
        seed: 7,
        rates: Rates::default(),
        municipality: Some("26105".to_owned()),
        format: Format::Csv,
    };
    make_japan(&spec, folder, &|_, _| {}).unwrap();
    let judge = |schema: &str, holder: &str| -> LinkTableAccuracy {
        encode_by(schema, Task::Link, folder, (holder, "left.arrow"), 2);
        encode_by(schema, Task::Link, folder, ("registry", "right.arrow"), 2);
        let links = link(folder, "left.arrow", "right.arrow", "links.csv", 2);
        encode_by(schema, Task::Link, folder, ("registry", "again.arrow"), 1);
        assert_eq!(links, link(folder, "left.arrow", "again.arrow", "links.csv", 1));
        let truth = folder.join(format!("truth-{holder}-registry.csv"));
        let links = read_links(&Source::Path(folder.join("links.csv"))).unwrap();
        link_table_accuracy(&links, &read_pairs(&Source::Path(truth)).unwrap(), false)
    };
    let kanji = judge(KANJI, "insurer").matches;
    assert!(kanji.f1 > 0.99, "{kanji:?}");
    let kana = judge(KANA, "bank").matches;
    assert!(kana.precision.value > 0.98 && kana.recall.value > 0.93, "{kana:?}");
}
