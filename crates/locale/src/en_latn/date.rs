//! Dates (`protocols/02-normalisation.md` §5).

use unicode_normalization::UnicodeNormalization as _;

use super::fold::Wildcards;
use super::levels::DateLevel;
use super::missing::{Normalized, fold_or_missing};
use super::tables::{Class, Holder, tables};
use crate::outcome::{Normalization, WILDCARD};

const NOT_A_DATE: Normalization = Normalization::Invalid("not a date");
const IMPOSSIBLE: Normalization = Normalization::Invalid("impossible date");
const OUT_OF_RANGE: Normalization = Normalization::Invalid("year out of range");
const TWO_DIGIT_YEAR: Normalization = Normalization::Invalid("two-digit year");

const YEARS: std::ops::RangeInclusive<u32> = 1850..=2150;
/// Longer than any notation of a date.
const MAX_CHARACTERS: usize = 64;
/// An unknown digit, in intermediate text.
const UNKNOWN: u8 = b'?';

const MONTHS: [&str; 12] = [
    "JANUARY",
    "FEBRUARY",
    "MARCH",
    "APRIL",
    "MAY",
    "JUNE",
    "JULY",
    "AUGUST",
    "SEPTEMBER",
    "OCTOBER",
    "NOVEMBER",
    "DECEMBER",
];

/// YYYYMMDD in ASCII digits and [`UNKNOWN`].
type Digits = [u8; 8];

pub(super) fn normalize(level: DateLevel, value: &str, out: &mut String) -> Normalized {
    let length = match level {
        DateLevel::Day | DateLevel::Digits => 8,
        DateLevel::Month => 6,
        DateLevel::Year => 4,
    };
    if let Some(digits) = plain(value) {
        out.push_str(&digits[..length]);
        return Ok(());
    }
    fold_or_missing(Holder::Other, Wildcards::Marks, value, out)?;
    out.clear();
    let digits = match parse(value).and_then(settle) {
        Err(refused @ (IMPOSSIBLE | OUT_OF_RANGE)) if level == DateLevel::Digits => {
            as_written(value).ok_or(refused)?
        }
        settled => settled?,
    };
    out.extend(digits[..length].iter().map(
        |&digit| {
            if digit == UNKNOWN { WILDCARD } else { char::from(digit) }
        },
    ));
    // Fewer parts may be known than the level asks for; if none is, the value is missing.
    if digits[..length].iter().all(|&digit| digit == UNKNOWN) { Err(Normalization::Missing) } else { Ok(()) }
}

/// The common case: eight digits that are an ordinary date.
fn plain(value: &str) -> Option<&str> {
    let digits: &Digits = value.as_bytes().try_into().ok()?;
    if !digits.iter().all(u8::is_ascii_digit) || tables().is_placeholder_date(digits) {
        return None;
    }
    let number = |part: &[u8]| part.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    let ordinary = YEARS.contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in(month, is_leap(year))).contains(&day)
        && (month, day) != (1, 1);
    ordinary.then_some(value)
}

/// Eight digits that are not a date: probably one was mistyped and the others are right.
fn as_written(value: &str) -> Option<Digits> {
    let digits: Digits = value.trim().as_bytes().try_into().ok()?;
    digits.iter().all(u8::is_ascii_digit).then_some(digits)
}

/// Placeholders, unknown parts and the calendar.
fn settle(mut digits: Digits) -> Result<Digits, Normalization> {
    if tables().is_placeholder_date(&digits) {
        return Err(Normalization::Missing);
    }
    // Registries write "unknown" as 00 or 99.
    for part in [4..6, 6..8] {
        if matches!(&digits[part.clone()], b"00" | b"99") {
            digits[part].fill(UNKNOWN);
        }
    }
    if &digits[4..] == b"0101" {
        digits[4..].fill(UNKNOWN);
    }
    if digits.iter().all(|&digit| digit == UNKNOWN) {
        return Err(Normalization::Missing);
    }
    let (mut years, mut leap_years) = (0, 0);
    for year in YEARS.filter(|&year| fits(&digits[..4], year)) {
        years += 1;
        leap_years += u32::from(is_leap(year));
    }
    if years == 0 {
        return Err(OUT_OF_RANGE);
    }
    let possible = (1..=12)
        .filter(|&month| fits(&digits[4..6], month))
        .any(|month| (1..=days_in(month, leap_years > 0)).any(|day| fits(&digits[6..], day)));
    if possible { Ok(digits) } else { Err(IMPOSSIBLE) }
}

