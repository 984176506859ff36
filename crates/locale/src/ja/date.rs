//! Dates of all eras (`protocols/02-ja.md` §4).

use std::borrow::Cow;

use super::levels::DateLevel;
use super::numeral::digits_of_numerals;
use super::prepare::{prepare, without_brackets};
use super::tables::{DASH, Era, tables};
use crate::outcome::{Normalization, WILDCARD};

const NOT_A_DATE: Normalization = Normalization::Invalid("not a date");
const IMPOSSIBLE: Normalization = Normalization::Invalid("impossible date");
const OUTSIDE: Normalization = Normalization::Invalid("outside the era");
/// Several dates fit the text.
pub(super) const AMBIGUOUS: Normalization = Normalization::Invalid("ambiguous date");

const YEARS: std::ops::RangeInclusive<u32> = 1850..=2150;
/// Longer than any notation of a date, in characters.
const MAX_CHARACTERS: usize = 64;
/// Calendar years after an era's last day during which people still write dates in it.
const OVERFLOW_YEARS: u32 = 3;
/// First year of the Gregorian calendar in Japan.
const GREGORIAN: u32 = 1873;

/// A date of which month and day may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: Option<u32>,
    pub(super) day: Option<u32>,
    /// Written in an era that had ended.
    pub(super) overflow: bool,
}

/// How the first of seven digits encodes an era.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodeBook(pub(super) Option<&'static str>);

/// A kind for comparison only: the relation of two dates.
pub(super) const DATE_PAIR: &str = "date_pair";

/// The code book of a kind of dates.
pub(super) fn code_book(kind: &str) -> Option<CodeBook> {
    match kind {
        "date" | DATE_PAIR => Some(CodeBook(None)),
        "date_receipt" => Some(CodeBook(Some("receipt"))),
        "date_nenkin" => Some(CodeBook(Some("nenkin"))),
        _ => None,
    }
}

pub(super) fn normalize(
    book: CodeBook,
    level: DateLevel,
    value: &str,
    out: &mut String,
) -> Result<(), Normalization> {
    if level == DateLevel::Day && is_plain(value) {
        out.extend(value.chars().filter(char::is_ascii_digit));
        return Ok(());
    }
    let date = read(book, value, out)?;
    out.clear();
    if level == DateLevel::Day {
        push_number(date.year, 4, out);
    } else {
        let (era, year) = date.in_era().ok_or(Normalization::Missing)?;
        out.push(era.letter());
        push_number(year, 2, out);
    }
    for part in [date.month, date.day] {
        match part {
            Some(number) => push_number(number, 2, out),
            None => out.extend([WILDCARD; 2]),
        }
    }
    Ok(())
}

/// Writes a number with at least so many digits.
fn push_number(number: u32, digits: u32, out: &mut String) {
    let digits = digits.max(number.checked_ilog10().unwrap_or(0) + 1);
    out.extend((0..digits).rev().map(|place| char::from(b'0' + (number / 10_u32.pow(place) % 10) as u8)));
}

/// The date for display: ISO 8601, unknown parts as in EDTF.
pub(super) fn canonical(book: CodeBook, value: &str, out: &mut String) -> Result<(), Normalization> {
    let date = read(book, value, out)?;
    let part = |number: Option<u32>| number.map_or_else(|| "XX".to_owned(), |number| format!("{number:02}"));
    *out = format!("{:04}-{}-{}", date.year, part(date.month), part(date.day));
    if date.overflow {
        out.push_str("!era_overflow");
    }
    Ok(())
}

/// The common case: `YYYYMMDD` or `YYYY-MM-DD` in ASCII, an ordinary day of the last hundred and fifty years.
fn is_plain(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits: [u8; 8] = match *bytes {
        [a, b, c, d, b'-', e, f, b'-', g, h] => [a, b, c, d, e, f, g, h],
        [a, b, c, d, e, f, g, h] => [a, b, c, d, e, f, g, h],
        _ => return false,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let number = |part: &[u8]| part.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    let (year, month, day) = (number(&digits[..4]), number(&digits[4..6]), number(&digits[6..]));
    // Placeholder dates lie outside.
    (1901..=2100).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day)
}

