//! Links: what the linkage unit returns.

use std::cmp::Ordering;

use mizuhiki_schema::Similarity;

use crate::id::{RecordId, compare_ids};
use crate::results::classification::Classification;
use crate::results::flag::LinkFlag;

/// The order of links: by descending similarity, then left id, then right id (`protocols/04-matching.md` §5).
#[must_use]
pub fn compare_links(a: &Link, b: &Link) -> Ordering {
    b.similarity
        .get()
        .total_cmp(&a.similarity.get())
        .then_with(|| compare_ids(a.left.as_str(), b.left.as_str()))
        .then_with(|| compare_ids(a.right.as_str(), b.right.as_str()))
}

/// One row of a link table.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Record of the left custodian.
    pub left: RecordId,
    /// Record of the right custodian.
    pub right: RecordId,
    /// Their similarity.
    pub similarity: Similarity,
    /// Its class.
    pub class: Classification,
    /// Probability that it is a true link, 0..=1, if it is known.
    pub probability: Option<f64>,
    /// What is to be known of it beside its class.
    pub flag: Option<LinkFlag>,
    /// What its probability rests on, if the table says.
    pub evidence: Option<String>,
}
