//! Sealed symbols (`protocols/03-tokens.md` §7): a PRF of some keyed positions of a filter. Two symbols
//! reveal only whether they are equal.

use aes::Aes256;
use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _, consts::U16};
use mizuhiki_bits::BitColumns;

use crate::positions::KeyedStream;

/// A block of the cipher.
type Block = Array<u8, U16>;
const BLOCK: usize = 16;

/// A range of filter positions that belongs to one key group, and the number of positions that a symbol reads
/// in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) start: usize,
    pub(crate) length: usize,
    pub(crate) drawn: usize,
}

/// Segments of a filter of `bits` positions for groups with these shares of the weight, and the number of
/// `positions` drawn from each. Bounds are rounded, not lengths, so that lengths add up.
pub(crate) fn segments(shares: &[f64], bits: usize, positions: usize) -> Vec<Segment> {
    let bound = |sum: f64, whole: usize| ((sum * whole as f64).round() as usize).min(whole);
    let mut sum = 0.0;
    let (mut start, mut drawn) = (0, 0);
    let mut segments = Vec::with_capacity(shares.len());
    for (index, share) in shares.iter().enumerate() {
        sum += share;
        // Shares sum to 1 up to rounding.
        let last = index + 1 == shares.len();
        let (end, drawn_to) =
            if last { (bits, positions) } else { (bound(sum, bits), bound(sum, positions)) };
        segments.push(Segment { start, length: end - start, drawn: drawn_to - drawn });
        (start, drawn) = (end, drawn_to);
    }
    segments
}

/// For each of `count` symbols its filter positions: from each segment its number of distinct positions.
pub(crate) fn subsets(key: &[u8; 32], segments: &[Segment], count: usize) -> Vec<u16> {
    let mut stream = KeyedStream::new(key);
    let mut chosen: Vec<u16> = Vec::new();
    for _ in 0..count {
        for segment in segments {
            let first = chosen.len();
            while chosen.len() - first < segment.drawn {
                let position = (segment.start + stream.uniform(segment.length as u32) as usize) as u16;
                if !chosen[first..].contains(&position) {
                    chosen.push(position);
                }
            }
        }
    }
    chosen
}

/// Makes the symbols of a view.
pub(crate) struct Sealer {
    subsets: Vec<u16>,
    cipher: Aes256,
    /// Bytes of the bits that a symbol seals.
    bytes: usize,
    /// Mask of the bits of a symbol.
    mask: u64,
}

impl Sealer {
    /// A sealer whose symbols read `subsets`, each of `positions` filter positions, and keep the first `bits`
    /// bits.
    pub(crate) fn new(key: &[u8; 32], subsets: Vec<u16>, positions: usize, bits: usize) -> Self {
        let cipher = Aes256::new(&Array::from(*key));
        Self { subsets, cipher, bytes: positions / 8, mask: u64::MAX << (64 - bits) }
    }

    /// Width of the columns that symbols are made from.
    pub(crate) fn width(&self) -> usize {
        self.subsets.len()
    }

    /// One symbol by itself: its number, and the filter's bits at its positions in the order drawn.
    pub(crate) fn seal_one(&self, number: u16, bits: &[u8]) -> u64 {
        let mut block = Block::default();
        block[..bits.len()].copy_from_slice(bits);
        block[14..].copy_from_slice(&number.to_be_bytes());
        self.cipher.encrypt_block(&mut block);
        self.symbol(&block)
    }

