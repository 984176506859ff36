//! The job: one or more token files to clusters of records, one per person.

use mizuhiki_columnar::{CLUSTER_COLUMNS, Cell, Format, ResultWriter, Source, TokenFile};
use mizuhiki_exchange::TokenSet;
use mizuhiki_files::{Access, WriteFile};
use mizuhiki_match::{Calibration, CommonLaw, WithinHousehold, with_threads};

use crate::candidates::error::SearchError;
use crate::candidates::memory;
use crate::candidates::options::{OnProgress, Stage};
use crate::candidates::store::Store;
use crate::candidates::thresholds::{Cut, NOTHING, finite};
use crate::candidates::tokens::{are_sealed, count_pairs, read_all};
use crate::candidates::workspace::check_folder;
use crate::cluster::clustering::{Clustering, Clusters};
use crate::cluster::comparisons::{Comparisons, Searched};
use crate::cluster::job::{ClusterJob, ClusterSummary};
use crate::cluster::numbering::Numbering;
use crate::cluster::report::report_of_clusters;
use crate::link::error::LinkError;
use crate::link::overview::write_report;

/// Clusters the records of one or more files. The table appears complete, or not at all.
///
/// # Examples
/// Duplicates within one list of CLKs.
///
/// ```
/// use mizuhiki_columnar::Source;
/// use mizuhiki_files::Target;
/// use mizuhiki_linkage_unit::{Accept, ClusterJob, SearchOptions, cluster_files};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = |name: &str| folder.path().join(name);
/// std::fs::write(path("a.json"), r#"{"clks": ["/wAAAAAAAAA=", "AP8AAAAAAAA=", "/wAAAAAAAAA="]}"#)?;
/// let job = ClusterJob {
///     files: vec![Source::Path(path("a.json"))],
///     output: Target::Path(path("clusters.csv")),
///     search: SearchOptions { accept: Accept::Number(0.9), ..SearchOptions::default() },
///     duplicates: vec![true],
///     report: None,
/// };
/// let summary = cluster_files(&job, &|_stage, _pass, _done, _total| ())?;
/// assert_eq!((summary.clusters, summary.clustered), (1, 2));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`LinkError`]; no output is written then, but checkpoints may be left to resume from.
pub fn cluster_files(job: &ClusterJob, on_progress: OnProgress<'_>) -> Result<ClusterSummary, LinkError> {
    with_threads(job.search.threads.max(1), || run(job, on_progress)).map_err(SearchError::from)?
}

fn run(job: &ClusterJob, on_progress: OnProgress<'_>) -> Result<ClusterSummary, LinkError> {
    on_progress(Stage::Read, "", 0, 0);
    check_folder(&job.search, &job.output)?;
    let writer = ResultWriter::create(&job.output, Format::Csv, CLUSTER_COLUMNS)?;
    let report = job.report.as_ref().map(|target| WriteFile::create(target, Access::Shared)).transpose()?;
    let sources: Vec<&Source> = job.files.iter().collect();
    let (files, tokens) = read_all(&sources, memory::budget(job.search.memory), on_progress)?;
    let numbering = Numbering::new(&files)?;
    let comparisons = Comparisons::new(job, &files)?;
    let mut searched = if are_sealed(&files) {
        comparisons.find_by_symbols(job, &numbering, &files, on_progress)?
    } else {
        comparisons.find_by_filters(job, &numbering, tokens, on_progress)?
    };
    on_progress(Stage::Assign, "", 0, 0);
    let cuts = comparisons.cuts(job, &searched.calibrations)?;
    if cuts.iter().all(Cut::is_nothing) {
        searched.warnings.push(NOTHING.to_owned());
    }
    let households = comparisons.comparables.iter().zip(&searched.calibrations);
    let work = Clustering {
        job,
        numbering: &numbering,
        comparisons: &comparisons,
        calibrations: &searched.calibrations,
        cuts: &cuts,
        households: households.map(|(of, known)| WithinHousehold::new(of, known.as_ref())).collect(),
    };
    let found = work.cluster(&mut searched.store, &files)?;
    on_progress(Stage::Write, "", 0, 0);
    let writer = write_clusters(job, &files, &numbering, &found, writer)?;
    if found.conflicts > 0 {
        searched.warnings.push(format!(
            "{} matches are between records of different clusters: transitive conflicts, counted in the column conflicts",
            found.conflicts
        ));
    }
    let summary = summarize(&files, &comparisons, &searched, &found, &cuts);
    if let Some(file) = report {
        let calibrations: &[Option<Calibration>] = &searched.calibrations;
        let only = calibrations[0].as_ref().filter(|_| calibrations.len() == 1);
        let of = (&comparisons.comparables[0], only);
        let pairs = comparisons.comparables.iter().map(|of| count_pairs(of, TokenSet::len));
        let all = pairs.sum::<f64>().max(1.0);
        let page = report_of_clusters(job, &files, of, all, &summary, (cuts[0].origin, &found.histogram));
        write_report(file, &page)?;
    }
    writer.finish()?;
    searched.store.remove()?;
    searched.spent.map_or(Ok(()), Store::remove)?;
    Ok(summary)
}

fn write_clusters(
    job: &ClusterJob,
    files: &[TokenFile],
    numbering: &Numbering,
    found: &Clusters,
    mut writer: ResultWriter,
) -> Result<ResultWriter, LinkError> {
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
    Ok(writer)
}

fn summarize(
    files: &[TokenFile],
    comparisons: &Comparisons<'_>,
    searched: &Searched<'_>,
    found: &Clusters,
    cuts: &[Cut],
) -> ClusterSummary {
    ClusterSummary {
        records: files.iter().map(|file| file.set.len() as u64).collect(),
        compared: searched.compared,
        search_recall: searched.recall,
        matches: found.matches,
        borderline: found.borderline,
        clusters: found.clusters.len() as u64,
        clustered: found.clusters.iter().map(|cluster| cluster.len() as u64).sum(),
        household: found.household,
        conflicts: found.conflicts,
        accept_thresholds: cuts.iter().map(|cut| finite(cut.accept)).collect(),
        borderline_thresholds: cuts.iter().map(|cut| finite(cut.borderline)).collect(),
        least_common: CommonLaw::of(&comparisons.comparables[0]).map(|law| law.min_common()),
        expected_precision: found.expected.map(|(precision, _)| precision),
        expected_recall: found.expected.map(|(_, recall)| recall),
        warnings: searched.warnings.clone(),
    }
}
