//! Known-plaintext attack by a small neural network: what is not linear in the bits of tokens.

use crate::attack::effort::Effort;
use crate::attack::finding::Measured;
use crate::attack::numbers::Matrix;
use crate::attack::trial::{Subjects, Trial};
use crate::draw::Draw;

/// Units of the hidden layer.
const HIDDEN: usize = 128;
const RATE: f32 = 0.05;
/// Steps after which the hidden layer is centered again.
const SETTLE: usize = 32;

pub(crate) fn network(subjects: Subjects<'_>, effort: &Effort) -> Vec<Measured> {
    let attack = |trial: &Trial| {
        let tokens: Vec<Vec<u32>> = trial.known.iter().map(|&row| trial.active(subjects, row)).collect();
        let people: Vec<Vec<u32>> = trial.known.iter().map(|&row| trial.outputs_of(subjects, row)).collect();
        let network = trained(trial, (&tokens, &people), effort.network_steps, subjects);
        let mut predicted = Matrix::zeros(trial.outputs, trial.attacked.len());
        for (column, &row) in trial.attacked.iter().enumerate() {
            let (_, outputs) = network.run(&trial.active(subjects, row));
            outputs.iter().enumerate().for_each(|(at, &value)| predicted[(at, column)] = value);
        }
        trial.judge(subjects, &predicted)
    };
    Trial::all(subjects, effort).iter().flat_map(attack).collect()
}

/// About equally many steps, whatever the number of pairs.
fn trained(
    trial: &Trial,
    (tokens, people): (&[Vec<u32>], &[Vec<u32>]),
    steps: usize,
    subjects: Subjects<'_>,
) -> Network {
    let mut means = vec![0.0; trial.inputs];
    tokens.iter().flatten().for_each(|&input| means[input as usize] += 1.0 / tokens.len() as f32);
    let mut network = Network::new(means, trial.outputs, &mut subjects.draw(40));
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    let mut draw = subjects.draw(41);
    for _ in 0..(steps / order.len().max(1)).clamp(2, 30) {
        draw.shuffle(&mut order);
        for some in order.chunks(SETTLE) {
            some.iter().for_each(|&at| network.learn(&tokens[at], &people[at]));
            network.settle();
        }
    }
    network
}

/// One hidden layer of rectified units, and logistic outputs; learned by gradient descent on the cross-entropy, with
/// steps that shrink where gradients were large (Adagrad; Duchi, Hazan and Singer 2011).
struct Network {
    outputs: usize,
    /// Weights of each input, one per hidden unit.
    first: Weights,
    first_bias: Weights,
    /// Weights of each hidden unit, one per output.
    second: Weights,
    second_bias: Weights,
    /// Mean of each input, and what the hidden layer gets from the means.
    means: Vec<f32>,
    usual: Vec<f32>,
}

/// Weights, and the sums of their squared gradients.
struct Weights {
    values: Vec<f32>,
    squares: Vec<f32>,
}

impl Weights {
    fn new(count: usize, mut value: impl FnMut() -> f32) -> Self {
        Self { values: (0..count).map(|_| value()).collect(), squares: vec![1e-6; count] }
    }

    /// Steps of weights from `start` on; gradients are `by` times `gradients`.
    fn step(&mut self, start: usize, gradients: &[f32], by: f32) {
        let values = self.values[start..].iter_mut().zip(&mut self.squares[start..]);
        for ((value, square), gradient) in values.zip(gradients) {
            let gradient = gradient * by;
            *square += gradient * gradient;
            *value -= RATE * gradient / square.sqrt();
        }
    }
}

impl Network {
    /// A network for tokens whose inputs have these means.
    fn new(means: Vec<f32>, outputs: usize, draw: &mut Draw) -> Self {
        let mut random = |size: f32| (draw.below(1 << 24) as f32 / (1 << 23) as f32 - 1.0) * size;
        let first = Weights::new(means.len() * HIDDEN, || random(1.0));
        let second = Weights::new(HIDDEN * outputs, || random(0.1));
        let mut network = Self {
            outputs,
            first,
            first_bias: Weights::new(HIDDEN, || 0.0),
            second,
            second_bias: Weights::new(outputs, || 0.0),
            means,
            usual: Vec::new(),
        };
        network.settle();
        network
    }

    /// Recomputes what the hidden layer gets from inputs at their means: only deviations count.
    fn settle(&mut self) {
        let mut usual = vec![0.0; HIDDEN];
        for (mean, weights) in
            self.means.iter().zip(self.first.values.chunks_exact(HIDDEN)).filter(|(mean, _)| **mean > 0.0)
        {
            usual.iter_mut().zip(weights).for_each(|(usual, weight)| *usual += mean * weight);
        }
        self.usual = usual;
    }

    /// The hidden layer, and the outputs.
    fn run(&self, active: &[u32]) -> (Vec<f32>, Vec<f32>) {
        let mut hidden: Vec<f32> = self.usual.iter().map(|usual| -usual).collect();
        for &input in active {
            let weights = &self.first.values[input as usize * HIDDEN..(input as usize + 1) * HIDDEN];
            hidden.iter_mut().zip(weights).for_each(|(hidden, weight)| *hidden += weight);
        }
        let scale = scale(active);
        let biased = hidden.iter_mut().zip(&self.first_bias.values);
        biased.for_each(|(hidden, bias)| *hidden = (*hidden * scale + bias).max(0.0));
        let mut outputs = self.second_bias.values.clone();
        let units = hidden.iter().zip(self.second.values.chunks_exact(self.outputs));
        for (&value, weights) in units.filter(|(value, _)| **value > 0.0) {
            outputs.iter_mut().zip(weights).for_each(|(output, weight)| *output += value * weight);
        }
        outputs.iter_mut().for_each(|output| *output = 1.0 / (1.0 + (-*output).exp()));
        (hidden, outputs)
    }

    fn learn(&mut self, active: &[u32], wanted: &[u32]) {
        let (hidden, mut errors) = self.run(active);
        wanted.iter().for_each(|&output| errors[output as usize] -= 1.0);
        let mut back = vec![0.0; HIDDEN];
        for unit in (0..HIDDEN).filter(|&unit| hidden[unit] > 0.0) {
            let start = unit * self.outputs;
            let weights = &self.second.values[start..start + self.outputs];
            back[unit] = weights.iter().zip(&errors).map(|(weight, error)| weight * error).sum();
            self.second.step(start, &errors, hidden[unit]);
        }
        self.second_bias.step(0, &errors, 1.0);
        self.first_bias.step(0, &back, 1.0);
        let by = scale(active);
        active.iter().for_each(|&input| self.first.step(input as usize * HIDDEN, &back, by));
    }
}

/// Inputs count less where many are active.
fn scale(active: &[u32]) -> f32 {
    1.0 / (active.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclusive_or_is_learned() {
        let mut network = Network::new(vec![0.5; 4], 1, &mut Draw::new(5, 0));
        // Inputs 0 or 1, and 2 or 3; the output is whether both are odd or both even.
        let cases = [([0, 2], true), ([1, 3], true), ([0, 3], false), ([1, 2], false)];
        for _ in 0..2_000 {
            for (active, wanted) in cases {
                network.learn(&active, if wanted { &[0] } else { &[] });
            }
            network.settle();
        }
        for (active, wanted) in cases {
            let found = network.run(&active).1[0];
            assert!((found > 0.9) == wanted && (found < 0.1) != wanted, "{active:?}: {found}");
        }
    }
}
