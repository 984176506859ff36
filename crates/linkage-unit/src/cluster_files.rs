//! One or more token files to clusters of records of one person each.

use mizuhiki_columnar::{CLUSTER_COLUMNS, Cell, Format, ResultWriter, Source, TokenFile};
use mizuhiki_exchange::Comparable;
use mizuhiki_files::{Access, WriteFile};
use mizuhiki_match::{
    Calibration, Candidate, CommonLaw, Groups, Linkage, Plan, Sample, Tally, WithinFile, with_threads,
};

use crate::choose::WithinHousehold;
use crate::cut::{Cut, NOTHING, told};
use crate::job::{ClusterJob, ClusterSummary, Households, LinkError, OnProgress, Stage};
use crate::link_files::{calibrates, lowest, refuse_scope, sample, within_files};
use crate::memory;
use crate::prepare::{
    are_sealed, compare, compare_within, digest, digest_of_joins, join, read_all, warn, warn_of_files,
};
use crate::report::{LinksHistogram, report_of_clusters, write_report};
use crate::search::{check_folder, open_counts, open_store, passing_store, run_plans};
use crate::search_symbols::{
    SearchRecall, SymbolJoin, by_records, entry_budget, measure, rank, run_joins, warn_of_heavy,
};
use crate::spill::{BoxedKey, Key, KeyFn};
use crate::store::Store;

/// Clusters the records of one or more files. The table appears whole, or not at all.
///
/// # Errors
/// [`LinkError`]; no output is written then, but checkpoints may be left to resume from.
pub fn cluster_files(job: &ClusterJob, on_progress: OnProgress<'_>) -> Result<ClusterSummary, LinkError> {
    with_threads(job.search.threads.max(1), || run(job, on_progress))?
}

/// Records of all files, numbered one file after the other.
struct Numbering {
    /// First number of each file, then the number of all records.
    starts: Vec<u32>,
}

impl Numbering {
    fn new(files: &[TokenFile]) -> Result<Self, LinkError> {
        let mut starts = vec![0_u32];
        for file in files {
            let next = starts.last().copied().unwrap_or(0).checked_add(file.set.len() as u32);
            starts.push(next.ok_or(LinkError::TooManyRecords)?);
        }
        Ok(Self { starts })
    }

    /// File and row of a record.
    fn place(&self, record: u32) -> (usize, u32) {
        let file = self.starts.partition_point(|&start| start <= record) - 1;
        (file, record - self.starts[file])
    }

    /// [`Numbering::key`], as a store takes it.
    fn boxed_key(&self) -> BoxedKey<'_> {
        Box::new(|candidate| self.key(candidate))
    }

    /// By falling similarity, then files, then records: anonlink's order.
    fn key(&self, candidate: &Candidate) -> Key {
        let ((a, left), (b, right)) = (self.place(candidate.left), self.place(candidate.right));
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        (!candidate.similarity.to_bits(), pair(a as u32, b as u32), pair(left, right))
    }
}

/// Pairs of files that are compared.
struct Comparisons<'a> {
    files: Vec<(usize, usize)>,
    comparables: Vec<Comparable<'a>>,
}

/// Candidates of all comparisons, and what was learned on the way to them.
struct Searched<'n> {
    store: Store<'n, BoxedKey<'n>>,
    compared: u64,
    recall: Option<SearchRecall>,
    /// Of each comparison, if thresholds are calibrated.
    calibrations: Vec<Option<Calibration>>,
    warnings: Vec<String>,
    /// Checkpoints that candidates were made of; they go when the clusters are safe.
    spent: Option<Store<'n, KeyFn>>,
}

