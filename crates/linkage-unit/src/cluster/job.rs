//! The settings of a clustering, and its summary.

use mizuhiki_columnar::Source;
use mizuhiki_files::Target;
use serde::Serialize;

use crate::candidates::options::SearchOptions;
use crate::candidates::symbols::SearchRecall;

/// A clustering of one or more files.
#[derive(Debug, Clone)]
pub struct ClusterJob {
    /// The token files, one per custodian.
    pub files: Vec<Source>,
    /// Output for the clusters.
    pub output: Target,
    /// Options of the search.
    pub search: SearchOptions,
    /// For each file, whether it may have duplicates.
    pub duplicates: Vec<bool>,
    /// Output for the report.
    pub report: Option<Target>,
}

/// Results of a clustering.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterSummary {
    /// Records of each file.
    pub records: Vec<u64>,
    /// Compared pairs over all pairs of files; for sealed tokens, joined symbols.
    pub compared: u64,
    /// Search recall in samples that were also compared directly, for sealed tokens.
    pub search_recall: Option<SearchRecall>,
    /// Candidate pairs of class match.
    pub matches: u64,
    /// Candidate pairs of class borderline, which are not used for clusters.
    pub borderline: u64,
    /// Candidate pairs that are as similar as matches, but may be of two household members; they are used for
    /// clusters only if requested.
    pub household: u64,
    /// Clusters of two or more records.
    pub clusters: u64,
    /// Records in them.
    pub clustered: u64,
    /// Matches between records of different clusters: transitive conflicts.
    pub conflicts: u64,
    /// Upper threshold of each comparison made, in the order (1, 1), (1, 2), …, (2, 2), …; `None` if nothing
    /// stands out.
    pub accept_thresholds: Vec<Option<f64>>,
    /// Lower threshold of each comparison.
    pub borderline_thresholds: Vec<Option<f64>>,
    /// Minimum number of common symbols of a candidate in the first comparison, for sealed tokens.
    pub least_common: Option<u32>,
    /// Expected precision of the matches within clusters, without labels, if all comparisons are calibrated.
    pub expected_precision: Option<f64>,
    /// Expected recall: share within clusters of the true pairs among all candidates.
    pub expected_recall: Option<f64>,
    /// Warnings.
    pub warnings: Vec<String>,
}
