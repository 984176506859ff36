//! Two token files to a table of links.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use mizuhiki_columnar::{ColumnarError, LinkWriter, Source, Target, WriteFile, read_tokens};
use mizuhiki_exchange::{Classification, Comparable, IncomparableError, TokenSet};
use mizuhiki_match::{Assignment, Calibration, Limits, MatchError, link, with_threads};
use mizuhiki_schema::{ThresholdError, Thresholds};
use serde::Serialize;

use crate::report::report;

/// Where the upper threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Accept {
    /// What the custodians agreed on: the schema's numbers, or calibration if it says so.
    Schema,
    /// A number.
    Number(f64),
    /// Found from the tokens, without labels.
    Calibrated,
}

/// Linking work.
#[derive(Debug, Clone)]
pub struct LinkJob {
    /// The left token file.
    pub left: Source,
    /// The right token file; the same as the left one to link a file within itself.
    pub right: Source,
    /// Where the links go.
    pub output: Target,
    /// How candidate pairs become links.
    pub assignment: Assignment,
    /// Upper threshold.
    pub accept: Accept,
    /// Lower threshold, if not the schema's.
    pub borderline: Option<f64>,
    /// Where a report goes.
    pub report: Option<Target>,
    /// Threads, at least 1.
    pub threads: usize,
}

/// What the linkage unit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Reading token files.
    Read,
    /// Finding thresholds and what they promise.
    Calibrate,
    /// Comparing this many pairs.
    Compare,
    /// Writing links and report.
    Write,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkSummary {
    /// Records on the left.
    pub left_records: u64,
    /// Records on the right.
    pub right_records: u64,
    /// Pairs compared.
    pub compared: u64,
    /// Candidate pairs at or above the lower threshold.
    pub candidates: u64,
    /// Links of class match.
    pub matches: u64,
    /// Links of class borderline.
    pub borderline: u64,
    /// Upper threshold used.
    pub accept_threshold: f64,
    /// Lower threshold used.
    pub borderline_threshold: f64,
    /// `schema`, `command line` or `calibrated without labels`.
    pub threshold_origin: &'static str,
    /// Expected precision of the matches, without labels; absent if it was not asked for.
    pub expected_precision: Option<f64>,
    /// Expected recall among the true links that stand out.
    pub expected_recall: Option<f64>,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// Linking cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A file cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The files cannot be compared.
    #[error("{left} and {right}: {reason}")]
    Incomparable {
        /// Left file.
        left: String,
        /// Right file.
        right: String,
        /// What differs.
        reason: IncomparableError,
    },
    /// Matching stopped.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// The thresholds given make no sense.
    #[error(transparent)]
    Threshold(#[from] ThresholdError),
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] mizuhiki_report::ReportError),
}

/// Told of progress: the stage, pairs so far and in all (0 if unknown).
pub type OnProgress<'p> = &'p (dyn Fn(Stage, u64, u64) + Sync);

/// Links two token files. Links and report appear whole, or not at all.
///
/// # Errors
/// [`LinkError`]; nothing is written then.
pub fn link_files(job: &LinkJob, on_progress: OnProgress<'_>) -> Result<LinkSummary, LinkError> {
    with_threads(job.threads.max(1), || run(job, on_progress))?
}

