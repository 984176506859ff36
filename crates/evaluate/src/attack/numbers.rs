//! Matrices of single precision. Work is cut into blocks of fixed size, which threads take in turns, so that
//! results do not depend on the number of threads.

use std::sync::Mutex;
use std::thread;

use faer::linalg::matmul::matmul;
use faer::linalg::solvers::Solve as _;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};

pub(crate) type Matrix = Mat<f32>;

/// Columns that are computed at once.
const BLOCK: usize = 256;

fn threads() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Calls `work` for each job, on all processors.
pub(crate) fn in_parallel<J: Send>(jobs: Vec<J>, work: &(dyn Fn(J) + Sync)) {
    let workers = threads().min(jobs.len());
    let jobs = Mutex::new(jobs.into_iter());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(job) = jobs.lock().ok().and_then(|mut jobs| jobs.next()) {
                    work(job);
                }
            });
        }
    });
}

/// Fills a matrix column by column.
pub(crate) fn by_columns(rows: usize, columns: usize, fill: &(dyn Fn(usize, &mut [f32]) + Sync)) -> Matrix {
    let mut values = vec![0.0_f32; rows * columns];
    if rows > 0 {
        let jobs: Vec<(usize, &mut [f32])> = values.chunks_mut(rows * BLOCK).enumerate().collect();
        in_parallel(jobs, &|(block, part)| {
            part.chunks_mut(rows).enumerate().for_each(|(at, column)| fill(block * BLOCK + at, column));
        });
    }
    MatRef::from_column_major_slice(&values, rows, columns).to_owned()
}

/// `a · b`.
pub(crate) fn product(a: MatRef<'_, f32>, b: MatRef<'_, f32>) -> Matrix {
    let mut out = Mat::zeros(a.nrows(), b.ncols());
    add_product(out.as_mut(), a, b);
    out
}

/// `out + a · b`.
pub(crate) fn add_product(out: MatMut<'_, f32>, a: MatRef<'_, f32>, b: MatRef<'_, f32>) {
    let mut jobs = Vec::new();
    let (mut rest, mut first) = (out, 0);
    while rest.ncols() > 0 {
        let wide = rest.ncols().min(BLOCK);
        let (block, more) = rest.split_at_col_mut(wide);
        jobs.push((block, b.subcols(first, wide)));
        (rest, first) = (more, first + wide);
    }
    in_parallel(jobs, &|(block, b)| matmul(block, Accum::Add, a, b, 1.0, Par::Seq));
}

/// The solution X of (S + ridge · mean diagonal · I) X = B for a symmetric S that is not negative definite;
/// `None` if it cannot be solved.
pub(crate) fn solve(mut square: Matrix, b: &Matrix, ridge: f32) -> Option<Matrix> {
    let n = square.nrows();
    let mean = (0..n).map(|at| square[(at, at)]).sum::<f32>() / n.max(1) as f32;
    (0..n).for_each(|at| square[(at, at)] += ridge * mean + f32::MIN_POSITIVE);
    let found = square.llt(Side::Lower).ok()?.solve(b);
    (0..found.ncols()).all(|column| found.col(column).iter().all(|value| value.is_finite())).then_some(found)
}

/// Sets each column's mean to zero and its length to one; columns without variation become zero.
pub(crate) fn standardize_columns(matrix: &mut Matrix) {
    let rows = matrix.nrows();
    let count = rows.max(1) as f32;
    for column in 0..matrix.ncols() {
        let mean = (0..rows).map(|row| matrix[(row, column)]).sum::<f32>() / count;
        let length = (0..rows).map(|row| (matrix[(row, column)] - mean).powi(2)).sum::<f32>().sqrt();
        let by = if length > 1e-12 { 1.0 / length } else { 0.0 };
        (0..rows).for_each(|row| matrix[(row, column)] = (matrix[(row, column)] - mean) * by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_solutions_by_hand() {
        let a = Mat::from_fn(2, 3, |row, column| (row * 3 + column) as f32);
        let b = Mat::from_fn(3, 2, |row, column| if row == column { 1.0 } else { 0.0 });
        let c = product(a.as_ref(), b.as_ref());
        assert_eq!((c[(0, 0)], c[(0, 1)], c[(1, 0)], c[(1, 1)]), (0.0, 1.0, 3.0, 4.0));
        let square = Mat::from_fn(2, 2, |row, column| if row == column { 4.0 } else { 0.0 });
        let right = Mat::from_fn(2, 1, |_, _| 8.0);
        let found = solve(square, &right, 0.0).unwrap();
        assert!((found[(0, 0)] - 2.0).abs() < 1e-6);
        assert!(solve(Mat::from_fn(1, 1, |_, _| f32::NAN), &Mat::zeros(1, 1), 0.1).is_none());
    }

    #[test]
    fn blocks_do_not_change_products() {
        let a = Mat::from_fn(70, 300, |row, column| ((row * 31 + column * 17) % 101) as f32);
        let b = Mat::from_fn(300, 900, |row, column| ((row * 13 + column * 7) % 11) as f32);
        let c = product(a.as_ref(), b.as_ref());
        for (row, column) in [(0, 0), (69, 899), (5, 255), (6, 256), (33, 512)] {
            let naive: f32 = (0..300).map(|at| a[(row, at)] * b[(at, column)]).sum();
            assert_eq!(c[(row, column)], naive);
        }
        let filled = by_columns(3, 600, &|column, out| out.fill(column as f32));
        assert!((0..600).all(|column| filled[(2, column)] == column as f32));
    }

    #[test]
    fn standardized_columns() {
        let mut matrix = Mat::from_fn(2, 2, |row, column| if column == 0 { row as f32 } else { 5.0 });
        standardize_columns(&mut matrix);
        assert!((matrix[(1, 0)] - 0.5_f32.sqrt()).abs() < 1e-6 && matrix[(0, 1)] == 0.0);
    }
}
