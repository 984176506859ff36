//! Candidates to clusters (`protocols/04-matching.md` §10).

use mizuhiki_columnar::TokenFile;
use mizuhiki_match::{Calibration, Candidate, Groups, Linkage, WithinHousehold};

use crate::candidates::error::SearchError;
use crate::candidates::options::Households;
use crate::candidates::runs::Key;
use crate::candidates::store::Store;
use crate::candidates::thresholds::Cut;
use crate::cluster::comparisons::Comparisons;
use crate::cluster::job::ClusterJob;
use crate::cluster::numbering::Numbering;
use crate::link::overview::LinksHistogram;

/// The input of clustering.
pub(crate) struct Clustering<'a> {
    pub(crate) job: &'a ClusterJob,
    pub(crate) numbering: &'a Numbering,
    pub(crate) comparisons: &'a Comparisons<'a>,
    pub(crate) calibrations: &'a [Option<Calibration>],
    pub(crate) cuts: &'a [Cut],
    pub(crate) households: Vec<WithinHousehold<'a>>,
}

/// Clusters and their counts.
pub(crate) struct Clusters {
    pub(crate) clusters: Vec<Vec<u32>>,
    /// For each record, the minimum similarity of its matches within the cluster, and their minimum
    /// probability, if known.
    pub(crate) least: Vec<f64>,
    pub(crate) probable: Vec<Option<f64>>,
    /// For each record, its number of matches with records of other clusters.
    pub(crate) conflicts_of: Vec<u32>,
    pub(crate) matches: u64,
    pub(crate) borderline: u64,
    pub(crate) household: u64,
    pub(crate) conflicts: u64,
    /// Matches by similarity.
    pub(crate) histogram: LinksHistogram,
    /// Expected precision of matches within clusters, and their recall among all candidates.
    pub(crate) expected: Option<(f64, f64)>,
}

/// The class of a candidate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Match,
    /// Flagged: it may be of two members of a household.
    Household,
    Borderline,
    NonMatch,
}

