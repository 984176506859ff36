//! The report of a clustering.

use mizuhiki_columnar::TokenFile;
use mizuhiki_exchange::Comparable;
use mizuhiki_match::Calibration;
use mizuhiki_report::{ExpectationSummary, LinkReport, ThresholdSummary};

use crate::cluster::job::{ClusterJob, ClusterSummary};
use crate::link::overview::{LinksHistogram, about, curve, file, method, symbols};

/// The report of clusters. `calibration` is that of the only comparison, if there is one; `all` is the number
/// of pairs of records that were compared, at least 1.
pub(crate) fn report_of_clusters(
    job: &ClusterJob,
    files: &[TokenFile],
    (comparable, calibration): (&Comparable<'_>, Option<&Calibration>),
    all: f64,
    summary: &ClusterSummary,
    (origin, links_histogram): (&str, &LinksHistogram),
) -> LinkReport {
    let sources = files.iter().zip(&job.files).map(|(of, source)| file(&source.name(), &of.set)).collect();
    let accept = summary.accept_thresholds.first().copied().flatten();
    let expectation = || {
        let (precision, recall) = (summary.expected_precision?, summary.expected_recall?);
        let true_pairs =
            calibration.map_or(summary.matches as f64 * precision, |known| known.expect(0.0).true_links);
        Some(ExpectationSummary {
            precision,
            recall,
            prior: true_pairs / all,
            u: summary.matches as f64 * (1.0 - precision) / all,
            curve: calibration.map(curve).unwrap_or_default(),
            method: method(comparable).to_owned(),
        })
    };
    LinkReport {
        title: "Report of clusters".to_owned(),
        assignment: "clusters".to_owned(),
        thresholds: ThresholdSummary {
            accept: accept.unwrap_or(f64::INFINITY),
            borderline: summary.borderline_thresholds.first().copied().flatten().unwrap_or(f64::INFINITY),
            origin: origin.to_owned(),
        },
        doubtful: summary.household,
        symbols: symbols(comparable, summary.least_common, summary.search_recall),
        compared: summary.compared,
        candidates: summary.matches + summary.borderline,
        matches: summary.matches,
        borderline: summary.borderline,
        expectation: expectation(),
        histogram: calibration.map(|calibration| calibration.histogram.clone()).unwrap_or_default(),
        links_histogram: links_histogram.0.clone(),
        warnings: summary.warnings.clone(),
        ..about(sources, comparable)
    }
}
