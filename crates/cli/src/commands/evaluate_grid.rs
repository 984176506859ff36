//! `mizuhiki evaluate grid`: accuracy, leakage and cost of a schema by its parameters.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_custodian::{CustodianError, encode_predictably};
use mizuhiki_evaluate::{
    GridCost, GridLeakage, GridOutcome, GridPoint, GridRates, GridResult, GridSpec, GridVariant, PeopleFile,
    PeopleIds, PrivacyJob, choose, evaluate_privacy, grid_markdown, grid_page, grid_variants, laboratory_key,
    laboratory_run, parse_grid,
};
use mizuhiki_files::{Access, ScratchFolder, Target, WriteFile};
use serde_json::json;

use crate::commands::benchmark::{Bench, Tables, digest, read_description};
use crate::commands::common::id_column;
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

/// Points that were measured, one per line, below a line that says of what.
const POINTS: &str = "points.jsonl";

pub(super) fn run(path: &Path, output: Option<&Path>, say: &Say) -> anyhow::Result<()> {
    let text = read_description(path, "grid")?;
    let spec = parse_grid(&text).with_context(|| path.display().to_string())?;
    let scratch = ScratchFolder::create()?;
    let bench = Bench { path, benchmark: &spec.benchmark, folder: scratch.path() };
    let base = bench.schema()?;
    let variants = grid_variants(&base, &spec.axes).with_context(|| path.display().to_string())?;
    let (tables, _) = bench.people()?;
    let head = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "grid": digest(path)?,
        "schema": base.digest().to_string(),
        "tables": tables.digests()?,
    });
    let mut kept = output.map(|folder| Kept::open(folder, &head.to_string())).transpose()?;
    if let Some(kept) = kept.as_ref().filter(|kept| !kept.points.is_empty()) {
        let (done, all) = (kept.points.len() as u64, variants.len() as u64);
        say.warn(&format!("{} of {} points were measured before and are kept", grouped(done), grouped(all)));
    }
    let said = RefCell::default();
    let work = GridWork { bench: &bench, spec: &spec, tables: &tables, say, said: &said };
    let progress = Progress::new("points");
    let mut points: Vec<GridPoint> = Vec::new();
    for (number, variant) in (1..).zip(&variants) {
        let share = (number - 1) as f64 / variants.len() as f64;
        progress.update(number as u64 - 1, Some(share));
        let digest = variant.schema.digest().to_string();
        let known = kept.as_ref().and_then(|kept| kept.point(number, &digest));
        let point = match known {
            Some(point) => point,
            None => work.point(number, variant)?,
        };
        if let Some(kept) = kept.as_mut() {
            kept.add(&point, variant)?;
        }
        points.push(point);
    }
    drop(progress);
    let result = GridResult {
        generator: concat!("mizuhiki ", env!("CARGO_PKG_VERSION")).to_owned(),
        grid_sha256: digest(path)?,
        choice: choose(&points),
        points,
        grid: spec,
    };
    let mut text = grid_text(&result);
    if let Some(folder) = output {
        write(folder, &result)?;
        text.push_str(&format!("wrote {}\n", folder.join("report.html").display()));
    }
    say.result(&result, &text, false);
    Ok(())
}

/// A grid at work.
struct GridWork<'a> {
    bench: &'a Bench<'a>,
    spec: &'a GridSpec,
    tables: &'a Tables,
    say: &'a Say,
    /// Warnings that were printed: most hold for every point.
    said: &'a RefCell<BTreeSet<String>>,
}