impl<'a> Comparisons<'a> {
    fn new(job: &ClusterJob, files: &'a [TokenFile]) -> Result<Self, LinkError> {
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
    fn of(&self, files: (usize, usize)) -> usize {
        self.files.partition_point(|&known| known < files)
    }

    /// A pair of a comparison by the numbers of all files.
    fn number(&self, numbering: &Numbering, comparison: usize, candidate: Candidate) -> Candidate {
        let (left, right) = self.files[comparison];
        Candidate {
            left: candidate.left + numbering.starts[left],
            right: candidate.right + numbering.starts[right],
            ..candidate
        }
    }

    /// The comparison that a pair belongs to, and the pair with the records of its files.
    fn local(&self, numbering: &Numbering, candidate: &Candidate) -> (usize, Candidate) {
        let ((a, left), (b, right)) = (numbering.place(candidate.left), numbering.place(candidate.right));
        (self.of((a, b)), Candidate { left, right, ..*candidate })
    }

    /// Thresholds of each comparison.
    fn cuts(&self, job: &ClusterJob, calibrations: &[Option<Calibration>]) -> Result<Vec<Cut>, LinkError> {
        let of = |(comparable, calibration): (&Comparable<'_>, &Option<Calibration>)| {
            Cut::choose(&job.search, comparable, calibration.as_ref())
        };
        self.comparables.iter().zip(calibrations).map(of).collect()
    }

    /// Compares filters.
    fn find_by_filters<'n>(
        &self,
        job: &ClusterJob,
        numbering: &'n Numbering,
        tokens: u64,
        on_progress: OnProgress<'_>,
    ) -> Result<Searched<'n>, LinkError> {
        let plans: Vec<Plan<'_>> =
            self.comparables.iter().map(|comparable| Plan::new(comparable, job.search.scope)).collect();
        let mut warnings = without_repeats(plans.iter().flat_map(warn).collect());
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

    /// Calibrates each comparison for which there is something `within` its files, from candidates that reach `lowest`.
    fn calibrate<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        numbering: &Numbering,
        store: &mut Store<'_, K>,
        lowest: &[f64],
        within: &[Option<Vec<WithinFile>>],
    ) -> Result<Vec<Option<Calibration>>, LinkError> {
        if within.iter().all(Option::is_none) {
            return Ok(vec![None; within.len()]);
        }
        let new = |(comparable, lowest): (&Comparable<'_>, &f64)| Tally::new(comparable, *lowest);
        let mut tallies: Vec<Tally> = self.comparables.iter().zip(lowest).map(new).collect();
        for candidate in store.sorted()? {
            let (comparison, candidate) = self.local(numbering, &candidate.map_err(LinkError::lost)?);
            tallies[comparison].offer(&candidate);
        }
        let of = |(tally, within): (&Tally, &Option<Vec<WithinFile>>)| {
            within.as_ref().map(|within| tally.calibrate(within))
        };
        Ok(tallies.iter().zip(within).map(of).collect())
    }

    /// Joins sealed symbols.
    fn find_by_symbols<'n>(
        &self,
        job: &ClusterJob,
        numbering: &'n Numbering,
        files: &[TokenFile],
        on_progress: OnProgress<'_>,
    ) -> Result<Searched<'n>, LinkError> {
        refuse_scope(&job.search)?;
        let places = self.files.iter().zip(&self.comparables);
        let joins: Vec<SymbolJoin<'_>> = places
            .filter_map(|(&(left, right), comparable)| join(comparable, &files[left], &files[right]))
            .collect();
        let mut warnings = without_repeats(self.comparables.iter().flat_map(warn_of_files).collect());
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
            least.push(law.similarity(law.least()));
        }
        let calibrations = self.calibrate(numbering, &mut store, &least, &within)?;
        let spent = Some(counts.settled());
        Ok(Searched { store, compared, recall: Some(recall), calibrations, warnings, spent })
    }
}

fn without_repeats(mut warnings: Vec<String>) -> Vec<String> {
    warnings.sort();
    warnings.dedup();
    warnings
}

