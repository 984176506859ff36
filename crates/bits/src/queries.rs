//! Left-hand rows prepared for tiles.

use crate::columns::transpose64;
use crate::cpu::InstructionSet;
use crate::order::{ColumnOrder, WIDEST};
use crate::rows::BitRows;

/// Columns that the kernel counts in one step.
pub(crate) const STEP: usize = 16;

/// Left-hand rows as lists of their set columns, rarest first.
///
/// Buffers are kept from one [`Queries::prepare`] to the next.
pub struct Queries<'a> {
    left: &'a BitRows,
    order: &'a ColumnOrder,
    backend: InstructionSet,
    rows: Vec<u32>,
    weights: Vec<u32>,
    /// First step of each query, and the end of the last one.
    starts: Vec<u32>,
    /// [`STEP`] offsets per step, each eight times the rank of a column; entries after the last step are
    /// stale.
    offsets: Vec<u16>,
    /// For each step, the misses that a non-matching row is expected to have by its end.
    expected: Vec<u16>,
    scratch: Scratch,
}

/// One query, as the kernel sees it.
#[derive(Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) words: &'a [u64],
    pub(crate) weight: u32,
    /// Offsets of the set columns, then of the column behind the last one up to a whole [`STEP`].
    pub(crate) offsets: &'a [u16],
    pub(crate) expected: &'a [u16],
}

/// Bits of 64 rows with their columns in order.
#[derive(Default)]
struct Scratch {
    columns: Vec<u64>,
    /// For each row its words.
    rows: Vec<u64>,
}

impl<'a> Queries<'a> {
    /// No queries yet, of rows of `left`.
    ///
    /// # Panics
    /// If this processor cannot run `backend`, or `order` is of another width than `left`.
    #[must_use]
    pub fn new(left: &'a BitRows, order: &'a ColumnOrder, backend: InstructionSet) -> Self {
        assert!(backend.is_available(), "this processor cannot run {backend:?}");
        assert_eq!(order.width(), left.width(), "a column order is made for rows of one width");
        Self {
            left,
            order,
            backend,
            rows: Vec::new(),
            weights: Vec::new(),
            starts: vec![0],
            offsets: Vec::new(),
            expected: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Takes rows; all else is filled from them.
    pub(crate) fn take(&mut self, rows: &[u32]) {
        self.rows.clear();
        self.rows.extend_from_slice(rows);
        self.weights.resize(rows.len(), 0);
        self.starts.truncate(1);
        self.expected.clear();
    }

    pub(crate) const fn backend(&self) -> InstructionSet {
        self.backend
    }

    /// Number of queries.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no query.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row of the left-hand side behind each query, in the order of [`crate::PairHit::query`].
    #[must_use]
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// Number of set bits of each query.
    #[must_use]
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    pub(crate) const fn order(&self) -> &ColumnOrder {
        self.order
    }

    /// The words of query `query`.
    pub(crate) fn words(&self, query: usize) -> &[u64] {
        self.left.row(self.rows[query] as usize)
    }

    #[inline(always)]
    pub(crate) fn query(&self, query: usize) -> Query<'_> {
        let (start, end) = (self.starts[query] as usize, self.starts[query + 1] as usize);
        Query {
            words: self.words(query),
            weight: self.weights[query],
            offsets: &self.offsets[start * STEP..end * STEP],
            expected: &self.expected[start..end],
        }
    }

    /// Fills what follows from `rows`.
    #[inline(always)]
    pub(crate) fn fill(&mut self) {
        let tiled = self.order.has_tiles();
        let row_words = self.left.stride();
        self.scratch.columns.clear();
        self.scratch.columns.resize(row_words * 64, 0);
        self.scratch.rows.resize(row_words * 64, 0);
        for first in (0..self.rows.len()).step_by(64) {
            let end = (first + 64).min(self.rows.len());
            for query in first..end {
                let words = self.left.row(self.rows[query] as usize);
                self.weights[query] = words.iter().map(|word| word.count_ones()).sum();
            }
            if tiled {
                self.scratch.sort_columns(self.left, &self.rows[first..end], self.order.ranks());
            }
            for query in first..end {
                if tiled {
                    self.list_columns(query);
                }
                self.starts.push(self.expected.len() as u32);
            }
        }
    }

    /// Appends the set columns of a query and their expected misses.
    #[inline(always)]
    fn list_columns(&mut self, query: usize) {
        let (weight, start) = (self.weights[query] as usize, self.expected.len() * STEP);
        let end = start + weight;
        let padded = start + weight.next_multiple_of(STEP);
        // Each word writes up to 64 offsets; the next word overwrites the surplus ones.
        if self.offsets.len() < padded + 64 {
            self.offsets.resize((padded + 64).max(self.offsets.len() * 2), 0);
        }
        let row_words = self.left.stride();
        let words = &self.scratch.rows[query % 64 * row_words..][..row_words];
        let mut at = start;
        for (index, &word) in words.iter().enumerate() {
            if let Some(slots) = self.offsets[at..].first_chunk_mut() {
                list_bits(word, index as u16 * 64 * 8, slots);
            }
            at += word.count_ones() as usize;
        }
        self.offsets[end..padded].fill(self.order.width() as u16 * 8);
        // Shares change slowly along the order: the mean of both ends stands for a step.
        let absent = self.order.absent();
        let mut sum = 0.0;
        for (step, offsets) in self.offsets[start..padded].chunks_exact(STEP).enumerate() {
            let columns = (weight - step * STEP).min(STEP);
            let ends = [offsets[0], offsets[columns - 1]].map(|offset| absent[usize::from(offset / 8)]);
            sum += (ends[0] + ends[1]) * 0.5 * columns as f32;
            self.expected.push(sum as u16);
        }
    }

    /// The greatest weight of a query.
    pub(crate) fn heaviest(&self) -> Option<u32> {
        self.weights.iter().max().copied()
    }
}

/// Writes eight times the position of each set bit of `word`, plus `base`, to the front of `slots`. Slots
/// after these hold arbitrary values: one branch per eight bits is cheaper than one per bit.
#[inline(always)]
fn list_bits(word: u64, base: u16, slots: &mut [u16; 64]) {
    let mut rest = word;
    for slots in slots.chunks_exact_mut(8) {
        if rest == 0 {
            return;
        }
        for slot in slots {
            *slot = base.wrapping_add(rest.trailing_zeros() as u16 * 8);
            rest &= rest.wrapping_sub(1);
        }
    }
}

impl Scratch {
    /// Puts the rows `chosen`, at most 64, into `rows` with their columns in order.
    #[inline(always)]
    fn sort_columns(&mut self, left: &BitRows, chosen: &[u32], ranks: &[u16]) {
        let mut block = [0; 64];
        for (word, ranks) in ranks.chunks(64).enumerate() {
            for (slot, &row) in block.iter_mut().zip(chosen) {
                *slot = left.row(row as usize)[word];
            }
            transpose64(&mut block);
            for (column, &rank) in block.iter().zip(ranks) {
                self.columns[usize::from(rank)] = *column;
            }
        }
        let row_words = left.stride();
        for (word, columns) in self.columns.chunks_exact(64).enumerate() {
            block.copy_from_slice(columns);
            transpose64(&mut block);
            for (lane, &bits) in block[..chosen.len()].iter().enumerate() {
                self.rows[lane * row_words + word] = bits;
            }
        }
    }
}

impl std::fmt::Debug for Queries<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Queries {{ {} rows of {} bits }}", self.len(), self.left.width())
    }
}

const _: () = assert!(WIDEST * 8 <= u16::MAX as usize, "offsets are 16 bits");
