//! Linear algebra over the field of two elements, on rows of 64-bit words.

use crate::Draw;

/// A row: bit i is bit i mod 64 of word ⌊i/64⌋.
pub(super) type Row = Vec<u64>;

pub(super) fn bit(row: &[u64], column: usize) -> bool {
    row[column / 64] >> (column % 64) & 1 == 1
}

pub(super) fn weight(row: &[u64]) -> u32 {
    row.iter().map(|word| word.count_ones()).sum()
}

pub(super) fn add(to: &mut [u64], row: &[u64]) {
    for (to, row) in to.iter_mut().zip(row) {
        *to ^= row;
    }
}

pub(super) fn sum(a: &[u64], b: &[u64]) -> Row {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

/// Whether the bits of `row` at the positions of `check` sum to one.
pub(super) fn product(check: &[u64], row: &[u64]) -> bool {
    check.iter().zip(row).fold(0, |sum, (a, b)| sum ^ (a & b)).count_ones() % 2 == 1
}

/// Rows that span a space, each with a column in which only it has a one.
pub(super) struct Systematic {
    pub(super) rows: Vec<Row>,
    pub(super) pivots: Vec<usize>,
}

impl Systematic {
    /// Reduces `rows`; columns are tried as pivots in this order.
    pub(super) fn new(mut rows: Vec<Row>, order: impl IntoIterator<Item = usize>) -> Self {
        let mut pivots = Vec::new();
        for column in order {
            let done = pivots.len();
            if done == rows.len() {
                break;
            }
            let Some(found) = (done..rows.len()).find(|&row| bit(&rows[row], column)) else { continue };
            rows.swap(done, found);
            let pivot = std::mem::take(&mut rows[done]);
            for row in rows.iter_mut().filter(|row| !row.is_empty() && bit(row, column)) {
                add(row, &pivot);
            }
            rows[done] = pivot;
            pivots.push(column);
        }
        rows.truncate(pivots.len());
        Self { rows, pivots }
    }

    pub(super) fn rank(&self) -> usize {
        self.pivots.len()
    }

    /// Parity checks of all rows: a basis of the space of vectors whose product with each row is zero.
    pub(super) fn checks(&self, columns: usize) -> Vec<Row> {
        let free = (0..columns).filter(|column| !self.pivots.contains(column));
        let check = |free: usize| {
            let mut check = vec![0; columns.div_ceil(64)];
            check[free / 64] |= 1 << (free % 64);
            for (row, pivot) in self.rows.iter().zip(&self.pivots).filter(|(row, _)| bit(row, free)) {
                debug_assert!(bit(row, *pivot), "a pivot is set in its row");
                check[pivot / 64] |= 1 << (pivot % 64);
            }
            check
        };
        free.map(check).collect()
    }
}

/// Dimension of the space that rows span.
pub(super) fn rank(rows: Vec<Row>) -> usize {
    let columns = rows.first().map_or(0, |row| row.len() * 64);
    Systematic::new(rows, 0..columns).rank()
}

/// Differences of all other rows from the first.
pub(super) fn differences<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Vec<Row> {
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Vec::new() };
    rows.map(|row| sum(row, first)).collect()
}

/// Information-set decoding (Lee and Brickell 1988, with two errors in the information set): brings the code
/// to systematic form in `rounds` random orders of columns and tests all rows and sums of two. Returns the
/// words of weight at most `light`, each once, and the minimum weight found in the first rounds.
pub(super) fn light_words(code: &[Row], light: u32, rounds: usize, draw: &mut Draw) -> (Vec<Row>, u32) {
    let columns = code[0].len() * 64;
    let mut order: Vec<usize> = (0..columns).collect();
    let mut code = code.to_vec();
    let (mut found, mut least) = (Vec::new(), u32::MAX);
    for round in 0..rounds {
        for at in (1..columns).rev() {
            order.swap(at, draw.below(at + 1));
        }
        code = Systematic::new(code, order.iter().copied()).rows;
        for (at, row) in code.iter().enumerate() {
            least = least.min(weight(row));
            if weight(row) <= light {
                found.push(row.clone());
            }
            for other in &code[at + 1..] {
                // Sums are skipped as soon as they are too heavy.
                let bound = if round < 4 { light.max(least) } else { light };
                let mut weight = 0;
                for (a, b) in row.iter().zip(other) {
                    weight += (a ^ b).count_ones();
                    if weight > bound {
                        break;
                    }
                }
                if weight <= bound {
                    least = least.min(weight);
                    if weight <= light {
                        found.push(sum(row, other));
                    }
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    (found, least)
}
