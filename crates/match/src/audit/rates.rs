//! Rates of groups of links: confidence intervals, and tests for outliers.

/// The 95 % Wilson score interval (JASA 22, 1927) of the share `count` of `of`; both may be expected counts.
#[must_use]
pub fn wilson(count: f64, of: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    if of <= 0.0 {
        return (0.0, 1.0);
    }
    let (share, square) = (count / of, Z * Z);
    let middle = share + square / (2.0 * of);
    let half = Z * (share * (1.0 - share) / of + square / (4.0 * of * of)).max(0.0).sqrt();
    let scale = 1.0 + square / of;
    (((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0))
}

/// Chernoff's upper bound of the probability that a binomial count of `of` trials with probability `share` is
/// `count` or more; 1 at or below the mean. Accurate enough for detecting outliers.
#[must_use]
pub fn binomial_tail(count: f64, of: f64, share: f64) -> f64 {
    let found = count / of.max(f64::MIN_POSITIVE);
    if of <= 0.0 || found <= share {
        return 1.0;
    }
    let part = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    let divergence = part(found, share.max(1e-12)) + part(1.0 - found, 1.0 - share);
    (-of * divergence).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_the_share_and_tails_fall() {
        let (low, high) = wilson(5.0, 100.0);
        assert!((low - 0.0215).abs() < 1e-3 && (high - 0.1118).abs() < 1e-3, "{low} {high}");
        assert_eq!(wilson(0.0, 0.0), (0.0, 1.0));
        assert_eq!(binomial_tail(1.0, 100.0, 0.01), 1.0);
        // The exact tail of 20 of 100 at 0.05 is 2.5e-8.
        let bound = binomial_tail(20.0, 100.0, 0.05);
        assert!((2.5e-8..1e-6).contains(&bound), "{bound}");
    }
}
