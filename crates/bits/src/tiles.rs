//! Right-hand rows stored by column, and the exhaustive comparison of many rows with many.
//!
//! A tile holds a few hundred rows, one per lane. Instead of counting common bits, the kernel counts
//! *misses*: set bits of the left row that a right row lacks. It starts with the rarest columns, so nearly
//! all non-matching rows exceed the allowed misses long before the last column, and the tile is done. The few
//! remaining lanes are counted exactly, so that the result is exact for every pair. Carry-save counting is
//! that of Harley and Seal; see Muła, Kurz & Lemire, *Faster Population Counts Using AVX2 Instructions*
//! (2018), §3.

use crate::arch;
use crate::cpu::InstructionSet;
use crate::order::ColumnOrder;
use crate::queries::Queries;
use crate::row_scan::RowScan;
use crate::rows::BitRows;
use crate::tile::{Line, PairHit, Tile, TileTask};

/// Chosen rows of a right-hand side, stored by column in tiles.
#[derive(Clone)]
pub struct Tiles<'a> {
    rows: &'a BitRows,
    order: &'a ColumnOrder,
    backend: InstructionSet,
    /// By weight, then by index, so that a tile holds rows of similar weight.
    members: Vec<u32>,
    weights: Vec<u32>,
    lines: Vec<Line>,
}

impl<'a> Tiles<'a> {
    /// Stores the rows `members` of `rows`, given in any order.
    ///
    /// # Panics
    /// If this processor cannot run `backend`, `order` is of another width than `rows`, or a member is not a
    /// row of `rows`.
    #[must_use]
    pub fn new(rows: &'a BitRows, members: &[u32], order: &'a ColumnOrder, backend: InstructionSet) -> Self {
        assert!(backend.is_available(), "this processor cannot run {backend:?}");
        assert_eq!(order.width(), rows.width(), "a column order is made for rows of one width");
        let (members, weights) = by_weight(rows, members, backend);
        let mut tiles = Self { rows, order, backend, members, weights, lines: Vec::new() };
        if order.has_tiles() {
            let lanes = backend.lanes();
            let tile_lines = tiles.tile_lines();
            tiles.lines.resize(tiles.members.len().div_ceil(lanes) * tile_lines, Line([0; 8]));
            for (lines, members) in tiles.lines.chunks_exact_mut(tile_lines).zip(tiles.members.chunks(lanes))
            {
                arch::fill(backend, rows, members, order.ranks(), lines);
            }
        }
        tiles
    }

    /// Number of members.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members, by weight, then by index.
    #[must_use]
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Appends to `hits` each pair of a query and a member with at least `need[sum]` common bits, where `sum`
    /// is the sum of both weights. `need` must not decrease from one sum to the next. An entry above both
    /// weights is never reached; 0 always is.
    ///
    /// The order of the hits depends on the back end and on nothing else.
    ///
    /// # Panics
    /// If the queries were prepared with another column order, or `need` has no entry for a sum of weights
    /// that occurs.
    pub fn common(&self, queries: &Queries<'_>, need: &[u32], hits: &mut Vec<PairHit>) {
        assert!(*self.order == *queries.order(), "tiles and queries have one column order");
        let (Some(&heaviest), Some(most)) = (self.weights.last(), queries.heaviest()) else { return };
        assert!(((heaviest + most) as usize) < need.len(), "`need` has an entry for each sum of weights");
        if self.order.has_tiles() {
            let all = Tile { lines: &self.lines, members: &self.members, weights: &self.weights };
            let (tile_lines, lanes) = (self.tile_lines(), self.backend.lanes());
            let task = TileTask { rows: self.rows, all, tile_lines, lanes, queries, need };
            arch::common_tiles(self.backend, &task, hits);
        } else {
            self.common_rows(queries, need, hits);
        }
    }

    /// As [`Tiles::common`], row by row.
    fn common_rows(&self, queries: &Queries<'_>, need: &[u32], hits: &mut Vec<PairHit>) {
        for query in 0..queries.len() {
            let weight = queries.weights()[query] as usize;
            let words = queries.words(query);
            RowScan::each(self.backend, words, self.rows, &self.members, |position, count| {
                if count >= need[weight + self.weights[position] as usize] {
                    hits.push(PairHit { query: query as u32, row: self.members[position], count });
                }
            });
        }
    }

    /// Lines that a tile takes up: its columns and the one after them.
    const fn tile_lines(&self) -> usize {
        ((self.order.width() + 1) * self.backend.lanes()).div_ceil(512)
    }
}

impl std::fmt::Debug for Tiles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tiles {{ {} rows of {} bits }}", self.len(), self.rows.width())
    }
}

/// `members` by weight, then by index, and their weights.
fn by_weight(rows: &BitRows, members: &[u32], backend: InstructionSet) -> (Vec<u32>, Vec<u32>) {
    let mut weights = vec![0; members.len()];
    let ones = vec![u64::MAX; rows.stride()];
    arch::counts(backend, &ones, rows, members, &mut weights);
    let mut keys: Vec<u64> =
        weights.iter().zip(members).map(|(&weight, &row)| u64::from(weight) << 32 | u64::from(row)).collect();
    keys.sort_unstable();
    (keys.iter().map(|&key| key as u32).collect(), keys.iter().map(|&key| (key >> 32) as u32).collect())
}
