//! Dates in `strptime` formats, as CPython 3.11 reads them in the C locale.
//!
//! CPython turns a format into a regular expression; this matcher tries the same alternatives in the same
//! order, with backtracking.

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A compiled format.
#[derive(Debug, Clone)]
pub(crate) struct DateFormat(Vec<Item>);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    Literal(char),
    /// One or more white-space characters.
    Blank,
    Directive(char),
}

/// A date, proleptic Gregorian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Parts {
    year: Option<u32>,
    month: Option<u32>,
    day: Option<u32>,
    day_of_year: Option<u32>,
}

impl DateFormat {
    /// Compiles a format; the error is the first directive that is not supported.
    pub(crate) fn new(format: &str) -> Result<Self, char> {
        let mut items = Vec::new();
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            match character {
                '%' => match characters.next() {
                    Some('%') => items.push(Item::Literal('%')),
                    Some('D') => items.extend(Self::new("%m/%d/%y")?.0),
                    Some('F') => items.extend(Self::new("%Y-%m-%d")?.0),
                    Some(d @ ('Y' | 'y' | 'm' | 'd' | 'b' | 'B' | 'j' | 'H' | 'M' | 'S')) => {
                        items.push(Item::Directive(d));
                    }
                    other => return Err(other.unwrap_or('%')),
                },
                c if c.is_whitespace() => {
                    if items.last() != Some(&Item::Blank) {
                        items.push(Item::Blank);
                    }
                }
                c => items.push(Item::Literal(c)),
            }
        }
        Ok(Self(items))
    }

    /// `value` as `%Y%m%d`; `None` if it does not have this format or is not a date.
    pub(crate) fn reformat(&self, value: &str) -> Option<String> {
        let parts = matches(&self.0, value, Parts::default())?;
        let year = parts.year.unwrap_or(1900);
        let (month, day) = match (parts.month, parts.day, parts.day_of_year) {
            (None, None, Some(number)) => from_day_of_year(year, number)?,
            (month, day, _) => (month.unwrap_or(1), day.unwrap_or(1)),
        };
        let valid = year >= 1 && day <= days_in_month(year, month);
        valid.then(|| format!("{year}{month:02}{day:02}"))
    }
}

fn matches(items: &[Item], rest: &str, parts: Parts) -> Option<Parts> {
    let Some((item, items)) = items.split_first() else {
        return rest.is_empty().then_some(parts);
    };
    match *item {
        Item::Literal(wanted) => {
            let found = rest.chars().next()?;
            let equal = found == wanted || found.to_lowercase().eq(wanted.to_lowercase());
            equal.then(|| matches(items, &rest[found.len_utf8()..], parts)).flatten()
        }
        Item::Blank => {
            let longest = rest.len() - rest.trim_start().len();
            let ends = rest[..longest].char_indices().map(|(at, c)| at + c.len_utf8());
            ends.rev().find_map(|end| matches(items, &rest[end..], parts))
        }
        Item::Directive(directive) => {
            alternatives(directive, rest).into_iter().find_map(|(length, number)| {
                let mut parts = parts;
                match directive {
                    'Y' => parts.year = Some(number),
                    // POSIX: 69–99 are 1969–1999.
                    'y' => parts.year = Some(number + if number <= 68 { 2000 } else { 1900 }),
                    'm' | 'b' | 'B' => parts.month = Some(number),
                    'd' => parts.day = Some(number),
                    'j' => parts.day_of_year = Some(number),
                    _ => {}
                }
                matches(items, &rest[length..], parts)
            })
        }
    }
}

/// What a directive can match at the start of `rest`, in CPython's order: length in bytes and number.
fn alternatives(directive: char, rest: &str) -> Vec<(usize, u32)> {
    let digits = |count: usize| {
        let text = rest.get(..count)?;
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    };
    let numbers = |lengths: &[usize], low: u32, high: u32| {
        lengths
            .iter()
            .filter_map(|&length| digits(length).map(|number: u32| (length, number)))
            .filter(|(_, number)| (low..=high).contains(number))
            .collect()
    };
    match directive {
        'Y' => numbers(&[4], 0, 9999),
        'y' => numbers(&[2], 0, 99),
        'm' => numbers(&[2, 1], 1, 12),
        'd' => {
            let mut found: Vec<(usize, u32)> = numbers(&[2, 1], 1, 31);
            if let Some(day) = rest.strip_prefix(' ').and_then(|rest| rest.chars().next()?.to_digit(10))
                && day > 0
            {
                found.push((2, day));
            }
            found
        }
        'j' => numbers(&[3, 2, 1], 1, 366),
        'H' => numbers(&[2, 1], 0, 23),
        'M' => numbers(&[2, 1], 0, 59),
        'S' => numbers(&[2, 1], 0, 61),
        _ => MONTHS
            .iter()
            .zip(1..)
            .filter_map(|(name, number)| {
                let length = if directive == 'b' { 3 } else { name.len() };
                rest.get(..length)
                    .filter(|text| text.eq_ignore_ascii_case(&name[..length]))
                    .map(|_| (length, number))
            })
            .collect(),
    }
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

const fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn from_day_of_year(year: u32, mut number: u32) -> Option<(u32, u32)> {
    for month in 1..=12 {
        let days = days_in_month(year, month);
        if number <= days {
            return Some((month, number));
        }
        number -= days;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_python_reads_them() {
        for (format, value, expected) in [
            ("%Y/%m/%d", "1933/09/13", Some("19330913")),
            ("%Y/%m/%d", "1933/9/3", Some("19330903")),
            ("%Y-%m-%d", "1996-12-19", Some("19961219")),
            ("%Y-%m-%d", "1996-02-30", None),
            ("%Y-%m-%d", "1996-02-29", Some("19960229")),
            ("%Y-%m-%d", " 1996-02-29", None),
            ("%Y-%m-%d", "1996-02-29x", None),
            ("%d.%m.%y", "01.02.68", Some("20680201")),
            ("%d.%m.%y", "01.02.69", Some("19690201")),
            ("%d %b %Y", "3  MAR 2001", Some("20010303")),
            ("%B %d, %Y", "december 31, 1999", Some("19991231")),
            ("%Y%m%d", "19330913", Some("19330913")),
            ("%Y%m%d", "1933111", Some("19331101")),
            ("%Y%j", "2000366", Some("20001231")),
            ("%Y%j", "2001366", None),
            ("%Y", "0000", None),
            ("%F", "2001-02-03", Some("20010203")),
        ] {
            let found = DateFormat::new(format).unwrap().reformat(value);
            assert_eq!(found.as_deref(), expected, "{format} {value}");
        }
        assert_eq!(DateFormat::new("%Y %Q").unwrap_err(), 'Q');
    }
}
