//! From counts of bits to agreements and similarities, and back to the counts that a threshold asks for.
//!
//! The similarity of a pair is the root mean square of its views' agreements, unwarped
//! (`protocols/04-matching.md` §2–3). With one view it is that view's similarity.

use mizuhiki_bits::{BitRows, Hit, Scan};
use mizuhiki_schema::Measure;

/// Comparison of one view: a prepared right-hand side and what an agreement threshold means in counts.
pub(crate) struct ViewScan<'a> {
    scan: Scan<'a>,
    measure: Measure,
    /// Dice: least common bits by the sum of both weights. Hamming: unused.
    need: Vec<u32>,
    /// Hamming: largest distance, or `None` if no distance reaches the threshold.
    limit: Option<u32>,
}

impl<'a> ViewScan<'a> {
    /// Prepares `right` for pairs of at least this agreement.
    pub(crate) fn new(right: &'a BitRows, measure: Measure, agreement_threshold: f64) -> Self {
        let width = right.width();
        let (mut need, mut limit) = (Vec::new(), None);
        match measure {
            Measure::UnwarpedHamming { .. } => {
                // Agreement falls with distance, so the limit is found by bisection.
                let count =
                    partition(width as u32 + 1, |distance| agreement(distance, width) >= agreement_threshold);
                limit = count.checked_sub(1);
            }
            _ => {
                need = (0..=2 * width as u32)
                    .map(|sum| partition(sum / 2 + 1, |common| dice(common, sum) < agreement_threshold))
                    .collect();
            }
        }
        Self { scan: Scan::new(right), measure, need, limit }
    }

    /// Appends to `hits` the rows of `range` that reach the threshold with `query`, which has `weight` bits.
    pub(crate) fn hits(
        &self,
        query: &[u64],
        weight: u32,
        range: std::ops::Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        match (self.measure, self.limit) {
            (Measure::Dice, _) => self.scan.common(query, &self.need[weight as usize..], range, hits),
            (_, Some(limit)) => self.scan.differing(query, limit, range, hits),
            (_, None) => {}
        }
    }

    /// Agreement of a hit of a query with `weight` bits.
    pub(crate) fn agreement(&self, hit: Hit, weight: u32) -> f64 {
        match self.measure {
            Measure::Dice => dice(hit.count, weight + self.scan.weights()[hit.row as usize]),
            _ => agreement(hit.count, self.scan.rows().width()),
        }
    }

    /// Agreement of a query with any row.
    pub(crate) fn agreement_with(&self, query: &[u64], weight: u32, row: u32) -> f64 {
        let pairs = query.iter().zip(self.scan.rows().row(row as usize));
        let count = match self.measure {
            Measure::Dice => pairs.map(|(a, b)| (a & b).count_ones()).sum(),
            _ => pairs.map(|(a, b)| (a ^ b).count_ones()).sum(),
        };
        self.agreement(Hit { row, count }, weight)
    }

    pub(crate) const fn rows(&self) -> &'a BitRows {
        self.scan.rows()
    }
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

/// Dice coefficient; two empty filters have 0 (`protocols/04-matching.md` §2).
pub(crate) fn dice(common: u32, sum: u32) -> f64 {
    if sum == 0 { 0.0 } else { f64::from(2 * common) / f64::from(sum) }
}

/// `max(0, 1 − 2h)`: 1 for equal tokens, 0 for strangers on average and below.
fn agreement(distance: u32, width: usize) -> f64 {
    (1.0 - 2.0 * f64::from(distance) / width as f64).max(0.0)
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
        let mut rows = BitRows::new(64);
        rows.push_bytes(&[0xFF; 8]).unwrap();
        for threshold in [0.0, 0.3, 0.5, 0.7, 0.8, 0.95, 1.0] {
            let dice_scan = ViewScan::new(&rows, Measure::Dice, threshold);
            for sum in 0..=128_u32 {
                for common in 0..=sum / 2 {
                    let passes = common >= dice_scan.need[sum as usize];
                    assert_eq!(passes, dice(common, sum) >= threshold, "{common} of {sum} at {threshold}");
                }
            }
            let hamming = ViewScan::new(&rows, Measure::UnwarpedHamming { taps: 7 }, threshold);
            for distance in 0..=64 {
                let passes = hamming.limit.is_some_and(|limit| distance <= limit);
                assert_eq!(passes, agreement(distance, 64) >= threshold, "{distance} at {threshold}");
            }
        }
    }

    #[test]
    fn corners_of_the_measures() {
        let hamming = Measure::UnwarpedHamming { taps: 7 };
        assert_eq!(dice(0, 0), 0.0);
        assert_eq!(dice(64, 128), 1.0);
        assert_eq!(similarity(hamming, agreement(0, 2048)), 1.0);
        assert_eq!(similarity(hamming, agreement(1024, 2048)), 0.5);
        assert_eq!(similarity(hamming, agreement(2048, 2048)), 0.5);
        for value in [0.5, 0.6, 0.88, 1.0] {
            assert!((similarity(hamming, rms(hamming, value)) - value).abs() < 1e-12);
        }
    }
}
