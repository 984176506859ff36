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
        // Refuses values that are not numbers, or not in order; infinite ones are those of nothing.
        let known = |threshold: f64| if threshold == f64::INFINITY { 1.0 } else { threshold };
        Thresholds::new(known(cut.accept), known(cut.borderline))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{CALIBRATED, FIXED, calibration, filters, schema_of_filters};

    /// The cut of a schema with the thresholds 0.9 and 0.8.
    fn cut(
        schema: &str,
        (accept, borderline): (Accept, Option<f64>),
        calibration: Option<&Calibration>,
    ) -> Result<Cut, SearchError> {
        let set = filters("left", &schema_of_filters(schema), &[("1", 1)]);
        let options = SearchOptions { accept, borderline, ..SearchOptions::default() };
        Cut::choose(&options, &Comparable::within(&set), calibration)
    }

    fn thresholds(accept: f64, borderline: f64, origin: &'static str) -> Cut {
        Cut { accept, borderline, origin }
    }

    #[test]
    fn the_schema_cuts_where_nothing_else_is_asked_for() {
        assert_eq!(cut(FIXED, (Accept::Schema, None), None).unwrap(), thresholds(0.9, 0.8, "schema"));
        // What a report wanted to know changes no threshold.
        let known = calibration(&[(190, 400), (120, 100)], 1_000);
        assert_eq!(cut(FIXED, (Accept::Schema, None), Some(&known)).unwrap(), thresholds(0.9, 0.8, "schema"));
        // Too few records to calibrate.
        assert_eq!(cut(CALIBRATED, (Accept::Schema, None), None).unwrap(), thresholds(0.9, 0.8, "schema"));
    }

    #[test]
    fn one_number_leaves_no_borderline_pairs_and_a_second_one_makes_room() {
        let known = calibration(&[(190, 400), (120, 100)], 1_000);
        for (schema, known) in [(FIXED, None), (CALIBRATED, Some(&known))] {
            let of = |borderline| cut(schema, (Accept::Number(0.85), borderline), known).unwrap();
            assert_eq!(of(None), thresholds(0.85, 0.85, "command line"));
            assert_eq!(of(Some(0.7)), thresholds(0.85, 0.7, "command line"));
        }
        let lower = cut(FIXED, (Accept::Schema, Some(0.6)), None).unwrap();
        assert_eq!(lower, thresholds(0.9, 0.6, "command line"));
    }

    #[test]
    fn calibration_cuts_where_it_or_the_schema_asks_for_it() {
        let known = calibration(&[(190, 400), (120, 100)], 1_000);
        let (accept, borderline) = (known.accept().unwrap(), known.borderline().unwrap());
        assert_ne!((accept, borderline), (0.9, 0.8));
        let by_schema = cut(CALIBRATED, (Accept::Schema, None), Some(&known)).unwrap();
        let origin = "calibrated without labels, as the schema specifies";
        assert_eq!(by_schema, thresholds(accept, borderline, origin));
        let by_hand = cut(FIXED, (Accept::Calibrated, None), Some(&known)).unwrap();
        assert_eq!(by_hand, thresholds(accept, borderline, "calibrated without labels"));
        let lower = cut(FIXED, (Accept::Calibrated, Some(0.1)), Some(&known)).unwrap();
        assert_eq!(lower, thresholds(accept, 0.1, "calibrated without labels"));
    }

    #[test]
    fn no_similarity_reaches_the_thresholds_where_nothing_stands_out() {
        let nothing = calibration(&[], 1_000);
        let cut_of = |borderline| cut(FIXED, (Accept::Calibrated, borderline), Some(&nothing)).unwrap();
        let cut = cut_of(None);
        assert!(cut.is_nothing() && cut.borderline > 1.0, "{cut:?}");
        assert_eq!((finite(cut.accept), finite(cut.borderline)), (None, None));
        let lower = cut_of(Some(0.7));
        assert!(lower.is_nothing());
        assert_eq!((finite(lower.accept), finite(lower.borderline)), (None, Some(0.7)));
    }

    #[test]
    fn thresholds_out_of_order_are_refused_whoever_sets_them() {
        let refused = |accept, borderline, known: Option<&Calibration>| {
            matches!(cut(FIXED, (accept, Some(borderline)), known), Err(SearchError::Threshold(_)))
        };
        assert!(refused(Accept::Number(0.8), 0.9, None));
        assert!(refused(Accept::Schema, 0.95, None));
        assert!(refused(Accept::Number(0.8), -0.1, None));
        let known = calibration(&[(190, 400), (120, 100)], 1_000);
        assert!(refused(Accept::Calibrated, known.accept().unwrap() + 0.01, Some(&known)));
    }

    #[test]
    fn numbers_that_are_no_similarity_are_refused() {
        for number in [f64::NAN, 1.5, -0.1] {
            assert!(cut(FIXED, (Accept::Number(number), None), None).is_err(), "{number}");
            assert!(cut(FIXED, (Accept::Schema, Some(number)), None).is_err(), "{number}");
        }
    }
}
