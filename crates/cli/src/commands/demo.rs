//! `mizuhiki demo`: registry, insurer and bank of a Japanese city through the whole flow.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mizuhiki_columnar::{Format, LinkRow, LinkWriter, ReadOptions, Source, read_links};
use mizuhiki_custodian::{EncodeJob, IdPolicy, KeyKind, KeySource, encode_file, read_key, write_new_key};
use mizuhiki_evaluate::{JapanSpec, LinkTableAccuracy, Manifest, Rates, make_japan};
use mizuhiki_exchange::{Classification, CustodianId, Run, RunName, Task, compare_links};
use mizuhiki_files::{Access, Target, WriteFile};
use mizuhiki_linkage_unit::{Files, LinkJob, LinkSummary, SearchOptions};
use mizuhiki_schema::LinkageSchema;
use serde::Serialize;

use crate::args::tools::Demo;
use crate::commands::common::threads;
use crate::commands::demo_confirm::{Confirmation, Confirming, DemoHolder, Demonstrated};
use crate::commands::judge::judge;
use crate::commands::link::run_job;
use crate::commands::schema::read_usable_schema;
use crate::progress::{Progress, grouped};
use crate::say::Say;

/// Maximum number of pairs per record that are confirmed: enough for a demonstration.
const PAIRS_A_RECORD: u32 = 1;

/// Number of links that are confirmed if no pair is borderline.
const WEAKEST: usize = 12;

/// Kanazawa.
const CITY: &str = "17201";

/// A custodian whose records are linked to the registry's, and the schema.
struct Pair {
    holder: &'static str,
    /// Description of the common attributes.
    script: &'static str,
    schema: &'static str,
    report: &'static str,
    /// Whether the weakest links are confirmed if no pair is borderline.
    shows_confirmation: bool,
}

const PAIRS: [Pair; 2] = [
    Pair {
        holder: "insurer",
        script: "kanji",
        schema: include_str!("../../../../protocols/schema/examples/people-ja-kanji.json"),
        report: "report.html",
        shows_confirmation: false,
    },
    Pair {
        holder: "bank",
        script: "kana",
        schema: include_str!("../../../../protocols/schema/examples/people-ja-kana.json"),
        report: "report-bank-registry.html",
        shows_confirmation: true,
    },
];

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
    /// Absent if there was nothing to confirm.
    confirmation: Option<Confirmation>,
    /// Whether the weakest links were confirmed, because no pair was borderline.
    weakest: bool,
}

pub(super) fn run(demo: &Demo, say: &Say) -> anyhow::Result<()> {
    let folder = demo.output.as_path();
    let spec = JapanSpec {
        people: demo.people,
        seed: demo.seed,
        rates: Rates::default(),
        municipality: Some(CITY.to_owned()),
        format: Format::Csv,
    };
    let manifest = make_japan(&spec, folder, &|_, _| ())?;
    let key_path = folder.join("linkage.key");
    if !key_path.exists() {
        write_new_key(&Target::Path(key_path))?;
    }
    let confirming = Confirming::begin(folder)?;
    let links = PAIRS
        .iter()
        .map(|pair| link_pair(folder, pair, &confirming))
        .collect::<anyhow::Result<Vec<DemoLink>>>()?;
    let summary = DemoSummary { folder: folder.display().to_string(), people: demo.people, links };
    say.result(&summary, &describe(&summary, &manifest), false);
    Ok(())
}

/// The work of the two custodians and the linkage unit, and the evaluation against the ground truth.
fn link_pair(folder: &Path, pair: &Pair, confirming: &Confirming) -> anyhow::Result<DemoLink> {
    let Pair { holder, script, .. } = pair;
    let schema_path = folder.join(format!("schema-{script}.json"));
    let mut schema_file = WriteFile::create(&Target::Path(schema_path.clone()), Access::Shared)?;
    schema_file
        .write_all(pair.schema.as_bytes())
        .with_context(|| format!("{}: cannot write", schema_path.display()))?;
    schema_file.commit()?;
    let schema = read_usable_schema(&schema_path)?;
    let left = encode(folder, holder, script, &schema)?;
    let right = encode(folder, "registry", script, &schema)?;
    let links = folder.join(format!("links-found-{holder}-registry.csv"));
    let report = folder.join(pair.report);
    let files = Files::Between(Source::Path(left.clone()), Source::Path(right.clone()));
    let mut job = LinkJob {
        search: SearchOptions { threads: threads(None), ..SearchOptions::default() },
        report: Some(Target::Path(report.clone())),
        ..LinkJob::new(files, Target::Path(links.clone()))
    };
    let summary = run_job(&job)?;
    let truth = folder.join(format!("truth-{holder}-registry.csv"));
    let accuracy = judge(&Source::Path(links.clone()), &Source::Path(truth.clone()), false)?;
    let to_confirm = folder.join(format!("links-to-confirm-{holder}-registry.csv"));
    job.output = Target::Path(to_confirm.clone());
    job.report = None;
    job.for_confirm = Some(PAIRS_A_RECORD);
    let borderline = run_job(&job)?.borderline;
    let weakest = borderline == 0 && pair.shows_confirmation;
    if weakest {
        ask_for_weakest(&links, &job.output)?;
    }
    let demonstrated = Demonstrated {
        links: to_confirm,
        left: DemoHolder { name: holder, tokens: left },
        right: DemoHolder { name: "registry", tokens: right },
        schema: &schema,
    };
    let confirm = || confirming.confirm(&demonstrated, &truth);
    let confirmation = (borderline > 0 || weakest).then(confirm).transpose()?;
    let shown = |path: &Path| path.display().to_string();
    let (links, report) = (shown(&links), shown(&report));
    Ok(DemoLink { left: holder, right: "registry", links, report, summary, accuracy, confirmation, weakest })
}

