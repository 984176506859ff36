//! The expected number of non-matches among a number of pairs: two unknown numbers with gamma-distributed
//! means add up to a known one.

/// Up to this number every split is weighed; beyond it, the points of a grid.
const EXACT: usize = 2_048;
const GRID: usize = 1_024;

/// Prior of a number: its mean and its shape; a larger shape means more certainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    pub(super) shape: f64,
    pub(super) mean: f64,
}

/// The expected number of non-matches among `all` pairs, given the priors of both: the mean of the first of
/// two numbers with negative binomial distributions, given their sum.
pub(super) fn non_matches_among(all: usize, non_matches: Expected, matches: Expected) -> f64 {
    if all == 0 {
        return 0.0;
    }
    if all <= EXACT {
        let (first, second) = (negative_binomial(non_matches, all), negative_binomial(matches, all));
        let weights = (0..=all).map(|count| (count as f64, first[count] + second[all - count]));
        return mean(&weights.collect::<Vec<_>>());
    }
    // Numbers this large are distributed like their means.
    let density = |count: f64, Expected { shape, mean }: Expected| {
        (shape - 1.0) * count.ln() - count * shape / mean.max(f64::MIN_POSITIVE)
    };
    let points = (0..GRID).map(|at| {
        let count = (at as f64 + 0.5) / GRID as f64 * all as f64;
        (count, density(count, non_matches) + density(all as f64 - count, matches))
    });
    mean(&points.collect::<Vec<_>>())
}

/// Log-probabilities of 0 to `most`, up to a constant.
fn negative_binomial(Expected { shape, mean }: Expected, most: usize) -> Vec<f64> {
    let odds = (mean / (mean + shape)).max(f64::MIN_POSITIVE).ln();
    let mut sum = 0.0;
    let steps = (0..most).map(|count| {
        sum += ((count as f64 + shape) / (count as f64 + 1.0)).ln() + odds;
        sum
    });
    std::iter::once(0.0).chain(steps).collect()
}

/// The mean of numbers, weighted by the exponentials of their log-weights.
fn mean(weighted: &[(f64, f64)]) -> f64 {
    let most = weighted.iter().map(|(_, log)| *log).fold(f64::NEG_INFINITY, f64::max);
    let sum = |value: fn(f64) -> f64| {
        weighted.iter().map(|&(count, log)| value(count) * (log - most).exp()).sum::<f64>()
    };
    sum(|count| count) / sum(|_| 1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// P(k) of a negative binomial distribution, computed as a product.
    fn naive(k: usize, Expected { shape, mean }: Expected) -> f64 {
        let p = mean / (mean + shape);
        (0..k).fold((1.0 - p).powf(shape), |product, i| product * (i as f64 + shape) / (i as f64 + 1.0) * p)
    }

    proptest! {
        #[test]
        fn the_mean_is_that_of_the_sum_of_both(
            all in 1_usize..60, a in 0.3_f64..6.0, b in 0.3_f64..6.0, x in 0.01_f64..80.0, y in 0.01_f64..80.0,
        ) {
            let (first, second) = (Expected { shape: a, mean: x }, Expected { shape: b, mean: y });
            let weight = |count: usize| naive(count, first) * naive(all - count, second);
            let total: f64 = (0..=all).map(weight).sum();
            let expected = (0..=all).map(|count| count as f64 * weight(count)).sum::<f64>() / total;
            let found = non_matches_among(all, first, second);
            prop_assert!((found - expected).abs() < 1e-6 * all as f64, "{found} {expected}");
        }

        #[test]
        fn large_numbers_are_like_those_at_the_border(x in 50.0_f64..5_000.0, y in 50.0_f64..5_000.0) {
            let (first, second) = (Expected { shape: 2.0, mean: x }, Expected { shape: 1.5, mean: y });
            let (exact, grid) = (
                non_matches_among(EXACT, first, second) / EXACT as f64,
                non_matches_among(EXACT + 1, first, second) / EXACT as f64,
            );
            prop_assert!((exact - grid).abs() < 0.02, "{exact} {grid}");
        }

        #[test]
        fn it_is_a_share_of_all(all in 0_usize..5_000, x in 0.0_f64..1e9, y in 0.0_f64..1e9) {
            let found = non_matches_among(all, Expected { shape: 0.5, mean: x }, Expected { shape: 0.5, mean: y });
            prop_assert!(found >= 0.0 && found <= all as f64, "{found} of {all}");
        }
    }
}
