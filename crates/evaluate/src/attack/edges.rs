//! The graph that equal symbols give: which records of two files share how many.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::sight::SymbolSight;

/// Symbols are grouped in parts by their upper bits, one part in memory at a time.
const PARTS: u64 = 16;

/// Larger classes are left out: a symbol that so many share names a place or a name, and `encode` refuses
/// its view. Their pairs would be quadratic.
const LARGEST: usize = 500;

/// Symbols of a file by record.
pub(crate) type SetsOf<'s> = (&'s dyn Fn(usize) -> &'s [u64], usize);

/// A file and a record of it.
pub(crate) type Holding = (u8, u32);

/// Calls `visit` with the holders of each symbol that several records have: file and record, ascending.
pub(crate) fn classes(files: &[SetsOf<'_>], visit: &mut dyn FnMut(&[Holding])) {
    let mut holders: Vec<(u64, u8, u32)> = Vec::new();
    for part in 0..PARTS {
        holders.clear();
        for (file, &(set, records)) in files.iter().enumerate() {
            for record in 0..records {
                let symbols = set(record).iter().filter(|&&symbol| symbol >> 60 == part);
                holders.extend(symbols.map(|&symbol| (symbol, file as u8, record as u32)));
            }
        }
        holders.sort_unstable();
        holders.dedup();
        let mut class = Vec::new();
        for same in holders.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
            class.clear();
            class.extend(same.iter().map(|&(_, file, record)| (file, record)));
            visit(&class);
        }
    }
}

/// Pairs of records within one file, and their common symbols.
pub(crate) fn pairs_within(set: SetsOf<'_>) -> BTreeMap<(u32, u32), u32> {
    let mut pairs = BTreeMap::new();
    classes(&[set], &mut |class| {
        if class.len() > LARGEST {
            return;
        }
        for (at, &(_, a)) in class.iter().enumerate() {
            for &(_, b) in &class[at + 1..] {
                *pairs.entry((a, b)).or_default() += 1;
            }
        }
    });
    pairs
}

/// Pairs of records of two files, and their common symbols.
pub(crate) fn pairs_between<'s>(left: SetsOf<'s>, right: SetsOf<'s>) -> BTreeMap<(u32, u32), u32> {
    let mut pairs = BTreeMap::new();
    classes(&[left, right], &mut |class| {
        let middle = class.partition_point(|&(file, _)| file == 0);
        let (left, right) = class.split_at(middle);
        if left.len() > LARGEST || right.len() > LARGEST {
            return;
        }
        for &(_, a) in left {
            for &(_, b) in right {
                *pairs.entry((a, b)).or_default() += 1;
            }
        }
    });
    pairs
}

/// A person as the linkage unit sees it: a linked pair, or a record without a link.
#[derive(Clone, Copy, Default)]
pub(crate) struct Node {
    pub(crate) left: Option<usize>,
    pub(crate) right: Option<usize>,
    /// Common symbols of the linked pair.
    pub(crate) total: u32,
}

/// Linked pairs as nodes; edges are common symbols of different nodes.
#[derive(Default)]
pub(crate) struct PairGraph {
    pub(crate) nodes: Vec<Node>,
    /// Two nodes and the number of their common symbols.
    pub(crate) edges: Vec<(usize, usize, u32)>,
}

impl PairGraph {
    /// The graph of two files: the pairs with most common symbols are taken as links, one to one.
    pub(crate) fn between(left: &SymbolSight, right: &SymbolSight) -> Self {
        let (of_left, of_right) = (|record: usize| left.set(record), |record: usize| right.set(record));
        let pairs = pairs_between((&of_left, left.len()), (&of_right, right.len()));
        let mut ranked: Vec<((u32, u32), u32)> = pairs.iter().map(|(&pair, &count)| (pair, count)).collect();
        ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut nodes: Vec<Node> =
            (0..left.len()).map(|record| Node { left: Some(record), ..Node::default() }).collect();
        let mut node_of_right: Vec<Option<usize>> = vec![None; right.len()];
        for ((a, b), count) in ranked {
            let (node, record) = (a as usize, b as usize);
            if nodes[node].right.is_none() && node_of_right[record].is_none() {
                nodes[node].right = Some(record);
                nodes[node].total = count;
                node_of_right[record] = Some(node);
            }
        }
        for (record, node) in node_of_right.iter_mut().enumerate() {
            if node.is_none() {
                *node = Some(nodes.len());
                nodes.push(Node { right: Some(record), ..Node::default() });
            }
        }
        let mut edges: BTreeMap<(usize, usize), u32> = BTreeMap::new();
        for (&(a, b), &count) in &pairs {
            let (a, b) = (a as usize, node_of_right[b as usize].unwrap_or_default());
            if a != b {
                *edges.entry((a.min(b), a.max(b))).or_default() += count;
            }
        }
        Self { nodes, edges: edges.into_iter().map(|((a, b), count)| (a, b, count)).collect() }
    }

    /// The graph within a file or list.
    pub(crate) fn within(set: SetsOf<'_>) -> Self {
        let node = |record: usize| Node { left: Some(record), ..Node::default() };
        let edges = pairs_within(set).into_iter();
        Self {
            nodes: (0..set.1).map(node).collect(),
            edges: edges.map(|((a, b), count)| (a as usize, b as usize, count)).collect(),
        }
    }

    /// Nodes with an edge, those with most first; at most `most`.
    pub(crate) fn connected(&self, most: usize) -> Vec<usize> {
        let mut degree = vec![0_u32; self.nodes.len()];
        self.edges.iter().for_each(|&(a, b, _)| {
            degree[a] += 1;
            degree[b] += 1;
        });
        let mut nodes: Vec<usize> = (0..self.nodes.len()).filter(|&node| degree[node] > 0).collect();
        nodes.sort_by_key(|&node| (std::cmp::Reverse(degree[node]), node));
        nodes.truncate(most);
        nodes
    }
}

/// Removes from each set the symbols that other sets of the list have, as a custodian does before it sends
/// them.
pub(crate) fn suppress(sets: &mut [Vec<u64>]) {
    let mut shared: BTreeSet<u64> = BTreeSet::new();
    {
        let sets: &[Vec<u64>] = sets;
        let mut all: Vec<u64> = sets.iter().flatten().copied().collect();
        all.sort_unstable();
        shared.extend(all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]));
    }
    sets.iter_mut().for_each(|set| set.retain(|symbol| !shared.contains(symbol)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(sets: &[[u64; 3]]) -> SymbolSight {
        SymbolSight { each: 3, symbols: sets.concat() }
    }

    #[test]
    fn links_are_nodes_and_the_rest_are_edges() {
        let top = 1 << 60;
        let left = sight(&[[1, 2, top], [4, 5, 6]]);
        let right = sight(&[[4, 7, 8], [1, 2, 5]]);
        let graph = PairGraph::between(&left, &right);
        let links: Vec<_> = graph.nodes.iter().map(|node| (node.left, node.right, node.total)).collect();
        assert_eq!(links, [(Some(0), Some(1), 2), (Some(1), Some(0), 1)]);
        // Symbol 5 is common to the second left and the second right record.
        assert_eq!(graph.edges, [(0, 1, 1)]);
        assert_eq!(graph.connected(9), [0, 1]);
        let set = |record: usize| left.set(record);
        assert!(PairGraph::within((&set, 2)).edges.is_empty());
    }

    #[test]
    fn shared_symbols_go_from_all_sets() {
        let mut sets = vec![vec![1, 2], vec![2, 3], vec![4]];
        suppress(&mut sets);
        assert_eq!(sets, [vec![1], vec![3], vec![4]]);
    }
}
