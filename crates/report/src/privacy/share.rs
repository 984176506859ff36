//! Success of attacks as text: shares that may be far below a percent, and sizes of correlations.

use crate::number::NONE;
use crate::privacy::report::AttackRate;

/// A share with at least two significant digits: `43.1%`, `2.30%`, `0.050%`. None but 0 and 1 is rounded to these.
pub(super) fn share(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let percent = 100.0 * value;
    if percent == 0.0 || percent == 100.0 {
        format!("{percent:.0}%")
    } else if percent > 99.95 {
        "> 99.9%".to_owned()
    } else if percent >= 9.995 {
        format!("{percent:.1}%")
    } else if percent >= 0.995 {
        format!("{percent:.2}%")
    } else if percent >= 0.0005 {
        format!("{percent:.3}%")
    } else {
        "< 0.001%".to_owned()
    }
}

/// A value in the unit of a result.
pub(super) fn in_unit_of(rate: &AttackRate, value: f64) -> String {
    match (rate.is_correlation, value.is_finite()) {
        (false, _) => share(value),
        (true, true) => format!("{value:.3}"),
        (true, false) => NONE.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_keep_their_digits() {
        for (value, text) in [
            (0.0, "0%"),
            (1.0, "100%"),
            (0.431, "43.1%"),
            (0.023, "2.30%"),
            (0.0005, "0.050%"),
            (0.000_001, "< 0.001%"),
            (0.999_98, "> 99.9%"),
            (f64::NAN, "–"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(share(value), text);
        }
    }
}
