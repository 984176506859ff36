//! Encrypts the filters of ticketed records (`protocols/06-confirm.md` §5).

use std::path::PathBuf;

use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_confirm::{
    Backend, CiphertextsHeader, ConfirmError, DocumentWriter, Encryptor as _, Filters, PartyKey, Policy,
    Rule, Side, in_order,
};
use mizuhiki_files::{Access, Target, WriteFile};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::confirm::asked::{Asked, ConfirmTerms, in_file};
use crate::confirm::find::{DeclineReason, Finder, find};
use crate::confirm::ledger::OwnLedger;
use crate::confirm::records::{RecordSource, Sent, Wanted};
use crate::error::CustodianError;
use crate::people::progress::OnRecords;
use crate::people::random::random;

/// Settings for an encryption.
pub struct ConfirmJob<'a, B> {
    /// The custodian's input.
    pub terms: ConfirmTerms<'a, B>,
    /// The table of people.
    pub input: Source,
    /// How the table is read.
    pub options: ReadOptions,
    /// How ids lead to records.
    pub records: RecordSource,
    /// The custodian's own ledger; created if it does not exist.
    pub ledger: PathBuf,
    /// Output for the ciphertexts.
    pub output: Target,
}

/// Results of an encryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmSummary {
    /// The custodian who encrypted.
    pub custodian: String,
    /// The custodian's side.
    pub side: &'static str,
    /// Tickets, each with a ciphertext.
    pub tickets: u64,
    /// Of these, tickets that were declined: their pairs stay as they were.
    pub declined: Vec<DeclinedTicket>,
    /// Distinct records among them.
    pub records: u64,
    /// Bytes of a ciphertext.
    pub bytes_each: u64,
    /// Id of the authority's key, for comparison with the one that the authority reports.
    pub key_id: String,
    /// Fingerprint of the authority's signing key.
    pub authority: String,
    /// Fingerprint of the linkage unit's signing key.
    pub linkage_unit: String,
    /// Fingerprint of the custodian's own signing key, for the authority to compare.
    pub fingerprint: String,
    /// Policy of the authority's key: maximum answers, tickets per custodian and tickets per record.
    pub policy: Policy,
    /// Number of tickets in this custodian's ledger, including these.
    pub approved: u64,
    /// Whether the ledger is new, so that earlier tickets do not count.
    pub ledger_begun: bool,
}

/// A ticket that cannot be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DeclinedTicket {
    /// Its number, from 1.
    pub ticket: u64,
    /// Why.
    pub reason: DeclineReason,
}

/// Encrypts for tickets. The output appears complete, or not at all. Every ticket is checked before anything
/// is encrypted; those whose records are absent or have changed are declined, unless all are.
///
/// # Errors
/// [`CustodianError`]; refusals name who is at fault.
pub fn encrypt_tickets<B: Backend>(
    job: &ConfirmJob<'_, B>,
    on_progress: OnRecords<'_>,
) -> Result<ConfirmSummary, CustodianError> {
    let terms = &job.terms;
    let asked = Asked::read(terms)?;
    let (circuit, key) = (&asked.circuit, |reason| in_file(&terms.public)(ConfirmError::key(reason)));
    let encryptor = terms.backend.encryptor(circuit, &asked.public.bytes).map_err(key)?;
    let wanted = Wanted::new(&job.records, &asked.tickets.ids, &terms.tickets)?;
    let sent = Sent::read(terms, &asked)?;
    let table = (&job.input, &job.options, terms.threads);
    let answers = find(&Finder { wanted: &wanted, asked: &asked, sent: &sent }, table, on_progress)?;
    let (filters, declined) = decline(job, circuit.rule(), answers)?;
    let mut ledger = OwnLedger::open(&job.ledger)?;
    ledger.enter(&asked, wanted.marks(terms), terms).map_err(|error| error.of(&terms.tickets))?;

    let own = asked.own_key();
    write(job, (&asked, &encryptor, &filters, &declined), &own, on_progress)?;
    let (batch, side) = (asked.batch(), asked.side);
    let bytes_each = match side {
        Side::Left => terms.backend.left_bytes(circuit),
        Side::Right => terms.backend.right_bytes(circuit),
    };
    Ok(ConfirmSummary {
        custodian: batch.custodian(side).to_owned(),
        side: side.name(),
        tickets: batch.tickets,
        declined,
        records: wanted.tickets.len() as u64,
        bytes_each: bytes_each as u64,
        key_id: batch.key_id.to_string(),
        authority: asked.public.header.signer.fingerprint(),
        linkage_unit: batch.linkage_unit.fingerprint(),
        fingerprint: own.id().fingerprint(),
        policy: asked.public.header.policy,
        approved: ledger.approved(),
        ledger_begun: ledger.begun,
    })
}

