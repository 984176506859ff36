//! What a holder of a file sees of each record.

use std::collections::HashMap;

use mizuhiki_columnar::{ColumnarError, Source, read_tokens};
use mizuhiki_exchange::SymbolReader as _;

/// A file as its holder sees it, records in the order of a list.
pub(crate) enum Sight {
    Filters(FilterSight),
    Symbols(SymbolSight),
}

/// Filters: the bits of all views of each record's first row, one after the other.
#[derive(Default)]
pub(crate) struct FilterSight {
    /// Words of a record.
    pub(crate) words: usize,
    pub(crate) bits: Vec<u64>,
    /// Rows of each record.
    pub(crate) rows: Vec<u16>,
    /// For each pass, the block id of each record; 0 without one.
    pub(crate) blocks: Vec<Vec<u64>>,
}

/// Sets of symbols, each in ascending order.
#[derive(Default, Clone)]
pub(crate) struct SymbolSight {
    /// Symbols of a record.
    pub(crate) each: usize,
    pub(crate) symbols: Vec<u64>,
}

impl FilterSight {
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn row(&self, record: usize) -> &[u64] {
        &self.bits[record * self.words..(record + 1) * self.words]
    }

    pub(crate) fn select(&self, records: &[usize]) -> Self {
        Self {
            words: self.words,
            bits: records.iter().flat_map(|&record| self.row(record)).copied().collect(),
            rows: records.iter().map(|&record| self.rows[record]).collect(),
            blocks: self
                .blocks
                .iter()
                .map(|pass| records.iter().map(|&record| pass[record]).collect())
                .collect(),
        }
    }
}

impl SymbolSight {
    pub(crate) const fn len(&self) -> usize {
        match self.symbols.len().checked_div(self.each) {
            Some(records) => records,
            None => 0,
        }
    }

    pub(crate) fn set(&self, record: usize) -> &[u64] {
        &self.symbols[record * self.each..(record + 1) * self.each]
    }

    pub(crate) fn select(&self, records: &[usize]) -> Self {
        Self {
            each: self.each,
            symbols: records.iter().flat_map(|&record| self.set(record)).copied().collect(),
        }
    }
}

impl Sight {
    /// Reads a token file in the order of `ids`.
    ///
    /// # Errors
    /// [`ColumnarError`] if the file cannot be read, or lacks one of the records.
    pub(crate) fn read(source: &Source, ids: &[String]) -> Result<Self, ColumnarError> {
        let file = read_tokens(source)?;
        let lacking = |count: usize| ColumnarError::File {
            file: source.name(),
            problem: format!("{count} records of the list are not in the token file"),
            fix: "encode the list itself, and keep its ids (--keep-ids)".to_owned(),
        };
        let order: Vec<Option<u32>> = ids.iter().map(|id| file.set.record(id)).collect();
        let missing = order.iter().filter(|record| record.is_none()).count();
        if missing > 0 {
            return Err(lacking(missing));
        }
        let order: Vec<u32> = order.into_iter().flatten().collect();
        let Some(symbols) = file.symbols else {
            let first = |record: &u32| file.set.rows_of(*record).start as usize;
            let views = file.set.views();
            let words = views.iter().map(|view| view.rows.width().div_ceil(64)).sum();
            let of_record = |record: &u32| {
                let row = first(record);
                views.iter().flat_map(move |view| {
                    view.rows.row(row)[..view.rows.width().div_ceil(64)].iter().copied()
                })
            };
            let number = |id: &Option<mizuhiki_exchange::BlockId>| {
                id.map_or(0, |id| u64::from_be_bytes(id.to_bytes()))
            };
            return Ok(Self::Filters(FilterSight {
                words,
                bits: order.iter().flat_map(of_record).collect(),
                rows: order.iter().map(|&record| file.set.rows_of(record).len() as u16).collect(),
                blocks: file
                    .set
                    .blocks()
                    .iter()
                    .map(|pass| order.iter().map(|record| number(&pass[first(record)])).collect())
                    .collect(),
            }));
        };
        let each = symbols.per_record();
        let place: HashMap<u32, usize> = order.iter().enumerate().map(|(at, &record)| (record, at)).collect();
        let mut found = vec![0; order.len() * each];
        symbols.read(&mut |records: &[u32], sets: &[u64]| {
            for (record, set) in records.iter().zip(sets.chunks_exact(each)) {
                if let Some(&at) = place.get(record) {
                    found[at * each..(at + 1) * each].copy_from_slice(set);
                }
            }
        })?;
        Ok(Self::Symbols(SymbolSight { each, symbols: found }))
    }
}
