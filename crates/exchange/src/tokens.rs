//! A set of tokens in memory.

use std::cmp::Ordering;
use std::ops::Range;

use mizuhiki_bits::BitRows;

use crate::block::BlockId;
use crate::id::{RecordIds, compare_ids};
use crate::meta::TokenMeta;

/// Tokens of one view, one per row.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewTokens {
    /// Name of the view.
    pub name: String,
    /// The tokens; rows without a token are zero.
    pub rows: BitRows,
    /// Whether a row has a token in this view.
    pub present: Vec<bool>,
}

/// Tokens of one custodian: records in the order of their ids. Each has a row of tokens, one per view, with
/// one block id per pass. A record whose name or address has alternatives has a row for each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenSet {
    meta: Option<TokenMeta>,
    ids: RecordIds,
    /// Record of each row, ascending; empty where each record has one row.
    records: Vec<u32>,
    /// First row of each record, and the end; empty where each record has one row.
    starts: Vec<u32>,
    views: Vec<ViewTokens>,
    blocks: Vec<Vec<Option<BlockId>>>,
}

/// Why rows do not form a token set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenSetError {
    /// Two records have one id; the rows, from 1.
    #[error("rows {first} and {second} have the same record id")]
    RepeatedId {
        /// Row of the first of the two, from 1.
        first: usize,
        /// Row of the second, from 1.
        second: usize,
    },
    /// More records than a row number can express.
    #[error("{0} records; the limit is 4294967295")]
    TooMany(usize),
}

impl TokenSet {
    /// Combines ids, views and block ids, one of each per row, and sorts the rows by id, so that nothing can
    /// depend on the order of rows in a file. `meta` is `None` for bare CLK files, whose schema is unknown;
    /// `blocks` holds one list per pass, or none for a file without block ids.
    ///
    /// # Errors
    /// [`TokenSetError::RepeatedId`] if an id has several rows and the schema has no alternatives, or more
    /// rows than it permits; [`TokenSetError::TooMany`] past 2³² − 1.
    ///
    /// # Panics
    /// If a view or pass has another number of rows than there are ids: readers count while they read.
    pub fn new(
        meta: Option<TokenMeta>,
        ids: RecordIds,
        mut views: Vec<ViewTokens>,
        mut blocks: Vec<Vec<Option<BlockId>>>,
    ) -> Result<Self, TokenSetError> {
        let fits = |rows: usize| assert!(rows == ids.len(), "one row per id");
        views.iter().for_each(|view| [view.rows.len(), view.present.len()].into_iter().for_each(fits));
        blocks.iter().for_each(|pass| fits(pass.len()));
        if u32::try_from(ids.len()).is_err() {
            return Err(TokenSetError::TooMany(ids.len()));
        }
        let ranking = ids.ranking();
        let most = meta.as_ref().map_or(1, |meta| meta.schema.max_alternatives());
        for rows in ranking.windows(most + 1) {
            let (a, b) = (rows[0] as usize, rows[most] as usize);
            if compare_ids(ids.get(a), ids.get(b)).is_eq() {
                return Err(TokenSetError::RepeatedId { first: a.min(b) + 1, second: a.max(b) + 1 });
            }
        }
        for view in &mut views {
            view.rows.reorder(&ranking);
            view.present = ranking.iter().map(|&row| view.present[row as usize]).collect();
        }
        for pass in &mut blocks {
            *pass = ranking.iter().map(|&row| pass[row as usize]).collect();
        }
        let mut set = Self {
            meta,
            ids: ids.reordered(&ranking),
            records: Vec::new(),
            starts: Vec::new(),
            views,
            blocks,
        };
        if most > 1 {
            set.gather();
        }
        Ok(set)
    }

    /// The records of a file of sealed symbols, in the order of their ids, and the record of each row of the
    /// file. The symbols stay in the file.
    ///
    /// # Errors
    /// As [`TokenSet::new`]: ids are unique.
    pub fn of_symbols(meta: TokenMeta, ids: RecordIds) -> Result<(Self, Vec<u32>), TokenSetError> {
        if u32::try_from(ids.len()).is_err() {
            return Err(TokenSetError::TooMany(ids.len()));
        }
        let ranking = ids.ranking();
        for pair in ranking.windows(2) {
            let (a, b) = (pair[0] as usize, pair[1] as usize);
            if ids.get(a) == ids.get(b) {
                return Err(TokenSetError::RepeatedId { first: a.min(b) + 1, second: a.max(b) + 1 });
            }
        }
        let mut records = vec![0; ranking.len()];
        for (&row, record) in ranking.iter().zip(0..) {
            records[row as usize] = record;
        }
        let set = Self {
            meta: Some(meta),
            ids: ids.reordered(&ranking),
            records: Vec::new(),
            starts: Vec::new(),
            views: Vec::new(),
            blocks: Vec::new(),
        };
        Ok((set, records))
    }