/// Parses and validates; `scratch` is overwritten.
pub(super) fn read(book: CodeBook, value: &str, scratch: &mut String) -> Result<Date, Normalization> {
    prepare(value, scratch).map_err(Normalization::Invalid)?;
    let text = simplify(scratch)?;
    if text.is_empty() {
        return Err(Normalization::Missing);
    }
    let written = Reader { text: &text, book }.read()?;
    written.judge()
}

/// Numerals of old registers.
const OLD_NUMERALS: [(char, &str); 6] =
    [('壱', "一"), ('弐', "二"), ('参', "三"), ('拾', "十"), ('廿', "二十"), ('卅', "三十")];

/// A text with 1 for 元 right after an era at its beginning.
fn with_first_year(text: String) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut reader = Reader { text: &letters, book: CodeBook(None) };
    match (reader.era(), reader.text) {
        (Some(_), ['元', rest @ ..]) if !rest.first().is_some_and(char::is_ascii_digit) => {
            let era = &letters[..letters.len() - reader.text.len()];
            era.iter().chain(&['1']).chain(rest).collect()
        }
        _ => text,
    }
}

/// Writes a prepared value with digits for kanji numerals, `?` for what is unknown and `-` for dashes.
fn simplify(prepared: &str) -> Result<Vec<char>, Normalization> {
    let tables = tables();
    let trimmed = prepared.trim();
    if trimmed.chars().nth(MAX_CHARACTERS).is_some() {
        return Err(NOT_A_DATE);
    }
    let bare = without_brackets(trimmed);
    let bare = bare.trim();
    let bare = bare.strip_prefix("西暦").map_or(bare, str::trim_start);
    let replaced = if bare.contains(['不', '元']) {
        let first_years = bare.replace("不詳", "?").replace("不明", "?").replace("元年", "1年");
        Cow::from(with_first_year(first_years))
    } else {
        Cow::from(bare)
    };
    let replaced = if replaced.contains(OLD_NUMERALS.map(|(old, _)| old)) {
        let now = OLD_NUMERALS.iter().fold(replaced.into_owned(), |text, (old, now)| text.replace(*old, now));
        Cow::from(now)
    } else {
        replaced
    };
    let text: String = replaced
        .chars()
        .map(|character| match character {
            'X' | WILDCARD => '?',
            'ー' => character,
            _ if tables.is(character, DASH) => '-',
            _ if character.is_whitespace() => ' ',
            _ => character,
        })
        .collect();
    let born = text.strip_suffix("生まれ").or_else(|| text.strip_suffix('生')).unwrap_or(&text).trim_end();
    let mut digits = digits_of_numerals(born);
    // Blanks that pad one-digit numbers.
    let mut after_mark = false;
    digits.retain(|character| {
        let filler = after_mark && *character == ' ';
        after_mark = filler || matches!(character, '.' | '/' | '-' | ',');
        !filler
    });
    if digits.contains(&'年') {
        digits.retain(|character| *character != ' ');
    }
    Ok(digits)
}

/// A date as written: numbers that may be unknown, and the era of the year.
struct Written {
    era: Option<&'static Era>,
    year: Number,
    month: Number,
    day: Number,
}

/// A number of a date; `None` if it is unknown.
type Number = Option<u32>;

struct Reader<'a> {
    text: &'a [char],
    book: CodeBook,
}

impl<'a> Reader<'a> {
    fn read(mut self) -> Result<Written, Normalization> {
        let era = self.era();
        let all = |text: &[char]| text.iter().all(|character| is_digit(*character));
        if all(self.text) {
            return self.digits_alone(era);
        }
        if self.text.contains(&'年') {
            return self.with_kanji(era);
        }
        self.with_separators(era)
    }

