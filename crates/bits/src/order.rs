//! The order in which the columns of a tile are counted.

use crate::columns::transpose64;
use crate::rows::BitRows;

/// Rows that [`ColumnOrder::by_density`] looks at.
const SAMPLE: usize = 4096;

/// Widest rows that are cut into tiles, in bits. Offsets, eight per column, fit 16 bits, including that of
/// the column after the last.
pub(crate) const WIDEST: usize = u16::MAX as usize / 8;

/// Columns of rows of one width, rarest first.
///
/// Common bits are counted in this order because non-matching rows lack rare columns soonest.
#[derive(Clone, PartialEq)]
pub struct ColumnOrder {
    width: usize,
    /// Rank of each column; empty where rows are too wide for tiles. Columns are numbered by their bit in the
    /// words of a row: 64 per word, least significant first.
    ranks: Vec<u16>,
    /// For each rank, the share of rows that lack the column.
    absent: Vec<f32>,
}

impl ColumnOrder {
    /// The order of `rows`, from a sample of at most 4096 rows spread evenly. Equally dense columns keep their
    /// order.
    #[must_use]
    pub fn by_density(rows: &BitRows) -> Self {
        let width = rows.width();
        if width > WIDEST {
            return Self { width, ranks: Vec::new(), absent: Vec::new() };
        }
        let (counts, sampled) = column_counts(rows);
        let mut columns: Vec<u16> = (0..width as u16).collect();
        columns.sort_by_key(|&column| counts[usize::from(column)]);
        let mut ranks = vec![0; width];
        for (rank, &column) in columns.iter().enumerate() {
            ranks[usize::from(column)] = rank as u16;
        }
        let absent = columns
            .iter()
            .map(|&column| 1.0 - counts[usize::from(column)] as f32 / sampled.max(1) as f32)
            .collect();
        Self { width, ranks, absent }
    }

    /// Number of columns: the width of the rows, in bits.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Whether rows of this width are cut into tiles.
    pub(crate) const fn has_tiles(&self) -> bool {
        self.width <= WIDEST
    }

    pub(crate) fn ranks(&self) -> &[u16] {
        &self.ranks
    }

    pub(crate) fn absent(&self) -> &[f32] {
        &self.absent
    }
}

impl std::fmt::Debug for ColumnOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ColumnOrder {{ {} columns }}", self.width)
    }
}

/// How many sampled rows have each column, and how many rows were sampled.
fn column_counts(rows: &BitRows) -> (Vec<u32>, usize) {
    let sampled = rows.len().min(SAMPLE);
    let mut counts = vec![0; rows.stride() * 64];
    let mut block = [0; 64];
    for first in (0..sampled).step_by(64) {
        let lanes = (sampled - first).min(64);
        for word in 0..rows.stride() {
            block.fill(0);
            for (lane, slot) in block[..lanes].iter_mut().enumerate() {
                *slot = rows.row((first + lane) * rows.len() / sampled)[word];
            }
            transpose64(&mut block);
            for (count, column) in counts[word * 64..].iter_mut().zip(&block) {
                *count += column.count_ones();
            }
        }
    }
    (counts, sampled)
}
