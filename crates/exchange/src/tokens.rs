//! A set of tokens in memory.

use mizuhiki_bits::BitRows;

use crate::{BlockId, RecordIds, TokenMeta, compare_ids};

/// Tokens of one view, one row a record.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Name of the view.
    pub name: String,
    /// The tokens; rows without a token are zero.
    pub rows: BitRows,
    /// Whether a record has a token in this view.
    pub present: Vec<bool>,
}

/// Tokens of one custodian: ids, one token a record and view, one block id a record and pass; rows are in the
/// order of their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenSet {
    meta: Option<TokenMeta>,
    ids: RecordIds,
    views: Vec<View>,
    blocks: Vec<Vec<Option<BlockId>>>,
}

/// Rows that make no token set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenSetError {
    /// Two records have one id; the rows, from 1.
    #[error("rows {first} and {second} have the same record id")]
    RepeatedId {
        /// Row of the first of the two, from 1.
        first: usize,
        /// Row of the second, from 1.
        second: usize,
    },
    /// More records than a row number can name.
    #[error("{0} records; the limit is 4294967295")]
    TooMany(usize),
}

impl TokenSet {
    /// Puts ids, views and block ids together and brings the records into the order of their ids, so that
    /// nothing can depend on the order of rows in a file. `meta` is `None` for bare CLK files, whose schema is
    /// unknown; `blocks` holds one list a pass, or none for a file without block ids.
    ///
    /// # Errors
    /// [`TokenSetError::RepeatedId`] if two records have one id, [`TokenSetError::TooMany`] past 2³² − 1.
    ///
    /// # Panics
    /// If a view or pass has another number of rows than there are ids; readers count while they read.
    pub fn new(
        meta: Option<TokenMeta>,
        ids: RecordIds,
        mut views: Vec<View>,
        mut blocks: Vec<Vec<Option<BlockId>>>,
    ) -> Result<Self, TokenSetError> {
        let fits = |rows: usize| assert!(rows == ids.len(), "one row an id");
        views.iter().for_each(|view| [view.rows.len(), view.present.len()].into_iter().for_each(fits));
        blocks.iter().for_each(|pass| fits(pass.len()));
        if u32::try_from(ids.len()).is_err() {
            return Err(TokenSetError::TooMany(ids.len()));
        }
        let ranking = ids.ranking();
        for pair in ranking.windows(2) {
            let (a, b) = (pair[0] as usize, pair[1] as usize);
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
        Ok(Self { meta, ids: ids.reordered(&ranking), views, blocks })
    }

    /// What the file said of itself; `None` for bare CLKs.
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
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// Block ids, pass by pass in schema order, one a record; empty for a file without.
    #[must_use]
    pub fn blocks(&self) -> &[Vec<Option<BlockId>>] {
        &self.blocks
    }

    /// Number of records.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ids.len()
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
