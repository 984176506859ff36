//! Accuracy of clusters: pair by pair, record by record (B-cubed), and cluster by cluster.

use std::collections::{BTreeMap, BTreeSet};

use mizuhiki_columnar::Member;
use mizuhiki_exchange::RecordId;
use serde::Serialize;

use crate::accuracy::Accuracy;
use crate::closest::{ClosestCluster, Exactness, Overlap};

/// B-cubed measures (Bagga and Baldwin, LREC 1998): means over records, 0..=1 each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BCubed {
    /// Precision: mean share of a record's cluster that belongs to its person.
    pub precision: f64,
    /// Recall: mean share of a person's records that are in the record's cluster.
    pub recall: f64,
    /// Harmonic mean of both; 0 if both are 0.
    pub f1: f64,
}

/// Accuracy of a table of clusters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClusterAccuracy {
    /// Records in the ground truth or in a cluster.
    pub records: u64,
    /// Pairs of records in one cluster.
    pub pairs: Accuracy,
    /// Record by record.
    pub b_cubed: BCubed,
    /// Cluster by cluster.
    pub closest_cluster: ClosestCluster,
    /// Persons whose records are together, split or merged with others.
    pub exactness: Exactness,
}

/// A record of a custodian.
type Key<'m> = (&'m str, &'m str);

/// Persons from pairs: records joined by pairs belong to one person.
#[must_use]
pub fn persons_of_pairs(pairs: &[(RecordId, RecordId)]) -> Vec<Member> {
    let mut number: BTreeMap<&str, usize> = BTreeMap::new();
    for id in pairs.iter().flat_map(|(a, b)| [a, b]) {
        let next = number.len();
        number.entry(id.as_str()).or_insert(next);
    }
    let mut root: Vec<usize> = (0..number.len()).collect();
    fn find(root: &mut [usize], mut at: usize) -> usize {
        while root[at] != at {
            root[at] = root[root[at]];
            at = root[at];
        }
        at
    }
    for (a, b) in pairs {
        let (a, b) = (find(&mut root, number[a.as_str()]), find(&mut root, number[b.as_str()]));
        root[a.max(b)] = a.min(b);
    }
    let ids = pairs.iter().flat_map(|(a, b)| [a, b]).map(|id| (id.as_str(), id)).collect::<BTreeMap<_, _>>();
    let member = |(text, id): (&str, &RecordId)| Member {
        custodian: String::new(),
        record: id.clone(),
        group: find(&mut root, number[text]).to_string(),
    };
    ids.into_iter().map(member).collect()
}

/// Records that cannot be distinguished, or occur twice in a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClusterError {
    /// Two rows of one record.
    #[error(
        "{table}: {count} rows repeat a record; give each record once, and where files of several \
         custodians have like ids, name them in a column custodian of the truth"
    )]
    Repeated {
        /// `clusters` or `truth`.
        table: &'static str,
        /// Number of rows that repeat a record.
        count: usize,
    },
}

/// Accuracy of `clusters` by the `persons` of records. A record without a cluster forms its own, and likewise
/// one without a person. Custodians count if both tables name them.
///
/// # Errors
/// [`ClusterError`] if a record occurs twice in a table. So do equal ids of two custodians if the ground
/// truth has no custodians.
pub fn cluster_accuracy(clusters: &[Member], persons: &[Member]) -> Result<ClusterAccuracy, ClusterError> {
    let named =
        [clusters, persons].iter().all(|table| table.iter().all(|member| !member.custodian.is_empty()));
    let (found, truth) = (groups(clusters, named), groups(persons, named));
    for (table, rows, records) in [("clusters", clusters, &found), ("truth", persons, &truth)] {
        let count = rows.len() - records.len();
        if count > 0 {
            return Err(ClusterError::Repeated { table, count });
        }
    }
    let keys: BTreeSet<Key<'_>> = found.keys().chain(truth.keys()).copied().collect();
    let (mut of_cluster, mut of_person, mut of_both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for &key in &keys {
        let (cluster, person) = (group(&found, key), group(&truth, key));
        *of_cluster.entry(cluster).or_insert(0_u64) += 1;
        *of_person.entry(person).or_insert(0_u64) += 1;
        *of_both.entry((cluster, person)).or_insert(0_u64) += 1;
    }
    let pairs = |count: &u64| count * (count - 1) / 2;
    let all = keys.len().max(1) as f64;
    let (mut precision, mut recall) = (0.0, 0.0);
    for ((cluster, person), &both) in &of_both {
        let share = |whole: u64| (both * both) as f64 / whole as f64 / all;
        precision += share(of_cluster[cluster]);
        recall += share(of_person[person]);
    }
    let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    let (clusters_by_number, persons_by_number) = (places(&of_cluster), places(&of_person));
    let overlap = |((cluster, person), both): (&_, &u64)| {
        let (cluster, person): (&_, &_) = (cluster, person);
        Overlap { cluster: clusters_by_number[cluster], person: persons_by_number[person], both: *both }
    };
    let overlaps: Vec<Overlap> = of_both.iter().map(overlap).collect();
    let sizes = [of_cluster.values().copied().collect::<Vec<u64>>(), of_person.values().copied().collect()];
    Ok(ClusterAccuracy {
        records: keys.len() as u64,
        pairs: Accuracy::of(
            of_person.values().map(pairs).sum(),
            of_cluster.values().map(pairs).sum(),
            of_both.values().map(pairs).sum(),
        ),
        b_cubed: BCubed { precision, recall, f1 },
        closest_cluster: ClosestCluster::of(&overlaps, &sizes),
        exactness: Exactness::of(&overlaps, &sizes),
    })
}

/// The place of a key in the order of a map.
fn places<K: Ord>(map: &BTreeMap<K, u64>) -> BTreeMap<&K, usize> {
    map.keys().zip(0..).collect()
}

/// The group of each record of a table; custodians count if they are `named`.
fn groups(table: &[Member], named: bool) -> BTreeMap<Key<'_>, &str> {
    let mut groups = BTreeMap::new();
    for member in table {
        let custodian = if named { member.custodian.as_str() } else { "" };
        groups.insert((custodian, member.record.as_str()), member.group.as_str());
    }
    groups
}

