//! The records of tickets, and their filters.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use mizuhiki_columnar::{ReadOptions, Source, TableReader, TextChunk, TokenFile, read_tokens};
use mizuhiki_confirm::{Commitment, ConfirmError, Filters, Hash, file_salt};
use mizuhiki_encode::{ConfirmRecord, ConfirmRow, ConfirmWorker};
use mizuhiki_exchange::SymbolReader as _;

use crate::confirm::asked::{Asked, ConfirmTerms, in_file};
use crate::error::CustodianError;
use crate::people::chunks::{ChunkWorker, work_chunks};
use crate::people::columns::{columns_by_name, find_id_column};
use crate::people::ids::{IdPolicy, MAP_ID, MAP_ROW, OLD_MAP_ID};
use crate::people::progress::OnRecords;

/// How the ids of tickets lead to records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordSource {
    /// The ids are in a column of the table; if absent, it is found by its name.
    Column(Option<String>),
    /// The id map that was written with the tokens leads from ids to a column of the table, or to row
    /// numbers.
    Map(Source),
}

/// A custodian's token file, as it was sent.
pub(crate) struct Sent {
    salt: Hash,
    /// Sealed symbols of the records with tickets, by id.
    symbols: Option<HashMap<String, Vec<u8>>>,
}

impl Sent {
    pub(crate) fn read<B>(terms: &ConfirmTerms<'_, B>, ids: &[String]) -> Result<Self, CustodianError> {
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

/// The tickets of each record of the table.
pub(crate) struct Wanted {
    /// Tickets (from 0) by id in the table's column, or by row number.
    pub(crate) tickets: HashMap<Box<str>, Vec<usize>>,
    column: IdColumn,
}

/// The location of a record's id.
enum IdColumn {
    /// In the column of this name.
    Named(String),
    /// In the column with the name of an id column.
    Found,
    /// The id is the row number.
    Row,
}

impl Wanted {
    pub(crate) fn new(source: &RecordSource, ids: &[String], tickets: &Path) -> Result<Self, CustodianError> {
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
        let named = reader.column(MAP_ID).or_else(|_| reader.column(OLD_MAP_ID)).map_err(|_| no_map())?;
        let (2, Some(other)) = (reader.columns().len(), reader.columns().get(1 - named.min(1))) else {
            return Err(no_map());
        };
        let column = if other == MAP_ROW { IdColumn::Row } else { IdColumn::Named(other.clone()) };
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
    /// The pseudonyms of the tickets' records in the custodian's own ledger, in the order of tickets.
    pub(crate) fn marks<B>(&self, terms: &ConfirmTerms<'_, B>) -> Vec<Hash> {
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

/// The data needed to find the filters of records with tickets.
pub(crate) struct Finder<'a> {
    pub(crate) wanted: &'a Wanted,
    pub(crate) asked: &'a Asked,
    pub(crate) sent: &'a Sent,
}

impl Finder<'_> {
    /// The row of a record to which a ticket applies, if the ticket is bound to the record's tokens.
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
        // Few symbols are suppressed: if more than half are missing in the token, the record is a different
        // one, or has changed.
        let there = record.symbols.iter().filter(|symbol| stands(&symbol.to_be_bytes()[..bytes])).count();
        if there * 2 < record.symbols.len() {
            return None;
        }
        // The common symbol shows with which of the record's names or addresses the other record agrees. If
        // no row has it, the first row is taken: a refusal would reveal which symbols of the token are real.
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
pub(crate) fn find(
    finder: &Finder<'_>,
    (input, options, threads): (&Source, &ReadOptions, usize),
    on_progress: OnRecords<'_>,
    in_tickets: &dyn Fn(ConfirmError) -> CustodianError,
) -> Result<Vec<Filters>, CustodianError> {
    let encoder = &finder.asked.encoder;
    let reader = TableReader::open(input, options)?;
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
    let workers = (0..threads.max(1)).map(worker).collect();
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
    /// Tickets with their filters; `None` if a ticket is not bound to the record's tokens.
    type Output = Vec<(usize, Option<Filters>)>;

    fn work(&mut self, chunk: &TextChunk) -> Result<Self::Output, CustodianError> {
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