    fn symbol(&self, block: &Block) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&block[..8]);
        u64::from_be_bytes(first) & self.mask
    }

    /// Appends the symbols of the first `lanes` rows of a filter, row after row.
    pub(crate) fn seal(&self, filter: &BitColumns, lanes: usize, scratch: &mut Scratch, out: &mut Vec<u64>) {
        scratch.columns.select(filter, &self.subsets);
        scratch.bits.clear();
        scratch.columns.append_rows(lanes, &mut scratch.bits);
        let sealed = scratch.bits.len();
        // A symbol's bits are read as a whole block, even where fewer remain.
        scratch.bits.extend([0; BLOCK]);
        let keep = u128::MAX << (128 - 8 * self.bytes);
        let each = self.width() / 8;
        for row in (0..sealed).step_by(each) {
            let wide = (row..row + each).step_by(self.bytes).map(|at| {
                let mut bytes = [0; BLOCK];
                bytes.copy_from_slice(&scratch.bits[at..at + BLOCK]);
                u128::from_be_bytes(bytes) & keep
            });
            let blocks = wide.zip(0_u128..).map(|(bits, number)| Block::from((bits | number).to_be_bytes()));
            scratch.blocks.clear();
            scratch.blocks.extend(blocks);
            self.cipher.encrypt_blocks(&mut scratch.blocks);
            out.extend(scratch.blocks.iter().map(|block| self.symbol(block)));
        }
        scratch.bits.truncate(sealed);
    }
}

/// Scratch memory for sealing.
pub(crate) struct Scratch {
    columns: BitColumns,
    bits: Vec<u8>,
    blocks: Vec<Block>,
}

impl Scratch {
    pub(crate) const fn new() -> Self {
        Self { columns: BitColumns::empty(), bits: Vec::new(), blocks: Vec::new() }
    }

    /// The bits that were sealed last, row after row.
    pub(crate) fn sealed_bits(&self) -> &[u8] {
        &self.bits
    }
}

/// Distinct symbols of a record, gathered number by number.
#[derive(Default)]
pub(crate) struct Gatherer {
    set: Vec<u64>,
}

impl Gatherer {
    /// The symbols with numbers 0 to `numbers` − 1 of all `rows` (each a row in a view), number by number
    /// until `most` are taken. Returns them ascending, and whether some were left out.
    pub(crate) fn gather(&mut self, rows: &[&[u64]], numbers: usize, most: usize) -> (&[u64], bool) {
        self.set.clear();
        let mut left_out = false;
        let counted = if rows.len().saturating_mul(numbers) <= most {
            // Nothing can be left out, and duplicates are removed at the end.
            rows.iter().for_each(|row| self.set.extend_from_slice(&row[..numbers]));
            0..0
        } else {
            0..numbers
        };
        for number in counted {
            let first = self.set.len();
            for row in rows {
                // Rows that are equal in a view share its symbols.
                if !self.set[first..].contains(&row[number]) {
                    self.set.push(row[number]);
                }
            }
            if self.set.len() > most {
                self.set.truncate(first);
                left_out = true;
                break;
            }
        }
        self.set.sort_unstable();
        self.set.dedup();
        (&self.set, left_out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_cover_filter_and_positions() {
        let found = segments(&[0.5, 0.3, 0.2], 1024, 64);
        let expected = [(0, 512, 32), (512, 307, 19), (819, 205, 13)];
        assert_eq!(found, expected.map(|(start, length, drawn)| Segment { start, length, drawn }));
        let odd = segments(&[1.0 / 3.0; 3], 100, 8);
        assert_eq!(odd.iter().map(|segment| segment.length).sum::<usize>(), 100);
        assert_eq!(odd.iter().map(|segment| segment.drawn).sum::<usize>(), 8);
    }

    #[test]
    fn each_symbol_looks_at_distinct_positions_of_every_segment() {
        let segments = segments(&[0.7, 0.3], 64, 16);
        for subset in subsets(&[7; 32], &segments, 50).chunks(16) {
            assert!((0..16).all(|i| !subset[..i].contains(&subset[i])));
            assert_eq!(subset.iter().filter(|&&position| position < 45).count(), 11);
        }
    }

    #[test]
    fn numbers_are_taken_whole_or_not() {
        let mut gatherer = Gatherer::default();
        let rows: [&[u64]; 3] = [&[5, 3, 9], &[4, 3, 8], &[5, 1, 7]];
        assert_eq!(gatherer.gather(&rows, 3, 9), (&[1, 3, 4, 5, 7, 8, 9][..], false));
        assert_eq!(gatherer.gather(&rows, 3, 6), (&[1, 3, 4, 5][..], true));
        assert_eq!(gatherer.gather(&rows, 3, 3), (&[4, 5][..], true));
        assert_eq!(gatherer.gather(&[], 3, 3), (&[][..], false));
    }
}
