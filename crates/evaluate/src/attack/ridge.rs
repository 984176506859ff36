//! Known-plaintext attack by ridge regression: a linear map from tokens to the values of their people.

use crate::attack::effort::Effort;
use crate::attack::finding::Measured;
use crate::attack::numbers::{Matrix, add_product, product, solve};
use crate::attack::trial::{Subjects, Trial};

/// Strength of the penalty, as a share of the mean variance of an input.
const RIDGE: f32 = 0.3;
/// Known pairs that are added at once.
const CHUNK: usize = 2_048;

pub(crate) fn ridge(subjects: Subjects<'_>, effort: &Effort) -> Vec<Measured> {
    Trial::all(subjects, effort).iter().flat_map(|trial| attack(subjects, trial)).collect()
}

fn attack(subjects: Subjects<'_>, trial: &Trial) -> Vec<Measured> {
    let inputs = means(trial.inputs, trial.known.iter().map(|&row| trial.active(subjects, row)));
    let outputs = means(trial.outputs, trial.known.iter().map(|&row| trial.outputs_of(subjects, row)));
    let tokens = |rows: &[usize]| centered(rows, &inputs, &|row| trial.active(subjects, row));
    let people = |rows: &[usize]| centered(rows, &outputs, &|row| trial.outputs_of(subjects, row));
    let attacked = tokens(&trial.attacked);
    let fitted = if trial.known.len() < trial.inputs {
        // Fewer pairs than inputs: weights of the pairs instead of weights of the inputs.
        let (tokens, people) = (tokens(&trial.known), people(&trial.known));
        let square = product(tokens.as_ref().transpose(), tokens.as_ref());
        solve(square, &people.transpose().to_owned(), RIDGE).map(|pairs| {
            product(product(tokens.as_ref(), pairs.as_ref()).as_ref().transpose(), attacked.as_ref())
        })
    } else {
        let mut square = Matrix::zeros(trial.inputs, trial.inputs);
        let mut mixed = Matrix::zeros(trial.inputs, trial.outputs);
        for rows in trial.known.chunks(CHUNK) {
            let (tokens, people) = (tokens(rows), people(rows));
            add_product(square.as_mut(), tokens.as_ref(), tokens.as_ref().transpose());
            add_product(mixed.as_mut(), tokens.as_ref(), people.as_ref().transpose());
        }
        solve(square, &mixed, RIDGE).map(|weights| product(weights.as_ref().transpose(), attacked.as_ref()))
    };
    let Some(mut predicted) = fitted else { return Vec::new() };
    for column in 0..predicted.ncols() {
        (0..trial.outputs).for_each(|output| predicted[(output, column)] += outputs[output]);
    }
    trial.judge(subjects, &predicted)
}

fn means(width: usize, rows: impl ExactSizeIterator<Item = Vec<u32>>) -> Vec<f32> {
    let count = rows.len().max(1) as f32;
    let mut means = vec![0.0; width];
    rows.flatten().for_each(|at| means[at as usize] += 1.0 / count);
    means
}

/// A column per row, less the means.
fn centered(rows: &[usize], means: &[f32], active: &dyn Fn(usize) -> Vec<u32>) -> Matrix {
    let mut matrix = Matrix::from_fn(means.len(), rows.len(), |at, _| -means[at]);
    for (column, &row) in rows.iter().enumerate() {
        active(row).into_iter().for_each(|at| matrix[(at as usize, column)] += 1.0);
    }
    matrix
}
