//! One or more token files to clusters of records of one person each.

use mizuhiki_columnar::{CLUSTER_COLUMNS, Cell, Format, ResultWriter, Source, TokenFile};
use mizuhiki_exchange::Comparable;
use mizuhiki_match::{Calibration, Candidate, Greedy, Groups, Plan, Strangers, with_threads};
use mizuhiki_schema::{Similarity, Thresholds};

use crate::job::{ClusterJob, ClusterSummary, LinkError, OnProgress, Stage};
use crate::link_files::{
    Losers, calibrates, choose_thresholds, lowest, lowest_given, refuse_scope, sample_strangers,
};
use crate::memory;
use crate::prepare::{
    are_sealed, compare, compare_within, digest, digest_of_joins, join, read_all, warn, warn_of_files,
};
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
                let comparable = if left == right && job.duplicates {
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
    fn thresholds(
        &self,
        job: &ClusterJob,
        calibrations: &[Option<Calibration>],
    ) -> Result<Vec<Thresholds>, LinkError> {
        let of = |(comparable, calibration): (&Comparable<'_>, &Option<Calibration>)| {
            choose_thresholds(&job.search, comparable, calibration.as_ref()).map(|(thresholds, _)| thresholds)
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
        let (mut strangers, mut from) = (Vec::new(), Vec::new());
        for plan in &plans {
            let sampled = sample_strangers(plan, &job.search, false, &mut warnings)?;
            from.push(lowest(plan.comparable(), &job.search, sampled.as_ref())?);
            strangers.push(sampled);
        }
        let wanted: Vec<f64> = from.iter().map(|similarity| similarity.get()).collect();
        let digest = || digest(&plans, &wanted);
        let mut store = open_store(&job.search, &job.output, tokens, &digest, numbering.boxed_key())?;
        let number = |comparison: usize, candidate| self.number(numbering, comparison, candidate);
        let compared = run_plans(&plans, &from, &mut store, &number, on_progress)?;
        let calibrations = self.calibrate_by_strangers(numbering, &mut store, &strangers)?;
        Ok(Searched { compared, recall: None, calibrations, warnings, spent: None, store: store.settled() })
    }

    fn calibrate_by_strangers<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        numbering: &Numbering,
        store: &mut Store<'_, K>,
        strangers: &[Option<Strangers>],
    ) -> Result<Vec<Option<Calibration>>, LinkError> {
        let mut scores: Vec<Vec<f64>> = vec![Vec::new(); strangers.len()];
        if strangers.iter().any(Option::is_some) {
            let greedy = |comparable: &Comparable<'_>| {
                Greedy::new(comparable.left().len(), comparable.right().len(), comparable.is_within())
            };
            let mut greedy: Vec<Greedy> = self.comparables.iter().map(greedy).collect();
            for candidate in store.sorted()? {
                let (comparison, candidate) = self.local(numbering, &candidate.map_err(LinkError::lost)?);
                let lowest = strangers[comparison].as_ref().map(|strangers| strangers.lowest.get());
                if lowest.is_some_and(|lowest| candidate.similarity >= lowest)
                    && greedy[comparison].offer(&candidate)
                {
                    scores[comparison].push(candidate.similarity);
                }
            }
        }
        let of = |(strangers, scores): (&Option<Strangers>, Vec<f64>)| {
            strangers.as_ref().map(|strangers| strangers.calibrate(scores))
        };
        Ok(strangers.iter().zip(scores).map(of).collect())
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
        let lowest = vec![lowest_given(&job.search)?; joins.len()];
        let mut store = passing_store(&job.search, held, numbering.boxed_key())?;
        let join_of = |candidate: &Candidate| self.local(numbering, candidate).0;
        rank(&mut counts, &join_of, &joins, &lowest, &mut store)?;
        let mut recall = SearchRecall { sampled_pairs: 0, found_pairs: 0 };
        for (index, join) in joins.iter().enumerate() {
            let number = |candidate| self.number(numbering, index, candidate);
            let of_join = measure(join, &number, lowest[index], &mut store)?;
            recall.sampled_pairs += of_join.sampled_pairs;
            recall.found_pairs += of_join.found_pairs;
            warnings.extend(warn_of_heavy(join));
        }
        let mut calibrations = vec![None; joins.len()];
        let mut wanted = Vec::new();
        for comparable in &self.comparables {
            wanted.push(calibrates(&job.search, comparable, false, &mut warnings)?);
        }
        if wanted.contains(&true) {
            let mut losers: Vec<Losers> = self.comparables.iter().map(Losers::new).collect();
            for candidate in store.sorted()? {
                let (comparison, candidate) = self.local(numbering, &candidate.map_err(LinkError::lost)?);
                losers[comparison].offer(&candidate);
            }
            let of = |(losers, wanted): (&Losers, &bool)| wanted.then(|| losers.calibrate());
            calibrations = losers.iter().zip(&wanted).map(of).collect();
        }
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
    let work = Clustering { numbering: &numbering, comparisons: &comparisons };
    let thresholds = comparisons.thresholds(job, &calibrations)?;
    let found = work.cluster(&mut store, &thresholds)?;
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
    writer.finish()?;
    store.remove()?;
    spent.map_or(Ok(()), Store::remove)?;
    Ok(ClusterSummary {
        records: files.iter().map(|file| file.set.len() as u64).collect(),
        compared,
        search_recall: recall,
        matches: found.matches,
        borderline: found.borderline,
        clusters: found.clusters.len() as u64,
        clustered: found.clusters.iter().map(|cluster| cluster.len() as u64).sum(),
        conflicts: found.conflicts,
        accept_thresholds: thresholds.iter().map(|thresholds| thresholds.accept().get()).collect(),
        warnings,
    })
}

