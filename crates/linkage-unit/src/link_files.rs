//! Two token files, or one, to a table of links.

use mizuhiki_columnar::{
    CandidatePair, EVIDENCE_COLUMN, Format, LINK_COLUMNS, PairReader, PairWriter, ResultWriter, TokenFile,
};
use mizuhiki_exchange::Comparable;
use mizuhiki_files::{Access, Target, WriteFile};
use mizuhiki_match::{
    Assignment, Calibration, Candidate, CommonLaw, Plan, Sample, Scale, Scope, Tally, UnitResult, WithinFile,
    can_calibrate, with_threads,
};
use mizuhiki_schema::{Similarity, Thresholds};

use crate::choose::Chooser;
use crate::cut::{Cut, NOTHING, told};
use crate::job::{Accept, LinkError, LinkJob, LinkSummary, OnProgress, PassSummary, SearchOptions, Stage};
use crate::memory;
use crate::prepare::{
    JOINED, are_sealed, compare, compare_within, digest, digest_of_joins, join, passes, read_all, warn,
    warn_of_files, why,
};
use crate::report::{report, write_report};
use crate::search::{check_folder, open_counts, open_store, passing_store, run_plans};
use crate::search_symbols::{
    SearchRecall, by_records, entry_budget, measure, rank, run_joins, warn_of_heavy,
};
use crate::spill::{Key, KeyFn, by_similarity};
use crate::store::Store;

/// Links two token files, or one within itself. Links and report appear whole, or not at all.
///
/// # Errors
/// [`LinkError`]; no output is written then, but checkpoints may be left to resume from.
pub fn link_files(job: &LinkJob, on_progress: OnProgress<'_>) -> Result<LinkSummary, LinkError> {
    with_threads(job.search.threads.max(1), || run(job, on_progress))?
}

/// Outputs that are begun before any work: an impossible target should not cost an hour of comparing.
struct Outputs {
    links: ResultWriter,
    report: Option<WriteFile>,
    pairs: Option<PairWriter>,
}

fn run(job: &LinkJob, on_progress: OnProgress<'_>) -> Result<LinkSummary, LinkError> {
    let within = job.left == job.right;
    if within && job.assignment == Assignment::Optimal {
        return Err(LinkError::OptimalWithin);
    }
    on_progress(Stage::Read, "", 0, 0);
    check_folder(&job.search, &job.output)?;
    let mut columns = LINK_COLUMNS.to_vec();
    columns.extend(job.evidence.then_some(EVIDENCE_COLUMN));
    let mut outputs = Outputs {
        links: ResultWriter::create(&job.output, Format::Csv, &columns)?,
        report: job.report.as_ref().map(|target| WriteFile::create(target, Access::Shared)).transpose()?,
        pairs: job.write_candidates.as_ref().map(PairWriter::create).transpose()?,
    };
    let sources = if within { vec![&job.left] } else { vec![&job.left, &job.right] };
    let (files, tokens) = read_all(&sources, memory::budget(job.search.memory), on_progress)?;
    let comparable = match files.as_slice() {
        [left, right] => compare((&left.set, &job.left), (&right.set, &job.right))?,
        files => compare_within(&files[0].set, &job.left)?,
    };
    let found = if are_sealed(&files) {
        find_by_symbols(job, &comparable, &files, on_progress)?
    } else {
        find_by_filters(job, &comparable, tokens, on_progress)?
    };
    let Found { mut store, calibration, far, compared, plan, passes, law, recall, mut warnings, spent } =
        found;
    if job.candidates.is_some() && calibration.is_some() {
        warnings.push(
            "thresholds and probabilities rest on the candidate pairs of the file: where less similar ones were left \
             out of it, they are not those of the two files"
                .to_owned(),
        );
    }
    let cut = Cut::choose(&job.search, &comparable, calibration.as_ref())?;
    if cut.is_nothing() {
        warnings.push(NOTHING.to_owned());
    }
    let chooser = Chooser {
        job,
        comparable: &comparable,
        cut,
        calibration: calibration.as_ref(),
        far: far.unwrap_or_else(|| comparable.thresholds().borderline()),
    };
    let chosen = chooser.choose(&mut store, &mut outputs.links, outputs.pairs.as_mut(), &mut warnings)?;
    on_progress(Stage::Write, "", 0, 0);
    let summary = LinkSummary {
        left_records: comparable.left().len() as u64,
        right_records: comparable.right().len() as u64,
        left_rows: comparable.left().rows() as u64,
        right_rows: comparable.right().rows() as u64,
        plan,
        passes,
        compared,
        least_common: law.map(|law| law.least()),
        search_recall: recall,
        candidates: chosen.candidates,
        matches: chosen.matches,
        borderline: chosen.borderline,
        household: chosen.household,
        accept_threshold: told(cut.accept),
        borderline_threshold: told(cut.borderline),
        threshold_origin: cut.origin,
        expected_precision: None,
        expected_recall: None,
        expected_prior: None,
        expected_m: None,
        expected_u: None,
        warnings,
    };
    let (left, right) = (comparable.left().len() as f64, comparable.right().len() as f64);
    let all_pairs = if within { left * (left - 1.0) / 2.0 } else { left * right };
    let summary = expect(summary, calibration.as_ref(), cut, all_pairs);
    let Outputs { links, report: report_file, pairs } = outputs;
    if let Some(file) = report_file {
        let page = report(job, &comparable, &summary, &chosen.histogram, calibration.as_ref());
        write_report(file, &page)?;
    }
    pairs.map_or(Ok(()), PairWriter::finish)?;
    links.finish()?;
    store.remove()?;
    spent.map_or(Ok(()), Store::remove)?;
    Ok(summary)
}

