//! `mizuhiki evaluate run`: a benchmark that a file describes, from people to bounds.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mizuhiki_columnar::Source;
use mizuhiki_custodian::{EncodeSummary, KeyKind, KeySource, encode_file, read_key, write_new_key};
use mizuhiki_evaluate::{
    AppliedError, BoundOutcome, ClusterAccuracy, LinkEvaluation, Scenario, ScenarioMeasure, ScenarioTask,
    judge_bounds, measures_of_clusters, measures_of_links, parse_scenario,
};
use mizuhiki_exchange::{Run, RunName, Task};
use mizuhiki_files::{ScratchFolder, Target, WriteFolder};
use mizuhiki_linkage_unit::{ClusterJob, ClusterSummary, LinkSummary, cluster_files};
use mizuhiki_schema::LinkageSchema;
use serde::Serialize;

use crate::commands::benchmark::{Bench, InputDigest, Tables, digest, read_description, search};
use crate::commands::describe_accuracy::{describe_clusters, describe_links};
use crate::commands::judge::judge_members;
use crate::commands::search::show;
use crate::progress::{Progress, grouped};
use crate::say::{BeyondLimits, Say};

/// Everything that a run found; `results.json`.
#[derive(Serialize)]
struct ScenarioResults {
    generator: String,
    scenario: Scenario,
    scenario_sha256: String,
    schema_name: String,
    schema_digest: String,
    key_id: String,
    /// The tables that were encoded, and the ground truth.
    inputs: Vec<InputDigest>,
    /// Errors that were added, in order.
    corruption: Vec<AppliedError>,
    #[serde(flatten)]
    outcome: TaskOutcome,
    measures: BTreeMap<&'static str, f64>,
    bounds: Vec<BoundOutcome>,
}

/// What the task found.
#[derive(Serialize)]
#[serde(untagged)]
enum TaskOutcome {
    Links { linkage: Box<LinkSummary>, evaluation: Box<LinkEvaluation> },
    Clusters { linkage: Box<ClusterSummary>, evaluation: Box<ClusterAccuracy> },
}

pub(super) fn run(path: &Path, output: Option<&Path>, say: &Say) -> anyhow::Result<()> {
    let text = read_description(path, "scenario")?;
    let scenario = parse_scenario(&text).with_context(|| path.display().to_string())?;
    let work = |folder: &Path| {
        let bench = Bench { path, benchmark: &scenario.benchmark, folder };
        Work { bench, scenario: &scenario }.run(say)
    };
    let (results, kept) = match output {
        Some(output) => {
            let folder = WriteFolder::create(output)?;
            let results = work(&folder.unfinished_path(""))?;
            let mut file = folder.file("results.json", mizuhiki_files::Access::Shared)?;
            serde_json::to_writer_pretty(&mut file, &results)
                .map_err(anyhow::Error::from)
                .and_then(|()| Ok(file.write_all(b"\n")?))
                .context("results.json: cannot write")?;
            file.commit()?;
            folder.commit()?;
            (results, Some(output.join("results.json").display().to_string()))
        }
        None => (work(ScratchFolder::create()?.path())?, None),
    };
    say.result(&results, &describe(&results, kept.as_deref()), false);
    let missed: Vec<String> =
        results.bounds.iter().filter(|outcome| !outcome.kept).map(describe_missed).collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(BeyondLimits(format!(
        "{}: {} of {} bounds not kept: {}",
        path.display(),
        missed.len(),
        results.bounds.len(),
        missed.join("; ")
    ))
    .into())
}

/// A scenario at work.
struct Work<'a> {
    bench: Bench<'a>,
    scenario: &'a Scenario,
}

