//! The report of a linkage.

use mizuhiki_exchange::Comparable;
use mizuhiki_match::{Assignment, Calibration};
use mizuhiki_report::{ExpectationSummary, LinkReport, PassFigures, ThresholdSummary};

use crate::link::job::{LinkJob, LinkSummary};
use crate::link::overview::{LinksHistogram, about, curve, file, method, symbols};

/// The report of a linkage.
pub(crate) fn report(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    summary: &LinkSummary,
    links_histogram: &LinksHistogram,
    calibration: Option<&Calibration>,
) -> LinkReport {
    let sides = [comparable.left(), comparable.right()];
    let files = job.files.all().iter().zip(sides).map(|(source, set)| file(&source.name(), set)).collect();
    let assignment = match job.assignment {
        Assignment::Greedy => "greedy one-to-one",
        Assignment::Optimal => "optimal one-to-one",
        Assignment::Many => "many-to-many",
    };
    LinkReport {
        title: "Linkage report".to_owned(),
        assignment: assignment.to_owned(),
        thresholds: ThresholdSummary {
            accept: summary.accept_threshold.unwrap_or(f64::INFINITY),
            borderline: summary.borderline_threshold.unwrap_or(f64::INFINITY),
            origin: summary.threshold_origin.to_owned(),
        },
        plan: summary.plan.to_owned(),
        passes: summary
            .passes
            .iter()
            .map(|pass| PassFigures {
                name: pass.pass.clone(),
                blocks: pass.blocks,
                pairs: pass.pairs,
                largest: pass.largest_block,
            })
            .collect(),
        doubtful: summary.household,
        symbols: symbols(comparable, summary.least_common, summary.search_recall),
        compared: summary.compared,
        candidates: summary.candidates,
        matches: summary.matches,
        borderline: summary.borderline,
        expectation: calibration.map(|calibration| ExpectationSummary {
            precision: summary.expected.expected_precision.unwrap_or_default(),
            recall: summary.expected.expected_recall.unwrap_or_default(),
            prior: summary.expected.expected_prior.unwrap_or_default(),
            u: summary.expected.expected_u.unwrap_or_default(),
            curve: curve(calibration),
            method: method(comparable).to_owned(),
        }),
        histogram: calibration.map(|calibration| calibration.histogram.clone()).unwrap_or_default(),
        links_histogram: links_histogram.0.clone(),
        warnings: summary.warnings.clone(),
        ..about(files, comparable)
    }
}
