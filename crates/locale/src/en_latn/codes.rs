//! Postal codes, telephone numbers, identifiers and other codes (`protocols/02-normalisation.md` §§6–11).
//!
//! Every function takes the folded text in `out`, or the raw value where folding loses what matters, and
//! leaves the normalized value in `out`.

use unicode_normalization::UnicodeNormalization as _;

use super::fold::remove_blanks;
use super::levels::{PostcodeLevel, ZipLevel};
use super::missing::Normalized;
use super::tables::{replacement, tables};
use crate::outcome::{Normalization, WILDCARD};

/// Countries of the pack whose calling codes are removed, longest first.
const CALLING_CODES: [&str; 5] = ["353", "44", "61", "64", "1"];

fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || character == WILDCARD
}

fn is_repeated(text: &str, of: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|&first| of(first) && bytes.iter().all(|&byte| byte == first))
}

pub(super) fn postcode(level: PostcodeLevel, out: &mut String) -> Normalized {
    const REASON: Normalization = Normalization::Invalid("not a postcode");
    remove_blanks(out);
    if !out.chars().all(|character| character.is_ascii_alphanumeric() || character == WILDCARD) {
        return Err(REASON);
    }
    let mut length = out.chars().count();
    if !(2..=10).contains(&length) {
        return Err(REASON);
    }
    let numeric = out.chars().all(is_digit);
    if numeric && length == 9 {
        length = 5;
    }
    // Not shorter ones: level `outward` shortens real codes to such forms.
    if length >= 4 && is_repeated(&out[..byte_end(out, length)], |byte| byte == b'0' || byte == b'9') {
        return Err(Normalization::Missing);
    }
    if level == PostcodeLevel::Outward {
        length = outward_length(out, length, numeric);
    }
    out.truncate(byte_end(out, length));
    Ok(())
}

pub(super) fn zip(level: ZipLevel, out: &mut String) -> Normalized {
    const REASON: Normalization = Normalization::Invalid("not a ZIP code");
    remove_blanks(out);
    if !out.chars().all(is_digit) {
        return Err(REASON);
    }
    // Spreadsheets drop leading zeros: up to two of the five digits, because 005 is the first area.
    let zeros = match out.chars().count() {
        length @ (3 | 4) => 5 - length,
        length @ (7 | 8) => 9 - length,
        5 | 9 => 0,
        _ => return Err(REASON),
    };
    out.insert_str(0, &"0".repeat(zeros));
    let five = byte_end(out, 5);
    if is_repeated(&out[..five], |byte| byte == b'0' || byte == b'9') {
        return Err(Normalization::Missing);
    }
    match level {
        ZipLevel::Full => {}
        ZipLevel::Five => out.truncate(five),
        ZipLevel::Area => {
            out.truncate(byte_end(out, 3));
            out.extend([WILDCARD; 2]);
        }
    }
    Ok(())
}

/// Ten digits, of which the last is a check digit modulo 11.
pub(super) fn nhs_number(out: &mut String) -> Normalized {
    remove_blanks(out);
    if out.len() != 10 || !out.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Normalization::Invalid("not a number of this kind"));
    }
    if is_repeated(out, |_| true) {
        return Err(Normalization::Missing);
    }
    let digits = || out.bytes().map(|byte| u32::from(byte - b'0'));
    let sum: u32 = digits().take(9).zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    // A check digit of 10 does not occur and never equals a digit.
    if digits().nth(9) == Some((11 - sum % 11) % 11) {
        Ok(())
    } else {
        Err(Normalization::Invalid("check digit does not fit"))
    }
}

/// Where the first `length` characters of `text` end.
fn byte_end(text: &str, length: usize) -> usize {
    text.char_indices().nth(length).map_or(text.len(), |(at, _)| at)
}

/// Number of characters that identify the area of a code.
fn outward_length(code: &str, length: usize, numeric: bool) -> usize {
    if is_uk_outward(code.as_bytes()) {
        return length;
    }
    if let [outward @ .., digit, first, second] = code.as_bytes()
        && is_uk_outward(outward)
        && digit.is_ascii_digit()
        && first.is_ascii_uppercase()
        && second.is_ascii_uppercase()
    {
        return outward.len();
    }
    if numeric && length == 4 { 2 } else { length.min(3) }
}

