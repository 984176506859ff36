//! The job: two token files, or one, to a table of links.

use mizuhiki_columnar::{LinkWriter, PairWriter};
use mizuhiki_exchange::{Comparable, TokenSet};
use mizuhiki_files::{Access, WriteFile};
use mizuhiki_match::{Assignment, Calibration, with_threads};

use crate::candidates::error::SearchError;
use crate::candidates::memory;
use crate::candidates::options::{OnProgress, Stage};
use crate::candidates::thresholds::{Cut, NOTHING, finite};
use crate::candidates::tokens::{compare_files, count_pairs, read_all};
use crate::candidates::workspace::check_folder;
use crate::link::choose::{Chooser, Chosen};
use crate::link::error::LinkError;
use crate::link::find::{Found, find};
use crate::link::job::{ExpectedAccuracy, LinkJob, LinkSummary};
use crate::link::overview::write_report;
use crate::link::report::report;

/// Links two token files, or one within itself. Links and report appear complete, or not at all.
///
/// # Examples
/// Two lists of CLKs, with a threshold set by hand; the report would be an HTML file.
///
/// ```
/// use mizuhiki_columnar::Source;
/// use mizuhiki_files::Target;
/// use mizuhiki_linkage_unit::{Accept, Files, LinkJob, SearchOptions, link_files};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = |name: &str| folder.path().join(name);
/// std::fs::write(path("left.json"), r#"{"clks": ["/wAAAAAAAAA=", "AP8AAAAAAAA="]}"#)?;
/// std::fs::write(path("right.json"), r#"{"clks": ["AP8AAAAAAAA=", "AAAA/////wA="]}"#)?;
/// let files = Files::Between(Source::Path(path("left.json")), Source::Path(path("right.json")));
/// let job = LinkJob {
///     search: SearchOptions { accept: Accept::Number(0.9), ..SearchOptions::default() },
///     ..LinkJob::new(files, Target::Path(path("links.csv")))
/// };
/// let summary = link_files(&job, &|_stage, _pass, _done, _total| ())?;
/// assert_eq!(summary.matches, 1);
/// let links = std::fs::read_to_string(path("links.csv"))?;
/// assert!(links.lines().any(|line| line.starts_with("1,0,")));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`LinkError`]; no output is written then, but checkpoints may be left to resume from.
pub fn link_files(job: &LinkJob, on_progress: OnProgress<'_>) -> Result<LinkSummary, LinkError> {
    with_threads(job.search.threads.max(1), || run(job, on_progress)).map_err(SearchError::from)?
}

/// Outputs are opened before any work, so that an unusable path does not cost an hour of comparing.
struct Outputs {
    links: LinkWriter,
    report: Option<WriteFile>,
    pairs: Option<PairWriter>,
}

impl Outputs {
    fn create(job: &LinkJob) -> Result<Self, LinkError> {
        let report = job.report.as_ref().map(|target| WriteFile::create(target, Access::Shared));
        Ok(Self {
            links: LinkWriter::create(&job.output, job.evidence)?,
            report: report.transpose()?,
            pairs: job.write_candidates.as_ref().map(PairWriter::create).transpose()?,
        })
    }
}