fn run(job: &ClusterJob, on_progress: OnProgress<'_>) -> Result<ClusterSummary, LinkError> {
    on_progress(Stage::Read, "", 0, 0);
    check_folder(&job.search, &job.output)?;
    let mut writer = ResultWriter::create(&job.output, Format::Csv, CLUSTER_COLUMNS)?;
    let report_file =
        job.report.as_ref().map(|target| WriteFile::create(target, Access::Shared)).transpose()?;
    let sources: Vec<&Source> = job.files.iter().collect();
    let (files, tokens) = read_all(&sources, memory::budget(job.search.memory), on_progress)?;
    let numbering = Numbering::new(&files)?;
    let comparisons = Comparisons::new(job, &files)?;
    let searched = if are_sealed(&files) {
        comparisons.find_by_symbols(job, &numbering, &files, on_progress)?
    } else {
        comparisons.find_by_filters(job, &numbering, tokens, on_progress)?
    };
    let Searched { mut store, compared, recall, calibrations, mut warnings, spent } = searched;
    on_progress(Stage::Assign, "", 0, 0);
    let cuts = comparisons.cuts(job, &calibrations)?;
    if cuts.iter().all(Cut::is_nothing) {
        warnings.push(NOTHING.to_owned());
    }
    let households = comparisons.comparables.iter().zip(&calibrations);
    let households =
        households.map(|(comparable, of)| WithinHousehold::new(comparable, of.as_ref())).collect();
    let work = Clustering {
        job,
        numbering: &numbering,
        comparisons: &comparisons,
        calibrations: &calibrations,
        cuts: &cuts,
        households,
    };
    let found = work.cluster(&mut store, &files)?;
    on_progress(Stage::Write, "", 0, 0);
    for (cluster, records) in found.clusters.iter().enumerate() {
        for &record in records {
            let (file, row) = numbering.place(record);
            let name = job.files[file].name();
            let set = &files[file].set;
            let custodian = set.meta().map_or(name.as_str(), |meta| meta.custodian.as_str());
            writer.push(&[
                Cell::Integer(cluster as u64 + 1),
                Cell::Text(custodian),
                Cell::Text(set.ids().get(row as usize)),
                Cell::Number(Some(found.least[record as usize])),
                Cell::Number(found.probable[record as usize]),
                Cell::Integer(u64::from(found.conflicts_of[record as usize])),
            ])?;
        }
    }
    if found.conflicts > 0 {
        warnings.push(format!(
            "{} matches join records of different clusters: transitive conflicts, counted in the column conflicts",
            found.conflicts
        ));
    }
    let summary = ClusterSummary {
        records: files.iter().map(|file| file.set.len() as u64).collect(),
        compared,
        search_recall: recall,
        matches: found.matches,
        borderline: found.borderline,
        clusters: found.clusters.len() as u64,
        clustered: found.clusters.iter().map(|cluster| cluster.len() as u64).sum(),
        household: found.household,
        conflicts: found.conflicts,
        accept_thresholds: cuts.iter().map(|cut| told(cut.accept)).collect(),
        borderline_thresholds: cuts.iter().map(|cut| told(cut.borderline)).collect(),
        least_common: CommonLaw::of(&comparisons.comparables[0]).map(|law| law.least()),
        expected_precision: found.expected.map(|(precision, _)| precision),
        expected_recall: found.expected.map(|(_, recall)| recall),
        warnings,
    };
    if let Some(file) = report_file {
        let of = (&comparisons.comparables[0], calibrations[0].as_ref().filter(|_| calibrations.len() == 1));
        let page = report_of_clusters(job, &files, of, &summary, (cuts[0].origin, &found.histogram));
        write_report(file, &page)?;
    }
    writer.finish()?;
    store.remove()?;
    spent.map_or(Ok(()), Store::remove)?;
    Ok(summary)
}

struct Clustering<'a> {
    job: &'a ClusterJob,
    numbering: &'a Numbering,
    comparisons: &'a Comparisons<'a>,
    calibrations: &'a [Option<Calibration>],
    cuts: &'a [Cut],
    households: Vec<WithinHousehold<'a>>,
}

/// Clusters and what was counted on the way.
struct Found {
    clusters: Vec<Vec<u32>>,
    /// Of each record, the least similarity of a match within its cluster, and the least probability, if known.
    least: Vec<f64>,
    probable: Vec<Option<f64>>,
    /// Of each record, matches with records of other clusters.
    conflicts_of: Vec<u32>,
    matches: u64,
    borderline: u64,
    household: u64,
    conflicts: u64,
    /// Matches by similarity.
    histogram: LinksHistogram,
    /// Expected precision of matches within clusters, and their recall among all candidates.
    expected: Option<(f64, f64)>,
}

/// What a candidate is taken for.
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

    fn cluster<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        files: &[TokenFile],
    ) -> Result<Found, LinkError> {
        let records = self.numbering.starts.last().copied().unwrap_or(0) as usize;
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
            let candidate = candidate.map_err(LinkError::lost)?;
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
        let clusters = groups.finish();
        let mut cluster_of = vec![u32::MAX; records];
        for (members, cluster) in clusters.iter().zip(0..) {
            members.iter().for_each(|&record| cluster_of[record as usize] = cluster);
        }
        let mut found = Found {
            clusters,
            least: vec![1.0; records],
            probable: vec![None; records],
            conflicts_of: vec![0; records],
            matches,
            borderline,
            household,
            conflicts: 0,
            histogram: LinksHistogram::default(),
            expected: None,
        };
        let (mut inside, mut true_inside, mut true_pairs) = (0_u64, 0.0, 0.0);
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(LinkError::lost)?;
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
                // Similarities fall, so the last one is the least.
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
        Ok(found)
    }
}