/// Filters for every ticket, and the declined tickets, whose filters are empty.
fn decline<B>(
    job: &ConfirmJob<'_, B>,
    rule: &Rule,
    answers: Vec<Result<Filters, DeclineReason>>,
) -> Result<(Vec<Filters>, Vec<DeclinedTicket>), CustodianError> {
    let reason_of = |(answer, ticket): (&Result<_, DeclineReason>, u64)| {
        answer.as_ref().err().map(|reason| DeclinedTicket { ticket, reason: *reason })
    };
    let declined: Vec<DeclinedTicket> = answers.iter().zip(1..).filter_map(reason_of).collect();
    if declined.len() < answers.len() {
        let filters = answers.into_iter().map(|answer| answer.unwrap_or_else(|_| Filters::empty(rule)));
        return Ok((filters.collect(), declined));
    }
    let file = job.input.name();
    if declined.iter().any(|declined| declined.reason == DeclineReason::Changed) {
        return Err(CustodianError::OtherTable { file, tokens: job.terms.tokens.display().to_string() });
    }
    let fix = match &job.records {
        RecordSource::Map(_) => "give the table from which tokens and id map were encoded",
        RecordSource::Column(_) => {
            "if the tokens were encoded with --id-map, give the map with --id-map FILE; if not, give the table from \
             which they were encoded, and the column of ids with --id-column NAME"
        }
    };
    Err(CustodianError::NoRecordsOfTickets { file, fix })
}

/// Encrypts the filters of every ticket, in order, and writes and signs the ciphertexts.
fn write<B: Backend>(
    job: &ConfirmJob<'_, B>,
    (asked, encryptor, filters, declined): (&Asked, &B::Encryptor, &[Filters], &[DeclinedTicket]),
    own: &PartyKey,
    on_progress: OnRecords<'_>,
) -> Result<(), CustodianError> {
    let (batch, side, circuit) = (asked.batch(), asked.side, &asked.circuit);
    let header = CiphertextsHeader {
        backend: job.terms.backend.name().to_owned(),
        batch: batch.digest(),
        custodian: batch.custodian(side).to_owned(),
        declined: declined.iter().map(|declined| declined.ticket).collect(),
        key_id: batch.key_id,
        side,
        signer: own.id(),
        tickets: batch.tickets,
    };
    let name = job.output.name();
    let in_output = |reason| CustodianError::Confirm { file: name.clone(), reason };
    let mut out = DocumentWriter::new(WriteFile::create(&job.output, Access::Shared)?, &header, own)
        .map_err(in_output)?;
    // Each ciphertext takes its randomness from a separate stream of one secret seed.
    let seed = Zeroizing::new(random()?.get_seed());
    let encrypt = |(): &mut (), entry: u64| {
        let mut random = ChaCha20Rng::from_seed(*seed);
        random.set_stream(entry);
        let filters = &filters[entry as usize];
        Ok::<_, CustodianError>(match side {
            Side::Left => encryptor.encrypt_left(&circuit.left(filters), &mut random),
            Side::Right => encryptor.encrypt_right(&circuit.right(filters), &mut random),
        })
    };
    let take = |entry: u64, bytes: Vec<u8>| {
        let nonce = &asked.tickets.tickets[entry as usize].nonce;
        out.write(&nonce.0).and_then(|()| out.write(&bytes)).map_err(in_output)?;
        on_progress(entry + 1, Some((entry + 1) as f64 / batch.tickets as f64));
        Ok(())
    };
    in_order(0..batch.tickets, job.terms.threads, || Ok(()), encrypt, take)?;
    let (file, _) = out.finish().map_err(in_output)?;
    Ok(file.commit()?)
}
