//! Common parts of the reports of linkages and clusterings.

use std::io::Write as _;

use mizuhiki_exchange::{Comparable, TokenSet, ViewTokens};
use mizuhiki_files::{WriteError, WriteFile};
use mizuhiki_match::{Calibration, HISTOGRAM_BINS};
use mizuhiki_report::{
    ExpectedAt, FileSummary, LinkReport, SampledPairs, SymbolSummary, ThresholdSummary, ViewSection,
};
use mizuhiki_schema::Measure;

use crate::candidates::symbols::SearchRecall;
use crate::link::error::LinkError;

/// Links by similarity, [`HISTOGRAM_BINS`] bins over 0..=1.
pub(crate) struct LinksHistogram(pub(crate) Vec<u64>);

impl Default for LinksHistogram {
    fn default() -> Self {
        Self(vec![0; HISTOGRAM_BINS])
    }
}

impl LinksHistogram {
    pub(crate) fn add(&mut self, similarity: f64) {
        let bin = (similarity * HISTOGRAM_BINS as f64) as usize;
        self.0[bin.min(HISTOGRAM_BINS - 1)] += 1;
    }
}

/// Writes a report, which appears complete or not at all.
pub(crate) fn write_report(mut file: WriteFile, report: &LinkReport) -> Result<(), LinkError> {
    let name = file.name().to_owned();
    let html = mizuhiki_report::render(report)?;
    let io = |reason| WriteError::Io { file: name, action: "write", reason };
    file.write_all(html.as_bytes()).map_err(io)?;
    Ok(file.commit()?)
}

/// A report with the data of files and schema, without results yet.
pub(crate) fn about(files: Vec<FileSummary>, comparable: &Comparable<'_>) -> LinkReport {
    let meta = comparable.left().meta();
    LinkReport {
        title: String::new(),
        generated_by: concat!("mizuhiki ", env!("CARGO_PKG_VERSION")).to_owned(),
        files,
        schema_name: meta.map_or_else(|| "none (bare CLKs)".to_owned(), |meta| meta.schema.name().to_owned()),
        schema_digest: meta.map_or_else(String::new, |meta| meta.schema.digest().to_string()),
        key_id: meta.map(|meta| meta.key_id.to_string()),
        profile: meta.map_or("clkhash", |meta| meta.schema.profile_name()).to_owned(),
        measure: match comparable.measure() {
            Measure::Symbols { positions, per_row } => {
                format!("common symbols out of {per_row}, rescaled for {positions} positions each")
            }
            Measure::Dice => "Dice coefficient".to_owned(),
        },
        epoch: meta.map(|meta| meta.schema.epoch()),
        assignment: String::new(),
        thresholds: ThresholdSummary { accept: 0.0, borderline: 0.0, origin: String::new() },
        plan: String::new(),
        passes: Vec::new(),
        doubtful: 0,
        symbols: None,
        compared: 0,
        candidates: 0,
        matches: 0,
        borderline: 0,
        expectation: None,
        histogram: Vec::new(),
        links_histogram: Vec::new(),
        warnings: Vec::new(),
    }
}