    /// Skips an era at the beginning.
    fn era(&mut self) -> Option<&'static Era> {
        let eras = &tables().eras;
        let names = eras.iter().flat_map(|era| era.names.iter().map(move |name| (*name, era)));
        let first = *self.text.first()?;
        let (name, era) = names
            .filter(|(name, _)| name.starts_with(first))
            .filter(|(name, _)| name.chars().eq(self.text.iter().copied().take(name.chars().count())))
            .max_by_key(|(name, _)| name.len())?;
        let mut rest = &self.text[name.chars().count()..];
        while let [' ', after @ ..] = rest {
            rest = after;
        }
        if let ['.', after @ ..] = rest {
            rest = after;
        }
        self.text = rest;
        Some(era)
    }

    fn digits_alone(self, era: Option<&'static Era>) -> Result<Written, Normalization> {
        let (era, text) = match (era, self.text.len(), self.book.0) {
            (None, 7, None) if self.text[0].is_ascii_digit() => return Err(ambiguous(&self.text[1..])),
            (None, 7, Some(book)) => {
                (Some(era_of_code(book, self.text[0]).ok_or(NOT_A_DATE)?), &self.text[1..])
            }
            (None, 6, _) => return Err(ambiguous(self.text)),
            // A lone mark for "unknown".
            (None, 1 | 2, _) if number(self.text)?.is_none() => return Err(Normalization::Missing),
            (None, 8 | 4, _) | (Some(_), 1..=4 | 6, _) => (era, self.text),
            _ => return Err(NOT_A_DATE),
        };
        let (year, rest) = text.split_at(match text.len() {
            8 => 4,
            6 => 2,
            length => length,
        });
        let (month, day) = rest.split_at(rest.len() / 2);
        Ok(Written { era, year: number(year)?, month: number(month)?, day: number(day)? })
    }

    fn with_kanji(mut self, era: Option<&'static Era>) -> Result<Written, Normalization> {
        let year = self.run();
        self.expect('年')?;
        let known = number(year)?.is_some();
        if known && era.is_none() && !matches!(year.len(), 1 | 2 | 4) {
            return Err(NOT_A_DATE);
        }
        let mut parts = [None; 2];
        for (part, mark) in parts.iter_mut().zip(['月', '日']) {
            let digits = self.run();
            match self.text {
                [found, rest @ ..] if *found == mark => {
                    *part = part_number(digits)?;
                    self.text = rest;
                }
                // The end, or a final word that marks the rest as unknown.
                [] if digits.iter().all(|character| *character == '?') => break,
                _ => return Err(NOT_A_DATE),
            }
        }
        match self.text {
            [] | ['?'] if known && era.is_none() && year.len() < 4 => Err(AMBIGUOUS),
            [] | ['?'] => Ok(Written { era, year: number(year)?, month: parts[0], day: parts[1] }),
            _ => Err(NOT_A_DATE),
        }
    }

    fn with_separators(mut self, era: Option<&'static Era>) -> Result<Written, Normalization> {
        let first = self.run();
        if era.is_none()
            && first.len() == 8
            && self.text.split_first().is_some_and(|(first, rest)| is_time(*first, rest))
        {
            return Reader { text: first, book: self.book }.digits_alone(None);
        }
        let separator = self.separator()?;
        let second = self.run();
        if self.text.is_empty() {
            return match (era, first.len(), second.len()) {
                (None, 4, 1 | 2) | (Some(_), 1 | 2, 1 | 2) => {
                    Ok(Written { era, year: number(first)?, month: part_number(second)?, day: None })
                }
                _ => Err(NOT_A_DATE),
            };
        }
        if self.separator()? != separator {
            return Err(NOT_A_DATE);
        }
        let third = self.run();
        if !self.text.is_empty() && !is_time(self.text[0], &self.text[1..]) {
            return Err(NOT_A_DATE);
        }
        match (era, first.len(), second.len(), third.len()) {
            (None, 4, 1 | 2, 1 | 2) | (Some(_), 1..=4, 1 | 2, 1 | 2) => Ok(Written {
                era,
                year: number(first)?,
                month: part_number(second)?,
                day: part_number(third)?,
            }),
            (None, 1 | 2, 1 | 2, 4) => either_order(first, second, third),
            (None, 1 | 2, 1 | 2, 1 | 2) => Err(AMBIGUOUS),
            _ => Err(NOT_A_DATE),
        }
    }

    fn run(&mut self) -> &'a [char] {
        let end = self.text.iter().position(|character| !is_digit(*character)).unwrap_or(self.text.len());
        let (run, rest) = self.text.split_at(end);
        self.text = rest;
        run
    }

    fn expect(&mut self, wanted: char) -> Result<(), Normalization> {
        match self.text {
            [found, rest @ ..] if *found == wanted => {
                self.text = rest;
                Ok(())
            }
            _ => Err(NOT_A_DATE),
        }
    }

    fn separator(&mut self) -> Result<char, Normalization> {
        match self.text {
            [separator @ ('.' | '/' | '-' | ',' | ' ' | 'T'), rest @ ..] => {
                self.text = rest;
                Ok(*separator)
            }
            _ => Err(NOT_A_DATE),
        }
    }
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || character == '?'
}

