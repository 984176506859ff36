//! Proportions with their intervals.

use mizuhiki_match::audit::wilson;
use serde::Serialize;

/// A proportion and its 95 % interval; `0 ≤ low ≤ value ≤ high ≤ 1`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rate {
    /// The observed proportion, 0..=1.
    pub value: f64,
    /// Lower end of the Wilson interval, 0..=1.
    pub low: f64,
    /// Upper end of the Wilson interval, 0..=1.
    pub high: f64,
}

impl Rate {
    /// The rate of `hits` among `trials`; more hits than trials count as `trials`.
    ///
    /// Without trials, the value is 0 by convention, and the interval 0 to 1.
    #[must_use]
    pub fn of(hits: u64, trials: u64) -> Self {
        if trials == 0 {
            return Self { value: 0.0, low: 0.0, high: 1.0 };
        }
        let (hits, trials) = (hits.min(trials) as f64, trials as f64);
        let value = hits / trials;
        let (low, high) = wilson(hits, trials);
        // The ends are exact at 0 and 1 up to rounding.
        Self { value, low: low.clamp(0.0, value), high: high.clamp(value, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-5
    }

    /// From published tables.
    #[test]
    fn wilson_intervals() {
        for (hits, trials, low, high) in [
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (5, 10, 0.2366, 0.7634),
            (1, 1, 0.2065, 1.0),
            (81, 263, 0.2553, 0.3662),
        ] {
            let rate = Rate::of(hits, trials);
            assert!(near(rate.low, low) && near(rate.high, high), "{hits}/{trials}: {rate:?}");
        }
        assert_eq!(Rate::of(0, 10).low, 0.0);
        assert_eq!(Rate::of(10, 10).high, 1.0);
        assert_eq!(Rate::of(0, 0), Rate { value: 0.0, low: 0.0, high: 1.0 });
    }
}
