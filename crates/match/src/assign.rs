//! From candidate pairs to links: one-to-one or many.
//!
//! Ties are decided by the order of record ids (`protocols/04-matching.md` §5), so results do not depend on
//! the order of rows.

use mizuhiki_exchange::Comparable;
use petgraph::unionfind::UnionFind;
use rayon::prelude::*;

use crate::sparse::{Edge, assign};
use crate::{Candidate, MatchError};

/// Similarities are compared and summed in units of 10⁻⁹, so that sums are exact.
const UNITS: f64 = 1e9;

/// How candidate pairs become links.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Assignment {
    /// The most similar pair first, each record in at most one link.
    Greedy,
    /// Each record in at most one link, with the largest sum of similarities above the lower threshold.
    Optimal,
    /// Every candidate pair.
    Many,
}

impl Assignment {
    /// Chooses links among `candidates`, all of at least `borderline`.
    ///
    /// # Errors
    /// [`MatchError::OptimalWithin`] for an optimal assignment within one set.
    pub fn choose(
        self,
        comparable: &Comparable<'_>,
        candidates: Vec<Candidate>,
        borderline: f64,
    ) -> Result<Vec<Candidate>, MatchError> {
        let ranks = Ranks::new(comparable);
        let mut chosen = match self {
            Self::Many => candidates,
            Self::Greedy => greedy(comparable, candidates, &ranks),
            Self::Optimal if comparable.is_within() => return Err(MatchError::OptimalWithin),
            Self::Optimal => optimal(comparable, candidates, &ranks, borderline),
        };
        ranks.sort(&mut chosen);
        Ok(chosen)
    }
}

/// Place of each row in the order of record ids.
struct Ranks {
    left: Vec<u32>,
    right: Vec<u32>,
}

impl Ranks {
    fn new(comparable: &Comparable<'_>) -> Self {
        let ranks = |order: Vec<u32>| {
            let mut ranks = vec![0; order.len()];
            order.iter().zip(0..).for_each(|(&row, rank)| ranks[row as usize] = rank);
            ranks
        };
        Self {
            left: ranks(comparable.left().ids().ranking()),
            right: ranks(comparable.right().ids().ranking()),
        }
    }

    fn of(&self, candidate: &Candidate) -> (u32, u32) {
        (self.left[candidate.left as usize], self.right[candidate.right as usize])
    }

    /// By falling similarity, then left id, then right id.
    fn sort(&self, candidates: &mut [Candidate]) {
        candidates.par_sort_unstable_by(|a, b| {
            b.similarity.total_cmp(&a.similarity).then_with(|| self.of(a).cmp(&self.of(b)))
        });
    }
}

fn greedy(comparable: &Comparable<'_>, mut candidates: Vec<Candidate>, ranks: &Ranks) -> Vec<Candidate> {
    ranks.sort(&mut candidates);
    let mut left_taken = vec![false; comparable.left().len()];
    let mut right_taken = vec![false; comparable.right().len()];
    candidates.retain(|candidate| {
        let (left, right) = (candidate.left as usize, candidate.right as usize);
        let within = comparable.is_within();
        if left_taken[left] || right_taken[right] {
            return false;
        }
        left_taken[left] = true;
        right_taken[right] = true;
        if within {
            left_taken[right] = true;
            right_taken[left] = true;
        }
        true
    });
    candidates
}

/// Solves each connected component of the candidate graph for itself.
fn optimal(
    comparable: &Comparable<'_>,
    mut candidates: Vec<Candidate>,
    ranks: &Ranks,
    borderline: f64,
) -> Vec<Candidate> {
    let left_count = comparable.left().len();
    let mut components = UnionFind::<u32>::new(left_count + comparable.right().len());
    for candidate in &candidates {
        components.union(candidate.left, left_count as u32 + candidate.right);
    }
    // Ranks within a component, so that the solver's order of records is that of their ids.
    let roots = components.into_labeling();
    let root = |candidate: &Candidate| roots[candidate.left as usize];
    candidates.par_sort_unstable_by_key(|candidate| (root(candidate), ranks.of(candidate)));
    let groups: Vec<&[Candidate]> = candidates.chunk_by(|a, b| root(a) == root(b)).collect();
    groups.into_par_iter().flat_map_iter(|group| solve(group, ranks, borderline)).collect()
}

fn solve(group: &[Candidate], ranks: &Ranks, borderline: f64) -> Vec<Candidate> {
    if let [only] = group {
        return vec![*only];
    }
    let mut rights: Vec<u32> = group.iter().map(|candidate| ranks.of(candidate).1).collect();
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
        let (_, right) = ranks.of(candidate);
        let Ok(right) = rights.binary_search(&right) else {
            continue;
        };
        // One unit more than nothing: a pair exactly at the threshold is linked.
        let gain = ((candidate.similarity * UNITS).round() as i64 - base).max(0) + 1;
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
