//! Typical errors in full dates (`protocols/03-tokens.md` §12). Dates are eight digits, YYYYMMDD.

/// The date with day and month exchanged, if that is a valid and different date.
#[must_use]
pub fn day_month_exchanged(date: &str) -> Option<String> {
    let (year, month, day) = parts(date)?;
    (month != day && is_date(year, day, month)).then(|| format!("{year:04}{day:02}{month:02}"))
}

/// The day after.
#[must_use]
pub fn day_after(date: &str) -> Option<String> {
    let (year, month, day) = parts(date)?;
    let (year, month, day) = match (month, day) {
        _ if is_date(year, month, day + 1) => (year, month, day + 1),
        (12, _) => (year + 1, 1, 1),
        _ => (year, month + 1, 1),
    };
    (year <= 9999).then(|| format!("{year:04}{month:02}{day:02}"))
}

fn parts(date: &str) -> Option<(u32, u32, u32)> {
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| date[from..to].parse::<u32>().ok();
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    is_date(year, month, day).then_some((year, month, day))
}

/// Whether the date exists in the Gregorian calendar.
const fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    day >= 1 && day <= days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slipped_dates_are_dates() {
        let cases = [
            ("19850412", Some("19851204"), "19850413"),
            ("19850413", None, "19850414"),
            ("19850404", None, "19850405"),
            ("20240228", None, "20240229"),
            ("20230228", None, "20230301"),
            ("19991231", None, "20000101"),
        ];
        for (date, exchanged, after) in cases {
            assert_eq!(day_month_exchanged(date).as_deref(), exchanged);
            assert_eq!(day_after(date).as_deref(), Some(after));
        }
        for no_date in ["1985", "1985\u{FFFD}", "19850230", "99991231"] {
            assert_eq!(day_after(no_date), None);
        }
    }
}
