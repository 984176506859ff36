//! What a linkage unit is asked to audit, and what it says afterwards.

use mizuhiki_columnar::Source;
use mizuhiki_exchange::{AuditClass, Hypothesis};
use mizuhiki_files::Target;
use serde::Serialize;

/// Audit work on two files of pair tokens.
#[derive(Debug, Clone)]
pub struct AuditJob {
    /// Pair tokens of the side that made the links.
    pub left: Source,
    /// Pair tokens of the other side.
    pub right: Source,
    /// Where the findings go.
    pub output: Target,
    /// Where findings on batches, shifted rows and shared records go.
    pub batch_output: Option<Target>,
    /// Label by which links are grouped.
    pub label: Option<String>,
    /// Where a report goes.
    pub report: Option<Target>,
    /// A list for a clerk to work through, and where it goes.
    pub review: Option<(ReviewLength, Target)>,
    /// Links that `link` proposes for handles, from search tokens of the suspicious records.
    pub proposals: Option<Source>,
    /// Whether every link is written, right ones too.
    pub all: bool,
    /// Bytes of memory that the work may take; a quarter of the machine's if absent.
    pub memory: Option<u64>,
}

/// Length of a review list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewLength {
    /// As long as a third of its entries are expected to be wrong.
    Auto,
    /// So many entries.
    Entries(u64),
}

/// What the linkage unit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditStage {
    /// Comparing so many links of so many.
    Compare,
    /// Fitting hypotheses.
    Fit,
    /// Writing so many handles of so many.
    Write,
}

/// Told of progress: the stage, rows so far and in all.
pub type OnAuditProgress<'p> = &'p (dyn Fn(AuditStage, u64, u64) + Sync);

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditSummary {
    /// Links whose two rows were compared.
    pub links: u64,
    /// Handles of the left file alone; they were not checked.
    pub left_only: u64,
    /// Handles of the right file alone; they were not checked.
    pub right_only: u64,
    /// Non-matching pairs that were compared.
    pub decoys: u64,
    /// Wrong links that are expected among those compared, with a 95 % interval.
    pub expected_wrong: f64,
    /// See `expected_wrong`.
    pub expected_wrong_low: f64,
    /// See `expected_wrong`.
    pub expected_wrong_high: f64,
    /// Links by class.
    pub classes: Vec<ClassSummary>,
    /// Share of links of each hypothesis, as fitted.
    pub hypotheses: Vec<HypothesisSummary>,
    /// Rounds of expectation–maximisation.
    pub rounds: u64,
    /// Findings written.
    pub findings: u64,
    /// Entries of a list of which a third is expected to be wrong.
    pub review_auto: u64,
    /// Entries of the review list written; absent if none was asked for.
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
    /// Proposals that were taken over; absent if none were given.
    pub proposals: Option<u64>,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// A hypothesis of the audit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HypothesisSummary {
    /// Which one.
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
    /// Wrong links expected among them.
    pub expected_wrong: f64,
}