impl Clustering<'_> {
    /// The class of a candidate, and the comparison that it is of.
    fn class(&self, candidate: &Candidate) -> (Class, usize) {
        let (comparison, local) = self.comparisons.local(self.numbering, candidate);
        let (cut, comparable) = (self.cuts[comparison], &self.comparisons.comparables[comparison]);
        let class = if candidate.similarity >= cut.accept {
            let doubt = comparable.is_within() && self.households[comparison].holds(&local);
            if doubt { Class::Household } else { Class::Match }
        } else if candidate.similarity >= cut.borderline {
            Class::Borderline
        } else {
            Class::NonMatch
        };
        (class, comparison)
    }

    fn joins(&self, class: Class) -> bool {
        class == Class::Match || class == Class::Household && self.job.search.households == Households::Link
    }

    /// Groups the candidates, then counts their matches within and between groups.
    pub(crate) fn cluster<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        files: &[TokenFile],
    ) -> Result<Clusters, SearchError> {
        let mut found = self.group(store, files)?;
        self.judge(store, &mut found)?;
        Ok(found)
    }

    fn group<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        files: &[TokenFile],
    ) -> Result<Clusters, SearchError> {
        let sets: Vec<(usize, bool)> = files
            .iter()
            .zip(&self.job.duplicates)
            .map(|(file, repeats)| (file.set.len(), *repeats))
            .collect();
        let many =
            |calibration: &Option<Calibration>| calibration.as_ref().is_some_and(Calibration::is_of_many);
        let linkage = if self.calibrations.iter().any(many) { Linkage::Half } else { Linkage::Every };
        let mut groups = Groups::new(&sets, linkage);
        let (mut matches, mut borderline, mut household) = (0, 0, 0);
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(SearchError::lost)?;
            let (class, comparison) = self.class(&candidate);
            household += u64::from(class == Class::Household);
            if self.joins(class) {
                matches += 1;
                groups.offer(candidate.left, candidate.right, true);
            } else if class == Class::Borderline
                || class == Class::Household && self.job.search.households == Households::Borderline
            {
                borderline += 1;
            }
            let supports = |calibration: &Calibration| calibration.supports(candidate.similarity);
            if linkage == Linkage::Half
                && matches!(class, Class::Borderline | Class::NonMatch)
                && self.calibrations[comparison].as_ref().is_some_and(supports)
            {
                groups.offer(candidate.left, candidate.right, false);
            }
        }
        let records = self.numbering.records();
        Ok(Clusters {
            clusters: groups.finish(),
            least: vec![1.0; records],
            probable: vec![None; records],
            conflicts_of: vec![0; records],
            matches,
            borderline,
            household,
            conflicts: 0,
            histogram: LinksHistogram::default(),
            expected: None,
        })
    }

    /// With clusters known, counts every match as within one, or as a conflict between two.
    fn judge<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        found: &mut Clusters,
    ) -> Result<(), SearchError> {
        let mut cluster_of = vec![u32::MAX; self.numbering.records()];
        for (members, cluster) in found.clusters.iter().zip(0..) {
            members.iter().for_each(|&record| cluster_of[record as usize] = cluster);
        }
        let (mut inside, mut true_inside, mut true_pairs) = (0_u64, 0.0, 0.0);
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(SearchError::lost)?;
            let (class, comparison) = self.class(&candidate);
            let probability =
                self.calibrations[comparison].as_ref().map(|known| known.probability(candidate.similarity));
            true_pairs += probability.unwrap_or_default();
            if !self.joins(class) {
                continue;
            }
            found.histogram.add(candidate.similarity);
            let (left, right) = (candidate.left as usize, candidate.right as usize);
            if cluster_of[left] == cluster_of[right] && cluster_of[left] != u32::MAX {
                // Similarities decrease, so the last one is the lowest.
                for record in [left, right] {
                    found.least[record] = candidate.similarity;
                    found.probable[record] = match (found.probable[record], probability) {
                        (Some(a), Some(b)) => Some(f64::min(a, b)),
                        (a, b) => a.or(b),
                    };
                }
                inside += 1;
                true_inside += probability.unwrap_or_default();
            } else {
                found.conflicts += 1;
                found.conflicts_of[left] += 1;
                found.conflicts_of[right] += 1;
            }
        }
        if self.calibrations.iter().all(Option::is_some) && inside > 0 {
            let precision = true_inside / inside as f64;
            let recall = if true_pairs > 0.0 { true_inside / true_pairs } else { 0.0 };
            found.expected = Some((precision, recall));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FIXED, cluster_job, file, many_filters, pair, schema_of_filters, store, unit};

    /// Clusters the records of two files of two, numbered 0 and 1, 2 and 3.
    fn clusters(duplicates: bool, candidates: &[Candidate]) -> Clusters {
        let schema = schema_of_filters(FIXED);
        let files = ["a", "b"].map(|name| file(many_filters(name, &schema, 2)));
        let job = cluster_job(&[("a", duplicates), ("b", duplicates)]);
        let numbering = Numbering::new(&files).unwrap();
        let comparisons = Comparisons::new(&job, &files).unwrap();
        let calibrations = vec![None; comparisons.files.len()];
        let households = comparisons.comparables.iter().map(|of| WithinHousehold::new(of, None));
        let work = Clustering {
            job: &job,
            numbering: &numbering,
            comparisons: &comparisons,
            calibrations: &calibrations,
            cuts: &comparisons.cuts(&job, &calibrations).unwrap(),
            households: households.collect(),
        };
        let mut found = store(false, numbering.boxed_key());
        found.add(unit(0, candidates)).unwrap();
        work.cluster(&mut found, &files).unwrap()
    }

    #[test]
    fn matches_make_clusters_and_what_would_join_two_of_them_is_a_conflict() {
        let pairs = [pair(0, 2, 0.95), pair(1, 3, 0.92), pair(0, 3, 0.91), pair(1, 2, 0.85)];
        let found = clusters(false, &pairs);
        assert_eq!(found.clusters, [[0, 2], [1, 3]]);
        assert_eq!((found.matches, found.borderline, found.conflicts), (3, 1, 1));
        assert_eq!(found.conflicts_of, [1, 0, 0, 1]);
        assert_eq!(found.least, [0.95, 0.92, 0.95, 0.92]);
        assert_eq!(found.histogram.0.iter().sum::<u64>(), 3, "matches alone");
        assert_eq!((found.expected, found.probable), (None, vec![None; 4]));
    }

    #[test]
    fn a_cluster_holds_two_records_of_a_file_only_if_it_may_have_duplicates() {
        let pairs = [pair(0, 2, 0.95), pair(1, 2, 0.93), pair(0, 1, 0.91)];
        let found = clusters(true, &pairs);
        assert_eq!(found.clusters, [[0, 1, 2]]);
        assert_eq!(found.least, [0.91, 0.91, 0.93, 1.0], "record 3 is in no cluster");
        assert_eq!((found.matches, found.conflicts), (3, 0));
        let found = clusters(false, &pairs[..2]);
        assert_eq!(found.clusters, [[0, 2]]);
        assert_eq!((found.matches, found.conflicts), (2, 1));
    }

    #[test]
    fn borderline_pairs_join_no_cluster_and_less_similar_ones_count_nowhere() {
        let found = clusters(false, &[pair(0, 2, 0.85), pair(1, 3, 0.8), pair(1, 2, 0.79)]);
        assert!(found.clusters.is_empty());
        assert_eq!((found.matches, found.borderline, found.conflicts), (0, 2, 0));
    }
}
