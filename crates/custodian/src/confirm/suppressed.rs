//! Symbols that a token file suppressed because other records of the table have them
//! (`protocols/03-tokens.md` §8).

use std::collections::{HashMap, HashSet};

use mizuhiki_columnar::{ReadOptions, Source, TableReader, TextChunk};
use mizuhiki_encode::{ConfirmEncoder, ConfirmWorker};

use crate::error::CustodianError;
use crate::people::chunks::{ChunkWorker, work_chunks};
use crate::people::columns::columns_by_name;
use crate::people::progress::OnRecords;

/// A table and how it is read: source, options, threads.
pub(crate) type Table<'a> = (&'a Source, &'a ReadOptions, usize);

/// The rows of a table that have certain symbols.
pub(crate) struct Holders {
    /// For each symbol the first row that has it, from 1, and whether there are others.
    rows: HashMap<u64, (u64, bool)>,
}

impl Holders {
    /// Whether a row other than `row` has the symbol.
    pub(crate) fn has_another(&self, symbol: u64, row: u64) -> bool {
        self.rows.get(&symbol).is_some_and(|&(first, several)| several || first != row)
    }

    /// Enters a symbol of a row; rows come in order.
    fn enter(&mut self, symbol: u64, row: u64) {
        self.rows.entry(symbol).and_modify(|holder| holder.1 |= holder.0 != row).or_insert((row, false));
    }
}

/// Encodes the whole table, and finds the rows that have one of `symbols`.
pub(crate) fn find_holders(
    encoder: &ConfirmEncoder,
    symbols: &HashSet<u64>,
    (input, options, threads): Table<'_>,
    on_progress: OnRecords<'_>,
) -> Result<Holders, CustodianError> {
    if *input == Source::Stdin {
        return Err(CustodianError::TableReadTwice);
    }
    let reader = TableReader::open(input, options)?;
    let file = reader.name().to_owned();
    let (columns, places) = columns_by_name(encoder.columns(), &encoder.column_groups(), &reader)?;
    let worker = |_| HolderWorker { worker: encoder.worker(), symbols, places: &places, file: &file };
    let workers = (0..threads.max(1)).map(worker).collect();
    let (mut holders, mut records) = (Holders { rows: HashMap::new() }, 0);
    let take = |chunk: &TextChunk, made: Vec<(u64, u64)>| {
        records += chunk.rows() as u64;
        made.into_iter().for_each(|(symbol, row)| holders.enter(symbol, row));
        Ok(records)
    };
    work_chunks(reader, &columns, workers, take, on_progress)?;
    Ok(holders)
}

/// One thread.
struct HolderWorker<'a> {
    worker: ConfirmWorker<'a>,
    symbols: &'a HashSet<u64>,
    places: &'a [Option<usize>],
    file: &'a str,
}

impl ChunkWorker for HolderWorker<'_> {
    /// Symbols, each with a row that has it.
    type Output = Vec<(u64, u64)>;

    fn work(&mut self, chunk: &TextChunk) -> Result<Self::Output, CustodianError> {
        let mut made = Vec::new();
        for index in 0..chunk.rows() {
            let row = chunk.first_row() + index as u64;
            let value = |column: usize| self.places[column].map_or("", |place| chunk.get(index, place));
            let of_row = self
                .worker
                .symbols(row, &value)
                .map_err(|reason| CustodianError::Encode { file: self.file.to_owned(), reason })?;
            made.extend(
                of_row.into_iter().filter(|symbol| self.symbols.contains(symbol)).map(|symbol| (symbol, row)),
            );
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_not_another_one_than_itself() {
        let mut holders = Holders { rows: HashMap::new() };
        [(7, 1), (8, 1), (8, 1), (8, 3), (9, 3)]
            .into_iter()
            .for_each(|(symbol, row)| holders.enter(symbol, row));
        let others = |row| [6, 7, 8, 9].map(|symbol| holders.has_another(symbol, row));
        assert_eq!(others(1), [false, false, true, true]);
        assert_eq!(others(3), [false, true, true, false]);
        assert_eq!(others(2), [false, true, true, true]);
    }
}
