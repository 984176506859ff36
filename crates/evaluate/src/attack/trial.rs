//! Known pairs of a person and a token, and what is predicted of other tokens from them.

use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::numbers::{Matrix, product};
use crate::attack::people::{Attribute, NO_CLASS};
use crate::attack::sight::{FilterSight, Sight};
use crate::draw::Draw;

/// Inputs of a regression on sets of symbols: which of so many buckets a set has.
const BUCKETS: usize = 4_096;
/// Most inputs of a regression on filters.
const MOST_INPUTS: usize = 8_192;
/// Values of each attribute that are predicted, the most frequent ones.
const CLASSES: usize = 16;

/// Tokens of one file and what is known, or wanted, of their people; all in one order.
#[derive(Clone, Copy)]
pub(crate) struct Subjects<'s> {
    pub(crate) sight: &'s Sight,
    pub(crate) attributes: &'s [Attribute],
    /// The people's values in one filter under the attacker's key.
    pub(crate) plaintext: &'s FilterSight,
    pub(crate) seed: u64,
}

impl Subjects<'_> {
    pub(crate) const fn len(&self) -> usize {
        self.plaintext.len()
    }

    /// Draws for one attack.
    pub(crate) fn draw(&self, stream: u64) -> Draw {
        Draw::new(self.seed, 100 + stream)
    }
}

/// A known-plaintext attack: some pairs are known, some tokens are attacked.
pub(crate) struct Trial {
    pub(crate) known: Vec<usize>,
    pub(crate) attacked: Vec<usize>,
    /// Number of different inputs.
    pub(crate) inputs: usize,
    /// What is predicted: bits of the attacker's filters, then the classes.
    pub(crate) outputs: usize,
    bits: usize,
    classes: Vec<AttributeClasses>,
}

/// The values of an attribute that are predicted.
struct AttributeClasses {
    attribute: usize,
    classes: Vec<u32>,
}

impl Trial {
    /// A trial for each number of known pairs that the file is large enough for.
    pub(crate) fn all(subjects: Subjects<'_>, effort: &Effort) -> Vec<Self> {
        let attacked = effort.attacked.min(subjects.len() / 4);
        let mut rows: Vec<usize> = (0..subjects.len()).collect();
        subjects.draw(30).shuffle(&mut rows);
        let (attacked, rest) = rows.split_at(attacked);
        let mut counts: Vec<usize> = effort.known.iter().map(|&known| known.min(rest.len())).collect();
        counts.dedup();
        let words = |sight: &Sight| match sight {
            Sight::Filters(filters) => (filters.words * 64).min(MOST_INPUTS),
            Sight::Symbols(_) => BUCKETS,
        };
        let trial = |count: usize| {
            let known = rest[..count].to_vec();
            let classes = frequent_classes(subjects, &known);
            let bits = subjects.plaintext.words * 64;
            let outputs = bits + classes.iter().map(|of| of.classes.len()).sum::<usize>();
            Self { known, attacked: attacked.to_vec(), inputs: words(subjects.sight), outputs, bits, classes }
        };
        counts.into_iter().filter(|&count| count > 0).map(trial).collect()
    }

    /// The inputs that a token has, ascending, each once.
    pub(crate) fn active(&self, subjects: Subjects<'_>, row: usize) -> Vec<u32> {
        let mut active: Vec<u32> = match subjects.sight {
            Sight::Filters(filters) => ones(filters.row(row)).map(|bit| (bit % self.inputs) as u32).collect(),
            Sight::Symbols(symbols) => symbols
                .set(row)
                .iter()
                .map(|symbol| (symbol >> (64 - BUCKETS.trailing_zeros())) as u32)
                .collect(),
        };
        active.sort_unstable();
        active.dedup();
        active
    }

    /// The outputs that a person has.
    pub(crate) fn outputs_of(&self, subjects: Subjects<'_>, row: usize) -> Vec<u32> {
        let mut outputs: Vec<u32> = ones(subjects.plaintext.row(row)).map(|bit| bit as u32).collect();
        let mut first = self.bits;
        for of in &self.classes {
            let class = subjects.attributes[of.attribute].classes[row];
            outputs.extend(of.classes.iter().position(|&other| other == class).map(|at| (first + at) as u32));
            first += of.classes.len();
        }
        outputs
    }

