//! Candidates of every pair of files.

use mizuhiki_columnar::TokenFile;
use mizuhiki_exchange::Comparable;
use mizuhiki_match::{Calibration, Candidate, Plan, Sample, Tally, WithinFile};

use crate::candidates::calibration::{calibrates, given, lowest, refuse_scope, sample, within_files};
use crate::candidates::digest::{digest, digest_of_joins};
use crate::candidates::error::SearchError;
use crate::candidates::filters::run_plans;
use crate::candidates::memory;
use crate::candidates::notes::{once_each, warn, warn_of_files};
use crate::candidates::options::{OnProgress, Stage};
use crate::candidates::runs::{BoxedKey, Key, KeyFn};
use crate::candidates::store::Store;
use crate::candidates::symbols::{
    SearchRecall, SymbolJoin, by_records, entry_budget, measure, rank, run_joins, warn_of_heavy,
};
use crate::candidates::thresholds::Cut;
use crate::candidates::tokens::{compare, compare_within, join};
use crate::candidates::workspace::{open_counts, open_store, passing_store};
use crate::cluster::job::ClusterJob;
use crate::cluster::numbering::Numbering;

/// Pairs of files that are compared.
pub(crate) struct Comparisons<'a> {
    pub(crate) files: Vec<(usize, usize)>,
    pub(crate) comparables: Vec<Comparable<'a>>,
}

/// Candidates of all comparisons, with calibrations and counts.
pub(crate) struct Searched<'n> {
    pub(crate) store: Store<'n, BoxedKey<'n>>,
    pub(crate) compared: u64,
    pub(crate) recall: Option<SearchRecall>,
    /// For each comparison, if thresholds are calibrated.
    pub(crate) calibrations: Vec<Option<Calibration>>,
    pub(crate) warnings: Vec<String>,
    /// Checkpoints of the candidates; removed after the clusters are saved.
    pub(crate) spent: Option<Store<'n, KeyFn>>,
}

impl<'a> Comparisons<'a> {
    pub(crate) fn new(job: &ClusterJob, files: &'a [TokenFile]) -> Result<Self, SearchError> {
        let (mut places, mut comparables) = (Vec::new(), Vec::new());
        for left in 0..files.len() {
            for right in left..files.len() {
                let comparable = if left == right && job.duplicates[left] {
                    compare_within(&files[left].set, &job.files[left])?
                } else if left == right {
                    continue;
                } else {
                    compare((&files[left].set, &job.files[left]), (&files[right].set, &job.files[right]))?
                };
                places.push((left, right));
                comparables.push(comparable);
            }
        }
        Ok(Self { files: places, comparables })
    }

    /// The comparison of two files.
    pub(crate) fn of(&self, files: (usize, usize)) -> usize {
        self.files.partition_point(|&known| known < files)
    }

    /// A pair of a comparison, in the numbering of all files.
    pub(crate) fn number(&self, numbering: &Numbering, comparison: usize, candidate: Candidate) -> Candidate {
        let (left, right) = self.files[comparison];
        Candidate {
            left: candidate.left + numbering.starts[left],
            right: candidate.right + numbering.starts[right],
            ..candidate
        }
    }

    /// The comparison that a pair belongs to, and the pair with the records of its files.
    pub(crate) fn local(&self, numbering: &Numbering, candidate: &Candidate) -> (usize, Candidate) {
        let ((a, left), (b, right)) = (numbering.place(candidate.left), numbering.place(candidate.right));
        (self.of((a, b)), Candidate { left, right, ..*candidate })
    }

    /// Thresholds of each comparison.
    pub(crate) fn cuts(
        &self,
        job: &ClusterJob,
        calibrations: &[Option<Calibration>],
    ) -> Result<Vec<Cut>, SearchError> {
        let of = |(comparable, calibration): (&Comparable<'_>, &Option<Calibration>)| {
            Cut::choose(&job.search, comparable, calibration.as_ref())
        };
        self.comparables.iter().zip(calibrations).map(of).collect()
    }

