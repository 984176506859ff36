//! Results of an audit, for readers without training in statistics.

use mizuhiki_exchange::{AuditClass, Hypothesis, Outcome};
use mizuhiki_schema::AuditRole;

/// Results of one audit of existing links (`protocols/05-audit.md`).
///
/// Contains handles of single links, but no values of persons.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditReport {
    /// Heading of the page.
    pub title: String,
    /// Program and version.
    pub generated_by: String,
    /// The left file.
    pub left: AuditSide,
    /// The right file.
    pub right: AuditSide,
    /// Name of the audit schema.
    pub schema_name: String,
    /// Digest of the audit schema.
    pub schema_digest: String,
    /// Identifies the key without revealing it.
    pub key_id: String,
    /// Epoch of the schema's keys, from 1.
    pub epoch: u32,
    /// Number of compared links, whose handle is in both files.
    pub links: u64,
    /// Handles of only the left file.
    pub left_only: u64,
    /// Handles of only the right file.
    pub right_only: u64,
    /// Non-matching pairs that were compared, as a sample of different people.
    pub decoys: u64,
    /// Expected number of wrong links among those compared, with the 95 % interval.
    pub expected_wrong: Interval,
    /// Links by class, in the order of the table.
    pub classes: Vec<ClassCount>,
    /// Expected results of a review from the top of the list, for several lengths, in any order.
    pub review: Vec<ReviewPoint>,
    /// Entries of the review list; 0 if none was written.
    pub review_length: u64,
    /// Runs of rows that were linked with an offset.
    pub shifts: Vec<ShiftRow>,
    /// Groups of links, in any order.
    pub groups: Vec<GroupRow>,
    /// Records with several handles, by side.
    pub shared: Vec<SharedRow>,
    /// What a group is, in the singular, such as `batch`; absent if links have no groups.
    pub label: Option<String>,
    /// The first entries of the review list.
    pub findings: Vec<FindingCard>,
    /// Weights of the comparisons, in the order of the schema.
    pub comparisons: Vec<ComparisonRow>,
    /// Estimated shares of the hypotheses; they sum to 1.
    pub hypotheses: Vec<HypothesisShare>,
    /// Number of rounds in which shares and weights were estimated.
    pub rounds: u64,
    /// Minimum evidence, in bits, for one person against a different person; below it no link counts as
    /// right.
    pub least_evidence_bits: f64,
    /// Results of an earlier review, if any.
    pub feedback: Option<FeedbackSection>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// One file of pair tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSide {
    /// Name of the file.
    pub name: String,
    /// The custodian who made it.
    pub custodian: String,
    /// Number of its links, including those of only this side.
    pub rows: u64,
}

/// An estimate with its 95 % interval, in the unit of the estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// Lower end, at most `value`.
    pub low: f64,
    /// Upper end, at least `value`.
    pub high: f64,
}

/// Links of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassCount {
    /// The class or hypothesis.
    pub class: AuditClass,
    /// Number of links.
    pub links: u64,
    /// Expected number of wrong links among these, 0..=`links`.
    pub expected_wrong: f64,
}

/// Expected results of reviewing the first entries of the list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewPoint {
    /// Number of entries from the top of the list.
    pub entries: u64,
    /// Expected number of wrong links among them.
    pub expected_found: f64,
    /// Expected number of wrong links among all other links.
    pub expected_left: f64,
}

/// A run of rows that were linked with an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftRow {
    /// Handle of its first row.
    pub first_handle: String,
    /// Handle of its last row.
    pub last_handle: String,
    /// Number of links.
    pub links: u64,
    /// Offset in rows: the right records agree with the left ones this many rows later (earlier, if
    /// negative).
    pub offset: i64,
    /// Its group; empty if links have no groups.
    pub label: String,
}

/// Links of one group, such as a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Its name.
    pub label: String,
    /// Number of links.
    pub links: u64,
    /// Expected number of wrong links among these.
    pub expected_wrong: f64,
    /// Share of wrong links, 0..=1.
    pub share: Interval,
    /// What stands out, in plain sentences.
    pub findings: Vec<String>,
}

/// Records of one side with several handles.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedRow {
    /// `left` or `right`.
    pub side: String,
    /// Number of such records.
    pub records: u64,
    /// Number of their links.
    pub links: u64,
    /// Maximum number of links of one record.
    pub most_links: u64,
    /// Expected number of wrong links among `links`.
    pub expected_wrong: f64,
}

/// One entry of the review list.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingCard {
    /// Rank in the list, from 1.
    pub rank: u64,
    /// Handle of the link.
    pub handle: String,
    /// Its class.
    pub class: AuditClass,
    /// Probability that the link is wrong, 0..=1.
    pub probability: f64,
    /// Evidence in bits for the likeliest right hypothesis against the likeliest wrong one, without
    /// `prior_bits`.
    pub weight_bits: f64,
    /// log2 of the prior odds, right to wrong, of these two hypotheses.
    pub prior_bits: f64,
    /// The reason, in English.
    pub reason: String,
    /// The reason, in Japanese.
    pub reason_ja: String,
    /// Evidence per comparison; the difference to `weight_bits` is drawn as one more bar.
    pub evidence: Vec<EvidenceBar>,
    /// A proposed correction.
    pub proposal: Option<String>,
}

/// Evidence of one comparison about a link.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceBar {
    /// Name of the comparison.
    pub comparison: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// Names of the comparison's levels.
    pub levels: Vec<String>,
    /// Bits for the link being right; negative for wrong.
    pub bits: f64,
}

/// Weights of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonRow {
    /// Its name.
    pub name: String,
    /// Its role in the schema.
    pub role: AuditRole,
    /// Share of links in which a side has no value, 0..=1.
    pub missing_share: f64,
    /// Share that agrees for one person, of values that were compared, 0..=1.
    pub agree_share_same: f64,
    /// Share that agrees for different people, of values that were compared, 0..=1.
    pub agree_share_different: f64,
    /// Bits for one person if it agrees.
    pub agree_bits: f64,
    /// Bits for one person if it differs; usually negative.
    pub differ_bits: f64,
}

/// The share of a hypothesis.
#[derive(Debug, Clone, PartialEq)]
pub struct HypothesisShare {
    /// The class or hypothesis.
    pub hypothesis: Hypothesis,
    /// Estimated share of links, 0..=1.
    pub share: f64,
}

/// Verdicts on reviewed entries.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackSection {
    /// Reviewed entries.
    pub reviewed: u64,
    /// Of these, wrong links.
    pub wrong: u64,
    /// Of these, right links.
    pub right: u64,
    /// Of these, entries that reviewers could not decide.
    pub cannot_tell: u64,
    /// Share of wrong links among `wrong` and `right`, 0..=1.
    pub precision: Interval,
    /// Predicted against observed, from low to high.
    pub bins: Vec<ReliabilityBin>,
}

/// Reviewed links of similar predicted probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// Mean predicted probability that the link is wrong, 0..=1.
    pub predicted: f64,
    /// Observed share of wrong links, 0..=1.
    pub observed: Interval,
    /// Links.
    pub links: u64,
}
