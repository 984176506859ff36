//! The filters of records with tickets, as the table has them now.

use std::collections::HashSet;

use mizuhiki_columnar::{TableReader, TextChunk};
use mizuhiki_confirm::{Commitment, ConfirmError, Filters, Hash};
use mizuhiki_encode::{ConfirmRecord, ConfirmRow, ConfirmWorker};
use serde::Serialize;

use crate::confirm::asked::Asked;
use crate::confirm::records::{IdColumn, Sent, SentRecord, Wanted};
use crate::confirm::suppressed::{Table, find_holders};
use crate::error::CustodianError;
use crate::people::chunks::{ChunkWorker, work_chunks};
use crate::people::columns::{columns_by_name, find_id_column};
use crate::people::ids::IdPolicy;
use crate::people::progress::OnRecords;

/// Why a custodian declines a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeclineReason {
    /// The record is not in the table.
    Absent,
    /// The record has changed since it was encoded.
    Changed,
}

/// The data needed to find the filters of records with tickets.
pub(crate) struct Finder<'a> {
    pub(crate) wanted: &'a Wanted,
    pub(crate) asked: &'a Asked,
    pub(crate) sent: &'a Sent,
}

/// A ticket's record in the table.
struct Found {
    /// Number of the ticket, from 0.
    ticket: usize,
    /// Number of the record's row, from 1.
    row: u64,
    /// The filters to encrypt; `None` if the rows of filters differ from those in the token file.
    filters: Option<Filters>,
    /// Number of the record's symbols that the token file has.
    kept: usize,
    /// The record's other symbols; changed if most of them are not suppressed.
    missing: Vec<u64>,
}

impl Found {
    /// Whether the token file has fewer than half of the record's symbols, without the first
    /// `suppressed` that are missing.
    const fn lacks_most(&self, suppressed: usize) -> bool {
        self.kept + suppressed < self.missing.len()
    }
}

impl Finder<'_> {
    /// Number of symbols of the record that the token has, and the others; and the row to which the ticket
    /// applies, unless the rows differ from those in the token file.
    fn compare(&self, ticket: usize, record: &ConfirmRecord) -> (usize, Vec<u64>, Option<usize>) {
        let (asked, rows) = (self.asked, &record.rows);
        let batch = asked.batch();
        match self.sent.record(asked, ticket) {
            None => (0, Vec::new(), None),
            Some(SentRecord::Rows(_)) => {
                let digest =
                    |row: &ConfirmRow| Commitment::row_digest(row.tokens.iter().map(Option::as_deref));
                let digests: Vec<Hash> = rows.iter().map(digest).collect();
                let custodian = (batch.custodian(asked.side), self.sent.salt);
                let commitment = asked.tickets.tickets[ticket].side(asked.side);
                (0, Vec::new(), commitment.find(batch.key_id, custodian, &digests))
            }
            Some(SentRecord::Symbols(token)) => {
                let bytes = asked.encoder.symbol_bytes();
                let stands = |symbol: &&u64| {
                    token.chunks_exact(bytes).any(|of_token| *of_token == symbol.to_be_bytes()[..bytes])
                };
                let (kept, missing): (Vec<&u64>, Vec<&u64>) = record.symbols.iter().partition(stands);
                // The common symbol shows with which of the record's names or addresses the other record
                // agrees. If no row has it, the first row is taken: a refusal would reveal which symbols of
                // the token are real.
                let symbol = u64::from_be_bytes(asked.tickets.symbols[ticket]);
                let meant = rows.iter().position(|row| row.symbols.binary_search(&symbol).is_ok());
                let row = meant.or_else(|| (!rows.is_empty()).then_some(0));
                (kept.len(), missing.into_iter().copied().collect(), row)
            }
        }
    }
}

/// The filters of the tickets, in order, or why a ticket is declined.
pub(crate) fn find(
    finder: &Finder<'_>,
    table: Table<'_>,
    on_progress: OnRecords<'_>,
) -> Result<Vec<Result<Filters, DeclineReason>>, CustodianError> {
    let found = find_records(finder, table, on_progress)?;
    // Most symbols of some records may be suppressed; then all other records show which.
    let doubtful = || found.iter().filter(|found| found.lacks_most(0));
    let symbols: HashSet<u64> = doubtful().flat_map(|found| found.missing.iter().copied()).collect();
    let holders = if symbols.is_empty() {
        None
    } else {
        Some(find_holders(&finder.asked.encoder, &symbols, table, on_progress)?)
    };
    let mut answers: Vec<_> = finder.asked.tickets.ids.iter().map(|_| Err(DeclineReason::Absent)).collect();
    for found in found {
        let suppressed = holders.as_ref().map_or(0, |holders| {
            found.missing.iter().filter(|symbol| holders.has_another(**symbol, found.row)).count()
        });
        let changed = found.lacks_most(suppressed);
        answers[found.ticket] = found.filters.filter(|_| !changed).ok_or(DeclineReason::Changed);
    }
    Ok(answers)
}

/// The records of the tickets that are in the table.
fn find_records(
    finder: &Finder<'_>,
    (input, options, threads): Table<'_>,
    on_progress: OnRecords<'_>,
) -> Result<Vec<Found>, CustodianError> {
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
    let (mut found, mut records) = (Vec::new(), 0);
    let take = |chunk: &TextChunk, mut made: Vec<Found>| {
        records += chunk.rows() as u64;
        found.append(&mut made);
        Ok(records)
    };
    work_chunks(reader, &columns, workers, take, on_progress)?;
    Ok(found)
}

/// One thread of the search.
struct FindWorker<'a> {
    finder: &'a Finder<'a>,
    worker: ConfirmWorker<'a>,
    places: &'a [Option<usize>],
    id_place: Option<usize>,
    file: &'a str,
}

impl ChunkWorker for FindWorker<'_> {
    type Output = Vec<Found>;

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
            let in_table =
                |reason: ConfirmError| CustodianError::Confirm { file: self.file.to_owned(), reason };
            for &ticket in tickets {
                let (kept, missing, meant) = finder.compare(ticket, &record);
                let rule = finder.asked.circuit.rule();
                let filters = meant.map(|row| Filters::new(rule, record.rows[row].filters.to_vec()));
                let filters = filters.transpose().map_err(in_table)?;
                made.push(Found { ticket, row, filters, kept, missing });
            }
        }
        Ok(made)
    }
}
