//! The settings of an audit, and its summary.

use mizuhiki_columnar::Source;
use mizuhiki_exchange::{AuditClass, Hypothesis};
use mizuhiki_files::Target;
use serde::Serialize;

/// An audit of two files of pair tokens.
#[derive(Debug, Clone)]
pub struct AuditJob {
    /// Pair tokens of the side that made the links.
    pub left: Source,
    /// Pair tokens of the other side.
    pub right: Source,
    /// Output for the findings.
    pub output: Target,
    /// Output for findings on batches, shifted rows and shared records.
    pub batch_output: Option<Target>,
    /// Label by which links are grouped.
    pub label: Option<String>,
    /// Output for the report.
    pub report: Option<Target>,
    /// Length of the review list for a clerk, and its output.
    pub review: Option<(ReviewLength, Target)>,
    /// Links that `link` found for handles, from search tokens of the suspicious records.
    pub proposals: Option<Source>,
    /// Whether right links are written, too.
    pub all: bool,
    /// Memory limit in bytes; a quarter of the machine's memory if absent.
    pub memory: Option<u64>,
}

/// Length of a review list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewLength {
    /// The longest list of which a third is expected to be wrong.
    Auto,
    /// A fixed number of entries.
    Entries(u64),
}

/// The current step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditStage {
    /// Comparing links.
    Compare,
    /// Fitting hypotheses.
    Fit,
    /// Writing findings.
    Write,
}

/// Called on progress, with the stage, the rows so far and the total.
pub type OnAuditProgress<'p> = &'p (dyn Fn(AuditStage, u64, u64) + Sync);

/// Results of an audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditSummary {
    /// Links of which both rows were compared.
    pub links: u64,
    /// Handles of only the left file, which were not checked.
    pub left_only: u64,
    /// Handles of only the right file, which were not checked.
    pub right_only: u64,
    /// Non-matching pairs that were compared.
    pub decoys: u64,
    /// Expected number of wrong links among those compared, with a 95 % interval.
    pub expected_wrong: f64,
    /// See `expected_wrong`.
    pub expected_wrong_low: f64,
    /// See `expected_wrong`.
    pub expected_wrong_high: f64,
    /// Links by class.
    pub classes: Vec<ClassSummary>,
    /// Fitted share of links of each hypothesis.
    pub hypotheses: Vec<HypothesisSummary>,
    /// Rounds of expectation–maximization.
    pub rounds: u64,
    /// Findings written.
    pub findings: u64,
    /// Length of the longest list of which a third is expected to be wrong.
    pub review_auto: u64,
    /// Entries of the review list; absent if none was requested.
    pub review_written: Option<u64>,
    /// Runs of rows that were linked with an offset.
    pub shifts: u64,
    /// Links in them.
    pub shifted_links: u64,
    /// Batches that stand out.
    pub batches_flagged: u64,
    /// Left records with links to several right ones.
    pub shared_left: u64,
    /// See `shared_left`.
    pub shared_right: u64,
    /// Proposals that were used; absent if none were given.
    pub proposals: Option<u64>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// A hypothesis and its share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HypothesisSummary {
    /// The hypothesis.
    pub hypothesis: Hypothesis,
    /// Share of links, 0..=1.
    pub share: f64,
}

/// Links of a class.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassSummary {
    /// The class.
    pub class: AuditClass,
    /// Links.
    pub links: u64,
    /// Expected number of wrong links among them.
    pub expected_wrong: f64,
}
