//! Encrypts the filters of ticketed records (`protocols/06-confirm.md` §5).

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use mizuhiki_columnar::{OpenTokens, ReadOptions, Source, TableReader, TextChunk, TokenFile, read_tokens};
use mizuhiki_confirm::{
    Backend, Batch, CiphertextsHeader, Circuit, Commitment, ConfirmError, DocumentWriter, Encryptor as _,
    Filters, Hash, MAX_OPENINGS, Party, PartyKey, Policy, PublicKey, Reason, Rule, Side, SignerId, Tickets,
    file_salt, in_order,
};
use mizuhiki_encode::{ConfirmEncoder, ConfirmRecord, ConfirmRow, ConfirmWorker, LinkageKey};
use mizuhiki_exchange::{CustodianId, Run, SymbolReader as _, TokenMeta};
use mizuhiki_files::{Access, Target, WriteFile};
use mizuhiki_schema::LinkageSchema;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::chunks::{ChunkWorker, work_chunks};
use crate::confirm_ledger::OwnLedger;
use crate::encode_file::{columns_by_name, find_id_column, random};
use crate::{CustodianError, IdPolicy, OnProgress};

/// Where the ids that tickets name lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecordSource {
    /// A column of the table holds them; found by its name if absent.
    Column(Option<String>),
    /// The id map that was written with the tokens leads to a column of the table, or to row numbers.
    Map(Source),
}

/// What a custodian brings to its steps of a confirmation.
pub struct ConfirmTerms<'a, B> {
    /// The linkage schema.
    pub schema: &'a LinkageSchema,
    /// The linkage key.
    pub key: &'a LinkageKey,
    /// The tickets.
    pub tickets: PathBuf,
    /// The authority's public key.
    pub public: PathBuf,
    /// The custodian's own token file, as it was sent: tickets are bound to it, and what was suppressed and what is random
    /// in it cannot be worked out again.
    pub tokens: PathBuf,
    /// Who acts: the name that the tokens were encoded under.
    pub custodian: CustodianId,
    /// Tickets that a record gets, over all keys that this custodian encrypted for.
    pub per_record: u64,
    /// The back end.
    pub backend: &'a B,
    /// The time, in seconds since 1970.
    pub now: u64,
    /// Threads, at least 1.
    pub threads: usize,
}

/// Encrypting work.
pub struct ConfirmJob<'a, B> {
    /// What the custodian brings.
    pub terms: ConfirmTerms<'a, B>,
    /// The people.
    pub input: Source,
    /// How they are read.
    pub options: ReadOptions,
    /// Which record is whose.
    pub records: RecordSource,
    /// The custodian's own ledger; made if it is not there.
    pub ledger: PathBuf,
    /// Where the ciphertexts go.
    pub output: Target,
}

/// What was encrypted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfirmSummary {
    /// Who encrypted.
    pub custodian: String,
    /// On which side.
    pub side: &'static str,
    /// Tickets, each with a ciphertext.
    pub tickets: u64,
    /// Distinct records among them.
    pub records: u64,
    /// Bytes of a ciphertext.
    pub bytes_each: u64,
    /// Id of the authority's key: compare it with what the authority says.
    pub key_id: String,
    /// Fingerprint of the authority's signing key.
    pub authority: String,
    /// Fingerprint of the linkage unit's signing key.
    pub linkage_unit: String,
    /// Fingerprint of the custodian's own signing key, for the authority to compare.
    pub fingerprint: String,
    /// What the authority's key allows: answers, tickets per custodian and per record.
    pub policy: Policy,
    /// Tickets that this custodian's ledger holds, these included.
    pub approved: u64,
    /// Whether the ledger was begun now: budgets of another one do not count.
    pub ledger_begun: bool,
}