impl Work<'_> {
    fn run(&self, say: &Say) -> anyhow::Result<ScenarioResults> {
        let schema = self.bench.schema()?;
        let (tables, corruption) = self.bench.people()?;
        write_new_key(&Target::Path(self.bench.folder.join("linkage.key")))?;
        let mut tokens = Vec::new();
        let (mut records, mut bytes, mut key_id) = (0, 0, String::new());
        for (name, table) in [("left", Some(&tables.left)), ("right", tables.right.as_ref())] {
            let Some(table) = table else { continue };
            let (file, encoded) = self.encode((name, table), tables.id_column.clone(), &schema, say)?;
            bytes +=
                std::fs::metadata(&file).with_context(|| format!("{}: cannot read", file.display()))?.len();
            records += encoded.records;
            key_id = encoded.key_id;
            tokens.push(file);
        }
        let bytes_per_record = bytes as f64 / records.max(1) as f64;
        let (outcome, measures) = match self.scenario.benchmark.method.task {
            ScenarioTask::Link => self.link(&tokens, &tables, bytes_per_record, say)?,
            ScenarioTask::Dedupe => self.dedupe(&tokens, &tables, bytes_per_record, say)?,
        };
        Ok(ScenarioResults {
            generator: concat!("mizuhiki ", env!("CARGO_PKG_VERSION")).to_owned(),
            scenario: self.scenario.clone(),
            scenario_sha256: digest(self.bench.path)?,
            schema_name: schema.name().to_owned(),
            schema_digest: schema.digest().to_string(),
            key_id,
            inputs: tables.digests()?,
            corruption,
            outcome,
            bounds: judge_bounds(&self.scenario.expect, &measures),
            measures: measures.into_iter().map(|(measure, value)| (measure.name(), value)).collect(),
        })
    }

    fn encode(
        &self,
        (name, table): (&str, &Path),
        id_column: Option<String>,
        schema: &LinkageSchema,
        say: &Say,
    ) -> anyhow::Result<(PathBuf, EncodeSummary)> {
        let key = KeySource::Path(self.bench.folder.join("linkage.key"));
        let (key, _) = read_key(&key, KeyKind::Linkage)?;
        let within =
            self.scenario.benchmark.method.task == ScenarioTask::Dedupe && schema.symbols().is_some();
        let run = Run {
            task: if within { Task::Dedupe } else { Task::Link },
            project: RunName::new("scenario")?,
            name: RunName::new("evaluate run")?,
        };
        let progress = Progress::new("records");
        let job = self.bench.encoding((name, table), id_column, (schema, &key), run)?;
        let tokens = PathBuf::from(job.output.name());
        let summary = encode_file(job, &|records, share| progress.update(records, share))?;
        drop(progress);
        summary.warnings.iter().for_each(|warning| say.warn(&format!("{name}: {warning}")));
        Ok((tokens, summary))
    }

    fn link(
        &self,
        tokens: &[PathBuf],
        tables: &Tables,
        bytes_per_record: f64,
        say: &Say,
    ) -> anyhow::Result<(TaskOutcome, BTreeMap<ScenarioMeasure, f64>)> {
        let [left, right] = tokens else { anyhow::bail!("internal error: links need two tables") };
        let progress = Progress::new("pairs");
        let on_progress = |stage, pass: &str, done, total| show(&progress, stage, pass, done, total);
        let (linkage, evaluation) = self.bench.link([left, right], tables, &on_progress)?;
        drop(progress);
        linkage.warnings.iter().for_each(|warning| say.warn(warning));
        let measures = measures_of_links(&evaluation, bytes_per_record);
        let (linkage, evaluation) = (Box::new(linkage), Box::new(evaluation));
        Ok((TaskOutcome::Links { linkage, evaluation }, measures))
    }

    fn dedupe(
        &self,
        tokens: &[PathBuf],
        tables: &Tables,
        bytes_per_record: f64,
        say: &Say,
    ) -> anyhow::Result<(TaskOutcome, BTreeMap<ScenarioMeasure, f64>)> {
        let clusters = self.bench.folder.join("clusters.csv");
        let job = ClusterJob {
            files: tokens.iter().cloned().map(Source::Path).collect(),
            output: Target::Path(clusters.clone()),
            search: search(&self.scenario.benchmark.method),
            duplicates: vec![true; tokens.len()],
            report: None,
        };
        let progress = Progress::new("pairs");
        let linkage =
            cluster_files(&job, &|stage, pass, done, total| show(&progress, stage, pass, done, total))?;
        drop(progress);
        linkage.warnings.iter().for_each(|warning| say.warn(warning));
        let evaluation = judge_members(&Source::Path(clusters), &Source::Path(tables.truth.clone()))?;
        let measures = measures_of_clusters(&evaluation, bytes_per_record);
        let (linkage, evaluation) = (Box::new(linkage), Box::new(evaluation));
        Ok((TaskOutcome::Clusters { linkage, evaluation }, measures))
    }
}

fn describe(results: &ScenarioResults, kept: Option<&str>) -> String {
    let mut text = format!(
        "{}: schema {} {}, scenario {}\n",
        results.scenario.benchmark.name,
        results.schema_name,
        &results.schema_digest[..16],
        &results.scenario_sha256[..16]
    );
    for error in &results.corruption {
        text.push_str(&format!(
            "added {:>9} × {} in {}\n",
            grouped(error.count),
            error.error,
            error.columns.join(" and ")
        ));
    }
    match &results.outcome {
        TaskOutcome::Links { evaluation, .. } => text.push_str(&describe_links(evaluation)),
        TaskOutcome::Clusters { evaluation, .. } => text.push_str(&describe_clusters(evaluation)),
    }
    if let Some(bytes) = results.measures.get(ScenarioMeasure::BytesPerRecord.name()) {
        text.push_str(&format!("{bytes:.1} bytes of tokens per record\n"));
    }
    let end = |end: Option<f64>| end.map_or_else(|| "–".to_owned(), |end| end.to_string());
    if !results.bounds.is_empty() {
        text.push_str(&format!("{:<28} {:>12} {:>12} {:>12}\n", "expected", "min", "max", "measured"));
    }
    for outcome in &results.bounds {
        let value = outcome.value.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
        text.push_str(&format!(
            "{:<28} {:>12} {:>12} {value:>12}   {}\n",
            outcome.bound.measure.name(),
            end(outcome.bound.min),
            end(outcome.bound.max),
            if outcome.kept { "kept" } else { "NOT KEPT" }
        ));
    }
    if let Some(kept) = kept {
        text.push_str(&format!("wrote {kept}\n"));
    }
    text
}

fn describe_missed(outcome: &BoundOutcome) -> String {
    let name = outcome.bound.measure.name();
    let Some(value) = outcome.value else { return format!("{name} could not be measured") };
    match (outcome.bound.min, outcome.bound.max) {
        (Some(min), _) if value < min => format!("{name} {value:.4} is below {min}"),
        (_, Some(max)) => format!("{name} {value:.4} is above {max}"),
        _ => format!("{name} {value:.4}"),
    }
}
