//! Row-major storage of equally wide bit rows.

use std::fmt;

/// Rows are padded to a multiple of this many 64-bit words (512 bits).
pub const CHUNK_WORDS: usize = 8;

/// Equally wide rows of bits, packed row after row.
#[derive(Clone, PartialEq, Eq)]
pub struct BitRows {
    width: usize,
    stride: usize,
    words: Vec<u64>,
}

/// A row of the wrong length was given to [`BitRows::push_bytes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WidthError {
    /// Bytes that a row of this width has.
    pub expected: usize,
    /// Bytes that were given.
    pub found: usize,
}

impl fmt::Display for WidthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a row has {} bytes, but {} were given", self.expected, self.found)
    }
}

impl std::error::Error for WidthError {}

impl BitRows {
    /// No rows yet, of `width` bits each.
    ///
    /// # Panics
    /// If `width` is not a positive multiple of 8; schemas are checked for that when they are parsed.
    #[must_use]
    pub fn new(width: usize) -> Self {
        assert!(width > 0 && width.is_multiple_of(8), "a row is a positive number of whole bytes");
        Self { width, stride: width.div_ceil(64 * CHUNK_WORDS) * CHUNK_WORDS, words: Vec::new() }
    }

    /// As [`BitRows::new`], with room for `rows` rows.
    ///
    /// # Panics
    /// As [`BitRows::new`].
    #[must_use]
    pub fn with_capacity(width: usize, rows: usize) -> Self {
        let mut new = Self::new(width);
        new.words.reserve_exact(rows * new.stride);
        new
    }

    /// Bits in a row.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Bytes in a serialized row.
    #[must_use]
    pub const fn row_bytes(&self) -> usize {
        self.width / 8
    }

    /// Words from one row to the next, padding included.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.stride
    }

    /// Number of rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.words.len() / self.stride
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words of row `row`, padding included.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> &[u64] {
        &self.words[row * self.stride..(row + 1) * self.stride]
    }

    /// All words, row after row, [`BitRows::stride`] words each.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// Number of set bits in row `row`.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn weight(&self, row: usize) -> u32 {
        self.row(row).iter().map(|word| word.count_ones()).sum()
    }

    /// Appends a serialized row.
    ///
    /// # Errors
    /// [`WidthError`] if `bytes` is not exactly one row long.
    pub fn push_bytes(&mut self, bytes: &[u8]) -> Result<(), WidthError> {
        if bytes.len() != self.row_bytes() {
            return Err(WidthError { expected: self.row_bytes(), found: bytes.len() });
        }
        let start = self.words.len();
        self.words.resize(start + self.stride, 0);
        for (word, chunk) in self.words[start..].iter_mut().zip(bytes.chunks(8)) {
            let mut padded = [0; 8];
            padded[..chunk.len()].copy_from_slice(chunk);
            *word = u64::from_le_bytes(padded);
        }
        Ok(())
    }

    /// The rows `rows`, in that order.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn selected(&self, rows: &[u32]) -> Self {
        let mut selected = Self::with_capacity(self.width, rows.len());
        rows.iter().for_each(|&row| selected.words.extend_from_slice(self.row(row as usize)));
        selected
    }

    /// Reorders the rows in place: row `i` becomes what row `order[i]` was.
    ///
    /// # Panics
    /// If `order` is not a permutation of all rows.
    pub fn reorder(&mut self, order: &[u32]) {
        assert_eq!(order.len(), self.len(), "one place per row");
        let stride = self.stride;
        let mut done = vec![false; order.len()];
        let mut kept = vec![0; stride];
        for start in 0..order.len() {
            if done[start] {
                continue;
            }
            // Follows a cycle: each place is filled from the next, the last from the first.
            kept.copy_from_slice(self.row(start));
            let mut place = start;
            loop {
                let from = order[place] as usize;
                assert!(!done[place], "a permutation names each row once");
                done[place] = true;
                if from == start {
                    self.words[place * stride..(place + 1) * stride].copy_from_slice(&kept);
                    break;
                }
                self.words.copy_within(from * stride..(from + 1) * stride, place * stride);
                place = from;
            }
        }
    }

    /// Appends a row without any set bit.
    pub fn push_zero(&mut self) {
        self.words.resize(self.words.len() + self.stride, 0);
    }

    /// Writes the serialized row `row` at the end of `out`.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn extend_bytes(&self, row: usize, out: &mut Vec<u8>) {
        let end = out.len() + self.row_bytes();
        for word in self.row(row) {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.truncate(end);
    }
}

impl fmt::Debug for BitRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BitRows {{ {} rows of {} bits }}", self.len(), self.width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_round_trip() {
        let mut rows = BitRows::new(72);
        rows.push_bytes(&[1, 2, 3, 4, 5, 6, 7, 8, 255]).unwrap();
        rows.push_zero();
        let mut out = Vec::new();
        rows.extend_bytes(0, &mut out);
        rows.extend_bytes(1, &mut out);
        assert_eq!(out, [[1, 2, 3, 4, 5, 6, 7, 8, 255], [0; 9]].concat());
        assert_eq!((rows.len(), rows.weight(0), rows.weight(1)), (2, 13 + 8, 0));
    }

    #[test]
    fn rows_are_reordered() {
        for order in [vec![0, 1, 2, 3, 4], vec![4, 3, 2, 1, 0], vec![1, 2, 0, 4, 3]] {
            let mut rows = BitRows::new(8);
            (10..15).for_each(|byte| rows.push_bytes(&[byte]).unwrap());
            rows.reorder(&order);
            let mut out = Vec::new();
            (0..5).for_each(|row| rows.extend_bytes(row, &mut out));
            assert_eq!(out, order.iter().map(|&from| from as u8 + 10).collect::<Vec<u8>>());
        }
    }

    #[test]
    fn a_row_of_the_wrong_length_is_refused() {
        let error = BitRows::new(64).push_bytes(&[0; 7]).unwrap_err();
        assert_eq!(error, WidthError { expected: 8, found: 7 });
    }
}