/// Whether a time of day follows: ignored.
fn is_time(first: char, rest: &[char]) -> bool {
    matches!(first, 'T' | ' ')
        && rest.first().is_some_and(char::is_ascii_digit)
        && rest.iter().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z'))
}

fn era_of_code(book: &str, code: char) -> Option<&'static Era> {
    let tables = tables();
    let (_, codes) = tables.code_books.iter().find(|(name, _)| *name == book)?;
    codes.iter().position(|found| *found == code).map(|at| &tables.eras[at])
}

/// A number of one to four digits alone, or of `?` alone.
fn number(text: &[char]) -> Result<Number, Normalization> {
    if text.len() > 4 {
        return Err(NOT_A_DATE);
    }
    if text.iter().all(|character| *character == '?') {
        return Ok(None);
    }
    let digits: Option<u32> = text.iter().try_fold(0, |sum, digit| Some(sum * 10 + digit.to_digit(10)?));
    digits.map(Some).ok_or(NOT_A_DATE)
}

/// The meaning of six characters that could be year, month and day in several orders.
fn ambiguous(text: &[char]) -> Normalization {
    if text.chunks(2).all(|part| number(part).is_ok()) { AMBIGUOUS } else { NOT_A_DATE }
}

/// A month or day: at most two digits.
fn part_number(text: &[char]) -> Result<Number, Normalization> {
    if text.len() > 2 { Err(NOT_A_DATE) } else { number(text) }
}

/// `04/13/1985` and `13/04/1985`: whichever order gives a date.
fn either_order(first: &[char], second: &[char], year: &[char]) -> Result<Written, Normalization> {
    let (a, b, year) = (number(first)?, number(second)?, number(year)?);
    let in_order = |month: Number, day: Number| Written { era: None, year, month, day };
    let orders = [in_order(b, a).judge(), in_order(a, b).judge()];
    match orders {
        [Ok(one), Ok(other)] if one != other => Err(AMBIGUOUS),
        [Ok(_), _] => Ok(in_order(b, a)),
        [_, Ok(_)] => Ok(in_order(a, b)),
        [_, Err(Normalization::Missing)] => Err(Normalization::Missing),
        [Err(reason), _] => Err(reason),
    }
}

impl Written {
    fn judge(self) -> Result<Date, Normalization> {
        // Registries write "unknown" as 00.
        let known = |part: Number| part.filter(|number| *number != 0);
        let (month, day) = (known(self.month), known(self.day));
        let year = self.year.ok_or(Normalization::Missing)?;
        if self.era.is_some() && (year == 0 || year > 99) {
            return Err(if year == 0 { IMPOSSIBLE } else { OUTSIDE });
        }
        let year = self.era.map_or(year, |era| era.first_year + year - 1);
        let digits = format!("{year:04}{:02}{:02}", self.month.unwrap_or(0), self.day.unwrap_or(0));
        if tables().placeholder_dates.contains(&digits.as_str()) {
            return Err(Normalization::Missing);
        }
        if !YEARS.contains(&year) {
            return Err(Normalization::Invalid("year out of range"));
        }
        let longest = |month: u32| (1..=12).contains(&month).then(|| days_in(year, month));
        let possible = match (month, day) {
            (None, None) => true,
            (None, Some(day)) => day <= 31,
            (Some(month), day) => longest(month).is_some_and(|days| day.unwrap_or(1) <= days),
        };
        if !possible {
            return Err(IMPOSSIBLE);
        }
        let date = Date { year, month, day, overflow: false };
        self.era.map_or(Ok(date), |era| date.within(era))
    }
}

