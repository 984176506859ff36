//! Two custodians encode their tables, a linkage unit links the files.
//!
//! `cargo run -p mizuhiki-tests --example link`

use std::error::Error;
use std::path::Path;

use mizuhiki_columnar::{Format, ReadOptions, Source, read_links, read_pairs};
use mizuhiki_custodian::{EncodeJob, IdPolicy, LinkageKey, encode_file};
use mizuhiki_evaluate::{JapanSpec, Rates, link_table_accuracy, make_japan};
use mizuhiki_exchange::{CustodianId, Run, RunName, Task};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{Files, LinkJob, link_files};
use mizuhiki_schema::LinkageSchema;

const SCHEMA: &str = include_str!("../protocols/schema/examples/people-ja-kanji.json");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let spec = JapanSpec {
        people: 2_000,
        seed: 1,
        rates: Rates::default(),
        municipality: Some("17201".to_owned()),
        format: Format::Csv,
    };
    make_japan(&spec, folder.path(), &|_, _| ())?;

    // The custodians agree on a schema and a key; the linkage unit gets neither the key nor a table.
    let schema = LinkageSchema::parse(SCHEMA)?;
    let key = LinkageKey::random().ok_or("the system has no randomness")?;
    for custodian in ["insurer", "registry"] {
        encode(&path(custodian), custodian, &schema, &key)?;
    }

    let [insurer, registry] = ["insurer.parquet", "registry.parquet"].map(|name| Source::Path(path(name)));
    let job = LinkJob {
        report: Some(Target::Path(path("report.html"))),
        ..LinkJob::new(Files::Between(insurer, registry), Target::Path(path("links.csv")))
    };
    let found = link_files(&job, &|_, _, _, _| ())?;
    println!("{} matches, {} borderline", found.matches, found.borderline);

    // Synthetic people come with the ground truth.
    let links = read_links(&Source::Path(path("links.csv")))?;
    let truth = read_pairs(&Source::Path(path("truth-insurer-registry.csv")))?;
    let accuracy = link_table_accuracy(&links, &truth, false).matches;
    println!("precision {:.3}, recall {:.3}", accuracy.precision.value, accuracy.recall.value);
    if accuracy.f1 < 0.9 {
        return Err("far less accurate than this schema is".into());
    }
    Ok(())
}

/// What a custodian does with its own table.
fn encode(table: &Path, name: &str, schema: &LinkageSchema, key: &LinkageKey) -> Result<(), Box<dyn Error>> {
    let job = EncodeJob {
        input: Source::Path(table.with_extension("csv")),
        options: ReadOptions::default(),
        schema,
        key,
        output: Target::Path(table.with_extension("parquet")),
        custodian: CustodianId::new(name)?,
        run: Run { task: Task::Link, name: RunName::new("2026-11")?, ..Run::default() },
        id_column: Some("record_id".to_owned()),
        // Ids as in the table, for comparison with the ground truth; otherwise random ones and an id map.
        ids: IdPolicy::Keep,
        threads: 1,
    };
    let summary = encode_file(job, &|_, _| ())?;
    println!("{name}: {} records", summary.records);
    Ok(())
}

#[test]
fn it_links() {
    main().unwrap();
}