/// Encrypts for tickets. The output appears whole, or not at all; every ticket is checked before anything is encrypted.
///
/// # Errors
/// [`CustodianError`]; refusals name who is at fault.
pub fn encrypt_tickets<B: Backend>(
    job: &ConfirmJob<'_, B>,
    on_progress: OnProgress<'_>,
) -> Result<ConfirmSummary, CustodianError> {
    let terms = &job.terms;
    let asked = Asked::read(terms)?;
    let in_tickets = in_file(&terms.tickets);
    let (circuit, key) = (&asked.circuit, |reason| in_file(&terms.public)(ConfirmError::key(reason)));
    let encryptor = terms.backend.encryptor(circuit, &asked.public.bytes).map_err(key)?;
    let wanted = Wanted::new(&job.records, &asked.tickets.ids, &terms.tickets)?;
    let sent = Sent::read(terms, &asked.tickets.ids)?;
    let filters =
        find(&Finder { wanted: &wanted, asked: &asked, sent: &sent }, job, on_progress, &in_tickets)?;
    let mut ledger = OwnLedger::open(&job.ledger)?;
    ledger.enter(&asked, wanted.marks(terms), terms).map_err(|error| error.of(&terms.tickets))?;

    let own = asked.own_key();
    write(job, (&asked, &encryptor, &filters), &own, on_progress)?;
    let (batch, side) = (asked.batch(), asked.side);
    let bytes_each = match side {
        Side::Left => terms.backend.left_bytes(circuit),
        Side::Right => terms.backend.right_bytes(circuit),
    };
    Ok(ConfirmSummary {
        custodian: batch.custodian(side).to_owned(),
        side: side.name(),
        tickets: batch.tickets,
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

/// Encrypts the filters of every ticket, in order, and writes and signs the ciphertexts.
fn write<B: Backend>(
    job: &ConfirmJob<'_, B>,
    (asked, encryptor, filters): (&Asked, &B::Encryptor, &[Filters]),
    own: &PartyKey,
    on_progress: OnProgress<'_>,
) -> Result<(), CustodianError> {
    let (batch, side, circuit) = (asked.batch(), asked.side, &asked.circuit);
    let header = CiphertextsHeader {
        backend: job.terms.backend.name().to_owned(),
        batch: batch.digest(),
        custodian: batch.custodian(side).to_owned(),
        key_id: batch.key_id,
        side,
        signer: own.id(),
        tickets: batch.tickets,
    };
    let name = job.output.name();
    let in_output = |reason| CustodianError::Confirm { file: name.clone(), reason };
    let mut out = DocumentWriter::new(WriteFile::create(&job.output, Access::Shared)?, &header, own)
        .map_err(in_output)?;
    // Each ciphertext's randomness is a stream of its own of one secret seed.
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

pub(crate) fn in_file(path: &Path) -> impl Fn(ConfirmError) -> CustodianError + use<> {
    let file = path.display().to_string();
    move |reason| CustodianError::Confirm { file: file.clone(), reason }
}

/// What a custodian is asked for: tickets that have been checked, and what they are to be answered with.
pub(crate) struct Asked {
    pub(crate) public: PublicKey,
    pub(crate) tickets: Tickets,
    pub(crate) side: Side,
    encoder: ConfirmEncoder,
    pub(crate) circuit: Circuit,
}

impl Asked {
    pub(crate) fn read<B: Backend>(job: &ConfirmTerms<'_, B>) -> Result<Self, CustodianError> {
        let (in_tickets, in_public) = (in_file(&job.tickets), in_file(&job.public));
        let open = |path: &Path| File::open(path).map(BufReader::new).map_err(ConfirmError::from);
        let public =
            open(&job.public).and_then(|file| PublicKey::read(file, job.backend)).map_err(in_public)?;
        check_policy(&public.header.policy, job.per_record).map_err(in_file(&job.public))?;
        let tickets = open(&job.tickets).and_then(Tickets::read).map_err(&in_tickets)?;
        let Some(side) = tickets.header.side else {
            return Err(CustodianError::NotForCustodian { file: job.tickets.display().to_string() });
        };
        let batch = &tickets.header.batch;
        if batch.custodian(side) != job.custodian.as_str() {
            // Under another name a record's budget would begin anew.
            let (expected, found) = (job.custodian.to_string(), batch.custodian(side).to_owned());
            let reason = Reason::Custodian { expected, found };
            return Err(in_tickets(ConfirmError::Refused { party: Party::LinkageUnit, reason }));
        }
        let Some(rule) = Rule::of_schema(job.schema) else { return Err(CustodianError::NothingToConfirm) };
        batch
            .check_agreement(public.key_id, Hash::from(*job.schema.digest().as_bytes()), &rule)
            .and_then(|()| batch.check_expiry(job.now))
            .and_then(|()| batch.check(&tickets.tickets, &public.header.policy))
            .map_err(&in_tickets)?;
        let run = run_of(job)?;
        let in_schema = |reason| CustodianError::Encode { file: "linkage schema".to_owned(), reason };
        let encoder = ConfirmEncoder::new(job.schema, job.key, &run, &job.custodian).map_err(in_schema)?;
        let Some(encoder) = encoder else { return Err(CustodianError::NothingToConfirm) };
        let circuit = Circuit::new(rule).map_err(&in_tickets)?;
        Ok(Self { public, tickets, side, encoder, circuit })
    }

    pub(crate) const fn batch(&self) -> &Batch {
        &self.tickets.header.batch
    }

    /// The custodian's signing key.
    pub(crate) fn own_key(&self) -> PartyKey {
        PartyKey::from_seed(&self.encoder.signing_seed())
    }

    /// The signing key of a side's custodian: custodians share the linkage key.
    pub(crate) fn signer_of(&self, side: Side) -> SignerId {
        PartyKey::from_seed(&self.encoder.signing_seed_of(self.batch().custodian(side))).id()
    }
}

/// A custodian encrypts for no key that allows more than it does.
fn check_policy(policy: &Policy, per_record: u64) -> Result<(), ConfirmError> {
    let limits =
        [("openings", policy.openings, MAX_OPENINGS), ("tickets per record", policy.per_record, per_record)];
    for (what, allows, most) in limits {
        if allows > most {
            let reason = Reason::Policy { what, allows, most };
            return Err(ConfirmError::Refused { party: Party::Authority, reason });
        }
    }
    Ok(())
}

/// The run that a custodian's own token file was made for.
fn run_of<B>(job: &ConfirmTerms<'_, B>) -> Result<Run, CustodianError> {
    let file = OpenTokens::open(&Source::Path(job.tokens.clone()))?;
    let other = |what| CustodianError::OtherTokens { file: job.tokens.display().to_string(), what };
    let meta = file.meta().ok_or_else(|| other("schema"))?;
    check_own(job, meta).map_err(other)?;
    Ok(meta.run.clone())
}

/// Whether a token file is the custodian's own; what is another's if not.
fn check_own<B>(job: &ConfirmTerms<'_, B>, meta: &TokenMeta) -> Result<(), &'static str> {
    if meta.schema.digest() != job.schema.digest() {
        Err("schema")
    } else if meta.key_id != job.key.fingerprint(&meta.run) {
        Err("linkage key")
    } else if meta.custodian != job.custodian {
        Err("custodian")
    } else {
        Ok(())
    }
}

/// A custodian's token file, as it was sent.
struct Sent {
    salt: Hash,
    /// Sealed symbols of the records that tickets name, by id.
    symbols: Option<HashMap<String, Vec<u8>>>,
}

impl Sent {
    fn read<B>(terms: &ConfirmTerms<'_, B>, ids: &[String]) -> Result<Self, CustodianError> {
        let path = &terms.tokens;
        let salt =
            File::open(path).map_err(ConfirmError::from).and_then(|file| file_salt(BufReader::new(file)));
        let salt = salt.map_err(in_file(path))?;
        if terms.schema.symbols().is_none() {
            return Ok(Self { salt, symbols: None });
        }
        let TokenFile { set, symbols: Some(symbols) } = read_tokens(&Source::Path(path.clone()))? else {
            return Err(CustodianError::OtherTokens { file: path.display().to_string(), what: "schema" });
        };
        let mut wanted: HashMap<u32, &String> = HashMap::new();
        wanted.extend(ids.iter().filter_map(|id| Some((set.record(id)?, id))));
        let (per_record, bytes) = (symbols.per_record(), symbols.symbol_bytes());
        let mut sent = HashMap::new();
        symbols.read(&mut |records, symbols| {
            for (record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
                if let Some(id) = wanted.get(record) {
                    let token =
                        symbols.iter().flat_map(|symbol| symbol.to_be_bytes()[..bytes].to_vec()).collect();
                    sent.insert((*id).clone(), token);
                }
            }
        })?;
        Ok(Self { salt, symbols: Some(sent) })
    }
}

/// Which tickets a record of the table has.
struct Wanted {
    /// Tickets (from 0) by id in the table's column, or by row number.
    tickets: HashMap<Box<str>, Vec<usize>>,
    column: IdColumn,
}

/// Where a record's id stands.
enum IdColumn {
    /// In the column of this name.
    Named(String),
    /// In the column that is named like one.
    Found,
    /// Nowhere: it is the number of the row.
    Row,
}

impl Wanted {
    fn new(source: &RecordSource, ids: &[String], tickets: &Path) -> Result<Self, CustodianError> {
        let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
        ids.iter().enumerate().for_each(|(ticket, id)| by_id.entry(id).or_default().push(ticket));
        let map = match source {
            RecordSource::Column(column) => {
                let tickets = by_id.into_iter().map(|(id, tickets)| (id.into(), tickets)).collect();
                let column = column.clone().map_or(IdColumn::Found, IdColumn::Named);
                return Ok(Self { tickets, column });
            }
            RecordSource::Map(map) => map,
        };
        let mut reader = TableReader::open(map, &ReadOptions::default())?;
        let no_map = || CustodianError::NoIdMap { file: reader.name().to_owned() };
        let named = reader.column("record_id").map_err(|_| no_map())?;
        let (2, Some(other)) = (reader.columns().len(), reader.columns().get(1 - named.min(1))) else {
            return Err(no_map());
        };
        let column = if other == "row" { IdColumn::Row } else { IdColumn::Named(other.clone()) };
        let wanted = [named, 1 - named.min(1)];
        let mut wanted_tickets = HashMap::new();
        while let Some(chunk) = reader.next_chunk(&wanted)? {
            for row in 0..chunk.rows() {
                if let Some(tickets) = by_id.remove(chunk.get(row, 0)) {
                    wanted_tickets.insert(chunk.get(row, 1).into(), tickets);
                }
            }
        }
        match by_id.values().flatten().min() {
            None => Ok(Self { tickets: wanted_tickets, column }),
            Some(ticket) => Err(CustodianError::Confirm {
                file: tickets.display().to_string(),
                reason: ConfirmError::unknown_record(*ticket as u64 + 1),
            }),
        }
    }
}

impl Wanted {
    /// What stands for the tickets' records in the custodian's own ledger, in the order of tickets.
    fn marks<B>(&self, terms: &ConfirmTerms<'_, B>) -> Vec<Hash> {
        let custodian = terms.custodian.as_str();
        let mut marks: Vec<(usize, Hash)> = Vec::new();
        for (id, tickets) in &self.tickets {
            let mark = Hash::from(terms.key.ledger_mark(custodian, id));
            marks.extend(tickets.iter().map(|ticket| (*ticket, mark)));
        }
        marks.sort_unstable();
        marks.into_iter().map(|(_, mark)| mark).collect()
    }
}

/// Everything that is needed to find the filters of ticketed records.
struct Finder<'a> {
    wanted: &'a Wanted,
    asked: &'a Asked,
    sent: &'a Sent,
}

impl Finder<'_> {
    /// Which of a record's rows a ticket is about, if the tokens that it is bound to are the record's.
    fn row_of(&self, ticket: usize, record: &ConfirmRecord) -> Option<usize> {
        let (asked, rows) = (self.asked, &record.rows);
        let batch = asked.batch();
        let commitment = asked.tickets.tickets[ticket].side(asked.side);
        let find = |digests: &[Hash]| {
            commitment.find(batch.key_id, (batch.custodian(asked.side), self.sent.salt), digests)
        };
        let Some(sent) = &self.sent.symbols else {
            let digest = |row: &ConfirmRow| Commitment::row_digest(row.tokens.iter().map(Option::as_deref));
            return find(&rows.iter().map(digest).collect::<Vec<_>>());
        };
        let token = sent.get(&asked.tickets.ids[ticket])?;
        find(&[Commitment::row_digest(std::iter::once(Some(token.as_slice())))])?;
        let bytes = asked.encoder.symbol_bytes();
        let stands = |symbol: &[u8]| token.chunks_exact(bytes).any(|of_token| of_token == symbol);
        // Few symbols are suppressed: a record of which half are not in its token is another, or has changed.
        let there = record.symbols.iter().filter(|symbol| stands(&symbol.to_be_bytes()[..bytes])).count();
        if there * 2 < record.symbols.len() {
            return None;
        }
        // The common symbol tells which of the record's names or addresses the other record agrees with. If it is none's,
        // the first is taken: a refusal would tell which symbols of the token are real.
        let symbol = u64::from_be_bytes(asked.tickets.symbols[ticket]);
        let meant = rows.iter().position(|row| row.symbols.binary_search(&symbol).is_ok());
        meant.or_else(|| (!rows.is_empty()).then_some(0))
    }
}

/// One thread of the search.
struct FindWorker<'a> {
    finder: &'a Finder<'a>,
    worker: ConfirmWorker<'a>,
    places: &'a [Option<usize>],
    id_place: Option<usize>,
    file: &'a str,
}

/// The filters of the tickets, in order.
fn find<B>(
    finder: &Finder<'_>,
    job: &ConfirmJob<'_, B>,
    on_progress: OnProgress<'_>,
    in_tickets: &dyn Fn(ConfirmError) -> CustodianError,
) -> Result<Vec<Filters>, CustodianError> {
    let encoder = &finder.asked.encoder;
    let reader = TableReader::open(&job.input, &job.options)?;
    let file = reader.name().to_owned();
    let (mut columns, places) = columns_by_name(encoder.columns(), &encoder.column_groups(), &reader)?;
    let id_column = match &finder.wanted.column {
        IdColumn::Named(name) => Some(reader.column(name)?),
        IdColumn::Found => find_id_column(&reader, None, &IdPolicy::Keep)?.map(|(_, index)| index),
        IdColumn::Row => None,
    };
    let id_place = id_column.map(|index| {
        columns.push(index);
        columns.len() - 1
    });
    let worker = |_| FindWorker { finder, worker: encoder.worker(), places: &places, id_place, file: &file };
    let workers = (0..job.terms.threads.max(1)).map(worker).collect();
    let mut found: Vec<Option<Filters>> = finder.asked.tickets.tickets.iter().map(|_| None).collect();
    let mut records = 0;
    let take = |chunk: &TextChunk, made: Vec<(usize, Option<Filters>)>| {
        records += chunk.rows() as u64;
        for (ticket, filters) in made {
            if filters.is_none() {
                return Err(in_tickets(ConfirmError::other_tokens(ticket as u64 + 1)));
            }
            found[ticket] = filters;
        }
        Ok(records)
    };
    work_chunks(reader, &columns, workers, take, on_progress)?;
    let missing = found.iter().position(Option::is_none);
    let found: Vec<Filters> = found.into_iter().flatten().collect();
    missing.map_or(Ok(found), |ticket| Err(in_tickets(ConfirmError::unknown_record(ticket as u64 + 1))))
}

impl ChunkWorker for FindWorker<'_> {
    /// Tickets with their filters; none where the record's tokens are not those that the ticket is bound to.
    type Made = Vec<(usize, Option<Filters>)>;

    fn work(&mut self, chunk: &TextChunk) -> Result<Self::Made, CustodianError> {
        let finder = self.finder;
        let mut made = Vec::new();
        for index in 0..chunk.rows() {
            let row = chunk.first_row() + index as u64;
            let number = row.to_string();
            let id = self.id_place.map_or(number.as_str(), |place| chunk.get(index, place).trim());
            let Some(tickets) = finder.wanted.tickets.get(id) else { continue };
            let value = |column: usize| self.places[column].map_or("", |place| chunk.get(index, place));
            let record = self
                .worker
                .encode(row, &value)
                .map_err(|reason| CustodianError::Encode { file: self.file.to_owned(), reason })?;
            for &ticket in tickets {
                let asked = finder.asked;
                let meant = finder.row_of(ticket, &record);
                let filters =
                    meant.map(|row| Filters::new(asked.circuit.rule(), record.rows[row].filters.to_vec()));
                made.push((
                    ticket,
                    filters
                        .transpose()
                        .map_err(|reason| CustodianError::Confirm { file: self.file.to_owned(), reason })?,
                ));
            }
        }
        Ok(made)
    }
}