impl Date {
    /// The date, written in an era.
    fn within(mut self, era: &Era) -> Result<Self, Normalization> {
        let (low, high) = self.days();
        if high < era.days.0 {
            return Err(OUTSIDE);
        }
        if low > era.days.1 {
            let newest = tables().eras.last().is_some_and(|last| last.days == era.days);
            if newest || self.year > era.days.1 / 10_000 + OVERFLOW_YEARS {
                return Err(OUTSIDE);
            }
            self.overflow = true;
        }
        if self.year < GREGORIAN && self.month.is_some() {
            return Err(Normalization::Invalid("before 1873"));
        }
        Ok(self)
    }

    /// First and last day that the date can be, as YYYYMMDD.
    fn days(self) -> (u32, u32) {
        let whole = |month: u32, day: u32| self.year * 10_000 + month * 100 + day;
        match (self.month, self.day) {
            (Some(month), Some(day)) => (whole(month, day), whole(month, day)),
            (Some(month), None) => (whole(month, 1), whole(month, days_in(self.year, month))),
            (None, _) => (whole(1, 1), whole(12, 31)),
        }
    }

    /// The latest era that the date can lie in, and the year in it.
    pub(super) fn in_era(self) -> Option<(&'static Era, u32)> {
        if self.year < GREGORIAN && self.month.is_some() {
            return None;
        }
        let (_, last) = self.days();
        let era = tables().eras.iter().rev().find(|era| (era.days.0..=era.days.1).contains(&last))?;
        Some((era, self.year - era.first_year + 1))
    }
}

const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The relation of two dates (`protocols/02-ja.md` §8).
pub(super) fn relation(a: Date, b: Date) -> Option<&'static str> {
    if (a.year, a.month, a.day) == (b.year, b.month, b.day) {
        return Some("eq");
    }
    let (Some(a_month), Some(a_day), Some(b_month), Some(b_day)) = (a.month, a.day, b.month, b.day) else {
        let agree = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
        return (a.year == b.year && agree(a.month, b.month) && agree(a.day, b.day))
            .then_some("compatible_low");
    };
    if a.year == b.year && (a_month, a_day) == (b_day, b_month) {
        return Some("dm_swap");
    }
    let next = |year: u32, month: u32, day: u32| match (month, day) {
        (12, 31) => (year + 1, 1, 1),
        _ if day == days_in(year, month) => (year, month + 1, 1),
        _ => (year, month, day + 1),
    };
    let (one, other) = ((a.year, a_month, a_day), (b.year, b_month, b_day));
    if next(a.year, a_month, a_day) == other || next(b.year, b_month, b_day) == one {
        return Some("off_by_one_day");
    }
    let digits = |date: (u32, u32, u32)| format!("{:04}{:02}{:02}", date.0, date.1, date.2).into_bytes();
    let (left, right) = (digits(one), digits(other));
    let differing: Vec<usize> = (0..8).filter(|&at| left[at] != right[at]).collect();
    match differing[..] {
        [first, second]
            if second == first + 1 && left[first] == right[second] && left[second] == right[first] =>
        {
            return Some("digit_swap");
        }
        _ => {}
    }
    if differing.len() == 1 {
        return Some("one_digit");
    }
    let same_day = (a_month, a_day) == (b_month, b_day);
    let years = a.in_era().zip(b.in_era());
    years.is_some_and(|((_, a_year), (_, b_year))| same_day && a_year == b_year).then_some("era_typo")
}