/// If nothing is borderline: the same links with the weakest marked as borderline, so that there is something
/// to confirm.
fn ask_for_weakest(links: &Path, output: &Target) -> anyhow::Result<()> {
    let mut rows = read_links(&Source::Path(links.to_owned()))?;
    rows.sort_by(compare_links);
    let first = rows.len().saturating_sub(WEAKEST);
    let mut writer = LinkWriter::create(output, false)?;
    for (at, link) in rows.iter().enumerate() {
        let class = if at < first { link.class } else { Classification::Borderline };
        writer.push(&LinkRow { class, flag: None, ..link.into() })?;
    }
    Ok(writer.finish()?)
}

/// A custodian's file as tokens.
fn encode(folder: &Path, holder: &str, script: &str, schema: &LinkageSchema) -> anyhow::Result<PathBuf> {
    let (key, _) = read_key(&KeySource::Path(folder.join("linkage.key")), KeyKind::Linkage)?;
    let tokens = folder.join(format!("{holder}-{script}.parquet"));
    let progress = Progress::new("records");
    let job = EncodeJob {
        input: Source::Path(folder.join(format!("{holder}.csv"))),
        options: ReadOptions::default(),
        schema,
        key: &key,
        output: Target::Path(tokens.clone()),
        custodian: CustodianId::new(holder)?,
        run: Run { task: Task::Link, project: RunName::new("demo")?, name: RunName::new(script)? },
        id_column: Some("record_id".to_owned()),
        // Own ids, so that the links can be evaluated.
        ids: IdPolicy::Keep,
        threads: threads(None),
    };
    encode_file(job, &|records, share| progress.update(records, share))?;
    Ok(tokens)
}

fn describe(summary: &DemoSummary, manifest: &Manifest) -> String {
    let rows = |holder: &str| {
        let name = format!("{holder}.csv");
        manifest.files.iter().find(|file| file.file == name).map_or(0, |file| file.rows)
    };
    let holders = ["registry", "insurer", "bank"].map(|holder| format!("{holder} {}", grouped(rows(holder))));
    let mut text = format!(
        "{} synthetic people of a Japanese city, as recorded by three data custodians: {}\n\
         Registry and insurer have names in kanji, the insurer with some characters lost; the bank has kana only,\n\
         so the registry encodes probable readings of names. The linkage unit saw tokens only.\n\n\
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
    if summary.links.iter().any(|link| link.weakest) {
        text.push_str(&format!(
            "\nno pair is borderline: to show how they are decided under encryption, the {WEAKEST} weakest links are asked for"
        ));
    }
    text.push_str(
        "\nthe same, borderline pairs decided under encryption: computed by the linkage unit and again by a custodian, opened by\n\
         an authority that sees only masked bits\n",
    );
    for link in &summary.links {
        let Some(confirmed) = &link.confirmation else { continue };
        let judged = &confirmed.accuracy.matches;
        text.push_str(&format!(
            "{:<22} {:>9} {:>10} {:>11} {:>10.4} {:>8.4} {:>8.4}   {} pairs, {:.0} ms each\n",
            format!("{} – {}", link.left, link.right),
            grouped(confirmed.applied.matches),
            grouped(confirmed.applied.borderline),
            grouped(judged.true_links),
            judged.precision.value,
            judged.recall.value,
            judged.f1,
            grouped(confirmed.applied.asked),
            confirmed.milliseconds_each
        ));
    }
    text.push_str(&format!(
        "\nEverything is in {}; open {} in a browser.\n",
        summary.folder, summary.links[0].report
    ));
    text
}
