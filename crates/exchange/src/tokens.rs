//! A set of tokens in memory.

use mizuhiki_bits::BitRows;

use crate::{RecordIds, TokenMeta, compare_ids};

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

/// Tokens of one custodian: ids and one token a record and view, in row order.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenSet {
    meta: Option<TokenMeta>,
    ids: RecordIds,
    views: Vec<View>,
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
    /// Puts ids and views together. `meta` is `None` for bare CLK files, whose schema is unknown.
    ///
    /// # Errors
    /// [`TokenSetError::RepeatedId`] if two records have one id.
    ///
    /// # Panics
    /// If a view has another number of rows than there are ids; readers count while they read.
    pub fn new(meta: Option<TokenMeta>, ids: RecordIds, views: Vec<View>) -> Result<Self, TokenSetError> {
        for view in &views {
            assert!(view.rows.len() == ids.len() && view.present.len() == ids.len(), "one row an id");
        }
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
        Ok(Self { meta, ids, views })
    }

    /// What the file said of itself; `None` for bare CLKs.
    #[must_use]
    pub const fn meta(&self) -> Option<&TokenMeta> {
        self.meta.as_ref()
    }

    /// The record ids, in row order.
    #[must_use]
    pub const fn ids(&self) -> &RecordIds {
        &self.ids
    }

    /// The views, in schema order.
    #[must_use]
    pub fn views(&self) -> &[View] {
        &self.views
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
