//! From counts of bits to similarities, and back to the counts that a threshold requires.
//!
//! The similarity of two filters is the Dice coefficient; over several views the root mean square of theirs
//! (`protocols/04-matching.md` §2–3).

/// For each sum of both weights, the minimum number of common bits for at least this agreement. A number
/// beyond half of the sum is never reached.
pub(crate) fn need(width: usize, agreement: f64) -> Vec<u32> {
    (0..=2 * width as u32).map(|sum| partition(sum / 2 + 1, |common| dice(common, sum) < agreement)).collect()
}

/// The smallest number in `0..end` for which `holds` is false; `end` if there is none. `holds` must be true
/// below some number, and false at and above it.
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

/// Dice coefficient of two filters with `common` set bits in common, of `sum` set bits in both; two empty filters have
/// 0 (`protocols/04-matching.md` §2).
pub(crate) fn dice(common: u32, sum: u32) -> f64 {
    if sum == 0 { 0.0 } else { f64::from(2 * common) / f64::from(sum) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_in_counts_are_the_thresholds() {
        for threshold in [0.0, 0.3, 0.5, 0.7, 0.8, 0.95, 1.0] {
            let need = need(64, threshold);
            assert!(need.is_sorted(), "kernels rely on it");
            for sum in 0..=128_u32 {
                for common in sum.saturating_sub(64)..=sum / 2 {
                    let reaches = dice(common, sum) >= threshold;
                    assert_eq!(common >= need[sum as usize], reaches, "{common} of {sum} at {threshold}");
                }
            }
        }
    }

    #[test]
    fn corners_of_the_measure() {
        assert_eq!(dice(0, 0), 0.0);
        assert_eq!(dice(64, 128), 1.0);
    }
}
