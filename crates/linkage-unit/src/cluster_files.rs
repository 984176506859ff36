//! One or more token files to clusters of records of one person each.

use mizuhiki_columnar::{CLUSTER_COLUMNS, Cell, Format, ResultWriter, Source};
use mizuhiki_exchange::{Comparable, TokenSet};
use mizuhiki_match::{Candidate, Greedy, Groups, Plan, Strangers, with_threads};
use mizuhiki_schema::{Similarity, Thresholds};

use crate::job::{ClusterJob, ClusterSummary, LinkError, OnProgress, Stage};
use crate::link_files::{choose_thresholds, lowest, sample_strangers};
use crate::memory;
use crate::prepare::{compare, digest, read_all, warn};
use crate::search::{check_folder, open_store, run_plans};
use crate::spill::Key;
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
    fn new(sets: &[TokenSet]) -> Result<Self, LinkError> {
        let mut starts = vec![0_u32];
        for set in sets {
            let next = starts.last().copied().unwrap_or(0).checked_add(set.len() as u32);
            starts.push(next.ok_or(LinkError::TooManyRecords)?);
        }
        Ok(Self { starts })
    }

    /// File and row of a record.
    fn place(&self, record: u32) -> (usize, u32) {
        let file = self.starts.partition_point(|&start| start <= record) - 1;
        (file, record - self.starts[file])
    }

    /// By falling similarity, then files, then records: anonlink's order.
    fn key(&self, candidate: &Candidate) -> Key {
        let ((a, left), (b, right)) = (self.place(candidate.left), self.place(candidate.right));
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        (!candidate.similarity.to_bits(), pair(a as u32, b as u32), pair(left, right))
    }
}

/// Pairs of files that are compared, each with its plan.
struct Comparisons<'a> {
    files: Vec<(usize, usize)>,
    plans: Vec<Plan<'a>>,
}

impl<'a> Comparisons<'a> {
    fn new(job: &ClusterJob, sets: &'a [TokenSet]) -> Result<Self, LinkError> {
        let (mut files, mut plans) = (Vec::new(), Vec::new());
        for left in 0..sets.len() {
            for right in left..sets.len() {
                let comparable = if left == right && job.duplicates {
                    Comparable::within(&sets[left])
                } else if left == right {
                    continue;
                } else {
                    compare((&sets[left], &job.files[left]), (&sets[right], &job.files[right]))?
                };
                files.push((left, right));
                plans.push(Plan::new(&comparable, job.search.scope));
            }
        }
        Ok(Self { files, plans })
    }

    /// The comparison of two files.
    fn of(&self, files: (usize, usize)) -> usize {
        self.files.partition_point(|&known| known < files)
    }
}

fn run(job: &ClusterJob, on_progress: OnProgress<'_>) -> Result<ClusterSummary, LinkError> {
    on_progress(Stage::Read, "", 0, 0);
    check_folder(&job.search, &job.output)?;
    let mut writer = ResultWriter::create(&job.output, Format::Csv, CLUSTER_COLUMNS)?;
    let sources: Vec<&Source> = job.files.iter().collect();
    let tokens = memory::check_fits(&sources, memory::budget(job.search.memory))?;
    let sets = read_all(&sources)?;
    let numbering = Numbering::new(&sets)?;
    let comparisons = Comparisons::new(job, &sets)?;
    let mut warnings: Vec<String> = comparisons.plans.iter().flat_map(warn).collect();
    warnings.sort();
    warnings.dedup();
    on_progress(Stage::Calibrate, "", 0, 0);
    let mut strangers = Vec::new();
    let mut from = Vec::new();
    for plan in &comparisons.plans {
        let sampled = sample_strangers(plan, &job.search, false, &mut warnings)?;
        from.push(lowest(plan.comparable(), &job.search, sampled.as_ref())?);
        strangers.push(sampled);
    }
    let wanted: Vec<f64> = from.iter().map(|similarity| similarity.get()).collect();
    let digest = || digest(&comparisons.plans, &wanted);
    let key = |candidate: &Candidate| numbering.key(candidate);
    let mut store = open_store(&job.search, &job.output, tokens, &digest, key)?;
    let number = |comparison: usize, candidate: Candidate| {
        let (left, right) = comparisons.files[comparison];
        Candidate {
            left: candidate.left + numbering.starts[left],
            right: candidate.right + numbering.starts[right],
            ..candidate
        }
    };
    let compared = run_plans(&comparisons.plans, &from, &mut store, &number, on_progress)?;
    on_progress(Stage::Assign, "", 0, 0);
    let work = Clustering { job, numbering: &numbering, comparisons: &comparisons };
    let thresholds = work.thresholds(&mut store, &strangers)?;
    let found = work.cluster(&mut store, &thresholds)?;
    on_progress(Stage::Write, "", 0, 0);
    for (cluster, records) in found.clusters.iter().enumerate() {
        for &record in records {
            let (file, row) = numbering.place(record);
            let name = job.files[file].name();
            let custodian = sets[file].meta().map_or(name.as_str(), |meta| meta.custodian.as_str());
            writer.push(&[
                Cell::Integer(cluster as u64 + 1),
                Cell::Text(custodian),
                Cell::Text(sets[file].ids().get(row as usize)),
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
    Ok(ClusterSummary {
        records: sets.iter().map(|set| set.len() as u64).collect(),
        compared,
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
    job: &'a ClusterJob,
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
    /// Thresholds of each comparison, calibrated where strangers were sampled.
    fn thresholds<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        strangers: &[Option<Strangers>],
    ) -> Result<Vec<Thresholds>, LinkError> {
        let mut scores: Vec<Vec<f64>> = vec![Vec::new(); strangers.len()];
        if strangers.iter().any(Option::is_some) {
            let greedy = |plan: &Plan<'_>| {
                let comparable = plan.comparable();
                Greedy::new(comparable.left().len(), comparable.right().len(), comparable.is_within())
            };
            let mut greedy: Vec<Greedy> = self.comparisons.plans.iter().map(greedy).collect();
            for candidate in store.sorted()? {
                let (comparison, candidate) = self.local(&candidate.map_err(LinkError::lost)?);
                let lowest = strangers[comparison].as_ref().map(|strangers| strangers.lowest.get());
                if lowest.is_some_and(|lowest| candidate.similarity >= lowest)
                    && greedy[comparison].offer(&candidate)
                {
                    scores[comparison].push(candidate.similarity);
                }
            }
        }
        let thresholds = |((plan, strangers), scores): ((&Plan<'_>, &Option<Strangers>), Vec<f64>)| {
            let calibration = strangers.as_ref().map(|strangers| strangers.calibrate(scores));
            choose_thresholds(&self.job.search, plan.comparable(), calibration.as_ref()).map(|(t, _)| t)
        };
        self.comparisons.plans.iter().zip(strangers).zip(scores).map(thresholds).collect()
    }

    /// The comparison that a candidate belongs to, and the candidate with the rows of its files.
    fn local(&self, candidate: &Candidate) -> (usize, Candidate) {
        let ((a, left), (b, right)) =
            (self.numbering.place(candidate.left), self.numbering.place(candidate.right));
        (self.comparisons.of((a, b)), Candidate { left, right, ..*candidate })
    }

    fn cluster<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        thresholds: &[Thresholds],
    ) -> Result<Found, LinkError> {
        let records = self.numbering.starts.last().copied().unwrap_or(0) as usize;
        let reaches = |candidate: &Candidate, least: fn(Thresholds) -> Similarity| {
            candidate.similarity >= least(thresholds[self.local(candidate).0]).get()
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
