//! What scenarios and grids do: people, their errors, files of tokens, and links that are judged.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mizuhiki_columnar::{Format, ReadOptions, Source};
use mizuhiki_custodian::{EncodeJob, IdPolicy, LinkageKey};
use mizuhiki_evaluate::{
    AppliedError, Benchmark, Corruption, DataSide, GroupColumns, JapanSpec, LinkEvaluation,
    LinkEvaluationJob, Rates, ScenarioAccept, ScenarioAssignment, ScenarioData, ScenarioHouseholds,
    ScenarioMethod, ScenarioSchema, corrupt_table, evaluate_links, file_digest, make_english, make_japan,
};
use mizuhiki_exchange::{CustodianId, Run};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{
    Accept, Assignment, Files, Households, LinkJob, LinkSummary, SearchOptions, link_files,
};
use mizuhiki_schema::{LinkageSchema, SchemaBody};
use serde::Serialize;

use crate::commands::common::threads;
use crate::commands::examples::{example, example_names};
use crate::commands::schema::read_usable_schema;
use crate::progress::grouped;

/// Longest file of a scenario or grid in bytes: a longer one is something else.
const MAX_BYTES: u64 = 1 << 20;

/// Number of false links, and of missed pairs, in the results.
const WORST: usize = 10;

/// A benchmark at work.
pub(super) struct Bench<'a> {
    /// The file that describes it; names of files are relative to it.
    pub(super) path: &'a Path,
    pub(super) benchmark: &'a Benchmark,
    /// Where its files are written.
    pub(super) folder: &'a Path,
}

/// The tables of a benchmark.
pub(super) struct Tables {
    pub(super) left: PathBuf,
    pub(super) right: Option<PathBuf>,
    pub(super) truth: PathBuf,
    pub(super) id_column: Option<String>,
}

/// The SHA-256 of a table.
#[derive(Serialize)]
pub(super) struct InputDigest {
    table: &'static str,
    sha256: String,
}

/// The text of a scenario or a grid, which is `what`.
pub(super) fn read_description(path: &Path, what: &str) -> anyhow::Result<String> {
    let name = path.display();
    let bytes = std::fs::metadata(path).with_context(|| format!("{name}: cannot open the {what}"))?.len();
    if bytes > MAX_BYTES {
        anyhow::bail!("{name}: {} bytes are too many for a {what}; name a TOML file", grouped(bytes));
    }
    let bytes = std::fs::read(path).with_context(|| format!("{name}: cannot read the {what}"))?;
    String::from_utf8(bytes)
        .map_err(|_| anyhow::anyhow!("{name}: the {what} is not UTF-8 text; save it as UTF-8"))
}

pub(super) fn digest(path: &Path) -> anyhow::Result<String> {
    file_digest(path).with_context(|| format!("{}: cannot read", path.display()))
}

impl Tables {
    pub(super) fn digests(&self) -> anyhow::Result<Vec<InputDigest>> {
        let files =
            [("left", Some(&self.left)), ("right", self.right.as_ref()), ("truth", Some(&self.truth))];
        let files = files.into_iter().filter_map(|(table, path)| path.map(|path| (table, path)));
        files.map(|(table, path)| Ok(InputDigest { table, sha256: digest(path)? })).collect()
    }
}

impl Bench<'_> {
    /// A path that the file names, relative to it.
    fn beside(&self, name: &str) -> PathBuf {
        self.path.parent().unwrap_or_else(|| Path::new("")).join(name)
    }

    /// The schema; a shipped one is written as `schema.json`.
    pub(super) fn schema(&self) -> anyhow::Result<LinkageSchema> {
        let path = match &self.benchmark.schema {
            ScenarioSchema::File(file) => self.beside(file),
            ScenarioSchema::Example(name) => {
                let text = example(name).with_context(|| {
                    let (path, names) = (self.path.display(), example_names());
                    format!("{path}: schema.example: not a shipped schema; name one of {names}")
                })?;
                let path = self.folder.join("schema.json");
                std::fs::write(&path, text).context("schema.json: cannot write")?;
                path
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

    /// The people, and the errors that were added to them.
    pub(super) fn people(&self) -> anyhow::Result<(Tables, Vec<AppliedError>)> {
        let mut tables = self.tables()?;
        let applied = self.corrupt(&mut tables)?;
        Ok((tables, applied))
    }

    /// The people as they are before corruption.
    fn tables(&self) -> anyhow::Result<Tables> {
        match &self.benchmark.data {
            ScenarioData::Files { left, right, truth, id_column } => Ok(Tables {
                left: self.beside(left),
                right: right.as_ref().map(|right| self.beside(right)),
                truth: self.beside(truth),
                id_column: id_column.clone(),
            }),
            ScenarioData::Synth { locale, people, seed, municipality, left, right } => {
                let folder = self.folder.join("people");
                if locale == "ja" {
                    let mut rates = Rates::default();
                    for (name, value) in &self.benchmark.corruption.rates {
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
        let Corruption { columns, swaps, .. } = &self.benchmark.corruption;
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
            let copy = self.folder.join(name);
            let (source, target) = (Source::Path(table.clone()), Target::Path(copy.clone()));
            let id = tables.id_column.as_deref();
            applied.extend(corrupt_table(&source, &target, &self.benchmark.corruption, side, id)?);
            *table = copy;
        }
        Ok(applied)
    }

    /// How the table `name` becomes tokens: with its own ids, so that links can be judged.
    pub(super) fn encoding<'j>(
        &self,
        (name, table): (&str, &Path),
        id_column: Option<String>,
        (schema, key): (&'j LinkageSchema, &'j LinkageKey),
        run: Run,
    ) -> anyhow::Result<EncodeJob<'j>> {
        Ok(EncodeJob {
            input: Source::Path(table.to_owned()),
            options: ReadOptions::default(),
            schema,
            key,
            output: Target::Path(self.folder.join(format!("{name}.parquet"))),
            custodian: CustodianId::new(name)?,
            run,
            id_column,
            ids: IdPolicy::Keep,
            threads: threads(None),
        })
    }

    /// Links two files of tokens, and judges the links.
    pub(super) fn link(
        &self,
        tokens: [&Path; 2],
        tables: &Tables,
        on_progress: mizuhiki_linkage_unit::OnProgress<'_>,
    ) -> anyhow::Result<(LinkSummary, LinkEvaluation)> {
        let links = self.folder.join("links.csv");
        let [left, right] = tokens.map(|file| Source::Path(file.to_owned()));
        let job = LinkJob {
            search: search(&self.benchmark.method),
            assignment: match self.benchmark.method.assign {
                ScenarioAssignment::Optimal => Assignment::Optimal,
                ScenarioAssignment::Greedy => Assignment::Greedy,
                ScenarioAssignment::Many => Assignment::Many,
            },
            evidence: true,
            ..LinkJob::new(Files::Between(left, right), Target::Path(links.clone()))
        };
        let linkage = link_files(&job, on_progress)?;
        let evaluation = evaluate_links(&LinkEvaluationJob {
            links: Source::Path(links),
            truth: Source::Path(tables.truth.clone()),
            unordered: false,
            left: Some(Source::Path(tables.left.clone())),
            right: tables.right.clone().map(Source::Path),
            columns: GroupColumns { id: tables.id_column.clone(), ..GroupColumns::default() },
            worst: WORST,
        })?;
        Ok((linkage, evaluation))
    }
}

/// How the tables are searched.
pub(super) fn search(method: &ScenarioMethod) -> SearchOptions {
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
