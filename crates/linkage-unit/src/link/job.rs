//! A linkage that is asked for, and what it says afterwards.

use std::path::PathBuf;

use mizuhiki_columnar::Source;
use mizuhiki_files::Target;
use mizuhiki_match::Assignment;
use serde::Serialize;

use crate::candidates::files::Files;
use crate::candidates::options::{PassSummary, SearchOptions};
use crate::candidates::symbols::SearchRecall;

/// Linking work between two files, or within one.
#[derive(Debug, Clone)]
pub struct LinkJob {
    /// The token files.
    pub files: Files<Source>,
    /// Where the links go.
    pub output: Target,
    /// How candidates are searched.
    pub search: SearchOptions,
    /// How candidate pairs become links.
    pub assignment: Assignment,
    /// Candidates of a record that are looked at: those among the best so many of either record; all if absent.
    pub top: Option<u32>,
    /// Whether links are written with what their probability rests on.
    pub evidence: bool,
    /// Whether pairs are listed for confirmation: for each record without a sure link so many borderline pairs at most.
    pub for_confirm: Option<u32>,
    /// Candidate pairs in anonlink's binary format to take instead of comparing.
    pub candidates: Option<PathBuf>,
    /// Where the candidate pairs go in anonlink's binary format.
    pub write_candidates: Option<Target>,
    /// Where a report goes.
    pub report: Option<Target>,
}

/// What a linkage found.
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
    /// Pairs of rows compared, a pair that shares several blocks once for each; symbols joined, where tokens are sealed.
    pub compared: u64,
    /// The least number of common symbols of a candidate, where tokens are sealed.
    pub least_common: Option<u32>,
    /// What the search found of a sample that was compared anew, where tokens are sealed.
    pub search_recall: Option<SearchRecall>,
    /// Candidate pairs at or above the lower threshold.
    pub candidates: u64,
    /// Links of class match.
    pub matches: u64,
    /// Links of class borderline.
    pub borderline: u64,
    /// Links that are as similar as matches, but may be of another household member, or, with sealed symbols, of
    /// another record: borderline, matches or left out, as asked.
    pub household: u64,
    /// Upper threshold used; none where nothing stands out.
    pub accept_threshold: Option<f64>,
    /// Lower threshold used; none where nothing comes near.
    pub borderline_threshold: Option<f64>,
    /// `schema`, `command line` or `calibrated without labels`.
    pub threshold_origin: &'static str,
    /// What thresholds promise.
    #[serde(flatten)]
    pub expected: ExpectedAccuracy,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// What the upper threshold promises, without labels; nothing where it was not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ExpectedAccuracy {
    /// Expected precision of the matches.
    pub expected_precision: Option<f64>,
    /// Expected recall among the true links that stand out.
    pub expected_recall: Option<f64>,
    /// Expected share of true pairs among all pairs.
    pub expected_prior: Option<f64>,
    /// Expected share of pairs at or above the upper threshold among true pairs (m).
    pub expected_m: Option<f64>,
    /// The same among non-matching pairs (u).
    pub expected_u: Option<f64>,
}
