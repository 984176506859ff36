//! Candidates counted by level of similarity.

use mizuhiki_exchange::Comparable;

use super::calibration::Calibration;
use super::estimate::Counts;
use super::sample::WithinFile;
use super::scale::Scale;
use crate::assign::Greedy;
use crate::search::Candidate;

/// Counts candidates that are offered in their order: one-to-one links, and all pairs.
pub struct Tally {
    counts: Counts,
    greedy: Greedy,
}

impl Tally {
    /// For a comparison of which all candidates at or above the similarity `lowest` will be offered.
    #[must_use]
    pub fn new(comparable: &Comparable<'_>, lowest: f64) -> Self {
        let scale = Scale::of(comparable);
        let (left, right, within) =
            (comparable.left().len(), comparable.right().len(), comparable.is_within());
        let level = scale.level(lowest);
        // A level that is offered only in part is not counted.
        let first = level + usize::from(scale.floor(level) < lowest);
        let none = vec![0; scale.levels()];
        let right_side = (!within).then_some(right);
        let counts =
            Counts { scale, lowest: first, links: none.clone(), pairs: none, left, right: right_side };
        Self { counts, greedy: Greedy::new(left, right, within) }
    }

    /// Takes the next candidate.
    pub fn offer(&mut self, candidate: &Candidate) {
        let level = self.counts.scale.level(candidate.similarity);
        self.counts.pairs[level] += 1;
        self.counts.links[level] += u64::from(self.greedy.offer(candidate));
    }

    /// Calibrates from the candidates. `files` are the counts within each of two files; empty within one
    /// file.
    #[must_use]
    pub fn calibrate(&self, files: &[WithinFile]) -> Calibration {
        Calibration::new(&self.counts, files)
    }
}
