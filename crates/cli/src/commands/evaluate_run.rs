//! `mizuhiki evaluate run`: a benchmark that a file describes, from people to bounds.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mizuhiki_columnar::{Format, ReadOptions, Source};
use mizuhiki_custodian::{EncodeJob, IdPolicy, KeyKind, KeySource, encode_file, read_key, write_new_key};
use mizuhiki_evaluate::{
    AppliedError, BoundOutcome, ClusterAccuracy, Corruption, DataSide, GroupColumns, JapanSpec,
    LinkEvaluation, LinkEvaluationJob, Rates, Scenario, ScenarioAccept, ScenarioAssignment, ScenarioData,
    ScenarioHouseholds, ScenarioMeasure, ScenarioMethod, ScenarioSchema, ScenarioTask, corrupt_table,
    evaluate_links, file_digest, judge_bounds, make_english, make_japan, measures_of_clusters,
    measures_of_links, parse_scenario,
};
use mizuhiki_exchange::{CustodianId, Run, RunName, Task};
use mizuhiki_files::{Access, Target, WriteFolder};
use mizuhiki_linkage_unit::{
    Accept, Assignment, ClusterJob, ClusterSummary, Files, Households, LinkJob, LinkSummary, SearchOptions,
    cluster_files,
};
use mizuhiki_schema::{LinkageSchema, SchemaBody};
use serde::Serialize;

use crate::commands::common::threads;
use crate::commands::describe_accuracy::{describe_clusters, describe_links};
use crate::commands::examples::{example, example_names};
use crate::commands::judge::judge_members;
use crate::commands::link::run_job;
use crate::commands::schema::read_usable_schema;
use crate::commands::search::show;
use crate::progress::{Progress, grouped};
use crate::say::{BeyondLimits, Say};

/// Longest scenario in bytes: a file that is longer is not one.
const MAX_SCENARIO_BYTES: u64 = 1 << 20;

/// Number of false links, and of missed pairs, in the results.
const WORST: usize = 10;

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

#[derive(Serialize)]
struct InputDigest {
    table: &'static str,
    sha256: String,
}

/// What the task found.
#[derive(Serialize)]
#[serde(untagged)]
enum TaskOutcome {
    Links { linkage: Box<LinkSummary>, evaluation: Box<LinkEvaluation> },
    Clusters { linkage: Box<ClusterSummary>, evaluation: Box<ClusterAccuracy> },
}

pub(super) fn run(path: &Path, output: Option<&Path>, say: &Say) -> anyhow::Result<()> {
    let text = read_scenario(path)?;
    let scenario = parse_scenario(&text).with_context(|| path.display().to_string())?;
    let temporary = std::env::temp_dir().join(format!("mizuhiki-scenario-{}", std::process::id()));
    let folder = WriteFolder::create(output.unwrap_or(&temporary))?;
    let results = Work { path, scenario: &scenario, folder: &folder }.run(say)?;
    let mut file = folder.file("results.json", Access::Shared)?;
    serde_json::to_writer_pretty(&mut file, &results)
        .map_err(anyhow::Error::from)
        .and_then(|()| Ok(file.write_all(b"\n")?))
        .context("results.json: cannot write")?;
    file.commit()?;
    let kept = output.map(|output| output.join("results.json").display().to_string());
    if output.is_some() {
        folder.commit()?;
    }
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

fn read_scenario(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = std::fs::metadata(path).with_context(|| format!("{name}: cannot open the scenario"))?.len();
    if bytes > MAX_SCENARIO_BYTES {
        anyhow::bail!("{name}: {} bytes are too many for a scenario; name a TOML file", grouped(bytes));
    }
    let bytes = std::fs::read(path).with_context(|| format!("{name}: cannot read the scenario"))?;
    String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("{name}: the scenario is not UTF-8 text; save it as UTF-8"))
}

/// A scenario at work in a folder that is not yet visible.
struct Work<'a> {
    path: &'a Path,
    scenario: &'a Scenario,
    folder: &'a WriteFolder,
}

/// The tables of a scenario.
struct Tables {
    left: PathBuf,
    right: Option<PathBuf>,
    truth: PathBuf,
    id_column: Option<String>,
}

