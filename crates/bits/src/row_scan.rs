//! Comparison of one row with a few chosen ones, where tiles are not worth their cost.

use crate::arch;
use crate::cpu::InstructionSet;
use crate::rows::BitRows;

/// A row that has enough bits in common, with their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index of the row on the right-hand side.
    pub row: u32,
    /// Number of common bits.
    pub count: u32,
}

/// Rows that are counted before any of them is decided.
const BATCH: usize = 64;

/// A right-hand side whose rows are compared one by one.
#[derive(Debug, Clone)]
pub struct RowScan<'a> {
    rows: &'a BitRows,
    weights: Vec<u32>,
    backend: InstructionSet,
}

impl<'a> RowScan<'a> {
    /// Prepares `rows`: counts the set bits of each.
    ///
    /// # Panics
    /// If this processor cannot run `backend`.
    #[must_use]
    pub fn new(rows: &'a BitRows, backend: InstructionSet) -> Self {
        assert!(backend.is_available(), "this processor cannot run {backend:?}");
        let mut weights = vec![0; rows.len()];
        let all: Vec<u32> = (0..rows.len() as u32).collect();
        arch::counts(backend, &vec![u64::MAX; rows.stride()], rows, &all, &mut weights);
        Self { rows, weights, backend }
    }

    /// The rows behind this scan.
    #[must_use]
    pub const fn rows(&self) -> &'a BitRows {
        self.rows
    }

    /// Number of set bits of each row.
    #[must_use]
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// Appends to `hits`, in the order of `members`, each row of `members` that has at least `need[sum]` bits in
    /// common with `query`, where `sum` is the sum of `weight`, the weight of the query, and that of the row.
    ///
    /// # Panics
    /// If `query` has another stride than the rows, a member is not a row, or `need` has no entry for a sum of
    /// weights that occurs.
    pub fn common(&self, query: &[u64], weight: u32, members: &[u32], need: &[u32], hits: &mut Vec<Hit>) {
        Self::each(self.backend, query, self.rows, members, |position, count| {
            let row = members[position];
            if count >= need[(weight + self.weights[row as usize]) as usize] {
                hits.push(Hit { row, count });
            }
        });
    }

    /// Calls `take` for each member, in order, with its position in `members` and the number of bits that it
    /// has in common with `query`.
    ///
    /// # Panics
    /// If `query` has another stride than the rows, or a member is not a row.
    pub fn counts(&self, query: &[u64], members: &[u32], take: impl FnMut(usize, u32)) {
        Self::each(self.backend, query, self.rows, members, take);
    }

    /// Calls `decide` for each member with its position and the bits that it has in common with `query`.
    #[inline]
    pub(crate) fn each(
        backend: InstructionSet,
        query: &[u64],
        rows: &BitRows,
        members: &[u32],
        mut decide: impl FnMut(usize, u32),
    ) {
        let mut counts = [0; BATCH];
        for (batch, members) in members.chunks(BATCH).enumerate() {
            let counts = &mut counts[..members.len()];
            arch::counts(backend, query, rows, members, counts);
            for (position, &count) in counts.iter().enumerate() {
                decide(batch * BATCH + position, count);
            }
        }
    }
}
