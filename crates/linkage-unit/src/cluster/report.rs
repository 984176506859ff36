//! The report of a clustering.

use mizuhiki_columnar::TokenFile;
use mizuhiki_exchange::Comparable;
use mizuhiki_match::Calibration;
use mizuhiki_report::{ExpectationSummary, LinkReport, ThresholdSummary};

use crate::cluster::job::{ClusterJob, ClusterSummary};
use crate::link::overview::{LinksHistogram, about, curve, file, method, symbols};

/// Pairs of records that can be of one person, at least 1: of two files, and within files with duplicates.
fn all_pairs(records: &[u64], duplicates: &[bool]) -> f64 {
    let (mut pairs, mut before) = (0.0, 0.0);
    for (&records, &within) in records.iter().zip(duplicates) {
        let records = records as f64;
        pairs += before * records + if within { records * (records - 1.0) / 2.0 } else { 0.0 };
        before += records;
    }
    pairs.max(1.0)
}

/// The report of clusters. `calibration` is that of the only comparison, if there is one.
pub(crate) fn report_of_clusters(
    job: &ClusterJob,
    files: &[TokenFile],
    (comparable, calibration): (&Comparable<'_>, Option<&Calibration>),
    summary: &ClusterSummary,
    (origin, links_histogram): (&str, &LinksHistogram),
) -> LinkReport {
    let sources = files.iter().zip(&job.files).map(|(of, source)| file(&source.name(), &of.set)).collect();
    let accept = summary.accept_thresholds.first().copied().flatten();
    let expectation = || {
        let (precision, recall) = (summary.expected_precision?, summary.expected_recall?);
        let all = all_pairs(&summary.records, &job.duplicates);
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

#[cfg(test)]
mod tests {
    use super::all_pairs;

    #[test]
    fn pairs_within_a_file_count_if_it_may_have_duplicates() {
        assert_eq!(all_pairs(&[3, 4, 5], &[false, false, false]), 12.0 + 15.0 + 20.0);
        assert_eq!(all_pairs(&[3, 4], &[true, false]), 3.0 + 12.0);
        assert_eq!(all_pairs(&[4], &[true]), 6.0);
        assert_eq!(all_pairs(&[0, 0], &[true, true]), 1.0);
    }
}
