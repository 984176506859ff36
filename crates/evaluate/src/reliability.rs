//! Calibration of match probabilities.

use mizuhiki_exchange::Link;
use serde::Serialize;

use crate::rate::Rate;

/// Number of probability bins.
const BINS: usize = 10;

/// Links of similar probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ProbabilityRow {
    /// Links.
    pub links: u64,
    /// Their mean probability, 0..=1.
    pub stated: f64,
    /// The share of true links.
    pub right: Rate,
}

/// Match probabilities compared with the ground truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reliability {
    /// Links by probability in bins of 0.1; empty bins are omitted.
    pub rows: Vec<ProbabilityRow>,
    /// Expected calibration error, 0..=1: the mean distance of predicted and true share over all links
    /// (Naeini, Cooper and Hauskrecht, AAAI 2015).
    pub expected_calibration_error: f64,
}

impl Reliability {
    /// Over links of all classes that have a probability; `None` if no link has one.
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
