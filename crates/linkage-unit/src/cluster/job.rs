//! A clustering that is asked for, and what it says afterwards.

use mizuhiki_columnar::Source;
use mizuhiki_files::Target;
use serde::Serialize;

use crate::candidates::options::SearchOptions;
use crate::candidates::symbols::SearchRecall;

/// Clustering work over one or more files.
#[derive(Debug, Clone)]
pub struct ClusterJob {
    /// The token files, of one custodian each.
    pub files: Vec<Source>,
    /// Where the clusters go.
    pub output: Target,
    /// How candidates are searched.
    pub search: SearchOptions,
    /// For each file, whether it may hold a person more than once.
    pub duplicates: Vec<bool>,
    /// Where a report goes.
    pub report: Option<Target>,
}

/// What came out of clustering.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterSummary {
    /// Records of each file.
    pub records: Vec<u64>,
    /// Pairs compared, over all pairs of files; symbols joined, where tokens are sealed.
    pub compared: u64,
    /// What the search found of samples that were compared anew, where tokens are sealed.
    pub search_recall: Option<SearchRecall>,
    /// Candidate pairs of class match.
    pub matches: u64,
    /// Candidate pairs of class borderline; they join no cluster.
    pub borderline: u64,
    /// Candidate pairs that are as similar as matches, but may be of two members of a household; they join clusters only
    /// where that was asked for.
    pub household: u64,
    /// Clusters of two or more records.
    pub clusters: u64,
    /// Records in them.
    pub clustered: u64,
    /// Matches between records of different clusters: transitive conflicts.
    pub conflicts: u64,
    /// Upper threshold of each comparison, in the order (1, 1), (1, 2), …, (2, 2), …, of those that are made; none where
    /// nothing stands out.
    pub accept_thresholds: Vec<Option<f64>>,
    /// Lower threshold of each of them.
    pub borderline_thresholds: Vec<Option<f64>>,
    /// The least number of common symbols of a candidate in the first comparison, where tokens are sealed.
    pub least_common: Option<u32>,
    /// Expected precision of the matches within clusters, without labels, where all comparisons are calibrated.
    pub expected_precision: Option<f64>,
    /// Expected share of the true pairs among all candidates that are within clusters.
    pub expected_recall: Option<f64>,
    /// Things to look at.
    pub warnings: Vec<String>,
}