impl Work<'_> {
    fn run(&self, say: &Say) -> anyhow::Result<ScenarioResults> {
        let schema = self.schema()?;
        let mut tables = self.tables()?;
        let corruption = self.corrupt(&mut tables)?;
        let key_path = self.folder.unfinished_path("linkage.key");
        write_new_key(&Target::Path(key_path))?;
        let mut tokens = Vec::new();
        let (mut records, mut bytes, mut key_id) = (0, 0, String::new());
        for (name, table) in [("left", Some(&tables.left)), ("right", tables.right.as_ref())] {
            let Some(table) = table else { continue };
            let (file, encoded) = self.encode(name, table, tables.id_column.clone(), &schema, say)?;
            bytes +=
                std::fs::metadata(&file).with_context(|| format!("{}: cannot read", file.display()))?.len();
            records += encoded.records;
            key_id = encoded.key_id;
            tokens.push(file);
        }
        let bytes_per_record = bytes as f64 / records.max(1) as f64;
        let (outcome, measures) = match self.scenario.method.task {
            ScenarioTask::Link => self.link(&tokens, &tables, bytes_per_record, say)?,
            ScenarioTask::Dedupe => self.dedupe(&tokens, &tables, bytes_per_record, say)?,
        };
        Ok(ScenarioResults {
            generator: concat!("mizuhiki ", env!("CARGO_PKG_VERSION")).to_owned(),
            scenario: self.scenario.clone(),
            scenario_sha256: digest(self.path)?,
            schema_name: schema.name().to_owned(),
            schema_digest: schema.digest().to_string(),
            key_id,
            inputs: inputs(&tables)?,
            corruption,
            outcome,
            bounds: judge_bounds(&self.scenario.expect, &measures),
            measures: measures.into_iter().map(|(measure, value)| (measure.name(), value)).collect(),
        })
    }

    /// A path that the scenario names, relative to it.
    fn beside(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or_else(|| Path::new("")).join(name)
    }

    fn schema(&self) -> anyhow::Result<LinkageSchema> {
        let path = match &self.scenario.schema {
            ScenarioSchema::File(file) => self.beside(file),
            ScenarioSchema::Example(name) => {
                let text = example(name).with_context(|| {
                    let names = example_names();
                    format!(
                        "{}: schema.example: not a shipped schema; name one of {names}",
                        self.path.display()
                    )
                })?;
                let mut file = self.folder.file("schema.json", Access::Shared)?;
                file.write_all(text.as_bytes()).context("schema.json: cannot write")?;
                file.commit()?;
                self.folder.unfinished_path("schema.json")
            }
        };
        let schema = read_usable_schema(&path)?;
        if matches!(schema.body(), SchemaBody::Clkhash(_)) {
            anyhow::bail!(
                "{}: schema.file: clkhash schemas have secrets of their own; convert the fields to a linkage schema",
                self.path.display()
            );
        }
        Ok(schema)
    }

    /// The people as they are before corruption.
    fn tables(&self) -> anyhow::Result<Tables> {
        match &self.scenario.data {
            ScenarioData::Files { left, right, truth, id_column } => Ok(Tables {
                left: self.beside(left),
                right: right.as_ref().map(|right| self.beside(right)),
                truth: self.beside(truth),
                id_column: id_column.clone(),
            }),
            ScenarioData::Synth { locale, people, seed, municipality, left, right } => {
                let folder = self.folder.unfinished_path("people");
                if locale == "ja" {
                    let mut rates = Rates::default();
                    for (name, value) in &self.scenario.corruption.rates {
                        rates
                            .set(name, *value)
                            .with_context(|| format!("corruption.rates.{name}: unknown rate"))?;
                    }
                    let municipality = municipality.clone();
                    let spec =
                        JapanSpec { people: *people, seed: *seed, rates, municipality, format: Format::Csv };
                    make_japan(&spec, &folder, &|_, _| ())?;
                } else {
                    make_english(*people, *seed, &folder, Format::Csv)?;
                }
                Ok(Tables {
                    left: folder.join(format!("{left}.csv")),
                    right: Some(folder.join(format!("{right}.csv"))),
                    truth: folder.join(format!("truth-{left}-{right}.csv")),
                    id_column: None,
                })
            }
        }
    }

    /// Replaces the tables that get errors by copies with errors.
    fn corrupt(&self, tables: &mut Tables) -> anyhow::Result<Vec<AppliedError>> {
        let Corruption { columns, swaps, .. } = &self.scenario.corruption;
        let mut applied = Vec::new();
        let sides = [(DataSide::Left, "corrupted-left.csv"), (DataSide::Right, "corrupted-right.csv")];
        for (side, name) in sides {
            let is_of = |other: &DataSide| *other == side;
            if !columns.iter().any(|errors| is_of(&errors.side))
                && !swaps.iter().any(|swap| is_of(&swap.side))
            {
                continue;
            }
            let table = if side == DataSide::Left { Some(&mut tables.left) } else { tables.right.as_mut() };
            let Some(table) = table else { continue };
            let copy = self.folder.unfinished_path(name);
            let (source, target) = (Source::Path(table.clone()), Target::Path(copy.clone()));
            let id = tables.id_column.as_deref();
            applied.extend(corrupt_table(&source, &target, &self.scenario.corruption, side, id)?);
            *table = copy;
        }
        Ok(applied)
    }

    fn encode(
        &self,
        name: &str,
        table: &Path,
        id_column: Option<String>,
        schema: &LinkageSchema,
        say: &Say,
    ) -> anyhow::Result<(PathBuf, mizuhiki_custodian::EncodeSummary)> {
        let key = KeySource::Path(self.folder.unfinished_path("linkage.key"));
        let (key, _) = read_key(&key, KeyKind::Linkage)?;
        let within = self.scenario.method.task == ScenarioTask::Dedupe && schema.symbols().is_some();
        let tokens = self.folder.unfinished_path(&format!("{name}.parquet"));
        let progress = Progress::new("records");
        let job = EncodeJob {
            input: Source::Path(table.to_owned()),
            options: ReadOptions::default(),
            schema,
            key: &key,
            output: Target::Path(tokens.clone()),
            custodian: CustodianId::new(name)?,
            run: Run {
                task: if within { Task::Dedupe } else { Task::Link },
                project: RunName::new("scenario")?,
                name: RunName::new("evaluate run")?,
            },
            id_column,
            // Own ids, so that the links can be evaluated.
            ids: IdPolicy::Keep,
            threads: threads(None),
        };
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
        let links = self.folder.unfinished_path("links.csv");
        let files = Files::Between(Source::Path(left.clone()), Source::Path(right.clone()));
        let job = LinkJob {
            search: options(&self.scenario.method),
            assignment: match self.scenario.method.assign {
                ScenarioAssignment::Optimal => Assignment::Optimal,
                ScenarioAssignment::Greedy => Assignment::Greedy,
                ScenarioAssignment::Many => Assignment::Many,
            },
            evidence: true,
            ..LinkJob::new(files, Target::Path(links.clone()))
        };
        let linkage = run_job(&job)?;
        linkage.warnings.iter().for_each(|warning| say.warn(warning));
        let evaluation = evaluate_links(&LinkEvaluationJob {
            links: Source::Path(links),
            truth: Source::Path(tables.truth.clone()),
            unordered: false,
            left: Some(Source::Path(tables.left.clone())),
            right: tables.right.clone().map(Source::Path),
            columns: GroupColumns { id: tables.id_column.clone(), ..GroupColumns::default() },
            worst: WORST,
        })?;
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
        let clusters = self.folder.unfinished_path("clusters.csv");
        let job = ClusterJob {
            files: tokens.iter().cloned().map(Source::Path).collect(),
            output: Target::Path(clusters.clone()),
            search: options(&self.scenario.method),
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

fn options(method: &ScenarioMethod) -> SearchOptions {
    SearchOptions {
        accept: match method.accept {
            ScenarioAccept::Schema => Accept::Schema,
            ScenarioAccept::Auto => Accept::Calibrated,
            ScenarioAccept::Similarity(similarity) => Accept::Number(similarity),
        },
        borderline: method.borderline,
        households: match method.households {
            ScenarioHouseholds::Borderline => Households::Borderline,
            ScenarioHouseholds::Link => Households::Link,
            ScenarioHouseholds::Drop => Households::Drop,
        },
        threads: threads(None),
        ..SearchOptions::default()
    }
}

fn inputs(tables: &Tables) -> anyhow::Result<Vec<InputDigest>> {
    let files =
        [("left", Some(&tables.left)), ("right", tables.right.as_ref()), ("truth", Some(&tables.truth))];
    let files = files.into_iter().filter_map(|(table, path)| path.map(|path| (table, path)));
    files.map(|(table, path)| Ok(InputDigest { table, sha256: digest(path)? })).collect()
}

fn digest(path: &Path) -> anyhow::Result<String> {
    file_digest(path).with_context(|| format!("{}: cannot read", path.display()))
}

fn describe(results: &ScenarioResults, kept: Option<&str>) -> String {
    let mut text = format!(
        "{}: schema {} {}, scenario {}\n",
        results.scenario.name,
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
