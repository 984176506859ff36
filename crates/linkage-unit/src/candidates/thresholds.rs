//! Thresholds between classes: from the schema, from the command line, or from calibration, which may find
//! that nothing stands out.

use mizuhiki_exchange::Comparable;
use mizuhiki_match::Calibration;
use mizuhiki_schema::Thresholds;

use crate::candidates::error::SearchError;
use crate::candidates::options::{Accept, SearchOptions};

/// The thresholds of a comparison. If nothing stands out, they are infinite, and no similarity reaches them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cut {
    pub(crate) accept: f64,
    pub(crate) borderline: f64,
    pub(crate) origin: &'static str,
}

/// Warning if calibration finds nothing.
pub(crate) const NOTHING: &str = "nothing stands out: no pair agrees more than records of different people can, so \
    nothing is linked; if you know better thresholds, set them with --accept";

impl Cut {
    /// The thresholds that were requested or estimated.
    pub(crate) fn choose(
        options: &SearchOptions,
        comparable: &Comparable<'_>,
        calibration: Option<&Calibration>,
    ) -> Result<Self, SearchError> {
        let schema = comparable.thresholds();
        let found = |calibration: &Calibration, origin| {
            let or_nothing = |threshold: Option<f64>| threshold.unwrap_or(f64::INFINITY);
            let (accept, borderline) = (calibration.accept(), calibration.borderline());
            Self { accept: or_nothing(accept), borderline: or_nothing(borderline), origin }
        };
        let given = |accept, borderline, origin| Self { accept, borderline, origin };
        let mut cut = match (options.accept, calibration) {
            (Accept::Schema, Some(calibration)) if comparable.calibrates() => {
                found(calibration, "calibrated without labels, as the schema specifies")
            }
            (Accept::Calibrated, Some(calibration)) => found(calibration, "calibrated without labels"),
            // One number separates matches from the rest; a second one adds borderline pairs.
            (Accept::Number(accept), _) => given(accept, accept, "command line"),
            _ => given(schema.accept().get(), schema.borderline().get(), "schema"),
        };
        if let Some(borderline) = options.borderline {
            cut.borderline = borderline;
            if cut.origin == "schema" {
                cut.origin = "command line";
            }
        }
        // Refuses values that are not numbers, or not in order.
        Thresholds::new(cut.accept.min(1.0), cut.borderline.min(1.0))?;
        Ok(cut)
    }

    /// Whether calibration found no pair that is more likely a match than not.
    pub(crate) const fn is_nothing(&self) -> bool {
        self.accept.is_infinite()
    }
}

/// A threshold as reported: `None` if no similarity can reach it.
pub(crate) fn finite(threshold: f64) -> Option<f64> {
    threshold.is_finite().then_some(threshold)
}
