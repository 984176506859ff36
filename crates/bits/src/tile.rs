//! One tile, as the kernels see it.

use crate::columns::transpose64;
use crate::queries::Queries;
use crate::rows::BitRows;

/// A pair that reaches the number of common bits that it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairHit {
    /// Position of the left row in [`Queries`].
    pub query: u32,
    /// Index of the right row in the rows behind [`crate::Tiles`].
    pub row: u32,
    /// Number of common bits.
    pub count: u32,
}

/// Eight words in one line of the cache.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(crate) struct Line(pub(crate) [u64; 8]);

/// One tile, as the kernel sees it.
#[derive(Clone, Copy)]
pub(crate) struct Tile<'a> {
    /// For each column in order the complement of its bits, then a column of zeros.
    pub(crate) lines: &'a [Line],
    /// Row of each lane.
    pub(crate) members: &'a [u32],
    /// Weight of each lane, ascending.
    pub(crate) weights: &'a [u32],
}

/// Queries against tiles.
pub(crate) struct TileTask<'a> {
    pub(crate) rows: &'a BitRows,
    /// Lines, members and weights of all tiles; each tile has `tile_lines` of the first and `lanes` of the others.
    pub(crate) all: Tile<'a>,
    pub(crate) tile_lines: usize,
    pub(crate) lanes: usize,
    pub(crate) queries: &'a Queries<'a>,
    pub(crate) need: &'a [u32],
}

impl<'a> TileTask<'a> {
    pub(crate) const fn rows(&self) -> &'a BitRows {
        self.rows
    }

    pub(crate) fn tiles(&self) -> impl Iterator<Item = Tile<'a>> {
        let Tile { lines, members, weights } = self.all;
        lines
            .chunks_exact(self.tile_lines)
            .zip(members.chunks(self.lanes))
            .zip(weights.chunks(self.lanes))
            .map(|((lines, members), weights)| Tile { lines, members, weights })
    }
}

/// Stores `members` in the zeroed `lines` of a tile with `words` words per column.
#[inline(always)]
pub(crate) fn fill_tile(rows: &BitRows, members: &[u32], ranks: &[u16], words: usize, lines: &mut [Line]) {
    let mut block = [0; 64];
    for (group, members) in members.chunks(64).enumerate() {
        for (word, ranks) in ranks.chunks(64).enumerate() {
            for (slot, &row) in block.iter_mut().zip(members) {
                *slot = rows.row(row as usize)[word];
            }
            block[members.len()..].fill(0);
            transpose64(&mut block);
            for (column, &rank) in block.iter().zip(ranks) {
                let at = usize::from(rank) * words + group;
                lines[at / 8].0[at % 8] = !column;
            }
        }
    }
}
