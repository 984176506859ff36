//! Clusters over any number of data sets, in which each pair of records is a candidate.
//!
//! The greedy rule of anonlink (Data61), which reproduces its groups: pairs by descending similarity, then
//! data sets, then records. A pair merges two groups once every pair between them has been offered. If
//! persons may have many records, some of them dissimilar, half of the pairs suffice. Two groups that both
//! have a record of a data set without duplicates are never merged.

use rustc_hash::FxHashMap;

/// Pairs between two groups that are needed to merge them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    /// Every one (complete linkage).
    Every,
    /// At least half of them, including a match, so that one relative does not chain two persons together.
    Half,
}

/// Gathers clusters from candidate pairs in order.
pub struct Groups {
    linkage: Linkage,
    /// For each record its data set, if that has each person once, or `NONE`.
    single: Vec<u32>,
    group_of: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// For each group, its offered pairs with each other group.
    offered: Vec<FxHashMap<u32, Offered>>,
}

/// Pairs between two groups.
#[derive(Debug, Clone, Copy, Default)]
struct Offered {
    pairs: u64,
    /// Whether one of them is a match.
    sure: bool,
}

impl Offered {
    const fn add(&mut self, other: Self) {
        self.pairs += other.pairs;
        self.sure |= other.sure;
    }
}

const NONE: u32 = u32::MAX;

impl Groups {
    /// For data sets of these sizes, each with whether it may have duplicates; records are numbered one set
    /// after the other.
    #[must_use]
    pub fn new(sets: &[(usize, bool)], linkage: Linkage) -> Self {
        let single = |(set, &(records, repeats)): (usize, &(usize, bool))| {
            std::iter::repeat_n(if repeats { NONE } else { set as u32 }, records)
        };
        let single: Vec<u32> = sets.iter().enumerate().flat_map(single).collect();
        Self { linkage, group_of: vec![NONE; single.len()], single, members: Vec::new(), offered: Vec::new() }
    }

    /// Takes the next pair, which must be a new one. One that is not `sure` counts towards the half of two
    /// groups' pairs, but merges no groups by itself.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn offer(&mut self, a: u32, b: u32, sure: bool) {
        let (first, second) = (self.group(a), self.group(b));
        if first == second {
            return;
        }
        let pairs = self.size(first) * self.size(second);
        let more = Offered { pairs: 1, sure };
        let offered = self.offered[first as usize].entry(second).or_default();
        offered.add(more);
        let enough = match self.linkage {
            Linkage::Every => offered.pairs == pairs,
            Linkage::Half => 2 * offered.pairs >= pairs && offered.sure,
        };
        self.offered[second as usize].entry(first).or_default().add(more);
        if enough && self.may_merge(first, second) {
            self.merge(first, second);
        }
    }

    /// The clusters of two or more records. Each is in ascending order, and so is their list.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<u32>> {
        let mut groups = self.members;
        groups.retain(|group| group.len() > 1);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort_unstable();
        groups
    }

    /// Whether no data set without duplicates has records in both groups.
    fn may_merge(&self, first: u32, second: u32) -> bool {
        let sets = |group: u32| {
            self.members[group as usize]
                .iter()
                .map(|&record| self.single[record as usize])
                .filter(|set| *set != NONE)
        };
        !sets(first).any(|set| sets(second).any(|other| other == set))
    }

    fn size(&self, group: u32) -> u64 {
        self.members[group as usize].len() as u64
    }

    fn group(&mut self, record: u32) -> u32 {
        let group = &mut self.group_of[record as usize];
        if *group == NONE {
            *group = self.members.len() as u32;
            self.members.push(vec![record]);
            self.offered.push(FxHashMap::default());
        }
        *group
    }

    fn merge(&mut self, first: u32, second: u32) {
        // The group with fewer neighbors is merged into the other. Which one is kept has no effect on
        // results.
        let neighbors = |group: u32| self.offered[group as usize].len();
        let (kept, gone) =
            if neighbors(first) >= neighbors(second) { (first, second) } else { (second, first) };
        for record in std::mem::take(&mut self.members[gone as usize]) {
            self.group_of[record as usize] = kept;
            self.members[kept as usize].push(record);
        }
        for (other, offered) in std::mem::take(&mut self.offered[gone as usize]) {
            self.offered[other as usize].remove(&gone);
            if other != kept {
                self.offered[kept as usize].entry(other).or_default().add(offered);
                self.offered[other as usize].entry(kept).or_default().add(offered);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// The rule, literally: the first `single` records are of a set without duplicates.
    fn naive(pairs: &[(u32, u32)], sure: usize, single: u32, linkage: Linkage) -> Vec<Vec<u32>> {
        let mut group_of: BTreeMap<u32, usize> = BTreeMap::new();
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut seen: BTreeSet<(u32, u32)> = BTreeSet::new();
        let sure: BTreeSet<(u32, u32)> =
            pairs[..sure.min(pairs.len())].iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        for &(a, b) in pairs {
            seen.insert((a.min(b), a.max(b)));
            for record in [a, b] {
                group_of.entry(record).or_insert_with(|| {
                    groups.push(vec![record]);
                    groups.len() - 1
                });
            }
            let (first, second) = (group_of[&a], group_of[&b]);
            let (one, other) = (groups[first].clone(), groups[second].clone());
            let between = || one.iter().flat_map(|&x| other.iter().map(move |&y| (x.min(y), x.max(y))));
            let offered = between().filter(|pair| seen.contains(pair)).count();
            let enough = match linkage {
                Linkage::Every => offered == between().count(),
                Linkage::Half => {
                    2 * offered >= between().count() && between().any(|pair| sure.contains(&pair))
                }
            };
            let twice = one.iter().any(|&x| x < single) && other.iter().any(|&x| x < single);
            if first != second && enough && !twice {
                let moved = std::mem::take(&mut groups[second]);
                moved.iter().for_each(|&record| {
                    group_of.insert(record, first);
                });
                groups[first].extend(moved);
            }
        }
        groups.retain(|group| group.len() > 1);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort_unstable();
        groups
    }

    proptest! {
        #[test]
        fn groups_are_those_of_the_naive_twin(
            pairs in prop::collection::vec((0_u32..12, 0_u32..12), 0..80), single in 0_u32..12, half: bool, sure in 0_usize..80,
        ) {
            let linkage = if half { Linkage::Half } else { Linkage::Every };
            let mut met = BTreeSet::new();
            let pairs: Vec<(u32, u32)> =
                pairs.into_iter().filter(|&(a, b)| a != b && met.insert((a.min(b), a.max(b)))).collect();
            let sets = [(single as usize, false), (12 - single as usize, true)];
            let mut groups = Groups::new(&sets, linkage);
            pairs.iter().enumerate().for_each(|(at, &(a, b))| groups.offer(a, b, at < sure));
            prop_assert_eq!(groups.finish(), naive(&pairs, sure, single, linkage));
        }
    }
}