impl GridWork<'_> {
    /// Prints warnings that were not printed before.
    fn warn(&self, of: &str, warnings: &[String]) {
        for warning in warnings.iter().map(|warning| format!("{of}{warning}")) {
            if self.said.borrow_mut().insert(warning.clone()) {
                self.say.warn(&warning);
            }
        }
    }

    fn point(&self, number: usize, variant: &GridVariant) -> anyhow::Result<GridPoint> {
        let outcome = match self.measure(variant) {
            Ok(outcome) => outcome,
            Err(error) if error.downcast_ref::<CustodianError>().is_some_and(CustodianError::is_refusal) => {
                GridOutcome::Refused { reason: error.to_string() }
            }
            Err(error) => return Err(error.context(format!("point {number}"))),
        };
        Ok(GridPoint {
            number,
            schema_digest: variant.schema.digest().to_string(),
            settings: variant.settings.clone(),
            outcome,
        })
    }

    fn measure(&self, variant: &GridVariant) -> anyhow::Result<GridOutcome> {
        let right = self.tables.right.as_ref().context("internal error: a grid needs two tables")?;
        let begun = Instant::now();
        let (left_tokens, left_records) = self.encode(("left", &self.tables.left), variant)?;
        let (right_tokens, right_records) = self.encode(("right", right), variant)?;
        let encode_seconds = begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        let (linkage, judged) =
            self.bench.link([&left_tokens, &right_tokens], self.tables, &|_, _, _, _| ())?;
        let link_seconds = begun.elapsed().as_secs_f64();
        self.warn("", &linkage.warnings);
        let size = |file: &Path| -> anyhow::Result<u64> {
            Ok(fs::metadata(file).with_context(|| format!("{}: cannot read", file.display()))?.len())
        };
        let bytes = size(&left_tokens)? + size(&right_tokens)?;
        let bytes_per_record = bytes as f64 / (left_records + right_records).max(1) as f64;
        let leakage = match self.spec.attacks {
            None => None,
            Some(tier) => {
                let job = PrivacyJob {
                    schema: &variant.schema,
                    seed: self.spec.seed,
                    tier,
                    limits: variant.schema.attack_limits(),
                    laboratory_key: true,
                    only: Vec::new(),
                    left: self.people(right, right_tokens)?,
                    right: Some(self.people(&self.tables.left, left_tokens)?),
                    truth: Some(Source::Path(self.tables.truth.clone())),
                };
                Some(GridLeakage::of_attacks(&evaluate_privacy(&job, &|_, _| ())?))
            }
        };
        let cost = GridCost { bytes_per_record, encode_seconds, link_seconds };
        Ok(GridOutcome::Measured { accuracy: GridRates::of_links(&judged), cost, leakage })
    }

    fn encode(&self, named: (&str, &Path), variant: &GridVariant) -> anyhow::Result<(PathBuf, u64)> {
        let key = laboratory_key(self.spec.seed)?;
        let id_column = self.tables.id_column.clone();
        let job = self.bench.encoding(named, id_column, (&variant.schema, &key), laboratory_run())?;
        let tokens = PathBuf::from(job.output.name());
        let summary = encode_predictably(job, self.spec.seed, &|_, _| ())?;
        self.warn(&format!("{}: ", named.0), &summary.warnings);
        Ok((tokens, summary.records))
    }

    fn people(&self, table: &Path, tokens: PathBuf) -> anyhow::Result<PeopleFile> {
        let (table, options) = (Source::Path(table.to_owned()), ReadOptions::default());
        let ids = PeopleIds::Column(id_column(&table, &options, self.tables.id_column.as_deref())?);
        Ok(PeopleFile { table, options, ids, tokens: Source::Path(tokens) })
    }
}

/// Points in a folder, to which a grid that was interrupted returns.
struct Kept {
    folder: PathBuf,
    points: Vec<GridPoint>,
    /// Number of points in the file.
    written: usize,
    file: File,
}

impl Kept {
    /// Opens or makes the folder. `head` says what its points are of.
    fn open(folder: &Path, head: &str) -> anyhow::Result<Self> {
        let path = folder.join(POINTS);
        let name = path.display();
        if folder.exists() && !path.is_file() {
            return Err(UsageError(format!(
                "{}: exists, and has no points of a grid; name a new folder",
                folder.display()
            ))
            .into());
        }
        fs::create_dir_all(folder.join("schemas"))
            .with_context(|| format!("{}: cannot create the folder", folder.display()))?;
        let cannot = || format!("{name}: cannot open the points");
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = file.with_context(cannot)?;
        let mut lines = Vec::new();
        for line in BufReader::new(&file).lines() {
            lines.push(line.with_context(cannot)?);
        }
        match lines.first() {
            None => writeln!(file, "{head}").with_context(cannot)?,
            Some(first) if first == head => {}
            Some(_) => {
                let problem =
                    "has points of another grid, schema, version or other tables; name a new folder";
                return Err(UsageError(format!("{name}: {problem}")).into());
            }
        }
        // An interruption can cut the last line: it is measured again.
        let points: Vec<GridPoint> =
            lines.iter().skip(1).map_while(|line| serde_json::from_str(line).ok()).collect();
        if points.len() + 2 < lines.len() {
            let line = points.len() + 2;
            return Err(UsageError(format!("{name}: line {line} is not a point; name a new folder")).into());
        }
        if points.len() + 1 < lines.len() {
            let whole: usize = lines.iter().take(points.len() + 1).map(|line| line.len() + 1).sum();
            file.set_len(whole as u64).with_context(cannot)?;
        }
        Ok(Self { folder: folder.to_owned(), written: points.len(), points, file })
    }

