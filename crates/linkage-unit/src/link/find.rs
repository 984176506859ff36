//! Candidates of a linkage, compared, joined, or read from a file, and their calibration.

use mizuhiki_columnar::{CandidatePair, PairReader, TokenFile};
use mizuhiki_exchange::Comparable;
use mizuhiki_files::Target;
use mizuhiki_match::{Calibration, Candidate, CommonLaw, Plan, Tally, UnitResult, WithinFile};
use mizuhiki_schema::Similarity;

use crate::candidates::calibration::{calibrates, given, lowest, refuse_scope, sample, within_files};
use crate::candidates::digest::{digest, digest_of_joins};
use crate::candidates::error::SearchError;
use crate::candidates::filters::run_plans;
use crate::candidates::memory;
use crate::candidates::notes::{JOINED, passes, plan_in_words, warn, warn_of_files};
use crate::candidates::options::{OnProgress, PassSummary, Stage};
use crate::candidates::runs::{Key, KeyFn, by_similarity};
use crate::candidates::store::Store;
use crate::candidates::symbols::{
    SearchRecall, by_records, entry_budget, measure, rank, run_joins, warn_of_heavy,
};
use crate::candidates::tokens::{are_sealed, join};
use crate::candidates::workspace::{open_counts, open_store, passing_store};
use crate::link::error::LinkError;
use crate::link::job::LinkJob;

/// Candidates, with calibration and counts.
pub(crate) struct Found<'a> {
    pub(crate) store: Store<'a, KeyFn>,
    pub(crate) calibration: Option<Calibration>,
    /// The lowest similarity of pairs without a link that are listed for confirmation.
    pub(crate) lowest_to_confirm: Option<Similarity>,
    pub(crate) compared: u64,
    pub(crate) plan: &'static str,
    pub(crate) passes: Vec<PassSummary>,
    pub(crate) law: Option<CommonLaw>,
    pub(crate) recall: Option<SearchRecall>,
    pub(crate) warnings: Vec<String>,
    /// Checkpoints of the candidates; removed after the links are saved.
    spent: Option<Store<'a, KeyFn>>,
}

impl Found<'_> {
    /// Removes the checkpoints, after the results are saved.
    pub(crate) fn remove_checkpoints(self) -> Result<(), SearchError> {
        self.store.remove()?;
        self.spent.map_or(Ok(()), Store::remove)
    }
}

/// Finds the candidates of two files, or of one, whose tokens take `bytes` of memory.
pub(crate) fn find<'a>(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    files: &[TokenFile],
    bytes: u64,
    on_progress: OnProgress<'_>,
) -> Result<Found<'a>, LinkError> {
    let mut found = if are_sealed(files) {
        find_by_symbols(job, comparable, files, on_progress)?
    } else {
        find_by_filters(job, comparable, bytes, on_progress)?
    };
    if job.candidates.is_some() && found.calibration.is_some() {
        found.warnings.push(
            "thresholds and probabilities are based on the candidate pairs of the file: if it omits less similar \
             pairs, they are not valid for the two files"
                .to_owned(),
        );
    }
    Ok(found)
}

/// Compares filters.
fn find_by_filters<'a>(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    tokens: u64,
    on_progress: OnProgress<'_>,
) -> Result<Found<'a>, LinkError> {
    let plan = Plan::new(comparable, job.search.scope);
    let mut warnings = warn(&plan);
    on_progress(Stage::Calibrate, "", 0, 0);
    let sampled = sample(&plan, &job.search, job.report.is_some(), &mut warnings)?;
    let lowest = lowest(comparable, &job.search, sampled.as_ref())?;
    let plans = [plan];
    let digest = || digest(&plans, &[lowest.get()]);
    let key: KeyFn = by_similarity;
    let mut store = open_store(&job.search, resumable(job), tokens, &digest, key)?;
    if store.resumed() > 0 {
        warnings.push(format!("continued after {} of {} units of work", store.resumed(), plans[0].units()));
    }
    let compared = match &job.candidates {
        Some(path) => take_candidates(path, comparable, lowest.get(), &mut store)?,
        None => run_plans(&plans, &[lowest], &mut store, &|_, candidate| candidate, on_progress)?,
    };
    on_progress(Stage::Assign, "", 0, 0);
    let lowest_to_confirm = sampled.as_ref().map(|sample| sample.far);
    let calibration =
        sampled.map(|sample| calibrate(&mut store, comparable, lowest.get(), &sample.files)).transpose()?;
    Ok(Found {
        calibration,
        lowest_to_confirm,
        compared,
        plan: if job.candidates.is_some() { FROM_FILE } else { plan_in_words(plans[0].kind()) },
        passes: passes(&plans[0]),
        law: None,
        recall: None,
        warnings,
        spent: None,
        store: store.settled(),
    })
}

