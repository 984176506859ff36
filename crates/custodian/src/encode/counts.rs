//! Counts of encoding threads.

use std::collections::BTreeMap;

use mizuhiki_encode::{Issue, ViewStats};

/// Counts of all threads.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) views: Vec<ViewStats>,
    pub(crate) issues: BTreeMap<Issue, u64>,
    /// Records with more alternatives than were encoded.
    pub(crate) cut: u64,
}

impl Counts {
    pub(crate) fn merge(&mut self, other: Self) {
        self.views.resize_with(other.views.len(), ViewStats::default);
        self.views.iter_mut().zip(&other.views).for_each(|(sum, part)| sum.merge(part));
        other.issues.into_iter().for_each(|(issue, count)| *self.issues.entry(issue).or_insert(0) += count);
        self.cut += other.cut;
    }
}