fn run(job: &LinkJob, on_progress: OnProgress<'_>) -> Result<LinkSummary, LinkError> {
    if job.files.is_within() && job.assignment == Assignment::Optimal {
        return Err(LinkError::OptimalWithin);
    }
    on_progress(Stage::Read, "", 0, 0);
    check_folder(&job.search, &job.output)?;
    let mut outputs = Outputs::create(job)?;
    let (files, bytes) = read_all(&job.files.all(), memory::budget(job.search.memory), on_progress)?;
    let comparable = compare_files(&job.files, &files)?;
    // Candidates and thresholds (protocols/04 §3, §7).
    let mut found = find(job, &comparable, &files, bytes, on_progress)?;
    let cut = Cut::choose(&job.search, &comparable, found.calibration.as_ref())?;
    if cut.is_nothing() {
        found.warnings.push(NOTHING.to_owned());
    }
    // Links and doubts about them (§5, §6, §9).
    let chooser = Chooser {
        job,
        comparable: &comparable,
        cut,
        calibration: found.calibration.as_ref(),
        lowest_to_confirm: found.lowest_to_confirm.unwrap_or_else(|| comparable.thresholds().borderline()),
    };
    let chosen =
        chooser.choose(&mut found.store, &mut outputs.links, outputs.pairs.as_mut(), &mut found.warnings)?;
    on_progress(Stage::Write, "", 0, 0);
    let summary = summarize(&comparable, &found, &chosen, cut);
    if let Some(file) = outputs.report {
        let page = report(job, &comparable, &summary, &chosen.histogram, found.calibration.as_ref());
        write_report(file, &page)?;
    }
    outputs.pairs.map_or(Ok(()), PairWriter::finish)?;
    outputs.links.finish()?;
    found.remove_checkpoints()?;
    Ok(summary)
}

fn summarize(comparable: &Comparable<'_>, found: &Found<'_>, chosen: &Chosen, cut: Cut) -> LinkSummary {
    let (left, right) = (comparable.left(), comparable.right());
    LinkSummary {
        left_records: left.len() as u64,
        right_records: right.len() as u64,
        left_rows: left.rows() as u64,
        right_rows: right.rows() as u64,
        plan: found.plan,
        passes: found.passes.clone(),
        compared: found.compared,
        least_common: found.law.as_ref().map(|law| law.min_common()),
        search_recall: found.recall,
        candidates: chosen.candidates,
        matches: chosen.matches,
        borderline: chosen.borderline,
        household: chosen.household,
        accept_threshold: finite(cut.accept),
        borderline_threshold: finite(cut.borderline),
        threshold_origin: cut.origin,
        expected: found
            .calibration
            .as_ref()
            // Without links there is no expectation.
            .filter(|_| !cut.is_nothing())
            .map_or_else(ExpectedAccuracy::default, |calibration| {
                expect(calibration, cut, count_pairs(comparable, TokenSet::len).max(1.0))
            }),
        warnings: found.warnings.clone(),
    }
}

fn expect(calibration: &Calibration, cut: Cut, all: f64) -> ExpectedAccuracy {
    let expected = calibration.expect(cut.accept);
    ExpectedAccuracy {
        expected_precision: Some(expected.precision),
        expected_recall: Some(expected.recall),
        expected_prior: Some(expected.true_links / all),
        expected_m: Some(expected.recall),
        expected_u: Some(expected.links as f64 * (1.0 - expected.precision) / all),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{calibration, link_job, source};

    #[test]
    fn expected_shares_add_up_to_the_links() {
        let known = calibration(&[(190, 400), (120, 100)], 1_000);
        let all = 1e6;
        let promised = |accept| expect(&known, Cut { accept, borderline: accept, origin: "schema" }, all);
        for (accept, links) in [(0.9, 400.0), (0.5, 500.0)] {
            let of = promised(accept);
            let (precision, prior) = (of.expected_precision.unwrap(), of.expected_prior.unwrap());
            let (m, u) = (of.expected_m.unwrap(), of.expected_u.unwrap());
            assert!((precision * links + u * all - links).abs() < 1e-6, "true and false links: {of:?}");
            assert!((m * prior * all - precision * links).abs() < 1e-6, "true links, by records: {of:?}");
            assert_eq!(of.expected_recall, of.expected_m);
        }
        assert!(promised(0.9).expected_recall < promised(0.5).expected_recall);
    }

    #[test]
    fn optimal_links_within_one_file_are_refused_before_anything_is_opened() {
        let files = crate::candidates::files::Files::Within(source("left.parquet"));
        let job = LinkJob { files, ..link_job(Assignment::Optimal) };
        let message = run(&job, &|_, _, _, _| panic!("nothing is begun")).unwrap_err().to_string();
        assert!(message.contains("--assign greedy") && message.contains("--assign many"), "{message}");
    }
}
