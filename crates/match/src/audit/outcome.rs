//! Outcomes of comparing two rows of pair tokens (`protocols/05-audit.md` §2).

use mizuhiki_exchange::{ComparisonLayout, Outcome, PairLayout, Side, TAG_BYTES, alternative_class};
use mizuhiki_schema::{AuditComparison, AuditSchema, ErrorVariant};

/// Classes of alternatives: the first values, others near the front, and those further back.
const ALTERNATIVES: usize = 3;

/// Minimum number of agreeing entries of two filters for `similar(3)`, `similar(2)` and `similar(1)`.
const SIMILAR: [u32; 3] = [65, 42, 19];

/// Minimum number of agreeing entries for `wild`, if a character is unknown.
const WILD: u32 = 42;

/// The shares of common features that these numbers estimate; without common features, 7 of 112 entries
/// agree.
pub const SIMILAR_SHARES: [f64; 3] = [58.0 / 105.0, 35.0 / 105.0, 12.0 / 105.0];

/// Like [`SIMILAR_SHARES`], for values with an unknown character.
pub const WILD_SHARE: f64 = 35.0 / 105.0;

/// The possible outcomes of a comparison, numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcomes {
    levels: usize,
    /// Known errors, in the schema's order; the first `errors` entries are used.
    known: [ErrorVariant; ErrorVariant::ALL.len()],
    errors: usize,
}

impl Outcomes {
    /// The outcomes of a comparison.
    #[must_use]
    pub fn new(comparison: &AuditComparison) -> Self {
        let mut known = ErrorVariant::ALL;
        known.iter_mut().zip(&comparison.error_variants).for_each(|(known, error)| *known = *error);
        Self { levels: comparison.levels.len(), known, errors: comparison.error_variants.len() }
    }

    /// Number of outcomes.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.agreements() + self.levels + self.errors + 6
    }

    const fn agreements(&self) -> usize {
        self.levels * ALTERNATIVES
    }

    /// The number of an outcome.
    ///
    /// # Panics
    /// If the comparison has no such known error.
    #[must_use]
    pub fn number(&self, outcome: Outcome) -> u8 {
        let partial = 1 + self.agreements();
        let error = partial + self.levels;
        let wild = error + self.errors;
        let number = match outcome {
            Outcome::Missing => 0,
            Outcome::Agree { level, alternative } => 1 + level * ALTERNATIVES + alternative,
            Outcome::Partial { level } => partial + level,
            Outcome::KnownError(known) => {
                let place = self.known[..self.errors].iter().position(|other| *other == known);
                let Some(place) = place else { unreachable!("the comparison has this error") };
                error + place
            }
            Outcome::Wild => wild,
            Outcome::Similar(degree) => wild + 4 - degree as usize,
            Outcome::Different => wild + 4,
        };
        number as u8
    }

    /// Whether an outcome, by its number, means that values agree at a level, wholly or as far as they are
    /// known.
    #[must_use]
    pub const fn agrees(&self, number: u8) -> bool {
        matches!(self.outcome(number), Outcome::Agree { .. } | Outcome::Partial { .. })
    }

    /// Whether an outcome, by its number, means that values differ; nearly equal values do not.
    #[must_use]
    pub const fn differs(&self, number: u8) -> bool {
        matches!(self.outcome(number), Outcome::Different | Outcome::Similar(1 | 2))
    }

    /// The outcome with a number.
    #[must_use]
    pub const fn outcome(&self, number: u8) -> Outcome {
        let number = number as usize;
        let partial = 1 + self.agreements();
        let error = partial + self.levels;
        let wild = error + self.errors;
        if number == 0 {
            Outcome::Missing
        } else if number < partial {
            Outcome::Agree { level: (number - 1) / ALTERNATIVES, alternative: (number - 1) % ALTERNATIVES }
        } else if number < error {
            Outcome::Partial { level: number - partial }
        } else if number < wild {
            Outcome::KnownError(self.known[number - error])
        } else if number == wild {
            Outcome::Wild
        } else if number < wild + 4 {
            Outcome::Similar((wild + 4 - number) as u8)
        } else {
            Outcome::Different
        }
    }
}

/// Compares left rows of one schema with right ones.
pub struct PairComparison {
    left: PairLayout,
    right: PairLayout,
    outcomes: Vec<Outcomes>,
}

/// The outcome number of each comparison of a link, in the order of the schema.
pub type OutcomeVector = [u8; 16];

impl PairComparison {
    /// For rows of this schema.
    #[must_use]
    pub fn new(schema: &AuditSchema) -> Self {
        Self {
            left: PairLayout::new(schema, Side::Left),
            right: PairLayout::new(schema, Side::Right),
            outcomes: schema.body().comparisons.iter().map(Outcomes::new).collect(),
        }
    }