    fn point(&self, number: usize, digest: &str) -> Option<GridPoint> {
        let is_it = |point: &&GridPoint| point.number == number && point.schema_digest == digest;
        self.points.iter().find(is_it).cloned()
    }

    /// Keeps a point with its schema.
    fn add(&mut self, point: &GridPoint, variant: &GridVariant) -> anyhow::Result<()> {
        let schema = self.folder.join("schemas").join(format!("{}.json", point.number));
        let cannot = |path: &Path| format!("{}: cannot write", path.display());
        // Somebody may have worked on one that is there.
        if !schema.exists() {
            fs::write(&schema, &variant.document).with_context(|| cannot(&schema))?;
        }
        if point.number > self.written {
            let line = serde_json::to_string(point).context("a point cannot be written as JSON")?;
            writeln!(self.file, "{line}").with_context(|| cannot(&self.folder.join(POINTS)))?;
            self.written = point.number;
        }
        Ok(())
    }
}

fn write(folder: &Path, result: &GridResult) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(result).context("results.json: cannot write")? + "\n";
    let files =
        [("results.json", json), ("report.html", grid_page(result)?), ("report.md", grid_markdown(result))];
    for (name, text) in files {
        let mut file = WriteFile::create(&Target::Path(folder.join(name)), Access::Shared)?;
        file.write_all(text.as_bytes()).with_context(|| format!("{name}: cannot write"))?;
        file.commit()?;
    }
    Ok(())
}

/// The points as a table.
fn grid_text(result: &GridResult) -> String {
    let mut text = format!(
        "{:>5} {:<11} {:<17} {:>4} {:>5} {:>3} {:>5} {:>5} {:>7} {:>7} {:>7} {:>7} {:>7} {:>8} {:>7} {:>8}\n",
        "point",
        "profile",
        "views",
        "t",
        "n",
        "w",
        "fill",
        "alt",
        "C",
        "F1",
        "best",
        "leak",
        "beyond",
        "unproven",
        "shared",
        "bytes"
    );
    for point in &result.points {
        let of = &point.settings;
        let views = format!("{} ({})", of.views, of.view_count);
        text.push_str(&format!(
            "{:>5} {:<11} {views:<17} {:>4} {:>5} {:>3} {:>5} {:>5} {:>7} ",
            point.number,
            of.profile,
            of.positions,
            of.per_view,
            of.bits,
            of.fill,
            of.alternatives,
            of.per_record
        ));
        match (&point.outcome, point.measured()) {
            (GridOutcome::Refused { reason }, _) => text.push_str(&format!("refused: {reason}")),
            (_, Some((accuracy, cost, leakage))) => {
                let of_leakage = |of: fn(&GridLeakage) -> String| leakage.map_or_else(|| "–".to_owned(), of);
                text.push_str(&format!(
                    "{:>7.4} {:>7.4} {:>7} {:>7} {:>8} {:>7} {:>8.0}",
                    accuracy.f1,
                    accuracy.best_f1,
                    of_leakage(|of| format!("{:.2}", of.index)),
                    of_leakage(|of| of.beyond.to_string()),
                    of_leakage(|of| of.unproven.to_string()),
                    of_leakage(|of| of
                        .shared
                        .map_or_else(|| "–".to_owned(), |shared| format!("{shared:.4}"))),
                    cost.bytes_per_record
                ));
            }
            _ => {}
        }
        let mark = if result.choice.preferred == Some(point.number) {
            "  preferred"
        } else if result.choice.efficient.contains(&point.number) {
            "  efficient"
        } else {
            ""
        };
        text.push_str(&format!("{mark}\n"));
    }
    match result.choice.preferred {
        Some(number) => text.push_str(&format!("point {number}: {}\n", result.choice.reason)),
        None => text.push_str(&format!("no point is preferred: {}\n", result.choice.reason)),
    }
    text
}
