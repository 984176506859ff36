//! Opened answers to links (`protocols/06-confirm.md` §5).

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use mizuhiki_columnar::{Cell, Format, LINK_COLUMNS, ResultWriter, Source, read_links};
use mizuhiki_confirm::{Backend, DocumentReader, OpenedHeader, PublicKey, check_count, read_nonce};
use mizuhiki_exchange::{Classification, Doubt, Link, compare_links};
use mizuhiki_files::Target;
use mizuhiki_match::leaves_doubt;
use mizuhiki_schema::{LinkageSchema, Measure};
use serde::Serialize;

use crate::choose::doubt_of;
use crate::confirm_ask::{PUBLIC, SCHEMA, SEALED};
use crate::confirm_error::{LinkageUnitError, read_file};
use crate::confirm_evaluate::{Run, read_sealed};

/// Applying work.
pub struct ApplyJob<'a, B> {
    /// The folder of tickets.
    pub tickets: PathBuf,
    /// The opened answers.
    pub opened: PathBuf,
    /// The links that were asked about.
    pub links: Source,
    /// Where the links go.
    pub output: Target,
    /// The back end.
    pub backend: &'a B,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplySummary {
    /// Pairs that were asked for.
    pub asked: u64,
    /// Of these, pairs that were accepted.
    pub accepted: u64,
    /// Of these, pairs that are no link because a record of theirs is in a better one.
    pub outdone: u64,
    /// Of these, pairs that stay borderline because another accepted pair of a record of theirs is as similar.
    pub household: u64,
    /// Links of class match in the output.
    pub matches: u64,
    /// Links of class borderline in the output: pairs that were not asked for, and those in doubt.
    pub borderline: u64,
}

/// Makes matches of the borderline pairs that were accepted, one a record, and leaves out those that were not.
///
/// # Errors
/// [`LinkageUnitError`]; refusals name who is at fault.
pub fn apply<B: Backend>(job: &ApplyJob<'_, B>) -> Result<ApplySummary, LinkageUnitError> {
    let public = read_file(&job.tickets.join(PUBLIC), |file| PublicKey::read(file, job.backend))?;
    let Run { session, ids } = Run::read(&job.tickets)?;
    let known = read_sealed(&job.tickets.join(SEALED));
    if known.is_empty() {
        return Err(LinkageUnitError::NotEvaluated { folder: job.tickets.display().to_string() });
    }
    let session = read_file(&job.opened, |file| {
        let mut input = DocumentReader::<_, OpenedHeader>::new(file)?;
        let count = check_count(input.header().tickets)?;
        let mut entries = Vec::new();
        for _ in 0..count {
            let nonce = read_nonce(&mut input)?;
            let mut bit = [0];
            input.read(&mut bit)?;
            entries.push((nonce, bit[0]));
        }
        let (header, _) = input.finish()?;
        // Of several files of answers that were sealed here, those that were opened; else any: it is refused.
        let (sealed, binding) =
            known.iter().find(|(sealed, _)| *sealed == header.sealed).copied().unwrap_or(known[0]);
        session.evaluated(sealed, binding).opened(&header, public.header.signer, &entries)
    })?;
    let answers: HashMap<(&str, &str), bool> = ids
        .iter()
        .zip(session.answers())
        .map(|((left, right), answer)| ((left.as_str(), right.as_str()), *answer))
        .collect();
    let path = job.tickets.join(SCHEMA);
    let in_schema = |reason: String| LinkageUnitError::Schema { file: path.display().to_string(), reason };
    let text = std::fs::read_to_string(&path).map_err(|error| in_schema(error.to_string()))?;
    let schema = LinkageSchema::parse(&text).map_err(|error| in_schema(error.to_string()))?;
    write(job, &answers, schema.measure(false))
}

fn write<B>(
    job: &ApplyJob<'_, B>,
    answers: &HashMap<(&str, &str), bool>,
    measure: Measure,
) -> Result<ApplySummary, LinkageUnitError> {
    let mut rows: Vec<Link> = read_links(&job.links)?;
    // Matches first, then by similarity: what comes first takes its records.
    let rank = |link: &Link| link.class != Classification::Match;
    rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| compare_links(a, b)));
    let mut summary = ApplySummary {
        asked: answers.len() as u64,
        accepted: 0,
        outdone: 0,
        household: 0,
        matches: 0,
        borderline: 0,
    };
    let rivals = Rivals::new(&rows, answers);
    let (mut left_taken, mut right_taken) = (HashSet::new(), HashSet::new());
    let borderline = rows.iter().filter(|link| link.class == Classification::Borderline);
    let there: HashSet<(&str, &str)> =
        borderline.map(|link| (link.left.as_str(), link.right.as_str())).collect();
    let missing = answers.keys().filter(|pair| !there.contains(*pair)).count() as u64;
    if missing > 0 {
        return Err(LinkageUnitError::OtherLinks { file: job.links.name(), missing });
    }
    let mut writer = ResultWriter::create(&job.output, Format::Csv, LINK_COLUMNS)?;
    for link in &rows {
        let (left, right) = (link.left.as_str(), link.right.as_str());
        let answer = answers.get(&(left, right)).filter(|_| link.class == Classification::Borderline);
        let (class, flag) = match (link.class, answer) {
            (Classification::Match, _) => {
                left_taken.insert(left);
                right_taken.insert(right);
                (Classification::Match, "")
            }
            (_, Some(true)) => {
                summary.accepted += 1;
                if left_taken.contains(left) || right_taken.contains(right) {
                    summary.outdone += 1;
                    continue;
                }
                if rivals.doubt(link, measure) {
                    summary.household += 1;
                    (Classification::Borderline, doubt_of(measure).name())
                } else {
                    left_taken.insert(left);
                    right_taken.insert(right);
                    (Classification::Match, "confirmed")
                }
            }
            (_, Some(false)) => continue,
            (class, None) => (class, link.doubt.map_or("", Doubt::name)),
        };
        if class == Classification::Match {
            summary.matches += 1;
        } else {
            summary.borderline += 1;
        }
        writer.push(&[
            Cell::Text(left),
            Cell::Text(right),
            Cell::Number(Some(link.similarity.get())),
            Cell::Text(class.name()),
            Cell::Number(link.probability),
            Cell::Text(flag),
        ])?;
    }
    writer.finish()?;
    Ok(summary)
}

/// Similarities of accepted pairs, by record.
struct Rivals<'a>(HashMap<(bool, &'a str), Vec<f64>>);

impl<'a> Rivals<'a> {
    fn new(links: &'a [Link], answers: &HashMap<(&str, &str), bool>) -> Self {
        let mut rivals: HashMap<_, Vec<f64>> = HashMap::new();
        for link in links.iter().filter(|link| link.class == Classification::Borderline) {
            let (left, right) = (link.left.as_str(), link.right.as_str());
            if answers.get(&(left, right)) == Some(&true) {
                rivals.entry((false, left)).or_default().push(link.similarity.get());
                rivals.entry((true, right)).or_default().push(link.similarity.get());
            }
        }
        Self(rivals)
    }

    /// Whether another accepted pair of either record is about as similar as `link`, or more.
    fn doubt(&self, link: &Link, measure: Measure) -> bool {
        let close = |key| {
            let of_record = self.0.get(&key).map_or(&[][..], Vec::as_slice);
            of_record.iter().filter(|rival| leaves_doubt(measure, link.similarity.get(), **rival)).count()
        };
        close((false, link.left.as_str())) > 1 || close((true, link.right.as_str())) > 1
    }
}