/// How the expectation was estimated, in words.
pub(crate) const fn method(comparable: &Comparable<'_>) -> &'static str {
    if comparable.is_within() {
        "the number of false pairs is extrapolated from less similar pairs and the usual number of relatives"
    } else {
        "the number of false links is estimated from what records within each file have in common"
    }
}

pub(crate) fn symbols(
    comparable: &Comparable<'_>,
    least_common: Option<u32>,
    recall: Option<SearchRecall>,
) -> Option<SymbolSummary> {
    let symbols = comparable.left().meta()?.schema.symbols()?;
    let sampled =
        recall.map(|recall| SampledPairs { pairs: recall.sampled_pairs, found: recall.found_pairs });
    Some(SymbolSummary {
        per_record: symbols.per_record as u64,
        bits: symbols.bits as u64,
        positions: symbols.positions as u64,
        least_common: least_common?,
        sampled,
    })
}

/// Expected accuracy at thresholds in steps of 0.02, from the first that links anything down to where most of
/// the links are expected to be false.
pub(crate) fn curve(calibration: &Calibration) -> Vec<ExpectedAt> {
    let at = |step: u32| {
        let threshold = f64::from(step) / 50.0;
        let expected = calibration.expect(threshold);
        ExpectedAt {
            threshold,
            links: expected.links as u64,
            precision: expected.precision,
            recall: expected.recall,
            probability: calibration.probability(threshold),
        }
    };
    let mut curve: Vec<ExpectedAt> = Vec::new();
    for row in (0..=50).rev().map(at).filter(|row| row.links > 0) {
        let more = curve.last().is_none_or(|last| row.links > last.links);
        if more {
            curve.push(row);
        }
        if row.precision < 0.5 {
            break;
        }
    }
    curve
}

pub(crate) fn file(name: &str, set: &TokenSet) -> FileSummary {
    FileSummary {
        name: name.to_owned(),
        custodian: set.custodian_name().to_owned(),
        records: set.len() as u64,
        views: set.views().iter().map(|of| view(set, of)).collect(),
    }
}

fn view(set: &TokenSet, view: &ViewTokens) -> ViewSection {
    let tokens = view.present.iter().filter(|&&present| present).count();
    let present = |row: &usize| view.present[*row];
    let weight: u64 = (0..view.rows.len()).filter(present).map(|row| u64::from(view.rows.weight(row))).sum();
    // Alternatives of one record repeat each other by nature, so only the first one counts.
    let firsts = (0..set.len() as u32).map(|record| set.rows_of(record).start as usize).filter(present);
    let mut rows: Vec<&[u64]> = firsts.map(|row| view.rows.row(row)).collect();
    let records = rows.len();
    rows.sort_unstable();
    rows.dedup();
    ViewSection {
        name: view.name.clone(),
        bits: view.rows.width() as u64,
        tokens: tokens as u64,
        fill: weight as f64 / (tokens.max(1) * view.rows.width()) as f64,
        distinct_share: rows.len() as f64 / records.max(1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FIXED, calibration, filters, schema_of_filters};

    #[test]
    fn every_similarity_has_a_bin_both_ends_too() {
        let mut histogram = LinksHistogram::default();
        [0.0, 0.5, 0.5, 1.0 - f64::EPSILON, 1.0].into_iter().for_each(|of| histogram.add(of));
        let LinksHistogram(bins) = histogram;
        assert_eq!(bins.len(), HISTOGRAM_BINS);
        assert_eq!((bins[0], bins[HISTOGRAM_BINS / 2], bins[HISTOGRAM_BINS - 1]), (1, 2, 2));
        assert_eq!(bins.iter().sum::<u64>(), 5);
    }

    #[test]
    fn a_curve_goes_down_to_where_links_end() {
        let rows = curve(&calibration(&[(190, 400), (120, 100)], 1_000));
        let links: Vec<u64> = rows.iter().map(|row| row.links).collect();
        assert_eq!(links, [400, 500], "a row for every step that links more");
        assert!(rows[0].threshold > rows[1].threshold && rows[0].threshold <= 0.95);
        assert!(rows[0].precision > rows[1].precision, "{rows:?}");
        assert!(rows[0].recall < rows[1].recall && rows[1].recall <= 1.0 + 1e-9, "{rows:?}");
        assert!(curve(&calibration(&[], 1_000)).is_empty());
    }

    #[test]
    fn a_view_is_told_by_its_tokens_alone() {
        let rows = [("1", 0b1111_0000), ("2", 0b1111_0000), ("3", 0b1111_1111), ("4", 0)];
        let of = file("left.parquet", &filters("clinic", &schema_of_filters(FIXED), &rows));
        assert_eq!((of.name.as_str(), of.custodian.as_str(), of.records), ("left.parquet", "clinic", 4));
        assert_eq!(of.views.iter().map(|view| view.name.as_str()).collect::<Vec<_>>(), ["v", "w"]);
        for view in &of.views {
            assert_eq!(view.tokens, 3, "a record lacks one");
            assert!((view.fill - 2.0 / 3.0).abs() < 1e-12, "{view:?}");
            assert!((view.distinct_share - 2.0 / 3.0).abs() < 1e-12, "{view:?}");
        }
    }

    #[test]
    fn symbols_are_reported_of_sealed_tokens_alone() {
        let set = filters("clinic", &schema_of_filters(FIXED), &[("1", 1)]);
        let recall = SearchRecall { sampled_pairs: 5, found_pairs: 4 };
        assert!(symbols(&Comparable::within(&set), Some(3), Some(recall)).is_none());
        let (set, _) = crate::fixtures::symbols("clinic", 112, mizuhiki_exchange::Task::Dedupe, &[&[1]]);
        let told = symbols(&Comparable::within(&set), Some(3), Some(recall)).unwrap();
        assert_eq!((told.per_record, told.positions, told.least_common), (8, 112, 3));
        assert_eq!(told.sampled.map(|of| (of.pairs, of.found)), Some((5, 4)));
    }
}
