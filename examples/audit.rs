//! Two custodians encode the links between their records, a linkage unit finds those that are probably wrong.
//!
//! `cargo run -p mizuhiki-tests --example audit`

use std::error::Error;
use std::path::Path;

use mizuhiki_columnar::{Format, ReadOptions, Source};
use mizuhiki_custodian::{HandleSource, LinkageKey, PairJob, encode_pairs};
use mizuhiki_evaluate::{JapanSpec, Rates, make_japan};
use mizuhiki_exchange::{CustodianId, Run, RunName, Side, Task};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{AuditJob, ReviewLength, audit_files};
use mizuhiki_schema::AuditSchema;

const SCHEMA: &str = include_str!("../protocols/schema/examples/audit-ja-kanji.json");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    let spec = JapanSpec {
        people: 4_000,
        seed: 1,
        rates: Rates::default(),
        municipality: Some("17201".to_owned()),
        format: Format::Csv,
    };
    make_japan(&spec, folder.path(), &|_, _| ())?;

    let schema = AuditSchema::parse(SCHEMA)?;
    let key = LinkageKey::random().ok_or("the system has no randomness")?;
    encode(folder.path(), ("insurer", Side::Left, "left_id"), &schema, &key)?;
    encode(folder.path(), ("registry", Side::Right, "right_id"), &schema, &key)?;

    let job = AuditJob {
        left: Source::Path(path("insurer.pairs.arrow")),
        right: Source::Path(path("registry.pairs.arrow")),
        output: Target::Path(path("findings.csv")),
        batch_output: None,
        label: None,
        report: Some(Target::Path(path("report.html"))),
        review: Some((ReviewLength::Auto, Target::Path(path("review.csv")))),
        proposals: None,
        all: false,
        memory: None,
    };
    let found = audit_files(&job, &|_, _, _| ())?;
    println!(
        "{} links, about {:.1} wrong ({:.1} to {:.1}); {} findings, {} on the review list",
        found.links,
        found.expected_wrong,
        found.expected_wrong_low,
        found.expected_wrong_high,
        found.findings,
        found.review_auto
    );
    if found.links == 0 || found.findings == 0 {
        return Err("this table has wrong links, and none was found".into());
    }
    Ok(())
}

/// What a custodian does with its own table and the table of links.
fn encode(
    folder: &Path,
    (name, side, column): (&str, Side, &str),
    schema: &AuditSchema,
    key: &LinkageKey,
) -> Result<(), Box<dyn Error>> {
    let job = PairJob {
        input: Source::Path(folder.join(format!("{name}.csv"))),
        options: ReadOptions::default(),
        schema,
        key,
        output: Target::Path(folder.join(format!("{name}.pairs.arrow"))),
        custodian: CustodianId::new(name)?,
        run: Run { task: Task::Audit, name: RunName::new("2026-11")?, ..Run::default() },
        side,
        handles: HandleSource::Links {
            links: Source::Path(folder.join("links-insurer-registry.csv")),
            handle: "handle".to_owned(),
            record: column.to_owned(),
            id: "record_id".to_owned(),
        },
        labels: Vec::new(),
        number_column: None,
        threads: 1,
    };
    let summary = encode_pairs(job, &|_, _| ())?;
    println!("{name}: {} links, {} decoys", summary.links, summary.decoys);
    Ok(())
}

#[test]
fn it_audits() {
    main().unwrap();
}
