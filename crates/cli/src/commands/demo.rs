//! `mizuhiki demo`: three custodians' made people through the whole flow.

use std::path::Path;

use anyhow::Context as _;
use mizuhiki_columnar::{ReadOptions, Source, Target};
use mizuhiki_custodian::{EncodeJob, IdPolicy, KeyKind, KeySource, encode_file, read_key, write_new_key};
use mizuhiki_evaluate::{LinkTableAccuracy, Population, PopulationSpec, write_truth};
use mizuhiki_exchange::CustodianId;
use mizuhiki_linkage_unit::{Assignment, LinkJob, LinkSummary, SearchOptions};
use mizuhiki_schema::LinkageSchema;
use serde::Serialize;

use crate::args::Demo;
use crate::commands::evaluate::judge;
use crate::commands::link::run_job;
use crate::commands::schema::read_usable_schema;
use crate::commands::threads;
use crate::progress::{Progress, grouped};
use crate::say::Say;

const SCHEMA: &str = include_str!("../../../../protocols/schema/examples/people-five-fields.json");

/// Holders that are linked, by index, and the name of the report.
const PAIRS: [(usize, usize, &str); 3] =
    [(0, 2, "report.html"), (1, 2, "report-insurer-registry.html"), (0, 1, "report-hospital-insurer.html")];

#[derive(Serialize)]
struct DemoSummary {
    folder: String,
    people: u32,
    links: Vec<DemoLink>,
}

#[derive(Serialize)]
struct DemoLink {
    left: &'static str,
    right: &'static str,
    links: String,
    report: String,
    summary: LinkSummary,
    accuracy: LinkTableAccuracy,
}

pub(super) fn run(demo: &Demo, say: &Say) -> anyhow::Result<()> {
    let folder = demo.output.as_path();
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: cannot make the folder", folder.display()))?;
    let population = Population::make(&PopulationSpec { people: demo.people as usize, seed: demo.seed });
    for holder in &population.holders {
        holder.write(&Target::Path(folder.join(format!("{}.csv", holder.name))))?;
    }
    encode_all(folder, &population)?;
    let mut links = Vec::new();
    for (left, right, report) in PAIRS {
        links.push(link_pair(folder, &population, (left, right), report)?);
    }
    let summary = DemoSummary { folder: folder.display().to_string(), people: demo.people, links };
    say.result(&summary, &describe(&summary, &population), false);
    Ok(())
}

/// What each custodian does, with one key and one schema.
fn encode_all(folder: &Path, population: &Population) -> anyhow::Result<()> {
    let schema_path = folder.join("schema.json");
    std::fs::write(&schema_path, SCHEMA)
        .with_context(|| format!("{}: cannot write", schema_path.display()))?;
    let schema: LinkageSchema = read_usable_schema(&schema_path)?;
    let key_path = folder.join("linkage.key");
    if !key_path.exists() {
        write_new_key(&Target::Path(key_path.clone()))?;
    }
    let (key, _) = read_key(&KeySource::Path(key_path), KeyKind::Linkage)?;
    for holder in &population.holders {
        let progress = Progress::new("records");
        let job = EncodeJob {
            input: Source::Path(folder.join(format!("{}.csv", holder.name))),
            options: ReadOptions::default(),
            schema: &schema,
            key: &key,
            output: Target::Path(folder.join(format!("{}.parquet", holder.name))),
            custodian: CustodianId::new(holder.name)?,
            id_column: Some("rec_id".to_owned()),
            // Own ids, so that the links can be judged by the truth.
            ids: IdPolicy::Keep,
            threads: threads(None),
        };
        encode_file(job, &|records, share| progress.update(records, share))?;
    }
    Ok(())
}

/// What the linkage unit does, and what a researcher sees who knows the truth.
fn link_pair(
    folder: &Path,
    population: &Population,
    pair: (usize, usize),
    report: &str,
) -> anyhow::Result<DemoLink> {
    let (left, right) = (population.holders[pair.0].name, population.holders[pair.1].name);
    let path = |name: String| folder.join(name);
    let truth = path(format!("truth-{left}-{right}.csv"));
    write_truth(&population.truth(pair.0, pair.1), &Target::Path(truth.clone()))?;
    let (links, report) = (path(format!("links-{left}-{right}.csv")), path(report.to_owned()));
    let job = LinkJob {
        left: Source::Path(path(format!("{left}.parquet"))),
        right: Source::Path(path(format!("{right}.parquet"))),
        output: Target::Path(links.clone()),
        search: SearchOptions { threads: threads(None), ..SearchOptions::default() },
        assignment: Assignment::Optimal,
        top: None,
        candidates: None,
        write_candidates: None,
        report: Some(Target::Path(report.clone())),
    };
    let summary = run_job(&job)?;
    let accuracy = judge(&Source::Path(links.clone()), &Source::Path(truth), false)?;
    let shown = |path: &Path| path.display().to_string();
    Ok(DemoLink { left, right, links: shown(&links), report: shown(&report), summary, accuracy })
}

fn describe(summary: &DemoSummary, population: &Population) -> String {
    let holders: Vec<String> = population
        .holders
        .iter()
        .map(|holder| format!("{} {}", holder.name, grouped(holder.people.len() as u64)))
        .collect();
    let mut text = format!(
        "{} made people, written down by three data custodians with errors of their own: {}\n\
         Each custodian encoded its file with the shared key; the linkage unit saw tokens only.\n\n\
         {:<22} {:>9} {:>10} {:>11} {:>10} {:>8} {:>8}\n",
        grouped(u64::from(summary.people)),
        holders.join(", "),
        "linked",
        "matches",
        "borderline",
        "true links",
        "precision",
        "recall",
        "F1"
    );
    for link in &summary.links {
        let judged = &link.accuracy.matches;
        text.push_str(&format!(
            "{:<22} {:>9} {:>10} {:>11} {:>10.4} {:>8.4} {:>8.4}\n",
            format!("{} – {}", link.left, link.right),
            grouped(link.summary.matches),
            grouped(link.summary.borderline),
            grouped(judged.true_links),
            judged.precision.value,
            judged.recall.value,
            judged.f1
        ));
    }
    text.push_str(&format!(
        "\nEverything is in {}; open {} in a browser.\n",
        summary.folder, summary.links[0].report
    ));
    text
}
