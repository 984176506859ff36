//! Whether two proportions differ beyond chance.

/// Weights are compared with this relative tolerance, as two equally probable tables may differ by rounding.
const TOLERANCE: f64 = 1e-7;

/// P value of Fisher's exact test (1935), two-sided: the probability, under equal proportions and the same
/// margins, of a table that is at most as probable as the observed one. 0..=1; 1 if a group has no trials.
///
/// More hits than trials count as `trials`. Uses products and quotients only, so the result is the same on
/// every machine. Time and memory grow with the smaller margin.
pub(crate) fn fisher(hits: (u64, u64), trials: (u64, u64)) -> f64 {
    let (first, second) = (hits.0.min(trials.0), hits.1.min(trials.1));
    let (drawn, all) = (trials.0, trials.0 + trials.1);
    let marked = first + second;
    if trials.0 == 0 || trials.1 == 0 || marked == 0 || marked == all {
        return 1.0;
    }
    let (low, high) = (marked.saturating_sub(trials.1), marked.min(drawn));
    let mode = ((u128::from(drawn) + 1) * (u128::from(marked) + 1) / (u128::from(all) + 2)) as u64;
    let mode = mode.clamp(low, high);
    // The weight of `hits + 1` over that of `hits`, by the hypergeometric law.
    let ratio = |hits: u64| {
        let rest = (all + hits + 1) - marked - drawn;
        (marked - hits) as f64 * (drawn - hits) as f64 / ((hits + 1) as f64 * rest as f64)
    };
    let mut weights = vec![0.0_f64; (high - low + 1) as usize];
    weights[(mode - low) as usize] = 1.0;
    for hits in mode..high {
        weights[(hits + 1 - low) as usize] = weights[(hits - low) as usize] * ratio(hits);
    }
    for hits in (low..mode).rev() {
        weights[(hits - low) as usize] = weights[(hits + 1 - low) as usize] / ratio(hits);
    }
    let limit = weights[(first - low) as usize] * (1.0 + TOLERANCE);
    let total: f64 = weights.iter().sum();
    let extreme: f64 = weights.iter().filter(|&&weight| weight <= limit).sum();
    (extreme / total).clamp(0.0, 1.0)
}

/// P values after Holm's correction (1979) for several tests, in the same order; 0..=1.
pub(crate) fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let (mut corrected, mut before) = (vec![0.0; values.len()], 0.0_f64);
    for (rank, &at) in order.iter().enumerate() {
        before = before.max(((values.len() - rank) as f64 * values[at]).min(1.0));
        corrected[at] = before;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_tables() {
        // The lady tasting tea: 2 · (1 + 16) / 70.
        assert!((fisher((3, 1), (4, 4)) - 34.0 / 70.0).abs() < 1e-12);
        // 1 of 12 compared with 9 of 12: 0.002759.
        assert!((fisher((1, 9), (12, 12)) - 0.002_759_456).abs() < 1e-8);
        assert_eq!(fisher((0, 0), (5, 7)), 1.0);
        assert_eq!(fisher((5, 7), (5, 7)), 1.0);
        assert_eq!(fisher((0, 3), (0, 7)), 1.0);
    }

    #[test]
    fn large_tables_end() {
        assert!(fisher((500, 400_000), (1_000_000, 1_000_000)) < 1e-12);
        assert!((fisher((1_000, 1_000), (100_000, 100_000)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn holm_by_hand() {
        let corrected = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, expected) in corrected.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - expected).abs() < 1e-12, "{corrected:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }

    /// Binomial coefficient.
    fn choose(n: u64, k: u64) -> f64 {
        if k > n { 0.0 } else { (0..k).fold(1.0, |product, i| product * (n - i) as f64 / (i + 1) as f64) }
    }

    proptest! {
        #[test]
        fn as_by_counting_tables(a in 0_u64..15, b in 0_u64..15, c in 0_u64..15, d in 0_u64..15) {
            let (trials, marked) = ((a + b, c + d), a + c);
            let weight = |hits: u64| {
                if hits > marked { 0.0 } else { choose(trials.0, hits) * choose(trials.1, marked - hits) }
            };
            let total: f64 = (0..=marked).map(weight).sum();
            let seen = weight(a) * (1.0 + TOLERANCE);
            let expected: f64 = (0..=marked).map(weight).filter(|w| *w > 0.0 && *w <= seen).sum::<f64>() / total;
            prop_assert!((fisher((a, c), trials) - expected).abs() < 1e-9);
        }
    }
}
