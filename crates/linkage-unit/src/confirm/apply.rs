//! Applies opened answers to links (`protocols/06-confirm.md` §5).

use std::path::PathBuf;

use mizuhiki_columnar::{LinkWriter, Source, read_links};
use mizuhiki_confirm::{Backend, DocumentReader, OpenedHeader, PublicKey, check_count, read_nonce};
use mizuhiki_exchange::{Classification, Link};
use mizuhiki_files::Target;
use mizuhiki_match::{Answers, count_missing, decide};
use mizuhiki_schema::LinkageSchema;
use serde::Serialize;

use crate::confirm::ask::{PUBLIC, SCHEMA, SEALED};
use crate::confirm::error::{LinkageUnitError, read_file};
use crate::confirm::evaluate::{Run, read_sealed};

/// Settings for applying answers.
pub struct ApplyJob<'a, B> {
    /// The folder of tickets.
    pub tickets: PathBuf,
    /// The opened answers.
    pub opened: PathBuf,
    /// The links for which tickets were made.
    pub links: Source,
    /// Output for the links.
    pub output: Target,
    /// The back end.
    pub backend: &'a B,
}

/// Results of applying answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ApplySummary {
    /// Pairs with tickets.
    pub asked: u64,
    /// Of these, pairs that were accepted.
    pub accepted: u64,
    /// Of these, pairs that are not linked, because one of their records has a better link.
    pub outdone: u64,
    /// Of these, pairs that stay borderline, because another accepted pair of one of their records is about
    /// as similar.
    pub household: u64,
    /// Pairs with tickets that a custodian declined; they stay as they were.
    pub declined: u64,
    /// Links of class match in the output.
    pub matches: u64,
    /// Links of class borderline in the output: pairs without tickets, those in doubt, and declined ones.
    pub borderline: u64,
}

/// Turns accepted borderline pairs into matches, at most one per record, and omits rejected ones. Flags and
/// evidence of all other links are kept.
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
    let (session, declined) = read_file(&job.opened, |file| {
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
        // Of several files of answers that were sealed here, the one that was opened; if none was, any one,
        // which is then refused.
        let sealed = known.iter().find(|known| known.sealed == header.sealed).unwrap_or(&known[0]);
        let session = session.evaluated(sealed.sealed, sealed.binding);
        Ok((session.opened(&header, public.header.signer, &entries)?, &sealed.declined))
    })?;
    let mut answers: Answers<'_> = ids
        .iter()
        .zip(session.answers())
        .map(|((left, right), answer)| ((left.as_str(), right.as_str()), *answer))
        .collect();
    let path = job.tickets.join(SCHEMA);
    let in_schema = |reason: String| LinkageUnitError::Schema { file: path.display().to_string(), reason };
    let text = std::fs::read_to_string(&path).map_err(|error| in_schema(error.to_string()))?;
    let schema = LinkageSchema::parse(&text).map_err(|error| in_schema(error.to_string()))?;
    let links = read_links(&job.links)?;
    let missing = count_missing(&links, &answers);
    if missing > 0 {
        return Err(LinkageUnitError::OtherLinks { file: job.links.name(), missing });
    }
    let asked = answers.len() as u64;
    for (ticket, (left, right)) in (1..).zip(&ids) {
        if declined.binary_search(&ticket).is_ok() {
            answers.remove(&(left.as_str(), right.as_str()));
        }
    }
    let decided = decide(links, &answers, schema.measure(false));
    write(job, &decided.links)?;
    let of_class = |class| decided.links.iter().filter(|link| link.class == class).count() as u64;
    Ok(ApplySummary {
        asked,
        accepted: decided.accepted,
        outdone: decided.outdone,
        household: decided.in_doubt,
        declined: asked - answers.len() as u64,
        matches: of_class(Classification::Match),
        borderline: of_class(Classification::Borderline),
    })
}

fn write<B>(job: &ApplyJob<'_, B>, links: &[Link]) -> Result<(), LinkageUnitError> {
    let evidence = links.iter().any(|link| link.evidence.is_some());
    let mut writer = LinkWriter::create(&job.output, evidence)?;
    links.iter().try_for_each(|link| writer.push(&link.into()))?;
    Ok(writer.finish()?)
}
