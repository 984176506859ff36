//! Column-major storage: one bit position of [`LANES`] records side by side.
//!
//! A symbol reads some positions of a filter (`protocols/03-tokens.md` §7). Column-major storage makes that a
//! copy of columns for 256 records at once; rows would need a load and a shift for each bit.

use crate::rows::BitRows;

/// Records in one block of columns.
pub const LANES: usize = 256;

/// One bit position of 256 records.
type Column = [u64; LANES / 64];

/// A block of up to [`LANES`] records, stored by bit position.
#[derive(Clone)]
pub struct BitColumns {
    columns: Vec<Column>,
}

impl BitColumns {
    /// A block of `width` zero columns.
    ///
    /// # Panics
    /// If `width` is not a multiple of 8.
    #[must_use]
    pub fn new(width: usize) -> Self {
        assert!(width.is_multiple_of(8), "rows are whole bytes");
        Self { columns: vec![[0; LANES / 64]; width] }
    }

    /// A block without columns.
    #[must_use]
    pub const fn empty() -> Self {
        Self { columns: Vec::new() }
    }

    /// Number of bit positions.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Sets every bit of every lane to zero.
    pub fn clear(&mut self) {
        self.columns.fill([0; LANES / 64]);
    }

    /// Sets bit `position` of record `lane`.
    ///
    /// # Panics
    /// If `position` or `lane` is out of range.
    #[inline]
    pub fn set(&mut self, position: usize, lane: usize) {
        self.columns[position][lane / 64] |= 1 << (lane % 64);
    }

    /// Bit `position` of record `lane`.
    ///
    /// # Panics
    /// If `position` or `lane` is out of range.
    #[must_use]
    pub fn get(&self, position: usize, lane: usize) -> bool {
        self.columns[position][lane / 64] >> (lane % 64) & 1 == 1
    }

    /// Number of lanes whose bit `position` is set.
    ///
    /// # Panics
    /// If `position` is out of range.
    #[must_use]
    pub fn weight(&self, position: usize) -> u32 {
        self.columns[position].iter().map(|word| word.count_ones()).sum()
    }

    /// Becomes the columns `positions` of `source`, in that order.
    ///
    /// # Panics
    /// If the positions are not whole bytes, or one is out of range.
    pub fn select(&mut self, source: &Self, positions: &[u16]) {
        assert!(positions.len().is_multiple_of(8), "rows are whole bytes");
        self.columns.clear();
        self.columns.extend(positions.iter().map(|&position| source.columns[usize::from(position)]));
    }

    /// Appends the first `lanes` records to `rows`, as rows.
    ///
    /// # Panics
    /// If `rows` has another width or `lanes` exceeds [`LANES`].
    pub fn append_rows(&self, lanes: usize, rows: &mut Vec<u8>) {
        assert!(lanes <= LANES, "a block has {LANES} lanes");
        let row_bytes = self.width() / 8;
        let start = rows.len();
        rows.resize(start + lanes * row_bytes, 0);
        let mut block = [0; 64];
        for (index, columns) in self.columns.chunks(64).enumerate() {
            let bytes = columns.len() / 8;
            for lane_word in 0..lanes.div_ceil(64) {
                // Bit 0 is the most significant bit of its byte: transpose positions in that order.
                for (position, slot) in block.iter_mut().enumerate() {
                    *slot = columns.get(position ^ 7).map_or(0, |column| column[lane_word]);
                }
                transpose64(&mut block);
                let count = (lanes - lane_word * 64).min(64);
                for (lane, word) in block[..count].iter().enumerate() {
                    let at = start + (lane_word * 64 + lane) * row_bytes + index * 8;
                    rows[at..at + bytes].copy_from_slice(&word.to_le_bytes()[..bytes]);
                }
            }
        }
    }

    /// The first `lanes` records as [`BitRows`].
    ///
    /// # Panics
    /// If `lanes` exceeds [`LANES`].
    #[must_use]
    pub fn to_rows(&self, lanes: usize) -> BitRows {
        let mut bytes = Vec::new();
        self.append_rows(lanes, &mut bytes);
        let mut rows = BitRows::with_capacity(self.width(), lanes);
        for row in bytes.chunks_exact(self.width() / 8) {
            if rows.push_bytes(row).is_err() {
                unreachable!("chunks are one row long");
            }
        }
        rows
    }
}

/// Transposes a 64 × 64 bit matrix in place (Warren, *Hacker's Delight*, 2nd ed., §7-3): afterwards bit `j`
/// of word `i` is what bit `i` of word `j` was.
#[inline(always)]
pub(crate) fn transpose64(block: &mut [u64; 64]) {
    let mut distance = 32;
    let mut mask: u64 = 0x0000_0000_FFFF_FFFF;
    while distance != 0 {
        let mut low = 0;
        while low < 64 {
            let swap = ((block[low] >> distance) ^ block[low + distance]) & mask;
            block[low] ^= swap << distance;
            block[low + distance] ^= swap;
            low = (low + distance + 1) & !distance;
        }
        distance >>= 1;
        mask ^= mask << distance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn columns_and_rows_hold_the_same_bits(
            bytes in 1_usize..40,
            lanes in 1_usize..=LANES,
            set in prop::collection::vec((0_usize..320, 0_usize..LANES), 0..200),
        ) {
            let width = bytes * 8;
            let mut columns = BitColumns::new(width);
            let mut naive = vec![vec![0_u8; bytes]; lanes];
            for (position, lane) in set {
                let (position, lane) = (position % width, lane % lanes);
                columns.set(position, lane);
                naive[lane][position / 8] |= 0x80 >> (position % 8);
            }
            let mut rows = Vec::new();
            columns.append_rows(lanes, &mut rows);
            prop_assert_eq!(&rows, &naive.concat());
            prop_assert_eq!(columns.to_rows(lanes).len(), lanes);
        }

        #[test]
        fn selected_columns_hold_the_selected_bits(
            set in prop::collection::vec((0_usize..64, 0_usize..LANES), 0..300),
            positions in prop::collection::vec(0_u16..64, 24),
        ) {
            let mut columns = BitColumns::new(64);
            set.iter().for_each(|&(position, lane)| columns.set(position, lane));
            let mut selected = BitColumns::empty();
            selected.select(&columns, &positions);
            for lane in 0..LANES {
                for (bit, &position) in positions.iter().enumerate() {
                    prop_assert_eq!(selected.get(bit, lane), columns.get(usize::from(position), lane));
                }
            }
        }
    }
}
