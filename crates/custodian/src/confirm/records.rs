//! The records of tickets: what the token file has of them, and where they are in the table.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use mizuhiki_columnar::{ReadOptions, Source, TableReader, TokenFile, read_tokens};
use mizuhiki_confirm::{Commitment, ConfirmError, Hash, file_salt};
use mizuhiki_exchange::SymbolReader as _;

use crate::confirm::asked::{Asked, ConfirmTerms, in_file};
use crate::error::CustodianError;
use crate::people::ids::{MAP_ID, MAP_ROW, OLD_MAP_ID};

/// How the ids of tickets lead to records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordSource {
    /// The ids are in a column of the table; if absent, it is found by its name.
    Column(Option<String>),
    /// The id map that was written with the tokens leads from ids to a column of the table, or to row
    /// numbers.
    Map(Source),
}

/// A custodian's token file, as it was sent: what it has of the records with tickets.
pub(crate) struct Sent {
    pub(crate) salt: Hash,
    records: HashMap<String, SentRecord>,
}

/// A record in the token file.
pub(crate) enum SentRecord {
    /// Digests of its rows of filters.
    Rows(Vec<Hash>),
    /// Its sealed symbols, as they stand in the file.
    Symbols(Vec<u8>),
}

impl SentRecord {
    /// Digests of the rows to which tickets are bound.
    fn digests(&self) -> Vec<Hash> {
        match self {
            Self::Rows(digests) => digests.clone(),
            Self::Symbols(token) => {
                vec![Commitment::row_digest(std::iter::once(Some(token.as_slice())))]
            }
        }
    }
}

impl Sent {
    /// Reads the records with tickets, and checks that every ticket is bound to its record.
    pub(crate) fn read<B>(terms: &ConfirmTerms<'_, B>, asked: &Asked) -> Result<Self, CustodianError> {
        let path = &terms.tokens;
        let salt =
            File::open(path).map_err(ConfirmError::from).and_then(|file| file_salt(BufReader::new(file)));
        let salt = salt.map_err(in_file(path))?;
        let file = read_tokens(&Source::Path(path.clone()))?;
        let sent = Self { salt, records: read_records(&file, &asked.tickets.ids)? };
        let batch = asked.batch();
        let custodian = (batch.custodian(asked.side), salt);
        for (ticket, entry) in asked.tickets.tickets.iter().zip(1..) {
            let digests = sent.record(asked, entry as usize - 1).map(SentRecord::digests);
            let commitment = ticket.side(asked.side);
            if digests.and_then(|digests| commitment.find(batch.key_id, custodian, &digests)).is_none() {
                return Err(in_file(&terms.tickets)(ConfirmError::other_tokens(entry)));
            }
        }
        Ok(sent)
    }

    /// The record of a ticket (from 0).
    pub(crate) fn record(&self, asked: &Asked, ticket: usize) -> Option<&SentRecord> {
        self.records.get(&asked.tickets.ids[ticket])
    }
}

/// The records of a token file that have one of `ids`.
fn read_records(file: &TokenFile, ids: &[String]) -> Result<HashMap<String, SentRecord>, CustodianError> {
    let set = &file.set;
    let wanted: HashMap<u32, &String> = ids.iter().filter_map(|id| Some((set.record(id)?, id))).collect();
    let Some(symbols) = &file.symbols else {
        let digest = |row| Commitment::row_digest(set.tokens_of(row).iter().map(Option::as_deref));
        let rows = |record| SentRecord::Rows(set.rows_of(record).map(digest).collect());
        return Ok(wanted.into_iter().map(|(record, id)| (id.clone(), rows(record))).collect());
    };
    let (per_record, bytes) = (symbols.per_record(), symbols.symbol_bytes());
    let mut sent = HashMap::new();
    symbols.read(&mut |records, symbols| {
        for (record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
            if let Some(id) = wanted.get(record) {
                let token =
                    symbols.iter().flat_map(|symbol| symbol.to_be_bytes()[..bytes].to_vec()).collect();
                sent.insert((*id).clone(), SentRecord::Symbols(token));
            }
        }
    })?;
    Ok(sent)
}

/// The tickets of each record of the table.
pub(crate) struct Wanted {
    /// Tickets (from 0) by id in the table's column, or by row number.
    pub(crate) tickets: HashMap<Box<str>, Vec<usize>>,
    pub(crate) column: IdColumn,
}

/// The location of a record's id.
pub(crate) enum IdColumn {
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
