//! What came out of an audit, for readers without training in statistics.

use mizuhiki_exchange::{AuditClass, Hypothesis, Outcome};
use mizuhiki_schema::AuditRole;

/// What came out of one audit of links that exist (`protocols/05-audit.md`).
///
/// Holds handles of single links, but no values of persons.
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
    /// Names the key without telling it.
    pub key_id: String,
    /// Epoch of the schema's keys, from 1.
    pub epoch: u32,
    /// Links compared: both files have their handle.
    pub links: u64,
    /// Handles of the left file alone.
    pub left_only: u64,
    /// Handles of the right file alone.
    pub right_only: u64,
    /// Non-matching pairs that were compared, to learn how different people compare.
    pub decoys: u64,
    /// Wrong links expected among those compared, in links, with the 95 % interval.
    pub expected_wrong: Interval,
    /// Links by class, in the order of the table.
    pub classes: Vec<ClassCount>,
    /// What reviewing from the top of the list finds, at some lengths of it, in any order.
    pub review: Vec<ReviewPoint>,
    /// Entries of the review list that was written; 0 if none was.
    pub review_length: u64,
    /// Runs of rows that were linked with an offset.
    pub shifts: Vec<ShiftRow>,
    /// Groups of links, in any order.
    pub groups: Vec<GroupRow>,
    /// Records that stand under several handles, by side.
    pub shared: Vec<SharedRow>,
    /// What a group is, in the singular, such as `batch`; absent if links came without groups.
    pub label: Option<String>,
    /// The first entries of the review list.
    pub findings: Vec<FindingCard>,
    /// What the comparisons are worth, in the order of the schema.
    pub comparisons: Vec<ComparisonRow>,
    /// Estimated shares of what links are; they sum to 1.
    pub hypotheses: Vec<HypothesisShare>,
    /// Rounds in which the shares and weights were estimated.
    pub rounds: u64,
    /// Bits for one person against two, without which no link is called right.
    pub least_evidence_bits: f64,
    /// What earlier review found, if any came back.
    pub feedback: Option<FeedbackSummary>,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// One file of pair tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditSide {
    /// Name of the file.
    pub name: String,
    /// Who made it.
    pub custodian: String,
    /// Rows of it: links, those of this side alone included.
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
    /// Which one.
    pub class: AuditClass,
    /// Links of it.
    pub links: u64,
    /// Wrong links expected among these, 0..=`links`.
    pub expected_wrong: f64,
}

/// What reviewing the list to some entry finds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewPoint {
    /// Entries from the top of the list.
    pub entries: u64,
    /// Wrong links expected among them.
    pub expected_found: f64,
    /// Wrong links expected among all other links.
    pub expected_left: f64,
}

/// A run of rows that were linked with an offset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftRow {
    /// Handle of its first row.
    pub first_handle: String,
    /// Handle of its last row.
    pub last_handle: String,
    /// Links of it.
    pub links: u64,
    /// Places: the right records agree with the left ones that stand so many rows further on (back, if below 0).
    pub offset: i64,
    /// The group that it lies in; empty if links came without groups.
    pub label: String,
}

/// Links of one group, such as a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Its name.
    pub label: String,
    /// Links of it.
    pub links: u64,
    /// Wrong links expected among these.
    pub expected_wrong: f64,
    /// Share of wrong links, 0..=1.
    pub share: Interval,
    /// What stands out, in plain sentences.
    pub findings: Vec<String>,
}

/// Records of one side that stand under several handles.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedRow {
    /// `left` or `right`.
    pub side: String,
    /// Such records.
    pub records: u64,
    /// Links of these.
    pub links: u64,
    /// Links of the record that has most.
    pub most_links: u64,
    /// Wrong links expected among `links`.
    pub expected_wrong: f64,
}

/// One entry of the review list.
#[derive(Debug, Clone, PartialEq)]
pub struct FindingCard {
    /// Place in the list, from 1.
    pub rank: u64,
    /// Handle of the link.
    pub handle: String,
    /// Its class.
    pub class: AuditClass,
    /// Probability that the link is wrong, 0..=1.
    pub probability: f64,
    /// Bits for the link being right against the likeliest way to be wrong, `prior_bits` left out.
    pub weight_bits: f64,
    /// log2 of the odds, right to wrong, of these two hypotheses before comparing.
    pub prior_bits: f64,
    /// Why, in English.
    pub reason: String,
    /// Why, in Japanese.
    pub reason_ja: String,
    /// What speaks for and against; what is missing to `weight_bits` is drawn as one more bar.
    pub evidence: Vec<EvidenceBar>,
    /// What might put it right.
    pub proposal: Option<String>,
}

/// What one comparison says of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceBar {
    /// Name of the comparison.
    pub comparison: String,
    /// Its outcome.
    pub outcome: Outcome,
    /// Names of the comparison's levels.
    pub levels: Vec<String>,
    /// Bits for the link being right; below 0 for wrong.
    pub bits: f64,
}

/// What a comparison is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct ComparisonRow {
    /// Its name.
    pub name: String,
    /// Its role in the schema.
    pub role: AuditRole,
    /// Share of links in which a side has no value, 0..=1.
    pub missing_share: f64,
    /// Share that agrees of what was compared of one person, 0..=1.
    pub agree_share_same: f64,
    /// Share that agrees of what was compared of different people, 0..=1.
    pub agree_share_different: f64,
    /// Bits for one person if it agrees.
    pub agree_bits: f64,
    /// Bits for one person if it differs; mostly below 0.
    pub differ_bits: f64,
}

/// How many links are of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct HypothesisShare {
    /// Which one.
    pub hypothesis: Hypothesis,
    /// Estimated share of links, 0..=1.
    pub share: f64,
}

/// What reviewers found of entries that were looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackSummary {
    /// Entries looked at.
    pub reviewed: u64,
    /// Wrong ones of them.
    pub wrong: u64,
    /// Right ones of them.
    pub right: u64,
    /// Those of which reviewers could not tell.
    pub cannot_tell: u64,
    /// Share of wrong links among `wrong` and `right`, 0..=1.
    pub precision: Interval,
    /// Predicted against observed, from low to high.
    pub bins: Vec<ReliabilityBin>,
}

/// Reviewed links of about one predicted probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityBin {
    /// Mean predicted probability that the link is wrong, 0..=1.
    pub predicted: f64,
    /// Share that was found wrong, 0..=1.
    pub observed: Interval,
    /// Links.
    pub links: u64,
}