    /// Only the records `records`, which ascend.
    ///
    /// # Panics
    /// If there is no such record.
    #[must_use]
    pub fn only(&self, records: &[u32]) -> Self {
        let rows: Vec<u32> = records.iter().flat_map(|&record| self.rows_of(record)).collect();
        let view = |view: &ViewTokens| ViewTokens {
            name: view.name.clone(),
            rows: view.rows.selected(&rows),
            present: rows.iter().map(|&row| view.present[row as usize]).collect(),
        };
        let mut only = Self {
            meta: self.meta.clone(),
            ids: self.ids.repeated(records),
            records: Vec::new(),
            starts: Vec::new(),
            views: self.views.iter().map(view).collect(),
            blocks: self
                .blocks
                .iter()
                .map(|pass| rows.iter().map(|&row| pass[row as usize]).collect())
                .collect(),
        };
        if rows.len() > records.len() {
            let lengths: Vec<u32> = records.iter().map(|&record| self.rows_of(record).len() as u32).collect();
            only.starts.push(0);
            for (record, length) in (0_u32..).zip(lengths) {
                only.records.extend(std::iter::repeat_n(record, length as usize));
                only.starts.push(only.records.len() as u32);
            }
        }
        only
    }

    /// Groups rows of one id into records.
    fn gather(&mut self) {
        let rows = self.ids.len() as u32;
        let begins = |row: &u32| *row == 0 || self.ids.get(*row as usize) != self.ids.get(*row as usize - 1);
        let starts: Vec<u32> = (0..rows).filter(begins).collect();
        if starts.len() == rows as usize {
            return;
        }
        let next = starts.iter().copied().skip(1).chain([rows]);
        let lengths = starts.iter().zip(next).map(|(start, next)| (next - start) as usize);
        self.records =
            (0_u32..).zip(lengths).flat_map(|(record, length)| std::iter::repeat_n(record, length)).collect();
        self.ids = std::mem::take(&mut self.ids).reordered(&starts);
        self.starts = starts;
        self.starts.push(rows);
    }

    /// Metadata of the file; `None` for bare CLKs.
    #[must_use]
    pub const fn meta(&self) -> Option<&TokenMeta> {
        self.meta.as_ref()
    }

    /// The record ids, ascending ([`compare_ids`]).
    #[must_use]
    pub const fn ids(&self) -> &RecordIds {
        &self.ids
    }

    /// The views, in schema order.
    #[must_use]
    pub fn views(&self) -> &[ViewTokens] {
        &self.views
    }

    /// Block ids, pass by pass in schema order, one per row; empty for a file without.
    #[must_use]
    pub fn blocks(&self) -> &[Vec<Option<BlockId>>] {
        &self.blocks
    }

    /// Number of records.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Number of rows of tokens: at least one per record.
    #[must_use]
    pub const fn rows(&self) -> usize {
        if self.records.is_empty() { self.ids.len() } else { self.records.len() }
    }

    /// Whether a record has several rows.
    #[must_use]
    pub const fn has_alternatives(&self) -> bool {
        !self.records.is_empty()
    }

    /// The record with an id, if there is one.
    #[must_use]
    pub fn record(&self, id: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match compare_ids(self.ids.get(middle), id) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Some(middle as u32),
            }
        }
        None
    }

    /// The record of a row.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn record_of(&self, row: u32) -> u32 {
        if self.records.is_empty() { row } else { self.records[row as usize] }
    }

    /// The rows of a record.
    ///
    /// # Panics
    /// If there is no such record.
    #[must_use]
    pub fn rows_of(&self, record: u32) -> Range<u32> {
        match self.starts.get(record as usize..record as usize + 2) {
            Some(&[start, end]) => start..end,
            _ => record..record + 1,
        }
    }

    /// The token of a row in each view, if it has one.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn tokens_of(&self, row: u32) -> Vec<Option<Vec<u8>>> {
        let token = |view: &ViewTokens| {
            let mut bytes = Vec::new();
            view.rows.extend_bytes(row as usize, &mut bytes);
            view.present[row as usize].then_some(bytes)
        };
        self.views.iter().map(token).collect()
    }

    /// Whether there is no record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Name for messages: the custodian, or `bare CLKs`.
    #[must_use]
    pub fn custodian_name(&self) -> &str {
        self.meta.as_ref().map_or("bare CLKs", |meta| meta.custodian.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[&str]) -> TokenSet {
        let mut record_ids = RecordIds::default();
        let mut rows = BitRows::new(64);
        for id in ids {
            record_ids.push(id).unwrap();
            rows.push_bytes(&[id.as_bytes()[0]; 8]).unwrap();
        }
        let present = ids.iter().map(|id| *id != "c").collect();
        TokenSet::new(
            None,
            record_ids,
            vec![ViewTokens { name: "whole".to_owned(), rows, present }],
            Vec::new(),
        )
        .unwrap()
    }

    #[test]
    fn some_records_are_as_if_there_were_no_others() {
        let all = set(&["d", "a", "c", "b"]);
        assert_eq!(all.only(&[1, 2]), set(&["c", "b"]));
        assert_eq!(all.only(&[]), set(&[]));
        assert_eq!(all.only(&[0, 1, 2, 3]), all);
        let places = ["a", "b", "c", "d", "e", ""].map(|id| all.record(id));
        assert_eq!(places, [Some(0), Some(1), Some(2), Some(3), None, None]);
        // A record's rows stay together.
        let mut many = set(&["a", "b", "c", "d", "e"]);
        many.ids = set(&["p", "q", "r"]).ids;
        (many.records, many.starts) = (vec![0, 1, 1, 1, 2], vec![0, 1, 4, 5]);
        let only = many.only(&[1, 2]);
        assert_eq!((only.len(), only.rows(), only.rows_of(0), only.rows_of(1)), (2, 4, 0..3, 3..4));
        assert_eq!(only.views()[0].rows.row(3), many.views()[0].rows.row(4));
        assert_eq!(only.views()[0].present, [true, false, true, true]);
    }
}