/// Joins sealed symbols.
fn find_by_symbols<'a>(
    job: &LinkJob,
    comparable: &Comparable<'_>,
    files: &[TokenFile],
    on_progress: OnProgress<'_>,
) -> Result<Found<'a>, LinkError> {
    refuse_scope(&job.search)?;
    let Some(join) = join(comparable, &files[0], &files[files.len() - 1]) else {
        unreachable!("files of symbols were compared")
    };
    let law = join.law();
    given(&job.search)?;
    let mut warnings = warn_of_files(comparable);
    let records = files.iter().map(|file| file.set.len() as u64).sum();
    let held = records * memory::RECORD_BYTES;
    let (ranked_by, counted_by): (KeyFn, KeyFn) = (by_similarity, by_records);
    let mut ranked = passing_store(&job.search, held, ranked_by)?;
    let joins = [join];
    let (mut recall, mut spent) = (None, None);
    let compared;
    if let Some(path) = &job.candidates {
        compared = take_candidates(path, comparable, 0.0, &mut ranked)?;
    } else {
        let digest = || digest_of_joins(&joins, files);
        let mut counts = open_counts(&job.search, resumable(job), held, &digest, counted_by)?;
        if counts.resumed() > 0 {
            warnings.push(format!(
                "continued after {} of {} units of work",
                counts.resumed(),
                joins[0].units()
            ));
        }
        let budget = entry_budget(job.search.memory, records);
        compared = run_joins(&joins, &mut counts, &|_, candidate| candidate, budget, on_progress)?;
        on_progress(Stage::Assign, "", 0, 0);
        rank(&mut counts, &|_| 0, &joins, &mut ranked)?;
        recall = Some(measure(&joins[0], &|candidate| candidate, &mut ranked)?);
        warnings.extend(warn_of_heavy(&joins[0]));
        spent = Some(counts.settled());
    }
    let mut calibration = None;
    if calibrates(&job.search, comparable, job.report.is_some(), &mut warnings)? {
        let least = law.similarity(law.min_common());
        let within = within_files(comparable, [&files[0], &files[files.len() - 1]], &mut warnings);
        calibration = Some(calibrate(&mut ranked, comparable, least, &within)?);
    }
    Ok(Found {
        calibration,
        lowest_to_confirm: Similarity::new(law.similarity(law.min_common())),
        compared,
        plan: if job.candidates.is_some() { FROM_FILE } else { JOINED },
        passes: Vec::new(),
        law: Some(law),
        recall,
        warnings,
        spent,
        store: ranked,
    })
}

/// Why these pairs are considered: they come from a file.
const FROM_FILE: &str = "candidate pairs from a file";

/// The output beside which checkpoints are kept. Candidate pairs from a file are read again instead of
/// resumed.
fn resumable(job: &LinkJob) -> &Target {
    if job.candidates.is_some() { &Target::Stdout } else { &job.output }
}

/// Calibrates from all candidates that reach `lowest`, counted in order.
fn calibrate<K: Fn(&Candidate) -> Key + Sync>(
    store: &mut Store<'_, K>,
    comparable: &Comparable<'_>,
    lowest: f64,
    within_files: &[WithinFile],
) -> Result<Calibration, LinkError> {
    let mut tally = Tally::new(comparable, lowest);
    for candidate in store.sorted()? {
        tally.offer(&candidate.map_err(SearchError::lost)?);
    }
    Ok(tally.calibrate(within_files))
}

/// Reads candidate pairs from a file instead of searching.
fn take_candidates<K: Fn(&Candidate) -> Key + Sync>(
    path: &std::path::Path,
    comparable: &Comparable<'_>,
    lowest: f64,
    store: &mut Store<'_, K>,
) -> Result<u64, LinkError> {
    let (left, right) = (comparable.left().len(), comparable.right().len());
    let expected = if comparable.is_within() { (0, 0) } else { (0, 1) };
    let mut candidates = Vec::new();
    let mut count = 0;
    for pair in PairReader::open(path)? {
        let CandidatePair { similarity, sets, records } = pair?;
        count += 1;
        if sets != expected || records.0 as usize >= left || records.1 as usize >= right {
            let problem =
                format!("candidate pair {count} names a data set or record that the files do not contain");
            return Err(LinkError::Candidates { file: path.display().to_string(), problem });
        }
        if similarity >= lowest {
            candidates.push(Candidate { left: records.0, right: records.1, similarity });
        }
        if candidates.len() == 1 << 20 {
            store.add(UnitResult { unit: 0, pairs: 0, candidates: std::mem::take(&mut candidates) })?;
        }
    }
    store.add(UnitResult { unit: 0, pairs: 0, candidates })?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use mizuhiki_match::Assignment;

    use super::*;
    use crate::fixtures::{FIXED, link_job, many_filters, pair, schema_of_filters, store, unit};

    #[test]
    fn candidate_pairs_of_a_file_leave_no_checkpoints() {
        let searched = LinkJob { output: Target::Path("links.csv".into()), ..link_job(Assignment::Greedy) };
        assert!(matches!(resumable(&searched), Target::Path(_)));
        let taken = LinkJob { candidates: Some("pairs.bin".into()), ..searched };
        assert!(matches!(resumable(&taken), Target::Stdout));
    }

    #[test]
    fn calibration_counts_links_of_records_once_and_in_order() {
        let schema = schema_of_filters(FIXED);
        let (left, right) = (many_filters("left", &schema, 60), many_filters("right", &schema, 60));
        let comparable = Comparable::between(&left, &right).unwrap();
        let mut found = store(false, by_similarity);
        // Less similar pairs of the same records come first, and are no links.
        let near: Vec<Candidate> = (0..59).map(|record| pair(record, record + 1, 0.82)).collect();
        let same: Vec<Candidate> = (0..60).map(|record| pair(record, record, 0.999)).collect();
        found.add(unit(0, &near)).unwrap();
        found.add(unit(1, &same)).unwrap();
        let known = calibrate(&mut found, &comparable, 0.8, &[]).unwrap();
        assert_eq!(known.expect(0.0).links, 60);
        assert_eq!(known.histogram.iter().sum::<u64>(), 60);
    }
}
