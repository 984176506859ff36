//! Nearest counterparts of two sets of vectors.

use faer::MatRef;

use crate::attack::numbers::{Matrix, product};

/// Columns whose scores are computed at once.
const BLOCK: usize = 1_024;

/// The nearest counterpart of one vector.
#[derive(Clone, Copy)]
pub(crate) struct Nearest {
    pub(crate) at: usize,
    pub(crate) score: f32,
    /// How much better it is than the second nearest.
    pub(crate) margin: f32,
}

/// Nearest columns by inner product, in both directions.
pub(crate) struct Counterparts {
    pub(crate) of_left: Vec<Nearest>,
    pub(crate) of_right: Vec<Nearest>,
}

impl Counterparts {
    pub(crate) fn find(left: &Matrix, right: &Matrix) -> Self {
        let none = Nearest { at: 0, score: f32::NEG_INFINITY, margin: 0.0 };
        let mut of_left = Vec::with_capacity(left.ncols());
        let mut of_right = vec![(none, f32::NEG_INFINITY); right.ncols()];
        let mut first = 0;
        while first < left.ncols() {
            let wide = BLOCK.min(left.ncols() - first);
            let scores = product(right.as_ref().transpose(), left.as_ref().subcols(first, wide));
            for column in 0..wide {
                let (mut best, mut second) = (none, f32::NEG_INFINITY);
                for (row, &score) in column_of(&scores, column).iter().enumerate() {
                    if score > best.score {
                        second = best.score;
                        best = Nearest { at: row, score, margin: 0.0 };
                    } else if score > second {
                        second = score;
                    }
                    let (found, next) = &mut of_right[row];
                    if score > found.score {
                        *next = found.score;
                        *found = Nearest { at: first + column, score, margin: 0.0 };
                    } else if score > *next {
                        *next = score;
                    }
                }
                best.margin = margin(best.score, second);
                of_left.push(best);
            }
            first += wide;
        }
        let margin =
            |(found, second): (Nearest, f32)| Nearest { margin: found.score - second.max(-1.0), ..found };
        Self { of_left, of_right: of_right.into_iter().map(margin).collect() }
    }

    /// Pairs that are each other's nearest, those with the greatest margins first, at most `most`.
    pub(crate) fn mutual(&self, most: usize) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(f32, usize, usize)> = self
            .of_left
            .iter()
            .enumerate()
            .filter(|(left, found)| self.of_right.get(found.at).is_some_and(|back| back.at == *left))
            .map(|(left, found)| (found.margin.min(self.of_right[found.at].margin), left, found.at))
            .collect();
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
        pairs.truncate(most);
        pairs.into_iter().map(|(_, left, right)| (left, right)).collect()
    }
}

/// How much better the best is than the second; 0 without one.
fn margin(best: f32, second: f32) -> f32 {
    if second.is_finite() { best - second } else { 0.0 }
}

/// A column as a slice.
pub(crate) fn column_of(matrix: &Matrix, column: usize) -> &[f32] {
    match matrix.as_ref().col(column).try_as_col_major() {
        Some(column) => column.as_slice(),
        None => &[],
    }
}

/// Rows of a matrix at some places, as a new matrix with one column per node: similarities to landmarks.
pub(crate) fn rows_at(matrix: &Matrix, places: &[usize]) -> Matrix {
    let matrix: MatRef<'_, f32> = matrix.as_ref();
    Matrix::from_fn(places.len(), matrix.ncols(), |row, column| matrix[(places[row], column)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_by_hand() {
        let left = Matrix::from_fn(2, 2, |row, column| [[1.0, 0.0], [0.0, 1.0]][column][row]);
        let right = Matrix::from_fn(2, 3, |row, column| [[0.0, 0.9], [0.8, 0.1], [0.5, 0.0]][column][row]);
        let found = Counterparts::find(&left, &right);
        assert_eq!(found.of_left.iter().map(|nearest| nearest.at).collect::<Vec<_>>(), [1, 0]);
        assert!((found.of_left[0].margin - 0.3).abs() < 1e-6);
        assert_eq!(found.mutual(9), [(1, 0), (0, 1)]);
        assert_eq!(found.mutual(1), [(1, 0)]);
    }
}
