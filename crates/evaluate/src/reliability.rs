//! Whether the probabilities of links are true.

use mizuhiki_exchange::Link;
use serde::Serialize;

use crate::Rate;

/// Bins of probability.
const BINS: usize = 10;

/// Links of about one probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ProbabilityRow {
    /// Links.
    pub links: u64,
    /// Their mean probability, 0..=1.
    pub stated: f64,
    /// The share that is true.
    pub right: Rate,
}

/// Probabilities of links beside the truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Links by tenths of probability; tenths without links are left out.
    pub rows: Vec<ProbabilityRow>,
    /// Expected calibration error, 0..=1: the mean distance of stated and true share over all links (Naeini, Cooper and
    /// Hauskrecht, AAAI 2015).
    pub expected_calibration_error: f64,
}

impl Reliability {
    /// Of the links that have a probability, of all classes; none if no link has one.
    pub(crate) fn of<'l>(
        links: impl Iterator<Item = &'l Link>,
        is_right: impl Fn(&Link) -> bool,
    ) -> Option<Self> {
        let mut bins = [(0_u64, 0.0_f64, 0_u64); BINS];
        for link in links {
            let Some(probability) = link.probability else { continue };
            let bin = &mut bins[((probability * BINS as f64) as usize).min(BINS - 1)];
            *bin = (bin.0 + 1, bin.1 + probability, bin.2 + u64::from(is_right(link)));
        }
        let all: u64 = bins.iter().map(|bin| bin.0).sum();
        let gaps: f64 = bins.iter().map(|bin| (bin.1 - bin.2 as f64).abs()).sum();
        let row = |(links, stated, right)| ProbabilityRow {
            links,
            stated: stated / links as f64,
            right: Rate::of(right, links),
        };
        let rows = bins.into_iter().filter(|bin| bin.0 > 0).map(row).collect();
        (all > 0).then(|| Self { rows, expected_calibration_error: gaps / all as f64 })
    }
}
