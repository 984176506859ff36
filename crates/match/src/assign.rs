//! From candidate pairs to links: one-to-one or many.
//!
//! Candidates are offered in their order (`protocols/04-matching.md` §5): by descending similarity, then left
//! record, then right record. Rows are in the order of record ids, so a row number gives its record's
//! position.

use std::cmp::Ordering;

use petgraph::unionfind::UnionFind;

use crate::search::Candidate;
use crate::sparse::{Edge, assign};

/// Similarities are compared and summed in units of 10⁻⁹, so that sums are exact.
const UNITS: f64 = 1e9;

/// Maximum number of candidates of a component that is solved optimally; a larger one is linked greedily
/// (`protocols/04-matching.md` §5).
pub const MAX_COMPONENT: usize = 10_000_000;

/// How candidate pairs become links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assignment {
    /// The most similar pair first, each record in at most one link.
    Greedy,
    /// Each record in at most one link, with the largest sum of similarities above the lower threshold.
    Optimal,
    /// Every candidate pair.
    Many,
}

/// The order of candidates between two sets, or within one.
#[must_use]
pub fn candidate_order(a: &Candidate, b: &Candidate) -> Ordering {
    b.similarity.total_cmp(&a.similarity).then_with(|| (a.left, a.right).cmp(&(b.left, b.right)))
}

/// Takes candidates in order, each record at most once.
pub struct Greedy {
    left: Vec<bool>,
    right: Vec<bool>,
    within: bool,
}

impl Greedy {
    /// For sets of `left` and `right` records, or within one set.
    #[must_use]
    pub fn new(left: usize, right: usize, within: bool) -> Self {
        Self { left: vec![false; left], right: vec![false; if within { 0 } else { right }], within }
    }

    /// Whether the next candidate becomes a link.
    ///
    /// # Panics
    /// If it names a record that does not exist.
    pub fn offer(&mut self, candidate: &Candidate) -> bool {
        let (left, right) = (candidate.left as usize, candidate.right as usize);
        let right_taken = if self.within { self.left[right] } else { self.right[right] };
        if self.left[left] || right_taken {
            return false;
        }
        self.left[left] = true;
        if self.within {
            self.left[right] = true;
        } else {
            self.right[right] = true;
        }
        true
    }
}

/// Keeps the candidates that are among the best few of their left or of their right record.
pub struct Top {
    most: u32,
    left: Vec<u32>,
    right: Vec<u32>,
    within: bool,
}

impl Top {
    /// Keeps at most `most` candidates of each record, for sets of `left` and `right` records, or within one
    /// set.
    #[must_use]
    pub fn new(most: u32, left: usize, right: usize, within: bool) -> Self {
        Self { most, left: vec![0; left], right: vec![0; if within { 0 } else { right }], within }
    }

    /// Whether the next candidate is kept.
    ///
    /// # Panics
    /// If it names a record that does not exist.
    pub fn offer(&mut self, candidate: &Candidate) -> bool {
        let rights = if self.within { None } else { Some(&mut self.right) };
        let left = self.left[candidate.left as usize];
        self.left[candidate.left as usize] = left.saturating_add(1);
        let slot = match rights {
            Some(rights) => &mut rights[candidate.right as usize],
            None => &mut self.left[candidate.right as usize],
        };
        let right = *slot;
        *slot = right.saturating_add(1);
        left < self.most || right < self.most
    }
}

/// Connected components of the candidate graph, built from candidates in any order.
pub struct Components {
    found: UnionFind<u32>,
    left: u32,
}

impl Components {
    /// For sets of `left` and `right` records.
    #[must_use]
    pub fn new(left: usize, right: usize) -> Self {
        Self { found: UnionFind::new(left + right), left: left as u32 }
    }

    /// Adds a candidate.
    ///
    /// # Panics
    /// If it names a record that does not exist.
    pub fn add(&mut self, candidate: &Candidate) {
        self.found.union(candidate.left, self.left + candidate.right);
    }

    /// The component number of each left row.
    #[must_use]
    pub fn finish(self) -> Vec<u32> {
        let mut labels = self.found.into_labeling();
        labels.truncate(self.left as usize);
        labels
    }
}

/// The optimal one-to-one links of one component, whose candidates are given by left row, then right row.
#[must_use]
pub fn solve_component(group: &[Candidate], borderline: f64) -> Vec<Candidate> {
    if let [only] = group {
        return vec![*only];
    }
    let mut rights: Vec<u32> = group.iter().map(|candidate| candidate.right).collect();
    rights.sort_unstable();
    rights.dedup();
    let base = (borderline * UNITS).round() as i64;
    let mut edges: Vec<Vec<Edge>> = Vec::new();
    let mut starts = Vec::new();
    for (index, candidate) in group.iter().enumerate() {
        if index == 0 || candidate.left != group[index - 1].left {
            edges.push(Vec::new());
            starts.push(index);
        }
        // At least one unit, so that a pair exactly at the threshold is linked.
        let gain = ((candidate.similarity * UNITS).round() as i64 - base).max(0) + 1;
        let right = rights.partition_point(|&right| right < candidate.right);
        if let Some(list) = edges.last_mut() {
            list.push(Edge { right, gain });
        }
    }
    assign(&edges, rights.len())
        .into_iter()
        .enumerate()
        .filter_map(|(left, edge)| edge.map(|edge| group[starts[left] + edge]))
        .collect()
}

/// Links among candidates in memory, which may come in any order; links are returned in the order of
/// candidates.
#[must_use]
pub fn choose(
    assignment: Assignment,
    mut candidates: Vec<Candidate>,
    (left, right): (usize, usize),
    within: bool,
    borderline: f64,
) -> Vec<Candidate> {
    candidates.sort_unstable_by(candidate_order);
    match assignment {
        Assignment::Many => {}
        Assignment::Optimal if !within => {
            let mut components = Components::new(left, right);
            candidates.iter().for_each(|candidate| components.add(candidate));
            let label = components.finish();
            let root = |candidate: &Candidate| label[candidate.left as usize];
            candidates.sort_unstable_by_key(|candidate| (root(candidate), candidate.left, candidate.right));
            candidates = candidates
                .chunk_by(|a, b| root(a) == root(b))
                .flat_map(|group| solve_component(group, borderline))
                .collect();
            candidates.sort_unstable_by(candidate_order);
        }
        Assignment::Greedy | Assignment::Optimal => {
            let mut greedy = Greedy::new(left, right, within);
            candidates.retain(|candidate| greedy.offer(candidate));
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(left: u32, right: u32, similarity: f64) -> Candidate {
        Candidate { left, right, similarity }
    }

    #[test]
    fn the_best_few_of_either_side_are_kept() {
        let mut top = Top::new(1, 2, 3, false);
        let kept: Vec<bool> =
            [(0, 0), (0, 1), (1, 1), (1, 0), (0, 2)].map(|(a, b)| top.offer(&candidate(a, b, 0.9))).into();
        // (0, 1) is the best of right 1, (1, 1) of left 1, (0, 2) of right 2, and (1, 0) of neither.
        assert_eq!(kept, [true, true, true, false, true]);
    }

    #[test]
    fn within_one_set_a_record_is_linked_once() {
        let mut greedy = Greedy::new(4, 4, true);
        let taken: Vec<bool> =
            [(0, 1), (1, 2), (2, 3)].map(|(a, b)| greedy.offer(&candidate(a, b, 0.9))).into();
        assert_eq!(taken, [true, false, true]);
    }
}