/// A9, A99, A9A, AA9, AA99 or AA9A.
fn is_uk_outward(code: &[u8]) -> bool {
    let letters = code.iter().take(2).take_while(|byte| byte.is_ascii_uppercase()).count();
    match &code[letters..] {
        [digit] => letters > 0 && digit.is_ascii_digit(),
        [digit, last] => letters > 0 && digit.is_ascii_digit() && last.is_ascii_alphanumeric(),
        _ => false,
    }
}

pub(super) fn phone(value: &str, out: &mut String) -> Normalized {
    const REASON: Normalization = Normalization::Invalid("not a telephone number");
    let extension = out.find(" EXT").or_else(|| out.find(" X"));
    out.truncate(extension.unwrap_or(out.len()));
    remove_blanks(out);
    if !out.chars().all(is_digit) {
        return Err(REASON);
    }
    if is_repeated(out, |byte| byte.is_ascii_digit()) {
        return Err(Normalization::Missing);
    }
    let international = if starts_with_plus(value) { Some(out.as_str()) } else { out.strip_prefix("00") };
    let national = international
        .and_then(|number| CALLING_CODES.iter().find_map(|code| number.strip_prefix(code)))
        .unwrap_or(out)
        .trim_start_matches('0');
    let national = match national.strip_prefix('1') {
        // The trunk prefix of North America; area codes there start with 2 to 9.
        Some(rest) if rest.chars().count() == 10 && !rest.starts_with(['0', '1', WILDCARD]) => rest,
        _ => national,
    };
    *out = national.to_owned();
    match out.chars().count() {
        0..5 => Err(Normalization::Invalid("fewer than 5 digits")),
        16.. => Err(Normalization::Invalid("more than 15 digits")),
        _ if is_repeated(out, |_| true) || tables().is_placeholder_phone(out) => Err(Normalization::Missing),
        _ => Ok(()),
    }
}

fn starts_with_plus(value: &str) -> bool {
    let prepared = value.chars().filter_map(|character| tables().prepare(character)).nfkc();
    prepared.into_iter().find(|&character| character != '(' && !character.is_whitespace()) == Some('+')
}

pub(super) fn sex(out: &mut String) -> Normalized {
    let code = replacement(&tables().sex, out).ok_or(Normalization::Invalid("not a sex code"))?;
    if code == "-" {
        return Err(Normalization::Missing);
    }
    out.clear();
    out.push_str(code);
    Ok(())
}

pub(super) fn email(value: &str, out: &mut String) -> Normalized {
    let tables = tables();
    out.clear();
    let composed = value.chars().filter_map(|character| tables.prepare(character)).nfkc();
    // A lower-case letter may compose where its upper-case form does not; hence the second NFKC.
    out.extend(composed.flat_map(char::to_lowercase).nfkc());
    let trimmed = out.trim();
    if trimmed.len() < out.len() {
        *out = trimmed.to_owned();
    }
    match out.split_once('@') {
        Some((local, domain))
            if !local.is_empty()
                && !domain.is_empty()
                && !domain.contains('@')
                && !out.contains(char::is_whitespace) =>
        {
            Ok(())
        }
        _ => Err(Normalization::Invalid("not an e-mail address")),
    }
}

pub(super) fn id(out: &mut String) -> Normalized {
    remove_blanks(out);
    if is_repeated(out, |byte| byte == b'0') || (out.len() >= 6 && is_repeated(out, |byte| byte == b'9')) {
        return Err(Normalization::Missing);
    }
    Ok(())
}

pub(super) fn number(value: &str, out: &mut String) -> Normalized {
    const REASON: Normalization = Normalization::Invalid("not a number");
    let tables = tables();
    out.clear();
    out.extend(value.chars().filter_map(|character| tables.prepare(character)).nfkc());
    let text = out.trim();
    let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = without_group_commas(whole).ok_or(REASON)?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return Err(REASON);
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut canonical = String::with_capacity(text.len() + 2);
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        canonical.push('-');
    }
    canonical.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        canonical.push('.');
        canonical.push_str(fraction);
    }
    *out = canonical;
    Ok(())
}

/// `1,234,567` without its commas; `None` if they do not separate groups of three.
fn without_group_commas(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    for group in groups {
        if group.len() != 3 || !(1..=3).contains(&first.len()) {
            return None;
        }
        digits.push_str(group);
    }
    Some(digits)
}
