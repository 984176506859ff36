//! From counts of bits to agreements and similarities, and back to the counts that a threshold asks for.
//!
//! The similarity of a pair is the root mean square of its views' agreements, unwarped
//! (`protocols/04-matching.md` §2–3). With one view it is that view's similarity. Every measure is a function
//! of the common bits and of the sum of both weights: the Hamming distance is `sum − 2 · common`.

use mizuhiki_schema::Measure;

/// For each sum of both weights, the least number of common bits that gives at least this agreement. A number
/// beyond half of the sum is never reached.
pub(crate) fn need(measure: Measure, width: usize, agreement_threshold: f64) -> Vec<u32> {
    (0..=2 * width as u32)
        .map(|sum| {
            partition(sum / 2 + 1, |common| agreement(measure, width, common, sum) < agreement_threshold)
        })
        .collect()
}

/// The smallest number in `0..end` for which `holds` is false; `end` if there is none. `holds` must be
/// true up to some number and false from there.
fn partition(end: u32, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Agreement of two tokens of `width` bits with `common` set bits in common, of `sum` set bits in both.
pub(crate) fn agreement(measure: Measure, width: usize, common: u32, sum: u32) -> f64 {
    match measure {
        // 1 for equal tokens, 0 for strangers on average and below.
        Measure::UnwarpedHamming { .. } => (1.0 - 2.0 * f64::from(sum - 2 * common) / width as f64).max(0.0),
        _ => dice(common, sum),
    }
}

/// Dice coefficient; two empty filters have 0 (`protocols/04-matching.md` §2).
fn dice(common: u32, sum: u32) -> f64 {
    if sum == 0 { 0.0 } else { f64::from(2 * common) / f64::from(sum) }
}

/// Similarity from the root mean square of the views' agreements.
pub(crate) fn similarity(measure: Measure, rms: f64) -> f64 {
    match measure {
        Measure::UnwarpedHamming { taps } => 0.5 + 0.5 * rms.powf(1.0 / f64::from(taps)),
        _ => rms,
    }
}

/// The root mean square that a similarity asks for; 0 where every pair reaches it.
pub(crate) fn rms(measure: Measure, similarity: f64) -> f64 {
    match measure {
        Measure::UnwarpedHamming { taps } => (2.0 * similarity - 1.0).max(0.0).powi(taps as i32),
        _ => similarity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_in_counts_are_the_thresholds() {
        for measure in [Measure::Dice, Measure::UnwarpedHamming { taps: 7 }] {
            for threshold in [0.0, 0.3, 0.5, 0.7, 0.8, 0.95, 1.0] {
                let need = need(measure, 64, threshold);
                assert!(need.is_sorted(), "kernels rely on it");
                for sum in 0..=128_u32 {
                    for common in sum.saturating_sub(64)..=sum / 2 {
                        let reaches = agreement(measure, 64, common, sum) >= threshold;
                        assert_eq!(common >= need[sum as usize], reaches, "{common} of {sum} at {threshold}");
                    }
                }
            }
        }
    }

    #[test]
    fn corners_of_the_measures() {
        let hamming = Measure::UnwarpedHamming { taps: 7 };
        assert_eq!(dice(0, 0), 0.0);
        assert_eq!(dice(64, 128), 1.0);
        let token = |common, sum| similarity(hamming, agreement(hamming, 2048, common, sum));
        assert_eq!(token(900, 1800), 1.0);
        assert_eq!(token(512, 2048), 0.5);
        assert_eq!(token(0, 2048), 0.5);
        for value in [0.5, 0.6, 0.88, 1.0] {
            assert!((similarity(hamming, rms(hamming, value)) - value).abs() < 1e-12);
        }
    }
}