/// Whether `digits`, some of them unknown, can stand for `number`.
fn fits(digits: &[u8], mut number: u32) -> bool {
    digits.iter().rev().all(|&digit| {
        let last = b'0' + (number % 10) as u8;
        number /= 10;
        digit == UNKNOWN || digit == last
    })
}

const fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

const fn days_in(month: u32, leap: bool) -> u32 {
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Reads a date in any of the accepted notations.
fn parse(value: &str) -> Result<Digits, Normalization> {
    let mut buffer = [0; MAX_CHARACTERS];
    let length = simplify(value, &mut buffer)?;
    let mut text = Cursor(&buffer[..length]);
    let first = text.number();
    match (first.len(), text.0.first()) {
        (0, _) => month_first(text),
        (4, None) => assemble(first, b"??", b"??"),
        (6, None) => assemble(&first[..4], &first[4..], b"??"),
        (8, _) if text.is_time() => assemble(&first[..4], &first[4..6], &first[6..]),
        (1 | 2 | 4, Some(&separator @ (b'-' | b'/' | b'.'))) if is_digit(text.0.get(1)) => {
            text.0 = &text.0[1..];
            numbers(first, separator, text)
        }
        (1 | 2 | 4, Some(_)) => day_or_year_first(first, text),
        _ => Err(NOT_A_DATE),
    }
}

/// Writes `value` as upper-case ASCII with [`UNKNOWN`] for unknown digits; returns the length.
fn simplify(value: &str, buffer: &mut [u8; MAX_CHARACTERS]) -> Result<usize, Normalization> {
    let tables = tables();
    let mut length = 0;
    let mut blank = false;
    for character in value.chars().filter_map(|character| tables.prepare(character)).nfkc() {
        let simple = match character {
            _ if character.is_whitespace() => {
                blank = true;
                continue;
            }
            'X' | 'x' => UNKNOWN,
            '0'..='9' | 'A'..='Z' | 'a'..='z' | '-' | '/' | '.' | ',' | ':' | '+' => {
                character.to_ascii_uppercase() as u8
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' => b'-',
            _ if tables.class(character) == Class::Wildcard => UNKNOWN,
            _ => return Err(NOT_A_DATE),
        };
        if blank && length > 0 {
            *buffer.get_mut(length).ok_or(NOT_A_DATE)? = b' ';
            length += 1;
        }
        blank = false;
        *buffer.get_mut(length).ok_or(NOT_A_DATE)? = simple;
        length += 1;
    }
    Ok(length)
}

fn is_digit(byte: Option<&u8>) -> bool {
    byte.is_some_and(|&byte| byte.is_ascii_digit() || byte == UNKNOWN)
}

/// The rest to read.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, belongs: impl Fn(&u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !belongs(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> &'a [u8] {
        self.take(|byte| is_digit(Some(byte)))
    }

    fn separators(&mut self) {
        self.take(|byte| matches!(byte, b' ' | b'-' | b'/' | b'.' | b','));
    }

    /// A month's name or its first letters, as two digits.
    fn month(&mut self) -> Result<[u8; 2], Normalization> {
        let word = self.take(u8::is_ascii_uppercase);
        let named = |name: &&str| word == name.as_bytes() || word == &name.as_bytes()[..3];
        let at = match word {
            b"SEPT" => 8,
            _ => MONTHS.iter().position(named).ok_or(NOT_A_DATE)?,
        };
        Ok([b'0' + (at as u8 + 1) / 10, b'0' + (at as u8 + 1) % 10])
    }

    fn skip_ordinal(&mut self) {
        let mut ahead = *self;
        if matches!(ahead.take(u8::is_ascii_uppercase), b"ST" | b"ND" | b"RD" | b"TH") {
            *self = ahead;
        }
    }

    /// Whether nothing or a time of day is left.
    fn is_time(&self) -> bool {
        match self.0 {
            [] => true,
            [b'T' | b' ', rest @ ..] => {
                rest.first().is_some_and(u8::is_ascii_digit)
                    && rest.iter().all(|byte| {
                        byte.is_ascii_digit()
                            || matches!(
                                byte,
                                b':' | b'.' | b',' | b'+' | b'-' | b' ' | b'Z' | b'A' | b'P' | b'M'
                            )
                    })
            }
            _ => false,
        }
    }
}

