//! Maximum-gain one-to-one assignment on a sparse bipartite graph.
//!
//! Successive shortest augmenting paths with node potentials (Jonker & Volgenant, Computing 38, 1987; Dijkstra
//! on reduced costs after Edmonds & Karp, J. ACM 19, 1972). Leaving a left node free costs nothing, so the
//! result is a matching of maximum gain, not of maximum size. All numbers are integers: no rounding.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// An edge of a left node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    /// Right node.
    pub(crate) right: usize,
    /// Gain of linking the two; positive.
    pub(crate) gain: i64,
}

const FREE: usize = usize::MAX;

/// For each left node the index of its chosen edge. Left nodes are processed in order, and of equal paths the
/// one over lower nodes is taken, so the result is deterministic.
pub(crate) fn assign(edges: &[Vec<Edge>], rights: usize) -> Vec<Option<usize>> {
    let mut solver = Solver {
        edges,
        chosen: vec![FREE; edges.len()],
        owner: vec![FREE; rights],
        price: vec![0; rights],
        distance: vec![i64::MAX; rights],
        parent: vec![FREE; rights],
        touched: Vec::new(),
    };
    for left in 0..edges.len() {
        solver.augment(left);
    }
    solver.chosen.into_iter().map(|edge| (edge != FREE).then_some(edge)).collect()
}

/// `price[r] ≥ 0` is the potential of a right node; that of a left node is its best profit at these prices.
/// Unowned right nodes have price 0.
struct Solver<'e> {
    edges: &'e [Vec<Edge>],
    chosen: Vec<usize>,
    owner: Vec<usize>,
    price: Vec<i64>,
    distance: Vec<i64>,
    /// Left node from which a right node was reached.
    parent: Vec<usize>,
    touched: Vec<usize>,
}

/// Where the cheapest path ends.
#[derive(Clone, Copy)]
enum End {
    /// At an unowned right node.
    Right(usize),
    /// At a left node that is better unlinked.
    Left(usize),
}

impl Solver<'_> {
    /// Best profit of a left node at the current prices; leaving it free gives 0.
    fn profit(&self, left: usize) -> i64 {
        self.edges[left].iter().map(|edge| edge.gain - self.price[edge.right]).max().unwrap_or(0).max(0)
    }

    fn augment(&mut self, source: usize) {
        let mut heap: BinaryHeap<Reverse<(i64, usize)>> = BinaryHeap::new();
        // Reduced cost of leaving `source` free is its profit forgone.
        let (mut best, mut end) = (self.profit(source), End::Left(source));
        self.relax(source, 0, &mut heap);
        let mut settled: Vec<(usize, i64)> = Vec::new();
        while let Some(Reverse((distance, right))) = heap.pop() {
            if distance > self.distance[right] {
                continue;
            }
            if distance >= best {
                break;
            }
            let owner = self.owner[right];
            if owner == FREE {
                (best, end) = (distance, End::Right(right));
                break;
            }
            settled.push((right, distance));
            let free = distance + self.profit(owner);
            if free < best {
                (best, end) = (free, End::Left(owner));
            }
            self.relax(owner, distance, &mut heap);
        }
        for &(right, distance) in &settled {
            if distance < best {
                self.price[right] += best - distance;
            }
        }
        self.switch(source, end);
        for right in self.touched.drain(..) {
            self.distance[right] = i64::MAX;
            self.parent[right] = FREE;
        }
    }

    /// Relaxes the edges of `left`, which was reached at `distance`.
    fn relax(&mut self, left: usize, distance: i64, heap: &mut BinaryHeap<Reverse<(i64, usize)>>) {
        let profit = self.profit(left);
        for edge in &self.edges[left] {
            let reduced = profit - (edge.gain - self.price[edge.right]);
            let there = distance + reduced;
            if there < self.distance[edge.right] {
                if self.distance[edge.right] == i64::MAX {
                    self.touched.push(edge.right);
                }
                self.distance[edge.right] = there;
                self.parent[edge.right] = left;
                heap.push(Reverse((there, edge.right)));
            }
        }
    }

    /// Exchanges owners along the path to `end`.
    fn switch(&mut self, source: usize, end: End) {
        let mut right = match end {
            End::Right(right) => right,
            End::Left(left) if left == source => return,
            End::Left(left) => {
                let right = self.edges[left][self.chosen[left]].right;
                self.chosen[left] = FREE;
                right
            }
        };
        loop {
            let left = self.parent[right];
            let previous = self.chosen[left];
            self.owner[right] = left;
            self.chosen[left] = self.edges[left].iter().position(|edge| edge.right == right).unwrap_or(FREE);
            if left == source {
                return;
            }
            right = self.edges[left][previous].right;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn total(edges: &[Vec<Edge>], chosen: &[Option<usize>]) -> i64 {
        chosen.iter().enumerate().filter_map(|(left, edge)| edge.map(|edge| edges[left][edge].gain)).sum()
    }

    /// Tries every assignment.
    fn best(edges: &[Vec<Edge>], left: usize, taken: u32) -> i64 {
        let Some(list) = edges.get(left) else { return 0 };
        let free = best(edges, left + 1, taken);
        list.iter()
            .filter(|edge| taken >> edge.right & 1 == 0)
            .map(|edge| edge.gain + best(edges, left + 1, taken | 1 << edge.right))
            .fold(free, i64::max)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn gains_are_those_of_the_best_assignment(
            gains in prop::collection::vec(prop::collection::vec(prop::option::of(1_i64..12), 6), 0..7)
        ) {
            let edges: Vec<Vec<Edge>> = gains
                .iter()
                .map(|row| row.iter().enumerate().filter_map(|(right, gain)| gain.map(|gain| Edge { right, gain })).collect())
                .collect();
            let chosen = assign(&edges, 6);
            let mut rights: Vec<usize> =
                chosen.iter().enumerate().filter_map(|(left, edge)| edge.map(|edge| edges[left][edge].right)).collect();
            rights.sort_unstable();
            prop_assert!(rights.windows(2).all(|pair| pair[0] != pair[1]), "one-to-one");
            prop_assert_eq!(total(&edges, &chosen), best(&edges, 0, 0));
        }
    }
}