    /// The layout of the rows of a side.
    #[must_use]
    pub const fn layout(&self, side: Side) -> &PairLayout {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The possible outcomes of each comparison.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcomes] {
        &self.outcomes
    }

    /// Compares two rows.
    ///
    /// # Panics
    /// If a row is shorter than the layout.
    #[must_use]
    pub fn compare(&self, left: &[u8], right: &[u8]) -> OutcomeVector {
        let mut vector = [0; 16];
        let layouts = self.left.comparisons.iter().zip(&self.right.comparisons);
        for ((layouts, outcomes), number) in layouts.zip(&self.outcomes).zip(&mut vector) {
            let rows = Rows { left: (layouts.0, left), right: (layouts.1, right) };
            *number = outcomes.number(rows.compare(&outcomes.known));
        }
        vector
    }
}

/// The parts of two rows that belong to one comparison.
struct Rows<'a> {
    left: (&'a ComparisonLayout, &'a [u8]),
    right: (&'a ComparisonLayout, &'a [u8]),
}

/// Whether two tags are equal. Absent tags are noise, and equal another only by chance (2⁻²⁴).
fn equal(left: &[u8], right: &[u8]) -> bool {
    left[..TAG_BYTES] == right[..TAG_BYTES]
}

impl Rows<'_> {
    fn compare(&self, known: &[ErrorVariant]) -> Outcome {
        let ((l, left), (r, right)) = (self.left, self.right);
        if !equal(&left[l.present()], &right[r.present()]) {
            return Outcome::Missing;
        }
        if let Some(outcome) = (0..l.levels).find_map(|level| self.agreement(level)) {
            return outcome;
        }
        for error in 0..l.error_variants {
            if equal(&left[l.variant(error)], &right[r.variant_target(error)])
                || equal(&left[l.variant_target(error)], &right[r.variant(error)])
            {
                return Outcome::KnownError(known[error]);
            }
        }
        if l.filters == 0 {
            return Outcome::Different;
        }
        let agreeing = self.agreeing_entries();
        if agreeing >= WILD && !equal(&left[l.known()], &right[r.known()]) {
            return Outcome::Wild;
        }
        let degree = SIMILAR.iter().position(|least| agreeing >= *least);
        degree.map_or(Outcome::Different, |place| Outcome::Similar(3 - place as u8))
    }

    /// The outcome of values that agree at a level, if any do.
    fn agreement(&self, level: usize) -> Option<Outcome> {
        let ((l, left), (r, right)) = (self.left, self.right);
        let mut best: Option<(usize, bool)> = None;
        for i in 0..l.values {
            let tag = &left[l.tag(i, level)];
            for j in (0..r.values).filter(|&j| equal(tag, &right[r.tag(j, level)])) {
                let class = alternative_class(i.max(j));
                let short = l.partial
                    && level > 0
                    && !equal(&left[l.complete(i, level)], &right[r.complete(j, level)]);
                best = Some(best.map_or((class, short), |best| best.min((class, short))));
            }
        }
        best.map(|(alternative, short)| match short {
            true => Outcome::Partial { level },
            false => Outcome::Agree { level, alternative },
        })
    }

    /// The maximum number of entries in which a filter of the first left value agrees with a filter of a
    /// right value.
    fn agreeing_entries(&self) -> u32 {
        let ((l, left), (r, right)) = (self.left, self.right);
        let agreeing = |number: usize| {
            words(&left[l.filter(number)])
                .zip(words(&right[r.filter(number)]))
                .map(|(a, b)| equal_nibbles(a, b))
                .sum()
        };
        (0..l.filters.min(r.filters)).map(agreeing).max().unwrap_or(0)
    }
}

/// Number of equal groups of four bits, of sixteen.
const fn equal_nibbles(a: u64, b: u64) -> u32 {
    let differing = a ^ b;
    let pairs = differing | differing >> 1;
    let any = (pairs | pairs >> 2) & 0x1111_1111_1111_1111;
    16 - any.count_ones()
}

fn words(filter: &[u8]) -> impl Iterator<Item = u64> {
    filter.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::equal_nibbles;

    proptest! {
        #[test]
        fn equal_nibbles_are_counted(a: u64, mask: u64) {
            let b = a ^ (mask & mask.rotate_left(7));
            let naive = (0..16).filter(|at| a >> (4 * at) & 15 == b >> (4 * at) & 15).count();
            prop_assert_eq!(equal_nibbles(a, b), naive as u32);
        }
    }
}
