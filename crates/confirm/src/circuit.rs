//! The rule as a circuit: the numbers that each side encrypts, and the decisions on their products
//! (`protocols/06-confirm.md` §3).
//!
//! All bilinear terms form one inner product: the left side holds small whole numbers, the right side bits.
//! Scores are doubled and 1 is added, so that a decision is never exactly at zero.

use zeroize::Zeroizing;

use crate::error::{ConfirmError, MAX_SLOTS};
use crate::filters::Filters;
use crate::rule::{Comparison, Rule};

/// A rule, laid out for evaluation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circuit {
    rule: Rule,
    slots: usize,
    shape: Shape,
}

/// The values of a doubled score: odd numbers from `low` to `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The minimum.
    pub low: i64,
    /// The maximum.
    pub high: i64,
}

/// The decision on the inner products of [`LeftInput`]'s rows with [`RightInput`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// Whether the only product is positive.
    Threshold(Range),
    /// Each product except the last adds its step if positive, and subtracts it otherwise. The decision is
    /// whether the sum of these, the last product and `constant` is positive.
    Votes {
        /// Range of each product, and the weight of its sign.
        steps: Vec<(Range, i64)>,
        /// The constant term of the sum.
        constant: i64,
        /// Range of the sum.
        sum: Range,
    },
}

/// The plaintext of the left custodian: rows of doubled whole numbers, one per slot.
pub struct LeftInput(pub(crate) Vec<Zeroizing<Vec<i64>>>);

/// The plaintext of the right custodian: bits, one per slot.
pub struct RightInput(pub(crate) Zeroizing<Vec<u8>>);

impl LeftInput {
    /// The rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[i64]> {
        self.0.iter().map(|row| row.as_slice())
    }
}

impl RightInput {
    /// The bits, each 0 or 1.
    #[must_use]
    pub fn bits(&self) -> &[u8] {
        &self.0
    }
}

/// The digits needed for numbers up to `most`.
fn digits(most: u32) -> usize {
    (u32::BITS - most.leading_zeros()) as usize
}

impl Circuit {
    /// Lays out a rule.
    ///
    /// # Errors
    /// [`ConfirmError::TooLarge`] if it needs more than [`MAX_SLOTS`] slots.
    pub fn new(rule: Rule) -> Result<Self, ConfirmError> {
        let more = match rule.accept {
            None => digits(rule.largest_cost()),
            Some(_) => rule.comparisons.iter().map(|each| digits(each.cost(each.most).max(1)) + 1).sum(),
        };
        // One slot is always set: it takes the terms that do not depend on the right side.
        let slots = rule.bits() + 1 + more;
        if slots > MAX_SLOTS {
            return Err(ConfirmError::TooLarge { slots });
        }
        let shape = shape(&rule);
        Ok(Self { rule, slots, shape })
    }

