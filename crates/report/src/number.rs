//! Formats numbers for readers.

/// Placeholder for a missing number.
pub(crate) const NONE: &str = "–";

/// `1234567` as `1,234,567`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count that stays short: in full below ten million, else `98.0 million`, `1.25 billion`.
pub(crate) fn short_count(value: u64) -> String {
    const UNITS: [(f64, &str); 4] =
        [(1e18, "quintillion"), (1e15, "quadrillion"), (1e12, "trillion"), (1e9, "billion")];
    if value < 10_000_000 {
        return count(value);
    }
    let (size, unit) = UNITS.into_iter().find(|(size, _)| value as f64 >= *size).unwrap_or((1e6, "million"));
    let scaled = value as f64 / size;
    let decimals = if scaled < 9.995 {
        2
    } else if scaled < 99.95 {
        1
    } else {
        0
    };
    format!("{scaled:.decimals$} {unit}")
}

/// A share as `97.3%`. Shares other than 0 and 1 are never rounded to 0% or 100%.
pub(crate) fn percent(share: f64) -> String {
    if !share.is_finite() {
        return NONE.to_owned();
    }
    let value = 100.0 * share;
    if value > 0.0 && value < 0.05 {
        "< 0.1%".to_owned()
    } else if (99.95..100.0).contains(&value) {
        "> 99.9%".to_owned()
    } else {
        format!("{value:.1}%")
    }
}

/// A small share, such as `2.4e-9`.
pub(crate) fn scientific(share: f64) -> String {
    if share.is_finite() { format!("{share:.1e}") } else { NONE.to_owned() }
}

/// A similarity with two to four decimals.
pub(crate) fn similarity(value: f64) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let mut text = format!("{value:.4}");
    for _ in 0..2 {
        if text.ends_with('0') {
            text.pop();
        }
    }
    text
}

/// An expected count: `< 0.1`, `3.4`, `96`, `12,345`.
pub(crate) fn expected(value: f64) -> String {
    if !value.is_finite() || value < 0.0 {
        NONE.to_owned()
    } else if value > 0.0 && value < 0.05 {
        "< 0.1".to_owned()
    } else if value < 9.95 {
        format!("{value:.1}")
    } else {
        short_count(value.round() as u64)
    }
}

/// A share in parts of 10,000: `0.96`, `12.3`, `450`.
pub(crate) fn per_ten_thousand(share: f64) -> String {
    let value = 1e4 * share;
    if !value.is_finite() || value < 0.0 {
        NONE.to_owned()
    } else if value > 0.0 && value < 0.005 {
        "< 0.01".to_owned()
    } else if value < 9.995 {
        format!("{value:.2}")
    } else if value < 99.95 {
        format!("{value:.1}")
    } else {
        short_count(value.round() as u64)
    }
}

/// From one number to another.
pub(crate) fn range(low: f64, high: f64, text: impl Fn(f64) -> String) -> String {
    let (low, high) = (text(low), text(high));
    if low == NONE || high == NONE { NONE.to_owned() } else { format!("{low} to {high}") }
}

/// A share in percent, or as `1 in 12,000` if it is small.
pub(crate) fn rare(share: f64) -> String {
    if !share.is_finite() || share <= 0.0 || share >= 0.01 {
        return percent(share);
    }
    let one_in = 1.0 / share;
    let digits = 10_f64.powi(one_in.log10().floor() as i32 - 1);
    if one_in >= 1e15 {
        return "almost never".to_owned();
    }
    format!("1 in {}", short_count(((one_in / digits).round() * digits) as u64))
}

/// Bits of evidence, with a sign.
pub(crate) fn bits(value: f64) -> String {
    if !value.is_finite() {
        NONE.to_owned()
    } else if value.abs() < 0.05 {
        "0.0".to_owned()
    } else {
        format!("{}{:.1}", if value < 0.0 { '−' } else { '+' }, value.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        let texts = [0, 999, 1_000, 12_345, 1_234_567, u64::MAX].map(count);
        assert_eq!(texts, ["0", "999", "1,000", "12,345", "1,234,567", "18,446,744,073,709,551,615"]);
    }

    #[test]
    fn large_counts_are_shortened() {
        let texts =
            [9_999_999, 10_000_000, 98_000_000, 999_600_000, 1_250_000_000, u64::MAX].map(short_count);
        let expected = ["9,999,999", "10.0 million", "98.0 million", "1000 million", "1.25 billion"];
        assert_eq!(texts[..5], expected);
        assert_eq!(texts[5], "18.4 quintillion");
    }

    #[test]
    fn shares_next_to_all_or_nothing_say_so() {
        let texts = [0.0, 0.0001, 0.5, 0.9731, 0.9999, 1.0, f64::NAN].map(percent);
        assert_eq!(texts, ["0.0%", "< 0.1%", "50.0%", "97.3%", "> 99.9%", "100.0%", "–"]);
    }

    #[test]
    fn similarities_keep_two_to_four_decimals() {
        let texts = [0.8, 0.875, 0.871_34, 1.0, 0.0, f64::INFINITY].map(similarity);
        assert_eq!(texts, ["0.80", "0.875", "0.8713", "1.00", "0.00", "–"]);
    }

    #[test]
    fn expected_counts_stay_honest_when_small() {
        let texts = [0.0, 0.01, 3.44, 9.96, 96.4, 12_345.0, -1.0, f64::NAN].map(expected);
        assert_eq!(texts, ["0.0", "< 0.1", "3.4", "10", "96", "12,345", "–", "–"]);
        assert_eq!(range(80.2, 113.0, expected), "80 to 113");
        assert_eq!(range(80.2, f64::INFINITY, expected), "–");
    }

    #[test]
    fn small_shares_are_told_in_parts() {
        let texts = [0.0, 1e-9, 9.6e-5, 1.23e-3, 0.045, 1.0, f64::NAN].map(per_ten_thousand);
        assert_eq!(texts, ["0.00", "< 0.01", "0.96", "12.3", "450", "10,000", "–"]);
        let texts = [0.0, 0.25, 0.01, 1e-4, 8.1e-5, 3e-12, 5e-324, f64::INFINITY].map(rare);
        let expected =
            ["0.0%", "25.0%", "1.0%", "1 in 10,000", "1 in 12,000", "1 in 330 billion", "almost never", "–"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn bits_have_a_sign() {
        let texts = [13.28, -4.0, 0.01, -0.04, f64::NEG_INFINITY].map(bits);
        assert_eq!(texts, ["+13.3", "−4.0", "0.0", "0.0", "–"]);
    }
}
