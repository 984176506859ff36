//! Linear algebra over the field of two elements, on rows of 64-bit words.

use crate::draw::Draw;

/// A row: bit i is bit i mod 64 of word ⌊i/64⌋.
pub(crate) type BitRow = Vec<u64>;

pub(crate) fn bit(row: &[u64], column: usize) -> bool {
    row[column / 64] >> (column % 64) & 1 == 1
}

pub(crate) fn weight(row: &[u64]) -> u32 {
    row.iter().map(|word| word.count_ones()).sum()
}

pub(crate) fn add(to: &mut [u64], row: &[u64]) {
    for (to, row) in to.iter_mut().zip(row) {
        *to ^= row;
    }
}

pub(crate) fn sum(a: &[u64], b: &[u64]) -> BitRow {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

/// Whether the bits of `row` at the positions of `check` sum to one.
pub(crate) fn parity(check: &[u64], row: &[u64]) -> bool {
    check.iter().zip(row).fold(0, |sum, (a, b)| sum ^ (a & b)).count_ones() % 2 == 1
}

/// Rows that span a space, each with a column in which only it has a one.
pub(crate) struct Systematic {
    pub(crate) rows: Vec<BitRow>,
    pub(crate) pivots: Vec<usize>,
}

impl Systematic {
    /// Reduces `rows`; columns are tried as pivots in this order.
    pub(crate) fn new(mut rows: Vec<BitRow>, order: impl IntoIterator<Item = usize>) -> Self {
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

    /// Parity checks of all rows: a basis of the space of vectors whose product with each row is zero.
    pub(crate) fn checks(&self, columns: usize) -> Vec<BitRow> {
        let free = (0..columns).filter(|column| !self.pivots.contains(column));
        let check = |free: usize| {
            let mut check = vec![0; columns.div_ceil(64)];
            check[free / 64] |= 1 << (free % 64);
            for (_, pivot) in self.rows.iter().zip(&self.pivots).filter(|(row, _)| bit(row, free)) {
                check[pivot / 64] |= 1 << (pivot % 64);
            }
            check
        };
        free.map(check).collect()
    }
}

/// Dimension of the space that rows span.
pub(crate) fn rank(rows: Vec<BitRow>) -> usize {
    let columns = rows.first().map_or(0, |row| row.len() * 64);
    Systematic::new(rows, 0..columns).pivots.len()
}

/// Differences of all other rows from the first.
pub(crate) fn differences<'r>(rows: impl IntoIterator<Item = &'r BitRow>) -> Vec<BitRow> {
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Vec::new() };
    rows.map(|row| sum(row, first)).collect()
}

/// Information-set decoding (Lee and Brickell 1988, with two errors in the information set): brings the code
/// to systematic form in `rounds` random orders of columns and tests all rows and sums of two. Returns the
/// words of weight at most `light`, each once.
pub(crate) fn light_words(code: &[BitRow], light: u32, rounds: usize, draw: &mut Draw) -> Vec<BitRow> {
    let columns = code.first().map_or(0, |row| row.len() * 64);
    let mut order: Vec<usize> = (0..columns).collect();
    let mut code = code.to_vec();
    let mut found: Vec<BitRow> = Vec::new();
    for _ in 0..rounds {
        draw.shuffle(&mut order);
        code = Systematic::new(code, order.iter().copied()).rows;
        for (at, row) in code.iter().enumerate() {
            if weight(row) <= light {
                found.push(row.clone());
            }
            for other in &code[at + 1..] {
                if light_sum(row, other, light) {
                    found.push(sum(row, other));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// Whether a sum has at most this weight; it stops as soon as it is too heavy.
fn light_sum(a: &[u64], b: &[u64], light: u32) -> bool {
    let mut weight = 0;
    for (a, b) in a.iter().zip(b) {
        weight += (a ^ b).count_ones();
        if weight > light {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_and_checks_by_hand() {
        let rows = vec![vec![0b011], vec![0b110], vec![0b101]];
        assert_eq!(rank(rows.clone()), 2);
        let space = Systematic::new(rows.clone(), 0..64);
        let checks = space.checks(64);
        assert_eq!(checks.len(), 62);
        assert!(checks.iter().all(|check| rows.iter().all(|row| !parity(check, row))));
        assert_eq!(rank(Vec::new()), 0);
        assert_eq!(differences(&rows), [vec![0b101], vec![0b110]]);
        assert_eq!((weight(&[7, 1]), bit(&[0, 2], 65)), (4, true));
    }

    #[test]
    fn a_hidden_light_word_is_found() {
        let mut draw = Draw::new(3, 0);
        let random = |draw: &mut Draw| -> BitRow { (0..4).map(|_| draw.below(u64::MAX)).collect() };
        let mut code: Vec<BitRow> = (0..60).map(|_| random(&mut draw)).collect();
        let hidden = vec![1 << 5, 1 << 9, 0, 3];
        code.push(sum(&hidden, &code[0]));
        assert!(light_words(&code, 4, 20, &mut draw).contains(&hidden));
    }
}
