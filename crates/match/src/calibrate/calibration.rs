//! What a comparison promises at each threshold.

use crate::calibrate::estimate::{Counts, MANY_RECORDS, bands};
use crate::calibrate::sample::WithinFile;
use crate::calibrate::scale::Scale;

/// Bins of [`Calibration::histogram`], over similarities 0..=1.
pub const HISTOGRAM_BINS: usize = 200;

/// Pairs above this probability support clusters, if persons have many records.
const SUPPORT: f64 = 0.22;

/// Links above this probability are borderline.
const BORDERLINE: f64 = 0.05;

/// Expected accuracy of a comparison at each threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    scale: Scale,
    /// Match probability of each level, never decreasing.
    probability: Vec<f64>,
    /// One-to-one links of each level, and all pairs.
    links: Vec<u64>,
    pairs: Vec<u64>,
    of_many: bool,
    /// One-to-one candidate links by similarity, [`HISTOGRAM_BINS`] bins over 0..=1.
    pub histogram: Vec<u64>,
}

/// Expected accuracy at a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// One-to-one links at or above the threshold.
    pub links: usize,
    /// Expected number of true links among all candidates.
    pub true_links: f64,
    /// Expected precision: share of true links among these, 0..=1; 1 if there is none.
    pub precision: f64,
    /// Expected recall: share that reaches the threshold of the true links that stand out from chance, 0..=1.
    pub recall: f64,
}

impl Calibration {
    /// Calibrates from counted candidates. `files` are the counts within each of two files.
    ///
    /// # Panics
    /// If `counts` does not have one number for each level of its scale.
    #[must_use]
    pub fn new(counts: &Counts, files: &[WithinFile]) -> Self {
        let levels = counts.scale.levels();
        assert!(counts.links.len() == levels && counts.pairs.len() == levels, "one number per level");
        let bands = bands(counts, files);
        let mut probability = vec![0.0; counts.scale.levels()];
        for band in bands.iter().filter(|band| band.pairs > 0.0) {
            let share = (1.0 - band.non_matches / band.pairs).clamp(0.0, 1.0);
            probability[band.start..band.end].fill(share);
        }
        let mut histogram = vec![0; HISTOGRAM_BINS];
        for (level, links) in counts.links.iter().enumerate() {
            let bin = (counts.scale.floor(level) * HISTOGRAM_BINS as f64) as usize;
            histogram[bin.min(HISTOGRAM_BINS - 1)] += links;
        }
        let (links, pairs) = (counts.links.clone(), counts.pairs.clone());
        let of_many = counts.right.is_none() && counts.beside_links(counts.scale.solid()) > MANY_RECORDS;
        Self { scale: counts.scale, probability, links, pairs, of_many, histogram }
    }

    /// Whether persons have many records in a file that was compared with itself: clearly more solid pairs
    /// than links.
    #[must_use]
    pub const fn is_of_many(&self) -> bool {
        self.of_many
    }

    /// The threshold at and above which a pair is more likely true than false; `None` if no pair stands out.
    #[must_use]
    pub fn accept(&self) -> Option<f64> {
        self.lowest(0.5)
    }

    /// The threshold below which a pair is rarely true, at most [`Calibration::accept`]; `None` if every pair
    /// is.
    #[must_use]
    pub fn borderline(&self) -> Option<f64> {
        self.lowest(BORDERLINE)
    }

    /// Whether a pair of this similarity supports merging two groups of records, although it is no match by
    /// itself. Filters do not need such pairs.
    #[must_use]
    pub fn supports(&self, similarity: f64) -> bool {
        self.scale.is_of_symbols() && self.probability(similarity) > SUPPORT
    }

    /// The lowest similarity of a candidate whose match probability exceeds `least`.
    fn lowest(&self, least: f64) -> Option<f64> {
        let reaches = |level: &usize| self.probability[*level] > least && self.pairs[*level] > 0;
        (0..self.probability.len()).find(reaches).map(|level| self.scale.floor(level))
    }

    /// Match probability of a link of this similarity, 0..=1, estimated from the links around it. It never
    /// decreases with similarity.
    #[must_use]
    pub fn probability(&self, similarity: f64) -> f64 {
        self.probability[self.scale.level(similarity)]
    }

    /// The expected accuracy at `threshold`.
    #[must_use]
    pub fn expect(&self, threshold: f64) -> Expectation {
        let from = (0..self.links.len()).find(|&level| self.scale.floor(level) >= threshold);
        let of = |from: usize| {
            let levels = self.links[from..].iter().zip(&self.probability[from..]);
            levels.fold((0, 0.0), |(links, matches), (&count, probability)| {
                (links + count, matches + count as f64 * probability)
            })
        };
        let (links, matches) = of(from.unwrap_or(self.links.len()));
        let (_, most) = of(0);
        Expectation {
            links: links as usize,
            true_links: most,
            precision: if links == 0 { 1.0 } else { matches / links as f64 },
            recall: if most == 0.0 { 0.0 } else { matches / most },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn probabilities_are_probabilities_whatever_was_counted(
            links in prop::collection::vec((0_usize..=200, 0_u64..400), 0..30),
            others in prop::collection::vec((0_usize..=200, 0_u64..100_000), 0..30),
            within in prop::collection::vec((0_usize..=200, 0.0_f64..10_000.0), 0..20),
            left in 50_usize..100_000, right in 50_usize..100_000, one_file: bool, sampled: bool,
            but_for in 0.0_f64..=1.0, lowest in 0_usize..=200,
        ) {
            let scale = Scale::of_filters(but_for);
            let mut counts = Counts {
                scale,
                lowest,
                links: vec![0; scale.levels()],
                pairs: vec![0; scale.levels()],
                left,
                right: (!one_file).then_some(right),
            };
            for (level, count) in links {
                counts.links[level] += count;
                counts.pairs[level] += count;
            }
            others.into_iter().for_each(|(level, count)| counts.pairs[level] += count);
            let mut pairs = vec![0.0; scale.levels()];
            within.into_iter().for_each(|(level, count)| pairs[level] += count);
            let file = WithinFile::new(pairs, left as f64 * 1e4);
            let files = if one_file || !sampled { Vec::new() } else { vec![file.clone(), file] };
            let calibration = Calibration::new(&counts, &files);
            let of = |level: usize| calibration.probability(scale.floor(level));
            let found: Vec<f64> = (lowest..scale.levels()).map(of).collect();
            prop_assert!(found.iter().all(|probability| (0.0..=1.0).contains(probability)), "{found:?}");
            // Levels above all pairs have no estimate of their own.
            let seen = (lowest..scale.levels()).filter(|&level| counts.pairs[level] > 0);
            let seen: Vec<f64> = seen.map(of).collect();
            prop_assert!(seen.is_sorted(), "{seen:?}");
            prop_assert!(calibration.borderline().unwrap_or(2.0) <= calibration.accept().unwrap_or(2.0));
            for threshold in [0.0, 0.5, 0.9, 1.0, f64::INFINITY] {
                let expected = calibration.expect(threshold);
                let shares = [expected.precision, expected.recall];
                prop_assert!(shares.iter().all(|share| (0.0..=1.0 + 1e-9).contains(share)), "{expected:?}");
            }
        }
    }
}
