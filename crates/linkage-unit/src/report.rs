//! What the report says of a linkage.

use mizuhiki_exchange::{Comparable, TokenSet, View};
use mizuhiki_match::{Assignment, Calibration, HISTOGRAM_BINS};
use mizuhiki_report::{
    ExpectationSummary, ExpectedAt, FileSummary, LinkReport, PassFigures, SampledPairs, SymbolSummary,
    ThresholdSummary, ViewSummary,
};
use mizuhiki_schema::Measure;

use crate::{LinkJob, LinkSummary};

/// Links by similarity, [`HISTOGRAM_BINS`] bins over 0..=1.
pub(crate) struct LinksHistogram(Vec<u64>);

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

pub(crate) fn report(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    summary: &LinkSummary,
    links_histogram: &LinksHistogram,
    calibration: Option<&Calibration>,
) -> LinkReport {
    let meta = comparable.left().meta();
    LinkReport {
        title: "Linkage report".to_owned(),
        generated_by: concat!("mizuhiki ", env!("CARGO_PKG_VERSION")).to_owned(),
        left: file(&job.left.name(), comparable.left()),
        right: (!comparable.is_within()).then(|| file(&job.right.name(), comparable.right())),
        schema_name: meta.map_or_else(|| "none (bare CLKs)".to_owned(), |meta| meta.schema.name().to_owned()),
        schema_digest: meta.map_or_else(String::new, |meta| meta.schema.digest().to_string()),
        key_id: meta.map(|meta| meta.key_id.to_string()),
        profile: meta.map_or("clkhash", |meta| meta.schema.profile_name()).to_owned(),
        measure: match comparable.measure() {
            Measure::Symbols { positions, per_row } => {
                format!("common symbols of {per_row}, unwarped for {positions} positions each")
            }
            _ => "Dice coefficient".to_owned(),
        },
        epoch: meta.map(|meta| meta.schema.epoch()),
        assignment: match job.assignment {
            Assignment::Greedy => "greedy one-to-one",
            Assignment::Optimal => "optimal one-to-one",
            _ => "many-to-many",
        }
        .to_owned(),
        thresholds: ThresholdSummary {
            accept: summary.accept_threshold,
            borderline: summary.borderline_threshold,
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
        symbols: symbols(comparable, summary),
        compared: summary.compared,
        candidates: summary.candidates,
        matches: summary.matches,
        borderline: summary.borderline,
        expectation: calibration.map(|calibration| ExpectationSummary {
            precision: summary.expected_precision.unwrap_or_default(),
            recall: summary.expected_recall.unwrap_or_default(),
            prior: summary.expected_prior.unwrap_or_default(),
            u: summary.expected_u.unwrap_or_default(),
            curve: curve(calibration),
            method: match comparable.measure() {
                Measure::Symbols { .. } => {
                    "pairs that lost against a better link tell how many false links to expect"
                }
                _ => "non-matches within each file tell how many false links to expect",
            }
            .to_owned(),
        }),
        histogram: calibration.map(|calibration| calibration.histogram.clone()).unwrap_or_default(),
        links_histogram: links_histogram.0.clone(),
        warnings: summary.warnings.clone(),
    }
}

fn symbols(comparable: &Comparable<'_>, summary: &LinkSummary) -> Option<SymbolSummary> {
    let symbols = comparable.left().meta()?.schema.symbols()?;
    let sampled = summary
        .search_recall
        .map(|recall| SampledPairs { pairs: recall.sampled_pairs, found: recall.found_pairs });
    Some(SymbolSummary {
        per_record: symbols.per_record as u64,
        bits: symbols.bits as u64,
        positions: symbols.positions as u64,
        least_common: summary.least_common?,
        sampled,
    })
}

/// What thresholds promise, in steps of a fiftieth, from the first that links anything to where most of the
/// links are expected to be false.
fn curve(calibration: &Calibration) -> Vec<ExpectedAt> {
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

fn file(name: &str, set: &TokenSet) -> FileSummary {
    FileSummary {
        name: name.to_owned(),
        custodian: set.custodian_name().to_owned(),
        records: set.len() as u64,
        views: set.views().iter().map(|of| view(set, of)).collect(),
    }
}

fn view(set: &TokenSet, view: &View) -> ViewSummary {
    let tokens = view.present.iter().filter(|&&present| present).count();
    let present = |row: &usize| view.present[*row];
    let weight: u64 = (0..view.rows.len()).filter(present).map(|row| u64::from(view.rows.weight(row))).sum();
    // Alternatives of one record repeat each other, which says nothing: the first speaks for the record.
    let firsts = (0..set.len() as u32).map(|record| set.rows_of(record).start as usize).filter(present);
    let mut rows: Vec<&[u64]> = firsts.map(|row| view.rows.row(row)).collect();
    let records = rows.len();
    rows.sort_unstable();
    rows.dedup();
    ViewSummary {
        name: view.name.clone(),
        bits: view.rows.width() as u64,
        tokens: tokens as u64,
        fill: weight as f64 / (tokens.max(1) * view.rows.width()) as f64,
        distinct_share: rows.len() as f64 / records.max(1) as f64,
    }
}