/// The group of a record, or a group of the record alone.
fn group<'m>(table: &BTreeMap<Key<'m>, &'m str>, key: Key<'m>) -> (Option<&'m str>, Option<Key<'m>>) {
    table.get(&key).map_or((None, Some(key)), |group| (Some(*group), None))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn members(groups: &[(u32, u32)]) -> Vec<Member> {
        let member = |&(record, group): &(u32, u32)| Member {
            custodian: String::new(),
            record: RecordId::new(&record.to_string()).unwrap(),
            group: group.to_string(),
        };
        groups.iter().map(member).collect()
    }

    /// The example of Bagga and Baldwin: twelve records, of persons 1–5, 6–7 and 8–12; clusters 1–5 and 6–12.
    #[test]
    fn the_published_example() {
        let person = |record: u32| {
            if record <= 5 {
                0
            } else if record <= 7 {
                1
            } else {
                2
            }
        };
        let truth: Vec<(u32, u32)> = (1..=12).map(|record| (record, person(record))).collect();
        let found: Vec<(u32, u32)> = (1..=12).map(|record| (record, u32::from(record > 5))).collect();
        let judged = cluster_accuracy(&members(&found), &members(&truth)).unwrap().b_cubed;
        assert!((judged.precision - 0.76).abs() < 0.005 && judged.recall == 1.0, "{judged:?}");
    }

    #[test]
    fn records_of_one_id_are_not_taken_for_one() {
        let of = |custodian: &str, table: &[(u32, u32)]| -> Vec<Member> {
            members(table)
                .into_iter()
                .map(|member| Member { custodian: custodian.to_owned(), ..member })
                .collect()
        };
        let clusters = [of("a", &[(1, 1), (2, 2)]), of("b", &[(1, 1), (2, 2)])].concat();
        let refused = cluster_accuracy(&clusters, &members(&[(1, 1), (2, 2)]));
        assert_eq!(refused.unwrap_err(), ClusterError::Repeated { table: "clusters", count: 2 });
        let judged = cluster_accuracy(&clusters, &clusters).unwrap();
        assert_eq!((judged.records, judged.pairs.correct), (4, 2));
        let twice = cluster_accuracy(&members(&[(1, 1)]), &members(&[(1, 1), (1, 2)]));
        assert_eq!(twice.unwrap_err(), ClusterError::Repeated { table: "truth", count: 1 });
    }

    proptest! {
        #[test]
        fn as_counted_pair_by_pair(groups in prop::collection::vec((0_u32..4, 0_u32..4), 1..20)) {
            let with = |of: fn(&(u32, u32)) -> u32| -> Vec<(u32, u32)> {
                groups.iter().enumerate().map(|(at, group)| (at as u32, of(group))).collect()
            };
            let judged = cluster_accuracy(&members(&with(|g| g.0)), &members(&with(|g| g.1))).unwrap();
            let (mut found, mut truth, mut both, mut precision, mut recall) = (0, 0, 0, 0.0, 0.0);
            for (i, a) in groups.iter().enumerate() {
                let count = |test: &dyn Fn(&(u32, u32)) -> bool| groups.iter().filter(|b| test(b)).count() as f64;
                let same = count(&|b| b == a);
                precision += same / count(&|b| b.0 == a.0);
                recall += same / count(&|b| b.1 == a.1);
                for b in &groups[i + 1..] {
                    found += u64::from(a.0 == b.0);
                    truth += u64::from(a.1 == b.1);
                    both += u64::from(a == b);
                }
            }
            prop_assert_eq!((judged.pairs.found, judged.pairs.true_links, judged.pairs.correct), (found, truth, both));
            let all = groups.len() as f64;
            prop_assert!((judged.b_cubed.precision - precision / all).abs() < 1e-12);
            prop_assert!((judged.b_cubed.recall - recall / all).abs() < 1e-12);
        }

        #[test]
        fn pairs_give_the_persons_that_made_them(persons in prop::collection::vec(0_u32..5, 2..15)) {
            let id = |at: usize| RecordId::new(&at.to_string()).unwrap();
            let mut pairs = Vec::new();
            for (i, a) in persons.iter().enumerate() {
                pairs.extend((i + 1..persons.len()).filter(|&j| persons[j] == *a).map(|j| (id(i), id(j))));
            }
            let found = persons_of_pairs(&pairs);
            let group = |at: usize| found.iter().find(|member| member.record == id(at)).map(|member| &member.group);
            for (i, a) in persons.iter().enumerate() {
                for (j, b) in persons.iter().enumerate().filter(|(j, _)| *j != i) {
                    let together = group(i).is_some() && group(i) == group(j);
                    prop_assert_eq!(together, a == b);
                }
            }
        }
    }
}