    /// How well predictions fit: the best-fitting person among the attacked, and the attributes.
    ///
    /// `predicted` has a column of outputs per attacked token. A prediction counts as much as it deviates from
    /// the known people's mean, in units of their variance.
    pub(crate) fn judge(&self, subjects: Subjects<'_>, predicted: &Matrix) -> Vec<Measured> {
        let mut means = vec![0.0_f32; self.outputs];
        for &row in &self.known {
            self.outputs_of(subjects, row).into_iter().for_each(|output| means[output as usize] += 1.0);
        }
        means.iter_mut().for_each(|mean| *mean /= self.known.len().max(1) as f32);
        let by = |output: usize| 1.0 / (means[output] * (1.0 - means[output]) + 0.01);
        let mut people = Matrix::zeros(self.bits, self.attacked.len());
        for (column, &row) in self.attacked.iter().enumerate() {
            (0..self.bits).for_each(|bit| people[(bit, column)] = -means[bit] * by(bit));
            for bit in ones(subjects.plaintext.row(row)) {
                people[(bit, column)] += by(bit);
            }
            let length =
                (0..self.bits).map(|bit| people[(bit, column)].powi(2) / by(bit)).sum::<f32>().sqrt();
            (0..self.bits).for_each(|bit| people[(bit, column)] /= length.max(1e-9));
        }
        let tokens = Matrix::from_fn(self.bits, self.attacked.len(), |bit, column| {
            predicted[(bit, column)] - means[bit]
        });
        let fits = product(people.as_ref().transpose(), tokens.as_ref());
        let right = |token: &usize| {
            let own = fits[(*token, *token)];
            (0..self.attacked.len()).all(|person| person == *token || fits[(person, *token)] < own)
        };
        let hits = (0..self.attacked.len()).filter(right).count() as u64;
        let trials = self.attacked.len() as u64;
        let setting = format!("{} known pairs, best of {trials}", self.known.len());
        let mut found: Vec<Measured> =
            Measured::counted(setting, Goal::Reidentification, hits, trials, 1.0 / trials.max(1) as f64)
                .into_iter()
                .collect();
        found.extend(self.judge_attributes(subjects, predicted));
        found
    }

    fn judge_attributes(&self, subjects: Subjects<'_>, predicted: &Matrix) -> Vec<Measured> {
        let mut first = self.bits;
        let mut found = Vec::new();
        for of in &self.classes {
            let attribute = &subjects.attributes[of.attribute];
            let (mut right, mut trials) = (0, 0);
            for (column, &row) in self.attacked.iter().enumerate() {
                let class = attribute.classes[row];
                if class == NO_CLASS {
                    continue;
                }
                let value = |at: &usize| predicted[(first + at, column)];
                let best =
                    (0..of.classes.len()).max_by(|a, b| value(a).total_cmp(&value(b)).then_with(|| b.cmp(a)));
                right += u64::from(best.is_some_and(|at| of.classes[at] == class));
                trials += 1;
            }
            first += of.classes.len();
            let setting = format!("{}, {} known pairs", attribute.name, self.known.len());
            let chance = base_rate(attribute, &self.attacked);
            found.extend(Measured::counted(setting, Goal::Inference, right, trials, chance));
        }
        found
    }
}

/// The share of the most frequent value among attacked people: the best that a guess without tokens could reach. The
/// most frequent value among a thousand known people is often another one, and would make chance look like success.
pub(crate) fn base_rate(attribute: &Attribute, attacked: &[usize]) -> f64 {
    let mut counts = vec![0_usize; attribute.count];
    let classes = attacked.iter().map(|&row| attribute.classes[row]).filter(|&class| class != NO_CLASS);
    classes.for_each(|class| counts[class as usize] += 1);
    let all: usize = counts.iter().sum();
    counts.iter().max().copied().unwrap_or_default() as f64 / all.max(1) as f64
}

/// The most frequent values of each attribute among the known people.
fn frequent_classes(subjects: Subjects<'_>, known: &[usize]) -> Vec<AttributeClasses> {
    let of_attribute = |(number, attribute): (usize, &Attribute)| {
        let mut counts = vec![0_usize; attribute.count];
        known.iter().map(|&row| attribute.classes[row]).filter(|&class| class != NO_CLASS).for_each(
            |class| {
                counts[class as usize] += 1;
            },
        );
        let mut classes: Vec<u32> =
            (0..attribute.count as u32).filter(|&class| counts[class as usize] > 0).collect();
        classes.sort_by_key(|&class| (std::cmp::Reverse(counts[class as usize]), class));
        classes.truncate(CLASSES);
        (!classes.is_empty()).then_some(AttributeClasses { attribute: number, classes })
    };
    subjects.attributes.iter().enumerate().filter_map(of_attribute).collect()
}

/// Numbers of the bits that are set.
pub(crate) fn ones(words: &[u64]) -> impl Iterator<Item = usize> {
    words
        .iter()
        .enumerate()
        .flat_map(|(at, &word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
}