    /// Compares filters.
    pub(crate) fn find_by_filters<'n>(
        &self,
        job: &ClusterJob,
        numbering: &'n Numbering,
        tokens: u64,
        on_progress: OnProgress<'_>,
    ) -> Result<Searched<'n>, SearchError> {
        let plans: Vec<Plan<'_>> =
            self.comparables.iter().map(|comparable| Plan::new(comparable, job.search.scope)).collect();
        let mut warnings = once_each(plans.iter().flat_map(warn));
        on_progress(Stage::Calibrate, "", 0, 0);
        let (mut samples, mut from) = (Vec::new(), Vec::new());
        for plan in &plans {
            let sampled = sample(plan, &job.search, job.report.is_some(), &mut warnings)?;
            from.push(lowest(plan.comparable(), &job.search, sampled.as_ref())?);
            samples.push(sampled);
        }
        let wanted: Vec<f64> = from.iter().map(|similarity| similarity.get()).collect();
        let digest = || digest(&plans, &wanted);
        let mut store = open_store(&job.search, &job.output, tokens, &digest, numbering.boxed_key())?;
        let number = |comparison: usize, candidate| self.number(numbering, comparison, candidate);
        let compared = run_plans(&plans, &from, &mut store, &number, on_progress)?;
        let of = |sample: Option<Sample>| sample.map(|sample| sample.files);
        let within: Vec<Option<Vec<WithinFile>>> = samples.into_iter().map(of).collect();
        let calibrations = self.calibrate(numbering, &mut store, &wanted, &within)?;
        Ok(Searched { compared, recall: None, calibrations, warnings, spent: None, store: store.settled() })
    }

    /// Calibrates each comparison that has counts `within` its files, from candidates that reach `lowest`.
    pub(crate) fn calibrate<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        numbering: &Numbering,
        store: &mut Store<'_, K>,
        lowest: &[f64],
        within: &[Option<Vec<WithinFile>>],
    ) -> Result<Vec<Option<Calibration>>, SearchError> {
        if within.iter().all(Option::is_none) {
            return Ok(vec![None; within.len()]);
        }
        let new = |(comparable, lowest): (&Comparable<'_>, &f64)| Tally::new(comparable, *lowest);
        let mut tallies: Vec<Tally> = self.comparables.iter().zip(lowest).map(new).collect();
        for candidate in store.sorted()? {
            let (comparison, candidate) = self.local(numbering, &candidate.map_err(SearchError::lost)?);
            tallies[comparison].offer(&candidate);
        }
        let of = |(tally, within): (&Tally, &Option<Vec<WithinFile>>)| {
            within.as_ref().map(|within| tally.calibrate(within))
        };
        Ok(tallies.iter().zip(within).map(of).collect())
    }

    /// Joins sealed symbols.
    pub(crate) fn find_by_symbols<'n>(
        &self,
        job: &ClusterJob,
        numbering: &'n Numbering,
        files: &[TokenFile],
        on_progress: OnProgress<'_>,
    ) -> Result<Searched<'n>, SearchError> {
        refuse_scope(&job.search)?;
        given(&job.search)?;
        let places = self.files.iter().zip(&self.comparables);
        let joins: Vec<SymbolJoin<'_>> = places
            .filter_map(|(&(left, right), comparable)| join(comparable, &files[left], &files[right]))
            .collect();
        let mut warnings = once_each(self.comparables.iter().flat_map(warn_of_files));
        let records = files.iter().map(|file| file.set.len() as u64).sum();
        let held = records * memory::RECORD_BYTES;
        let digest = || digest_of_joins(&joins, files);
        let by: KeyFn = by_records;
        let mut counts = open_counts(&job.search, &job.output, held, &digest, by)?;
        let number = |comparison: usize, candidate| self.number(numbering, comparison, candidate);
        let budget = entry_budget(job.search.memory, records);
        let compared = run_joins(&joins, &mut counts, &number, budget, on_progress)?;
        on_progress(Stage::Assign, "", 0, 0);
        let mut store = passing_store(&job.search, held, numbering.boxed_key())?;
        let join_of = |candidate: &Candidate| self.local(numbering, candidate).0;
        rank(&mut counts, &join_of, &joins, &mut store)?;
        let mut recall = SearchRecall { sampled_pairs: 0, found_pairs: 0 };
        for (index, join) in joins.iter().enumerate() {
            let number = |candidate| self.number(numbering, index, candidate);
            let of_join = measure(join, &number, &mut store)?;
            recall.sampled_pairs += of_join.sampled_pairs;
            recall.found_pairs += of_join.found_pairs;
            warnings.extend(warn_of_heavy(join));
        }
        let (mut within, mut least) = (Vec::new(), Vec::new());
        for (join, &(left, right)) in joins.iter().zip(&self.files) {
            let (comparable, law) = (join.comparable(), join.law());
            let wanted = calibrates(&job.search, comparable, job.report.is_some(), &mut warnings)?;
            let pair = [&files[left], &files[right]];
            within.push(wanted.then(|| within_files(comparable, pair, &mut warnings)));
            least.push(law.similarity(law.min_common()));
        }
        let calibrations = self.calibrate(numbering, &mut store, &least, &within)?;
        let spent = Some(counts.settled());
        Ok(Searched { store, compared, recall: Some(recall), calibrations, warnings, spent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidates::options::Accept;
    use crate::candidates::runs::by_similarity;
    use crate::fixtures::{FIXED, cluster_job, file, many_filters, pair, schema_of_filters, store};

    fn files<const COUNT: usize>(custodians: [&str; COUNT]) -> [TokenFile; COUNT] {
        let schema = schema_of_filters(FIXED);
        custodians.map(|name| file(many_filters(name, &schema, 3)))
    }

    #[test]
    fn every_two_files_are_compared_and_those_with_duplicates_with_themselves() {
        let files = files(["a", "b", "c"]);
        let job = cluster_job(&[("a", true), ("b", false), ("c", true)]);
        let comparisons = Comparisons::new(&job, &files).unwrap();
        assert_eq!(comparisons.files, [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2)]);
        let within: Vec<bool> = comparisons.comparables.iter().map(Comparable::is_within).collect();
        assert_eq!(within, [true, false, false, false, true]);
        for (at, &places) in comparisons.files.iter().enumerate() {
            assert_eq!(comparisons.of(places), at);
        }
    }

    #[test]
    fn a_pair_by_the_numbers_of_all_files_is_that_pair_again() {
        let files = files(["a", "b", "c"]);
        let job = cluster_job(&[("a", true), ("b", false), ("c", true)]);
        let comparisons = Comparisons::new(&job, &files).unwrap();
        let numbering = Numbering::new(&files).unwrap();
        let mut seen = Vec::new();
        for (comparison, comparable) in comparisons.comparables.iter().enumerate() {
            let within = comparable.is_within();
            for (left, right) in
                [(0, 1), (1, 2), (0, 2), (2, 0)].into_iter().filter(|of| !within || of.0 < of.1)
            {
                let of_files = pair(left, right, 0.9);
                let of_all = comparisons.number(&numbering, comparison, of_files);
                assert_eq!(comparisons.local(&numbering, &of_all), (comparison, of_files));
                seen.push((of_all.left, of_all.right));
            }
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count, "no two pairs have the same numbers");
    }

    #[test]
    fn two_files_of_one_custodian_are_refused_by_name() {
        let files = files(["a", "b", "a"]);
        let job = cluster_job(&[("first", false), ("second", false), ("third", false)]);
        let message = Comparisons::new(&job, &files).map(|_| ()).unwrap_err().to_string();
        assert!(message.starts_with("first and third: "), "{message}");
    }

    #[test]
    fn each_comparison_is_cut_and_none_is_calibrated_unasked() {
        let files = files(["a", "b"]);
        let mut job = cluster_job(&[("a", true), ("b", false)]);
        let comparisons = Comparisons::new(&job, &files).unwrap();
        let numbering = Numbering::new(&files).unwrap();
        let mut found = store(false, by_similarity);
        let calibrations = comparisons.calibrate(&numbering, &mut found, &[0.8, 0.8], &[None, None]).unwrap();
        assert!(calibrations.len() == 2 && calibrations.iter().all(Option::is_none));
        let cuts = |job: &ClusterJob| {
            let cuts = comparisons.cuts(job, &calibrations).unwrap();
            cuts.iter().map(|cut| (cut.accept, cut.borderline)).collect::<Vec<_>>()
        };
        assert_eq!(cuts(&job), [(0.9, 0.8); 2]);
        job.search.accept = Accept::Number(0.85);
        assert_eq!(cuts(&job), [(0.85, 0.85); 2]);
    }
}
