//! Dates of birth and their errors.

use crate::draw::Draw;

/// Last birth year of a synthetic person.
pub(crate) const LAST_YEAR: u16 = 2024;

/// A day of the Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Date {
    pub(crate) year: u16,
    pub(crate) month: u16,
    pub(crate) day: u16,
}

impl Date {
    /// A date of birth for age `age` at the end of the last year.
    pub(crate) fn of_age(age: u16, draw: &mut Draw) -> Self {
        let year = LAST_YEAR - age;
        let mut rest = draw.between(1, if is_leap(year) { 366 } else { 365 });
        let mut month = 1;
        while rest > days(year, month) {
            rest -= days(year, month);
            month += 1;
        }
        Self { year, month, day: rest }
    }

    /// `YYYYMMDD`.
    pub(crate) fn text(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// Day and month exchanged, if that is a valid date.
    pub(crate) fn swapped(self) -> Self {
        let swapped = Self { month: self.day, day: self.month, ..self };
        if swapped.exists() { swapped } else { self }
    }

    /// The day after, or the day before, where both are in the same month.
    pub(crate) fn next_to(self, after: bool) -> Self {
        let day = if after { self.day + 1 } else { self.day.saturating_sub(1) };
        let next = Self { day, ..self };
        if next.exists() { next } else { self }
    }

    /// The placeholder for an unknown day: 1 January.
    pub(crate) fn first_of_january(self) -> Self {
        Self { month: 1, day: 1, ..self }
    }

    /// Another date that differs in one digit, not before 1900. Forms refuse invalid dates.
    pub(crate) fn other_digit(self, draw: &mut Draw) -> Self {
        for _ in 0..32 {
            let mut changed = self;
            let part = match draw.below(3) {
                0 => &mut changed.year,
                1 => &mut changed.month,
                _ => &mut changed.day,
            };
            let place = *draw.one(&[1, 10]);
            let digit = *part / place % 10;
            *part = *part - digit * place + draw.between(0, 9) * place;
            if changed != self && changed.exists() {
                return changed;
            }
        }
        self
    }

    const fn exists(self) -> bool {
        1900 <= self.year
            && self.year <= LAST_YEAR
            && 1 <= self.month
            && self.month <= 12
            && 1 <= self.day
            && self.day <= days(self.year, self.month)
    }
}

const fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days(year: u16, month: u16) -> u16 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_and_miswritten_dates_exist() {
        let mut draw = Draw::new(1, 0);
        let mut changed = 0;
        for index in 0..10_000 {
            let date = Date::of_age(index % 105, &mut draw);
            assert!(date.exists(), "{date:?}");
            let other = date.other_digit(&mut draw);
            assert!(date.swapped().exists() && other.exists() && date.first_of_january().exists());
            let differing = date.text().bytes().zip(other.text().bytes()).filter(|(a, b)| a != b).count();
            assert!(differing <= 1);
            changed += differing;
        }
        assert!(changed > 9_990, "{changed}");
    }

    #[test]
    fn text_and_swap() {
        let date = Date { year: 1987, month: 3, day: 9 };
        assert_eq!(date.text(), "19870309");
        assert_eq!(date.swapped().text(), "19870903");
        assert_eq!(Date { day: 13, ..date }.swapped().text(), "19870313");
        assert!(Date { year: 2000, month: 2, day: 29 }.exists());
        assert!(!Date { year: 1900, month: 2, day: 29 }.exists());
    }
}
