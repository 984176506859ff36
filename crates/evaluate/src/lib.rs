//! Laboratory: synthetic people with ground truth, and the accuracy of links, clusters and audits.
//!
//! [`make_japan`] and [`make_english`] generate people in households and record them as several custodians
//! would, each with its own errors. [`accuracy`] and [`link_table_accuracy`] compare found links with true
//! ones. Nothing here describes a real person. Results do not depend on the machine: the same specification
//! gives the same bytes.

#![forbid(unsafe_code)]

mod accuracy;
mod attack;
mod audit;
mod ceiling;
mod closest;
mod clusters;
mod date;
mod draw;
mod en_latn;
mod file_digest;
mod grid;
mod ja;
mod links;
mod manifest;
mod privacy;
mod rate;
mod reliability;
mod scenario;
mod table;

pub use accuracy::{Accuracy, LinkTableAccuracy, accuracy, accuracy_unordered, link_table_accuracy};
#[doc(hidden)]
pub use attack::gf2;
pub use attack::{
    AttackError, AttackFinding, Attacker, Goal, Measured, PairFile, PairPrivacyJob, PeopleFile, PeopleIds,
    PeopleList, PrivacyJob, PrivacyResult, Tier, Verdict, evaluate_pair_privacy, evaluate_privacy,
    laboratory_key, laboratory_pair_runs, laboratory_run, write_laboratory_links,
};
pub use audit::{
    AuditAccuracy, CauseRow, JudgedFinding, LinkTruth, ListRecall, ReliabilityRow, audit_accuracy,
    read_findings, read_link_truth,
};
pub use ceiling::{CeilingError, CeilingJob, audit_ceiling, plain_outcome};
pub use closest::{ClosestCluster, Exactness};
pub use clusters::{BCubed, ClusterAccuracy, ClusterError, cluster_accuracy, persons_of_pairs};
pub use en_latn::{Holder, Population, PopulationSpec, Record, make_english};
pub use file_digest::file_digest;
pub use grid::{
    GridAxes, GridChoice, GridCost, GridError, GridLeakage, GridOutcome, GridPoint, GridRates, GridResult,
    GridSettings, GridSpec, GridVariant, GridViews, choose, grid_markdown, grid_page, grid_variants,
    parse_grid,
};
pub use ja::{Figure, JapanSpec, Rates, SynthRate, make_japan};
pub use links::{
    CandidateQuality, GroupAccuracy, GroupColumns, LinkEvaluation, LinkEvaluationError, LinkEvaluationJob,
    Subgroups, SweepPoint, ThresholdSweep, WorstPairs, WrongPair, accuracy_page, evaluate_links,
};
pub use manifest::{Manifest, ManifestFile, SynthError};
pub use privacy::{privacy_markdown, privacy_page};
pub use rate::Rate;
pub use reliability::{ProbabilityRow, Reliability};
pub use scenario::{
    AppliedError, Benchmark, Bound, BoundOutcome, ColumnErrors, Corruption, DataSide, Scenario,
    ScenarioAccept, ScenarioAssignment, ScenarioData, ScenarioError, ScenarioHouseholds, ScenarioMeasure,
    ScenarioMethod, ScenarioSchema, ScenarioTask, SwapErrors, corrupt_table, judge_bounds,
    measures_of_clusters, measures_of_links, parse_scenario,
};
pub use table::write_truth;
