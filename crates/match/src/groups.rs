//! Groups over two or more custodians, each with at most one record of each.
//!
//! The greedy rule of anonlink (Data61), so that its groups are reproduced: pairs by falling similarity, then
//! data set and record; two groups are merged by a pair once every pair between them has been seen.

use std::collections::{BTreeMap, BTreeSet};

/// A record by its place: index of the data set, row.
pub type Place = (u32, u32);

/// Groups of records, from pairs that are ordered as the rule says. Each group and the list of groups are
/// in ascending order.
#[must_use]
pub fn greedy_groups(pairs: impl IntoIterator<Item = (Place, Place)>) -> Vec<Vec<Place>> {
    let mut group_of: BTreeMap<Place, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<Place>> = Vec::new();
    let mut seen: BTreeSet<(Place, Place)> = BTreeSet::new();
    for (a, b) in pairs {
        seen.insert((a.min(b), a.max(b)));
        let mut group = |place: Place| {
            *group_of.entry(place).or_insert_with(|| {
                groups.push(vec![place]);
                groups.len() - 1
            })
        };
        let (first, second) = (group(a), group(b));
        let complete = first != second
            && groups[first]
                .iter()
                .all(|&x| groups[second].iter().all(|&y| seen.contains(&(x.min(y), x.max(y)))));
        if complete {
            let moved = std::mem::take(&mut groups[second]);
            for &place in &moved {
                group_of.insert(place, first);
            }
            groups[first].extend(moved);
        }
    }
    groups.retain(|group| group.len() > 1);
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}
