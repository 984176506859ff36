//! The settings of a linkage, and its summary.

use std::path::PathBuf;

use mizuhiki_columnar::Source;
use mizuhiki_files::Target;
use mizuhiki_match::Assignment;
use serde::Serialize;

use crate::candidates::files::Files;
use crate::candidates::options::{PassSummary, SearchOptions};
use crate::candidates::symbols::SearchRecall;

/// A linkage between two files, or within one.
#[derive(Debug, Clone)]
pub struct LinkJob {
    /// The token files.
    pub files: Files<Source>,
    /// Output for the links.
    pub output: Target,
    /// Options of the search.
    pub search: SearchOptions,
    /// How candidate pairs become links.
    pub assignment: Assignment,
    /// Number of candidates per record: only those among the best of either record are used; all if absent.
    pub top: Option<u32>,
    /// Whether links are written with the basis of their probability.
    pub evidence: bool,
    /// Maximum number of borderline pairs to list for confirmation per record without a certain link; none if
    /// absent.
    pub for_confirm: Option<u32>,
    /// Candidate pairs in anonlink's binary format, read instead of comparing.
    pub candidates: Option<PathBuf>,
    /// Output for the candidate pairs in anonlink's binary format.
    pub write_candidates: Option<Target>,
    /// Output for the report.
    pub report: Option<Target>,
}

impl LinkJob {
    /// Links at the schema's thresholds, one-to-one between two files, and nothing else.
    #[must_use]
    pub fn new(files: Files<Source>, output: Target) -> Self {
        Self {
            assignment: if files.is_within() { Assignment::Greedy } else { Assignment::Optimal },
            files,
            output,
            search: SearchOptions::default(),
            top: None,
            evidence: false,
            for_confirm: None,
            candidates: None,
            write_candidates: None,
            report: None,
        }
    }
}

/// Results of a linkage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkSummary {
    /// Records on the left.
    pub left_records: u64,
    /// Records on the right.
    pub right_records: u64,
    /// Rows on the left: a record has one for each of its alternatives.
    pub left_rows: u64,
    /// Rows on the right.
    pub right_rows: u64,
    /// Why these pairs were compared.
    pub plan: &'static str,
    /// The passes.
    pub passes: Vec<PassSummary>,
    /// Compared pairs of rows, where a pair that shares several blocks counts for each; for sealed tokens,
    /// joined symbols.
    pub compared: u64,
    /// Minimum number of common symbols of a candidate, for sealed tokens.
    pub least_common: Option<u32>,
    /// Search recall in a sample that was also compared directly, for sealed tokens.
    pub search_recall: Option<SearchRecall>,
    /// Candidate pairs at or above the lower threshold.
    pub candidates: u64,
    /// Links of class match.
    pub matches: u64,
    /// Links of class borderline.
    pub borderline: u64,
    /// Links that are as similar as matches, but may be of another household member, or, with sealed symbols,
    /// of another record: borderline, matches or omitted, as requested.
    pub household: u64,
    /// Upper threshold used; `None` if nothing stands out.
    pub accept_threshold: Option<f64>,
    /// Lower threshold used; `None` if no pair comes near.
    pub borderline_threshold: Option<f64>,
    /// `schema`, `command line` or `calibrated without labels`.
    pub threshold_origin: &'static str,
    /// Expected accuracy at the thresholds.
    #[serde(flatten)]
    pub expected: ExpectedAccuracy,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// Expected accuracy at the upper threshold, without labels; empty if not requested.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ExpectedAccuracy {
    /// Expected precision of the matches.
    pub expected_precision: Option<f64>,
    /// Expected recall among the true links that stand out from chance.
    pub expected_recall: Option<f64>,
    /// Expected share of true pairs among all pairs.
    pub expected_prior: Option<f64>,
    /// Expected share of pairs at or above the upper threshold among true pairs (m).
    pub expected_m: Option<f64>,
    /// The same among non-matching pairs (u).
    pub expected_u: Option<f64>,
}
