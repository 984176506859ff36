//! Links with equal outcomes and hints, counted together.

use rustc_hash::FxHashMap;

use super::outcome::OutcomeVector;

/// Whether the record of a link has other handles too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sharing {
    /// It has no other handle.
    #[default]
    Alone,
    /// It has, but that does not count as evidence: the link is taken for the holder's, or the holder is not
    /// determined yet.
    Open,
    /// It has, and another link fits at least as well.
    Beside,
}

impl Sharing {
    /// Whether the record has other handles too.
    #[must_use]
    pub const fn is_shared(self) -> bool {
        !matches!(self, Self::Alone)
    }

    /// The hint; none if it is open.
    const fn hint(self) -> Option<bool> {
        match self {
            Self::Alone => Some(false),
            Self::Open => None,
            Self::Beside => Some(true),
        }
    }
}

/// Evidence about a link besides its comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    /// Of the left record.
    pub shared_left: Sharing,
    /// Of the right record.
    pub shared_right: Sharing,
    /// The number of the right record, or of the left one, differs by one error from another record's.
    pub near_number: bool,
}

/// Number of hints.
pub(super) const HINTS: usize = 3;

impl Hints {
    pub(super) const fn all(self) -> [Option<bool>; HINTS] {
        [self.shared_left.hint(), self.shared_right.hint(), Some(self.near_number)]
    }

    const fn bits(self) -> u8 {
        self.shared_left as u8 | (self.shared_right as u8) << 2 | (self.near_number as u8) << 4
    }
}

/// Links by pattern: a pattern is a vector of outcomes, and the hints.
#[derive(Debug, Default)]
pub struct Patterns {
    numbers: FxHashMap<(OutcomeVector, u8), u32>,
    patterns: Vec<(OutcomeVector, Hints)>,
    counts: Vec<u64>,
}

impl Patterns {
    /// Counts a link and returns the number of its pattern, which depends on the order of the links.
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

    /// Moves a link of a pattern to the pattern with other hints, and returns the number of the latter.
    ///
    /// # Panics
    /// If the pattern has no link left.
    pub fn change(&mut self, pattern: u32, hints: Hints) -> u32 {
        let (vector, _) = self.patterns[pattern as usize];
        self.counts[pattern as usize] -= 1;
        self.add(vector, hints)
    }

    /// Number of patterns, including those without links.
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

    /// Total number of links.
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

    /// Patterns that links have, with their counts, in an order that does not depend on that of the links.
    pub(super) fn ordered(&self) -> Vec<(u32, u64)> {
        let mut order: Vec<u32> =
            (0..self.patterns.len() as u32).filter(|&pattern| self.count(pattern) > 0).collect();
        order.sort_unstable_by_key(|&pattern| {
            let (vector, hints) = self.pattern(pattern);
            (*vector, hints.bits())
        });
        order.into_iter().map(|pattern| (pattern, self.count(pattern))).collect()
    }
}
