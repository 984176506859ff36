//! Linear algebra over the field of two elements, on rows of 64-bit words. Public for the suite of attacks in
//! `tests/adversary` alone.

/// A row: bit i is bit i mod 64 of word ⌊i/64⌋.
pub type BitRow = Vec<u64>;

/// Whether a column of a row is set.
///
/// # Panics
/// If there is no such column.
#[must_use]
pub fn bit(row: &[u64], column: usize) -> bool {
    row[column / 64] >> (column % 64) & 1 == 1
}

/// Number of columns that are set.
#[must_use]
pub fn weight(row: &[u64]) -> u32 {
    row.iter().map(|word| word.count_ones()).sum()
}

/// Adds a row to another.
pub fn add(to: &mut [u64], row: &[u64]) {
    for (to, row) in to.iter_mut().zip(row) {
        *to ^= row;
    }
}

/// The sum of two rows.
#[must_use]
pub fn sum(a: &[u64], b: &[u64]) -> BitRow {
    a.iter().zip(b).map(|(a, b)| a ^ b).collect()
}

/// Whether the bits of `row` at the positions of `check` sum to one.
pub fn parity(check: &[u64], row: &[u64]) -> bool {
    check.iter().zip(row).fold(0, |sum, (a, b)| sum ^ (a & b)).count_ones() % 2 == 1
}

/// Rows that span a space, each with a column in which only it has a one.
pub struct Systematic {
    /// The rows.
    pub rows: Vec<BitRow>,
    /// For each row its column.
    pub pivots: Vec<usize>,
}

impl Systematic {
    /// Reduces `rows`; columns are tried as pivots in this order.
    pub fn new(mut rows: Vec<BitRow>, order: impl IntoIterator<Item = usize>) -> Self {
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
    pub fn checks(&self, columns: usize) -> Vec<BitRow> {
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
pub fn rank(rows: Vec<BitRow>) -> usize {
    let columns = rows.first().map_or(0, |row| row.len() * 64);
    Systematic::new(rows, 0..columns).pivots.len()
}

/// Differences of all other rows from the first.
pub fn differences<'r>(rows: impl IntoIterator<Item = &'r BitRow>) -> Vec<BitRow> {
    let mut rows = rows.into_iter();
    let Some(first) = rows.next() else { return Vec::new() };
    rows.map(|row| sum(row, first)).collect()
}

/// Information-set decoding (Lee and Brickell 1988, with two errors in the information set): brings the code
/// to systematic form in `rounds` random orders of columns, which `shuffle` makes, and tests all rows and sums
/// of two. Returns the words of weight at most `light`, each once, and the least weight of a row, or in the first
/// rounds of a sum.
///
/// # Panics
/// If rows have different lengths.
pub fn light_words(
    code: &[BitRow],
    light: u32,
    rounds: usize,
    shuffle: &mut dyn FnMut(&mut [usize]),
) -> (Vec<BitRow>, u32) {
    let columns = code.first().map_or(0, |row| row.len() * 64);
    let mut order: Vec<usize> = (0..columns).collect();
    let mut code = code.to_vec();
    let (mut found, mut least): (Vec<BitRow>, u32) = (Vec::new(), u32::MAX);
    for round in 0..rounds {
        shuffle(&mut order);
        code = Systematic::new(code, order.iter().copied()).rows;
        for (at, row) in code.iter().enumerate() {
            least = least.min(weight(row));
            if weight(row) <= light {
                found.push(row.clone());
            }
            for other in &code[at + 1..] {
                let bound = if round < EXACT_ROUNDS { light.max(least) } else { light };
                if let Some(weight) = light_sum(row, other, bound) {
                    least = least.min(weight);
                    if weight <= light {
                        found.push(sum(row, other));
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
    }
    (found, least)
}

/// Rounds in which sums are weighed for the least weight, too.
const EXACT_ROUNDS: usize = 4;

/// The weight of a sum if it is at most `bound`; it stops as soon as it is more.
fn light_sum(a: &[u64], b: &[u64], bound: u32) -> Option<u32> {
    let mut weight = 0;
    for (a, b) in a.iter().zip(b) {
        weight += (a ^ b).count_ones();
        if weight > bound {
            return None;
        }
    }
    Some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Draw;

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
        let (words, least) = light_words(&code, 4, 20, &mut |order| draw.shuffle(order));
        assert!(words.contains(&hidden) && least == 4);
    }
}
