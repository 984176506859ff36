//! Clusters compared with persons as wholes.

use serde::Serialize;

/// Records that a cluster and a person have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Overlap {
    /// Number of the cluster.
    pub(crate) cluster: usize,
    /// Number of the person.
    pub(crate) person: usize,
    /// Records of both, at least 1.
    pub(crate) both: u64,
}

/// Closest-cluster measures (Menestrina, Whang and Garcia-Molina, PVLDB 2010; Barnes 2015), 0..=1 each: of each
/// cluster or person, the Jaccard index with the closest one on the other side. Records alone count as clusters
/// and persons.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ClosestCluster {
    /// Mean over clusters of the Jaccard index with the closest person; 0 without records.
    pub precision: f64,
    /// Mean over persons of the Jaccard index with the closest cluster; 0 without records.
    pub recall: f64,
    /// Harmonic mean of both; 0 if both are 0.
    pub f1: f64,
}

impl ClosestCluster {
    /// From overlaps, and the sizes of clusters and of persons by their numbers.
    pub(crate) fn of(overlaps: &[Overlap], sizes: &[Vec<u64>; 2]) -> Self {
        let [mut clusters, mut persons] = [0, 1].map(|side| vec![0.0_f64; sizes[side].len()]);
        for overlap in overlaps {
            let union = sizes[0][overlap.cluster] + sizes[1][overlap.person] - overlap.both;
            let jaccard = overlap.both as f64 / union as f64;
            clusters[overlap.cluster] = clusters[overlap.cluster].max(jaccard);
            persons[overlap.person] = persons[overlap.person].max(jaccard);
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let (precision, recall) = (mean(&clusters), mean(&persons));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        Self { precision, recall, f1 }
    }
}

/// Whether the records of persons are exactly together. Records alone count as clusters and persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Exactness {
    /// Persons, with those of one record.
    pub persons: u64,
    /// Clusters, with those of one record.
    pub clusters: u64,
    /// Persons whose records are exactly those of one cluster.
    pub exact: u64,
    /// Of these, persons of two or more records.
    pub exact_of_several: u64,
    /// Persons of two or more records.
    pub persons_of_several: u64,
    /// Persons whose records are in several clusters.
    pub split: u64,
    /// Clusters with records of several persons.
    pub merged: u64,
}

impl Exactness {
    /// From overlaps, and the sizes of clusters and of persons by their numbers.
    pub(crate) fn of(overlaps: &[Overlap], sizes: &[Vec<u64>; 2]) -> Self {
        let [mut clusters, mut persons] = [0, 1].map(|side| vec![0_u64; sizes[side].len()]);
        let (mut exact, mut exact_of_several) = (0, 0);
        for overlap in overlaps {
            clusters[overlap.cluster] += 1;
            persons[overlap.person] += 1;
            if sizes[0][overlap.cluster] == overlap.both && sizes[1][overlap.person] == overlap.both {
                exact += 1;
                exact_of_several += u64::from(overlap.both > 1);
            }
        }
        let several = |parts: &[u64]| parts.iter().filter(|&&parts| parts > 1).count() as u64;
        Self {
            persons: sizes[1].len() as u64,
            clusters: sizes[0].len() as u64,
            exact,
            exact_of_several,
            persons_of_several: several(&sizes[1]),
            split: several(&persons),
            merged: several(&clusters),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// Overlaps and sizes of records with a cluster and a person each.
    fn table(records: &[(usize, usize)]) -> (Vec<Overlap>, [Vec<u64>; 2]) {
        let number = |of: fn(&(usize, usize)) -> usize| -> Vec<usize> {
            records.iter().map(of).collect::<BTreeSet<_>>().into_iter().collect()
        };
        let (clusters, persons) = (number(|r| r.0), number(|r| r.1));
        let count =
            |test: &dyn Fn(&(usize, usize)) -> bool| records.iter().filter(|r| test(r)).count() as u64;
        let sizes = [
            clusters.iter().map(|&cluster| count(&|r| r.0 == cluster)).collect(),
            persons.iter().map(|&person| count(&|r| r.1 == person)).collect(),
        ];
        let mut overlaps = Vec::new();
        for (at, &cluster) in clusters.iter().enumerate() {
            for (other, &person) in persons.iter().enumerate() {
                let both = count(&|r| *r == (cluster, person));
                if both > 0 {
                    overlaps.push(Overlap { cluster: at, person: other, both });
                }
            }
        }
        (overlaps, sizes)
    }

    #[test]
    fn closest_by_hand() {
        // Persons {a b c}, {d e}, {f}; clusters {a b}, {c d e}, {f}.
        let (overlaps, sizes) = table(&[(0, 0), (0, 0), (1, 0), (1, 1), (1, 1), (2, 2)]);
        let closest = ClosestCluster::of(&overlaps, &sizes);
        // {a b}: 2/3 with {a b c}; {c d e}: 2/3 with {d e}; {f}: 1.
        assert!((closest.precision - (2.0 / 3.0 + 2.0 / 3.0 + 1.0) / 3.0).abs() < 1e-12);
        assert!(
            (closest.recall - closest.precision).abs() < 1e-12 && (closest.f1 - closest.recall).abs() < 1e-12
        );
        let exactness = Exactness::of(&overlaps, &sizes);
        assert_eq!((exactness.exact, exactness.exact_of_several, exactness.persons_of_several), (1, 0, 2));
        assert_eq!((exactness.persons, exactness.clusters, exactness.split, exactness.merged), (3, 3, 1, 1));
        let nothing = ClosestCluster::of(&[], &[Vec::new(), Vec::new()]);
        assert_eq!((nothing.precision, nothing.recall, nothing.f1), (0.0, 0.0, 0.0));
    }

    proptest! {
        #[test]
        fn as_compared_set_by_set(records in prop::collection::vec((0_usize..5, 0_usize..5), 1..25)) {
            let (overlaps, sizes) = table(&records);
            let sets = |of: fn(&(usize, usize)) -> usize| -> Vec<BTreeSet<usize>> {
                let groups: BTreeSet<usize> = records.iter().map(of).collect();
                groups.iter().map(|g| (0..records.len()).filter(|&at| of(&records[at]) == *g).collect()).collect()
            };
            let (clusters, persons) = (sets(|r| r.0), sets(|r| r.1));
            let jaccard = |a: &BTreeSet<usize>, b: &BTreeSet<usize>| {
                a.intersection(b).count() as f64 / a.union(b).count() as f64
            };
            let best = |from: &[BTreeSet<usize>], to: &[BTreeSet<usize>]| {
                let closest = |a: &BTreeSet<usize>| to.iter().map(|b| jaccard(a, b)).fold(0.0, f64::max);
                from.iter().map(closest).sum::<f64>() / from.len() as f64
            };
            let found = ClosestCluster::of(&overlaps, &sizes);
            prop_assert!((found.precision - best(&clusters, &persons)).abs() < 1e-12);
            prop_assert!((found.recall - best(&persons, &clusters)).abs() < 1e-12);
            let exactness = Exactness::of(&overlaps, &sizes);
            let touched = |a: &BTreeSet<usize>, others: &[BTreeSet<usize>]| others.iter().filter(|b| !a.is_disjoint(b)).count();
            prop_assert_eq!(exactness.exact, persons.iter().filter(|p| clusters.contains(p)).count() as u64);
            prop_assert_eq!(exactness.split, persons.iter().filter(|p| touched(p, &clusters) > 1).count() as u64);
            prop_assert_eq!(exactness.merged, clusters.iter().filter(|c| touched(c, &persons) > 1).count() as u64);
        }
    }
}
