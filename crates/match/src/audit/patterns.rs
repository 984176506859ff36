//! Links that compare alike, counted together.

use rustc_hash::FxHashMap;

use super::outcome::OutcomeVector;

/// What is known of a link beside its comparisons, in one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// The left record stands under other handles too.
    pub shared_left: bool,
    /// The right record stands under other handles too.
    pub shared_right: bool,
    /// The number of the right record, or of the left one, is one slip from another record's.
    pub near_number: bool,
}

/// Number of hints.
pub(super) const HINTS: usize = 3;

impl Hints {
    pub(super) const fn all(self) -> [bool; HINTS] {
        [self.shared_left, self.shared_right, self.near_number]
    }

    const fn bits(self) -> u8 {
        self.shared_left as u8 | (self.shared_right as u8) << 1 | (self.near_number as u8) << 2
    }
}

/// Links by what came of comparing them: a pattern is a vector of outcomes and the hints.
#[derive(Debug, Default)]
pub struct Patterns {
    numbers: FxHashMap<(OutcomeVector, u8), u32>,
    patterns: Vec<(OutcomeVector, Hints)>,
    counts: Vec<u64>,
}

impl Patterns {
    /// Counts a link; gives back the number of its pattern, which depends on the order of the links.
    pub fn add(&mut self, vector: OutcomeVector, hints: Hints) -> u32 {
        let next = self.patterns.len() as u32;
        let number = *self.numbers.entry((vector, hints.bits())).or_insert(next);
        if number == next {
            self.patterns.push((vector, hints));
            self.counts.push(0);
        }
        self.counts[number as usize] += 1;
        number
    }

    /// Number of patterns.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.patterns.len()
    }

    /// Whether no link was counted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Links of a pattern.
    #[must_use]
    pub fn count(&self, pattern: u32) -> u64 {
        self.counts[pattern as usize]
    }

    /// Links in all.
    #[must_use]
    pub fn links(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Vector and hints of a pattern.
    #[must_use]
    pub fn pattern(&self, pattern: u32) -> (&OutcomeVector, Hints) {
        let (vector, hints) = &self.patterns[pattern as usize];
        (vector, *hints)
    }

    /// Patterns with their counts, in an order that does not depend on that of the links.
    pub(super) fn ordered(&self) -> Vec<(u32, u64)> {
        let mut order: Vec<u32> = (0..self.patterns.len() as u32).collect();
        order.sort_unstable_by_key(|&pattern| {
            let (vector, hints) = self.pattern(pattern);
            (*vector, hints.bits())
        });
        order.into_iter().map(|pattern| (pattern, self.count(pattern))).collect()
    }
}