/// Candidates, and what was learned on the way to them.
struct Found<'a> {
    store: Store<'a, KeyFn>,
    calibration: Option<Calibration>,
    /// From where on pairs without a link are listed for confirmation.
    far: Option<Similarity>,
    compared: u64,
    plan: &'static str,
    passes: Vec<PassSummary>,
    law: Option<CommonLaw>,
    recall: Option<SearchRecall>,
    warnings: Vec<String>,
    /// Checkpoints that candidates were made of; they go when the links are safe.
    spent: Option<Store<'a, KeyFn>>,
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
    let far = sampled.as_ref().map(|sample| sample.far);
    let calibration =
        sampled.map(|sample| calibrate(&mut store, comparable, lowest.get(), &sample.files)).transpose()?;
    Ok(Found {
        calibration,
        far,
        compared,
        plan: if job.candidates.is_some() { FROM_FILE } else { why(plans[0].kind()) },
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
        let least = law.similarity(law.least());
        let within = within_files(comparable, [&files[0], &files[files.len() - 1]], &mut warnings);
        calibration = Some(calibrate(&mut ranked, comparable, least, &within)?);
    }
    Ok(Found {
        calibration,
        far: Similarity::new(law.similarity(law.least())),
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

/// Why a file of candidate pairs is taken.
const FROM_FILE: &str = "candidate pairs from a file";

/// The output beside which checkpoints stand. Candidate pairs of a file are read again rather than resumed.
fn resumable(job: &LinkJob) -> &Target {
    if job.candidates.is_some() { &Target::Stdout } else { &job.output }
}

/// Refuses ways to search that sealed symbols do not have.
pub(crate) fn refuse_scope(options: &SearchOptions) -> Result<(), LinkError> {
    match options.scope {
        Scope::Exhaustive => Err(LinkError::NoScope { flag: "--exact" }),
        Scope::Blocks => Err(LinkError::NoScope { flag: "--blocks" }),
        _ => Ok(()),
    }
}

/// Whether thresholds, probabilities or a report ask for calibration, and there are enough records for it; too few are an error only
/// where it was asked for.
pub(crate) fn calibrates(
    options: &SearchOptions,
    comparable: &Comparable<'_>,
    wanted: bool,
    warnings: &mut Vec<String>,
) -> Result<bool, LinkError> {
    let by_schema = options.accept == Accept::Schema && comparable.calibrates();
    let by_hand = matches!(options.accept, Accept::Number(_));
    if options.accept == Accept::Schema && !by_schema && !wanted {
        return Ok(false);
    }
    match can_calibrate(comparable) {
        Ok(()) => Ok(true),
        Err(error) if options.accept == Accept::Calibrated => Err(error.into()),
        Err(_) if by_hand && !wanted => Ok(false),
        Err(error) => {
            warnings.push(format!("{}: {error}", not_calibrated(by_schema)));
            Ok(false)
        }
    }
}

/// What goes without calibration.
const fn not_calibrated(by_schema: bool) -> &'static str {
    if by_schema { "thresholds are the schema's, not calibrated" } else { "no expected precision and recall" }
}

/// What candidates promise: all of them that reach `lowest`, counted in order.
fn calibrate<K: Fn(&Candidate) -> Key + Sync>(
    store: &mut Store<'_, K>,
    comparable: &Comparable<'_>,
    lowest: f64,
    within_files: &[WithinFile],
) -> Result<Calibration, LinkError> {
    let mut tally = Tally::new(comparable, lowest);
    for candidate in store.sorted()? {
        tally.offer(&candidate.map_err(LinkError::lost)?);
    }
    Ok(tally.calibrate(within_files))
}

/// What pairs within each of two files of symbols have in common, as their custodians counted it; nothing where one did
/// not.
pub(crate) fn within_files(
    comparable: &Comparable<'_>,
    files: [&TokenFile; 2],
    warnings: &mut Vec<String>,
) -> Vec<WithinFile> {
    if comparable.is_within() {
        return Vec::new();
    }
    let scale = Scale::of(comparable);
    let of = |file: &TokenFile| {
        let pairs = file.symbols.as_ref()?.pairs_within()?;
        Some(WithinFile::of_symbols(&scale, pairs.counts(), file.set.len()))
    };
    files.map(of).into_iter().collect::<Option<_>>().unwrap_or_else(|| {
        warnings.push(
            "a file does not say how many symbols pairs of its records have in common: thresholds and probabilities \
             rest on what is usual; encode it again to have them rest on these records"
                .to_owned(),
        );
        Vec::new()
    })
}

/// Samples files of filters if thresholds or a report need it; too few records are an error only for thresholds.
pub(crate) fn sample(
    plan: &Plan<'_>,
    options: &SearchOptions,
    wanted: bool,
    warnings: &mut Vec<String>,
) -> Result<Option<Sample>, LinkError> {
    if !calibrates(options, plan.comparable(), wanted, warnings)? {
        return Ok(None);
    }
    Ok(Some(Sample::take(plan)?))
}

/// The similarity from which candidates are searched.
pub(crate) fn lowest(
    comparable: &Comparable<'_>,
    options: &SearchOptions,
    sample: Option<&Sample>,
) -> Result<Similarity, LinkError> {
    let given = given(options)?;
    let calibrated = sample.map(|sample| sample.lowest);
    let both = given.into_iter().chain(calibrated);
    let schema = comparable.thresholds().borderline();
    Ok(both.reduce(|a, b| if b < a { b } else { a }).unwrap_or(schema))
}

/// The lower of the thresholds that were asked for.
fn given(options: &SearchOptions) -> Result<Option<Similarity>, LinkError> {
    Ok(match options.accept {
        Accept::Number(accept) => {
            Some(Thresholds::new(accept, options.borderline.unwrap_or(accept))?.borderline())
        }
        _ => options
            .borderline
            .map(|borderline| Thresholds::new(1.0, borderline))
            .transpose()?
            .map(|t| t.borderline()),
    })
}

/// Candidate pairs of a file instead of a search.
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
                format!("candidate pair {count} names a data set or record that the files have not");
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

fn expect(
    mut summary: LinkSummary,
    calibration: Option<&Calibration>,
    cut: Cut,
    all_pairs: f64,
) -> LinkSummary {
    let Some(calibration) = calibration else { return summary };
    if cut.is_nothing() {
        // Of no link nothing is promised.
        return summary;
    }
    let expected = calibration.expect(cut.accept);
    let all = all_pairs.max(1.0);
    summary.expected_precision = Some(expected.precision);
    summary.expected_recall = Some(expected.recall);
    summary.expected_prior = Some(expected.true_links / all);
    summary.expected_m = Some(expected.recall);
    summary.expected_u = Some(expected.links as f64 * (1.0 - expected.precision) / all);
    summary
}