struct Clustering<'a> {
    numbering: &'a Numbering,
    comparisons: &'a Comparisons<'a>,
}

/// Clusters and what was counted on the way.
struct Found {
    clusters: Vec<Vec<u32>>,
    /// Of each record, the least similarity within its cluster.
    least: Vec<f64>,
    /// Of each record, matches with records of other clusters.
    conflicts_of: Vec<u32>,
    matches: u64,
    borderline: u64,
    conflicts: u64,
}

impl Clustering<'_> {
    fn cluster<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        thresholds: &[Thresholds],
    ) -> Result<Found, LinkError> {
        let records = self.numbering.starts.last().copied().unwrap_or(0) as usize;
        let reaches = |candidate: &Candidate, least: fn(Thresholds) -> Similarity| {
            candidate.similarity
                >= least(thresholds[self.comparisons.local(self.numbering, candidate).0]).get()
        };
        let mut groups = Groups::new(records);
        let (mut matches, mut borderline) = (0, 0);
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(LinkError::lost)?;
            if reaches(&candidate, Thresholds::accept) {
                matches += 1;
                groups.offer(candidate.left, candidate.right);
            } else if reaches(&candidate, Thresholds::borderline) {
                borderline += 1;
            }
        }
        let clusters = groups.finish();
        let mut cluster_of = vec![u32::MAX; records];
        for (members, cluster) in clusters.iter().zip(0..) {
            members.iter().for_each(|&record| cluster_of[record as usize] = cluster);
        }
        let (mut least, mut conflicts_of, mut conflicts) = (vec![1.0; records], vec![0; records], 0);
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(LinkError::lost)?;
            if !reaches(&candidate, Thresholds::accept) {
                continue;
            }
            let (left, right) = (candidate.left as usize, candidate.right as usize);
            if cluster_of[left] == cluster_of[right] && cluster_of[left] != u32::MAX {
                // Similarities fall, so the last one is the least.
                (least[left], least[right]) = (candidate.similarity, candidate.similarity);
            } else {
                conflicts += 1;
                conflicts_of[left] += 1;
                conflicts_of[right] += 1;
            }
        }
        Ok(Found { clusters, least, conflicts_of, matches, borderline, conflicts })
    }
}