/// Numbers only, separated by `separator`.
fn numbers(first: &[u8], separator: u8, mut text: Cursor<'_>) -> Result<Digits, Normalization> {
    let second = text.number();
    if text.0.is_empty() {
        return match (first.len(), second.len()) {
            (4, 1 | 2) => assemble(first, second, b"??"),
            (1 | 2, 4) => assemble(second, first, b"??"),
            _ => Err(NOT_A_DATE),
        };
    }
    if text.0[0] != separator {
        return Err(NOT_A_DATE);
    }
    text.0 = &text.0[1..];
    let third = text.number();
    if !text.is_time() {
        return Err(NOT_A_DATE);
    }
    match (first.len(), second.len(), third.len()) {
        (4, 1 | 2, 1 | 2) => assemble(first, second, third),
        (1 | 2, 1 | 2, 4) if above_twelve(second) && !above_twelve(first) => assemble(third, first, second),
        (1 | 2, 1 | 2, 4) => assemble(third, second, first),
        (1 | 2, 1 | 2, 1 | 2) => Err(TWO_DIGIT_YEAR),
        _ => Err(NOT_A_DATE),
    }
}

fn above_twelve(number: &[u8]) -> bool {
    matches!(number, [b'1', b'3'..=b'9'] | [b'2'..=b'9', b'0'..=b'9'])
}

/// `3 Feb 2001`, `3rd February 2001`, `03FEB2001`, `2001 Feb 3`.
fn day_or_year_first(first: &[u8], mut text: Cursor<'_>) -> Result<Digits, Normalization> {
    if first.len() < 4 {
        text.skip_ordinal();
    }
    text.separators();
    let month = text.month()?;
    text.separators();
    let last = text.number();
    match (first.len(), last.len()) {
        _ if !text.is_time() => Err(NOT_A_DATE),
        (4, 1 | 2) => assemble(first, &month, last),
        (1 | 2, 4) => assemble(last, &month, first),
        (1 | 2, 2) => Err(TWO_DIGIT_YEAR),
        _ => Err(NOT_A_DATE),
    }
}

/// `Feb 3, 2001`, `February 2001`.
fn month_first(mut text: Cursor<'_>) -> Result<Digits, Normalization> {
    let month = text.month()?;
    text.separators();
    let number = text.number();
    if number.len() == 4 && text.0.is_empty() {
        return assemble(number, &month, b"??");
    }
    text.skip_ordinal();
    text.separators();
    let year = text.number();
    match (number.len(), year.len()) {
        _ if !text.is_time() => Err(NOT_A_DATE),
        (1 | 2, 4) => assemble(year, &month, number),
        (1 | 2, 2) => Err(TWO_DIGIT_YEAR),
        _ => Err(NOT_A_DATE),
    }
}

fn assemble(year: &[u8], month: &[u8], day: &[u8]) -> Result<Digits, Normalization> {
    let two = |number: &[u8]| match *number {
        [UNKNOWN] => Ok([UNKNOWN, UNKNOWN]),
        [digit] => Ok([b'0', digit]),
        [tens, units] => Ok([tens, units]),
        _ => Err(NOT_A_DATE),
    };
    let year: [u8; 4] = year.try_into().map_err(|_| NOT_A_DATE)?;
    let ([m1, m2], [d1, d2]) = (two(month)?, two(day)?);
    let [y1, y2, y3, y4] = year;
    Ok([y1, y2, y3, y4, m1, m2, d1, d2])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fast path and the general path agree on eight digits around all limits.
    #[test]
    fn plain_dates_agree_with_the_general_path() {
        for year in [0, 1, 1849, 1850, 1899, 1900, 1901, 1999, 2000, 2100, 2150, 2151, 9999] {
            for month in 0..=14 {
                for day in 0..=32 {
                    let value = format!("{year:04}{month:02}{day:02}");
                    if plain(&value).is_some() {
                        assert_eq!(parse(&value).and_then(settle).unwrap(), value.as_bytes(), "{value}");
                    } else {
                        let general = parse(&value).and_then(settle);
                        assert_ne!(general, Ok(value.as_bytes().try_into().unwrap()), "{value}");
                    }
                }
            }
        }
    }
}
