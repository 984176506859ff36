//! Clusters over any number of data sets, each pair of whose records is a candidate.
//!
//! The greedy rule of anonlink (Data61), so that its groups are reproduced: pairs by falling similarity, then
//! data sets, then records; two groups are merged by a pair once every pair between them has been offered.
//! Records of one data set are never candidates between sets, so a cluster holds at most one record of each;
//! within one set, or with duplicates, it may hold several.

use rustc_hash::FxHashMap;

/// Gathers clusters from candidate pairs in order.
pub struct Groups {
    group_of: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// For each group, how many pairs with each other group were offered.
    offered: Vec<FxHashMap<u32, u64>>,
}

const NONE: u32 = u32::MAX;

impl Groups {
    /// For records numbered from 0 to `records`.
    #[must_use]
    pub fn new(records: usize) -> Self {
        Self { group_of: vec![NONE; records], members: Vec::new(), offered: Vec::new() }
    }

    /// Takes the next pair. Pairs must differ from each other.
    ///
    /// # Panics
    /// If there is no such record.
    pub fn offer(&mut self, a: u32, b: u32) {
        let (first, second) = (self.group(a), self.group(b));
        if first == second {
            return;
        }
        let count = self.offered[first as usize].entry(second).or_insert(0);
        *count += 1;
        let complete = *count == self.size(first) * self.size(second);
        *self.offered[second as usize].entry(first).or_insert(0) += 1;
        if complete {
            self.merge(first, second);
        }
    }

    /// The clusters of two or more records. Each, and the list of them, is in ascending order.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<u32>> {
        let mut groups = self.members;
        groups.retain(|group| group.len() > 1);
        groups.iter_mut().for_each(|group| group.sort_unstable());
        groups.sort_unstable();
        groups
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
        // The group with fewer neighbours is merged into the other, whichever that is: groups have no names.
        let neighbours = |group: u32| self.offered[group as usize].len();
        let (kept, gone) =
            if neighbours(first) >= neighbours(second) { (first, second) } else { (second, first) };
        for record in std::mem::take(&mut self.members[gone as usize]) {
            self.group_of[record as usize] = kept;
            self.members[kept as usize].push(record);
        }
        for (other, count) in std::mem::take(&mut self.offered[gone as usize]) {
            self.offered[other as usize].remove(&gone);
            if other != kept {
                *self.offered[kept as usize].entry(other).or_insert(0) += count;
                *self.offered[other as usize].entry(kept).or_insert(0) += count;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// The rule, word for word.
    fn naive(pairs: &[(u32, u32)]) -> Vec<Vec<u32>> {
        let mut group_of: BTreeMap<u32, usize> = BTreeMap::new();
        let mut groups: Vec<Vec<u32>> = Vec::new();
        let mut seen: BTreeSet<(u32, u32)> = BTreeSet::new();
        for &(a, b) in pairs {
            seen.insert((a.min(b), a.max(b)));
            for record in [a, b] {
                group_of.entry(record).or_insert_with(|| {
                    groups.push(vec![record]);
                    groups.len() - 1
                });
            }
            let (first, second) = (group_of[&a], group_of[&b]);
            let complete = first != second
                && groups[first]
                    .iter()
                    .all(|&x| groups[second].iter().all(|&y| seen.contains(&(x.min(y), x.max(y)))));
            if complete {
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
        fn groups_are_those_of_the_naive_twin(pairs in prop::collection::vec((0_u32..12, 0_u32..12), 0..80)) {
            let mut met = BTreeSet::new();
            let pairs: Vec<(u32, u32)> =
                pairs.into_iter().filter(|&(a, b)| a != b && met.insert((a.min(b), a.max(b)))).collect();
            let mut groups = Groups::new(12);
            pairs.iter().for_each(|&(a, b)| groups.offer(a, b));
            prop_assert_eq!(groups.finish(), naive(&pairs));
        }
    }
}