fn run(job: &LinkJob, on_progress: OnProgress<'_>) -> Result<LinkSummary, LinkError> {
    on_progress(Stage::Read, 0, 0);
    // Outputs first: an impossible target should not cost an hour of comparing.
    let writer = LinkWriter::create(&job.output)?;
    let report_file = job.report.as_ref().map(|target| WriteFile::create(target, 0o666)).transpose()?;
    let left = read_tokens(&job.left)?;
    let right = if job.left == job.right { None } else { Some(read_tokens(&job.right)?) };
    let comparable = compare(job, &left, right.as_ref())?;
    let limits = Limits::default();
    let total = left.len() as u64 * comparable.right().len() as u64;
    let (calibration, mut warnings) = calibrate(job, &comparable, limits, on_progress)?;
    let (thresholds, origin) = choose_thresholds(job, &comparable, calibration.as_ref())?;
    warnings.extend(warn(&comparable));
    let done = AtomicU64::new(0);
    let linkage = link(&comparable, thresholds, job.assignment, limits, &|pairs| {
        on_progress(Stage::Compare, done.fetch_add(pairs, Ordering::Relaxed) + pairs, total);
    })?;
    on_progress(Stage::Write, 0, 0);
    let count = |class| linkage.links.iter().filter(|link| link.class == class).count() as u64;
    let expected = calibration.as_ref().map(|calibration| calibration.expect(thresholds.accept().get()));
    let summary = LinkSummary {
        left_records: left.len() as u64,
        right_records: comparable.right().len() as u64,
        compared: linkage.compared,
        candidates: linkage.candidates as u64,
        matches: count(Classification::Match),
        borderline: count(Classification::Borderline),
        accept_threshold: thresholds.accept().get(),
        borderline_threshold: thresholds.borderline().get(),
        threshold_origin: origin,
        expected_precision: expected.map(|e| e.precision),
        expected_recall: expected.map(|e| e.recall),
        warnings,
    };
    if let Some(mut file) = report_file {
        let name = file.name().to_owned();
        let html =
            mizuhiki_report::render(&report(job, &comparable, &summary, &linkage, calibration.as_ref()))?;
        file.write_all(html.as_bytes()).map_err(|source| ColumnarError::Io {
            file: name,
            action: "write",
            reason: source,
        })?;
        file.commit()?;
    }
    writer.finish(&linkage.links)?;
    Ok(summary)
}

fn compare<'a>(
    job: &LinkJob,
    left: &'a TokenSet,
    right: Option<&'a TokenSet>,
) -> Result<Comparable<'a>, LinkError> {
    let Some(right) = right else { return Ok(Comparable::within(left)) };
    Comparable::between(left, right).map_err(|reason| LinkError::Incomparable {
        left: job.left.name(),
        right: job.right.name(),
        reason,
    })
}

/// Calibrates if thresholds or a report need it; too few records are an error only for thresholds.
fn calibrate(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    limits: Limits,
    on_progress: OnProgress<'_>,
) -> Result<(Option<Calibration>, Vec<String>), LinkError> {
    let by_schema = job.accept == Accept::Schema && comparable.calibrates();
    if job.accept != Accept::Calibrated && !by_schema && job.report.is_none() {
        return Ok((None, Vec::new()));
    }
    on_progress(Stage::Calibrate, 0, 0);
    match Calibration::new(comparable, limits, &|_| {}) {
        Ok(calibration) => Ok((Some(calibration), Vec::new())),
        Err(error) if job.accept == Accept::Calibrated => Err(error.into()),
        Err(error) if by_schema => {
            Ok((None, vec![format!("thresholds are the schema's, not calibrated: {error}")]))
        }
        Err(error) => Ok((None, vec![format!("no expected precision and recall: {error}")])),
    }
}

fn choose_thresholds(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    calibration: Option<&Calibration>,
) -> Result<(Thresholds, &'static str), LinkError> {
    let schema = comparable.thresholds();
    let (accept, borderline, origin) = match (job.accept, calibration) {
        (Accept::Schema, Some(calibration)) if comparable.calibrates() => {
            (calibration.accept(), calibration.borderline(), "calibrated without labels, as the schema says")
        }
        (Accept::Calibrated, Some(calibration)) => {
            (calibration.accept(), calibration.borderline(), "calibrated without labels")
        }
        (Accept::Number(accept), _) => (accept, schema.borderline().get().min(accept), "command line"),
        _ => (schema.accept().get(), schema.borderline().get(), "schema"),
    };
    let origin = if job.borderline.is_some() && origin == "schema" { "command line" } else { origin };
    Ok((Thresholds::new(accept, job.borderline.unwrap_or(borderline))?, origin))
}

fn warn(comparable: &Comparable<'_>) -> Vec<String> {
    let mut warnings = Vec::new();
    if comparable.left().is_empty() || comparable.right().is_empty() {
        warnings.push("a file has no records: there is nothing to link".to_owned());
    }
    match comparable.left().meta() {
        None => warnings.push(
            "bare CLKs say nothing of key or schema: make sure that both files were made with the same"
                .to_owned(),
        ),
        Some(meta) if matches!(meta.schema.profile_name(), "plain" | "clkhash") => warnings.push(format!(
            "profile {}: anyone who holds a similar file can re-identify these tokens",
            meta.schema.profile_name()
        )),
        Some(_) => {}
    }
    warnings
}
