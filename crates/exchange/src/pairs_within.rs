//! How many symbols the record pairs of a file had in common before suppression (`protocols/03-tokens.md`
//! §8).

use std::fmt;

/// Counts of record pairs of one file, by their number of common symbols. In a file without duplicates this
/// shows what different people share. It does not identify the pairs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PairsWithin(Vec<(u32, u64)>);

impl PairsWithin {
    /// From counts by number of common symbols: numbers ascending from 1, each with at least one pair.
    #[must_use]
    pub fn new(pairs: Vec<(u32, u64)>) -> Option<Self> {
        let ascend = pairs.is_sorted_by(|a, b| a.0 < b.0);
        (ascend && pairs.iter().all(|&(common, count)| common > 0 && count > 0)).then_some(Self(pairs))
    }

    /// Numbers of common symbols with their counts of pairs, ascending.
    #[must_use]
    pub fn counts(&self) -> &[(u32, u64)] {
        &self.0
    }

    /// Reads the output of [`fmt::Display`], for a file of `records` records with `per_record` symbols each.
    #[must_use]
    pub fn parse(text: &str, records: usize, per_record: usize) -> Option<Self> {
        let number = |entry: &str| {
            let (common, count) = entry.split_once(':')?;
            Some((common.parse().ok()?, count.parse().ok()?))
        };
        let pairs = Self::new(text.split_ascii_whitespace().map(number).collect::<Option<_>>()?)?;
        let most = (records as u64).checked_mul((records as u64).saturating_sub(1))? / 2;
        let sum = pairs.0.iter().try_fold(0_u64, |sum, (_, count)| sum.checked_add(*count))?;
        let fits = pairs.0.last().is_none_or(|(common, _)| *common as usize <= per_record);
        (fits && sum <= most).then_some(pairs)
    }
}

impl fmt::Display for PairsWithin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (common, count)) in self.0.iter().enumerate() {
            let blank = if at == 0 { "" } else { " " };
            write!(out, "{blank}{common}:{count}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(counts in prop::collection::btree_map(1_u32..=384, 1_u64..1_000, 0..40)) {
            let pairs = PairsWithin::new(counts.into_iter().collect()).unwrap();
            prop_assert_eq!(PairsWithin::parse(&pairs.to_string(), 10_000, 384), Some(pairs));
        }

        #[test]
        fn noise_is_refused_or_fits(text in "[0-9: ]{0,40}") {
            if let Some(pairs) = PairsWithin::parse(&text, 5, 20) {
                prop_assert!(pairs.counts().iter().map(|(_, count)| count).sum::<u64>() <= 10);
                prop_assert!(pairs.counts().iter().all(|(common, _)| (1..=20).contains(common)));
            }
        }
    }
}
