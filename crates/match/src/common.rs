//! How many symbols unrelated records have in common by chance, and so the minimum number of common symbols of a
//! candidate (`protocols/04-matching.md` §3 and §5).

use mizuhiki_exchange::Comparable;
use mizuhiki_schema::Symbols;

/// Maximum expected number of random pairs among the candidates, per record of the smaller file.
const RANDOM_PAIRS: f64 = 0.2;

/// Share of equal bits of two unrelated filters at the usual fill.
const UNRELATED: f64 = 0.505;

/// The law of common symbols of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CommonLaw {
    symbols: Symbols,
    /// Symbols of one row in the views that the files have.
    per_row: f64,
    /// Expected number of common symbols of two unrelated records.
    lambda: f64,
    least: u32,
}

impl CommonLaw {
    /// The law for tokens of `symbols` in files of `left` and `right` records, or in one file of `left`
    /// records.
    #[must_use]
    pub fn new(symbols: Symbols, left: usize, right: Option<usize>) -> Self {
        let (a, b) = (left as f64, right.unwrap_or(left) as f64);
        let pairs = if right.is_some() { a * b } else { a * (a - 1.0).max(0.0) / 2.0 };
        let per_record = symbols.per_record as f64;
        let collisions = per_record * per_record * 0.5_f64.powi(symbols.bits as i32);
        // For each view and number, one record has a symbol, and the other has one or several.
        let chance = per_record * UNRELATED.powi(symbols.positions as i32);
        let lambda = collisions + chance;
        let mut least = 1;
        while (least as usize) < symbols.per_record
            && pairs * at_least(lambda, least) > RANDOM_PAIRS * a.min(b)
        {
            least += 1;
        }
        Self { symbols, per_row: symbols.in_row(right.is_none()) as f64, lambda, least }
    }

    /// The law of a comparison, if its tokens are sealed symbols.
    #[must_use]
    pub fn of(comparable: &Comparable<'_>) -> Option<Self> {
        let symbols = comparable.left().meta()?.schema.symbols()?;
        let right = (!comparable.is_within()).then(|| comparable.right().len());
        Some(Self::new(symbols, comparable.left().len(), right))
    }

    /// Expected number of common symbols of two unrelated records.
    #[must_use]
    pub const fn lambda(&self) -> f64 {
        self.lambda
    }

    /// The share of unrelated pairs with exactly `common` common symbols.
    #[must_use]
    pub fn random_share(&self, common: u32) -> f64 {
        point(self.lambda, common)
    }

    /// Inverse of [`CommonLaw::similarity`], for similarities below 1.
    #[must_use]
    pub fn common(&self, similarity: f64) -> u32 {
        let share = similarity.powf(self.symbols.positions as f64);
        (share * self.per_row).round() as u32
    }

    /// The symbols.
    pub(crate) const fn symbols(&self) -> Symbols {
        self.symbols
    }

    /// Symbols of one row in the views that the files have.
    pub(crate) const fn per_row(&self) -> usize {
        self.per_row as usize
    }

    /// The minimum number of common symbols of a candidate, at least 1. Random pairs are expected to have
    /// fewer.
    #[must_use]
    pub const fn min_common(&self) -> u32 {
        self.least
    }

    /// The similarity, 0..=1, of records with `common` common symbols: the share of equal filter bits at
    /// which this number is expected.
    #[must_use]
    pub fn similarity(&self, common: u32) -> f64 {
        let share = f64::from(common) / self.per_row;
        share.min(1.0).powf(1.0 / self.symbols.positions as f64)
    }
}

/// P(X = k) for X of a Poisson distribution.
fn point(lambda: f64, k: u32) -> f64 {
    (1..=k).fold((-lambda).exp(), |term, i| term * lambda / f64::from(i))
}

/// P(X ≥ k) for X of a Poisson distribution, summed from the tail so that small probabilities are exact.
fn at_least(lambda: f64, k: u32) -> f64 {
    let mut term = point(lambda, k);
    let (mut sum, mut i) = (0.0_f64, k);
    while term > sum * 1e-17 && i < k + 10_000 {
        sum += term;
        i += 1;
        term *= lambda / f64::from(i);
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_the_poisson_distribution() {
        assert!((at_least(2.0, 1) - (1.0 - (-2.0_f64).exp())).abs() < 1e-12);
        assert!((at_least(1e-9, 2) / 5e-19 - 1.0).abs() < 1e-6);
        assert_eq!(at_least(0.0, 1), 0.0);
        assert!((at_least(300.0, 1) - 1.0).abs() < 1e-9);
    }
}