    /// The rule.
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Slots of either input.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.slots
    }

    /// Maximum number of set bits in a right input.
    #[must_use]
    pub fn most_ones(&self) -> usize {
        let filters: u32 = self.rule.comparisons.iter().map(|each| each.most).sum();
        filters as usize + self.slots - self.rule.bits()
    }

    /// Rows of a left input.
    #[must_use]
    pub fn rows(&self) -> usize {
        match &self.shape {
            Shape::Threshold(_) => 1,
            Shape::Votes { steps, .. } => steps.len() + 1,
        }
    }

    /// The decision.
    #[must_use]
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The plaintext of a left record.
    #[must_use]
    pub fn left(&self, filters: &Filters) -> LeftInput {
        let one = self.rule.bits();
        let empty = || Zeroizing::new(vec![0; self.slots]);
        let overlap = |row: &mut [i64], each: &Comparison| {
            for at in (each.start..each.start + each.bits).filter(|&at| filters.bit(at)) {
                row[at] = 2 * i64::from(each.weight);
            }
        };
        let take_digits = |row: &mut [i64], at: usize, count: usize| {
            row[at..at + count].iter_mut().enumerate().for_each(|(digit, slot)| *slot = -(2 << digit));
        };
        if self.rule.accept.is_none() {
            let mut row = empty();
            self.rule.comparisons.iter().for_each(|each| overlap(&mut row, each));
            row[one] = 1 - 2 * i64::from(self.rule.cost(filters));
            take_digits(&mut row, one + 1, digits(self.rule.largest_cost()));
            return LeftInput(vec![row]);
        }
        let mut rows = Vec::with_capacity(self.rows());
        let mut presence = empty();
        let mut at = one + 1;
        for each in &self.rule.comparisons {
            let count = digits(each.cost(each.most).max(1));
            let mut row = empty();
            let set = filters.set(each);
            if set == 0 {
                // Never positive, whatever the right side.
                row[one] = -1;
            } else {
                overlap(&mut row, each);
                row[one] = 1 - 2 * i64::from(each.cost(set).max(1));
                take_digits(&mut row, at, count);
                presence[at + count] = -2 * i64::from(each.disagree);
            }
            at += count + 1;
            rows.push(row);
        }
        rows.push(presence);
        LeftInput(rows)
    }

    /// The plaintext of a right record.
    #[must_use]
    pub fn right(&self, filters: &Filters) -> RightInput {
        let one = self.rule.bits();
        let mut bits = Zeroizing::new(vec![0; self.slots]);
        (0..one).for_each(|at| bits[at] = u8::from(filters.bit(at)));
        bits[one] = 1;
        let mut write = |at: usize, count: usize, number: u32| {
            (0..count).for_each(|digit| bits[at + digit] = (number >> digit & 1) as u8);
        };
        if self.rule.accept.is_none() {
            write(one + 1, digits(self.rule.largest_cost()), self.rule.cost(filters));
            return RightInput(bits);
        }
        let mut at = one + 1;
        for each in &self.rule.comparisons {
            let count = digits(each.cost(each.most).max(1));
            let set = filters.set(each);
            write(at, count, each.cost(set).max(1));
            write(at + count, 1, u32::from(set > 0));
            at += count + 1;
        }
        RightInput(bits)
    }
}

/// The range of `Σ weight · overlap − cost(left) − cost(right)`, doubled and with 1 added. The minimum is
/// without overlap. An overlap c costs at least cost(c) on each side, and rounding changes each cost by at
/// most one half.
fn range(comparisons: &[Comparison], largest_cost: u32) -> Range {
    let gain =
        |each: &Comparison| i64::from(each.weight * each.most) - 2 * i64::from(each.cost(each.most)) + 2;
    Range { low: 1 - 4 * i64::from(largest_cost), high: 1 + 2 * comparisons.iter().map(gain).sum::<i64>() }
}

fn shape(rule: &Rule) -> Shape {
    let Some(accept) = rule.accept else {
        return Shape::Threshold(range(&rule.comparisons, rule.largest_cost()));
    };
    let step = |each: &Comparison| {
        let range = range(std::slice::from_ref(each), each.cost(each.most).max(1));
        (range, i64::from(each.agree + each.disagree))
    };
    // A sign counts ±(agree + disagree). Adding the same amount once gives twice the sum of both weights, or
    // zero.
    let steps: Vec<(Range, i64)> = rule.comparisons.iter().map(step).collect();
    let all: i64 = steps.iter().map(|(_, step)| step).sum();
    let disagree: i64 = rule.comparisons.iter().map(|each| i64::from(each.disagree)).sum();
    let agree: i64 = rule.comparisons.iter().map(|each| i64::from(each.agree)).sum();
    let accept = i64::from(accept);
    Shape::Votes {
        steps,
        constant: 1 + all - 2 * accept,
        sum: Range { low: 1 - 2 * disagree - 2 * accept, high: 1 + 2 * agree - 2 * accept },
    }
}
