//! Codes and numbers (`protocols/02-ja.md` §§5, 7). Every function takes a prepared value.

use super::levels::PrefixLevel;
use super::tables::{DASH, SEPARATOR, tables};
use crate::outcome::{Normalization, WILDCARD};

type Normalized = Result<(), Normalization>;

/// Characters without separators and dashes.
fn bare(prepared: &str) -> String {
    prepared.chars().filter(|&character| !tables().is(character, SEPARATOR | DASH)).collect()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn sex(prepared: &str, out: &mut String) -> Normalized {
    let word: String = prepared.split_whitespace().collect();
    if word.is_empty() || word.chars().all(|character| character == WILDCARD) {
        return Err(Normalization::Missing);
    }
    match tables().sex.iter().find(|(key, _)| *key == word) {
        None => Err(Normalization::Invalid("not a sex code")),
        Some((_, "-")) => Err(Normalization::Missing),
        Some((_, code)) => {
            out.push_str(code);
            Ok(())
        }
    }
}

pub(super) fn postal(level: PrefixLevel, prepared: &str, out: &mut String) -> Normalized {
    let code = bare(&prepared.replace('〒', ""));
    if !is_digits(&code) || !matches!(code.len(), 0 | 3 | 5 | 7) {
        return Err(Normalization::Invalid("not a postal code"));
    }
    if matches!(code.as_str(), "0000000" | "9999999") {
        return Err(Normalization::Missing);
    }
    out.push_str(if level == PrefixLevel::Prefix { &code[..code.len().min(3)] } else { &code });
    Ok(())
}

pub(super) fn phone(level: PrefixLevel, prepared: &str, out: &mut String) -> Normalized {
    const REASON: Normalization = Normalization::Invalid("not a telephone number");
    let prepared = prepared.trim_start();
    let named = ["TEL", "電話", "☎"].iter().find_map(|word| prepared.strip_prefix(word));
    let prepared = named
        .map_or(prepared, |rest| rest.strip_prefix(':').unwrap_or(rest))
        .replace("代表", "")
        .replace('代', "");
    let at = ["内", "EXT", "X"].iter().filter_map(|word| prepared.find(word)).min();
    let (number, extension) = prepared.split_at(at.unwrap_or(prepared.len()));
    let international = number.trim_start_matches([' ', '(']).starts_with('+');
    let without_trunk = number.replace("(0)", "");
    let plus = if international { without_trunk.replace('+', "00") } else { number.to_owned() };
    let parting = |c: char| {
        c.is_whitespace() || tables().is(c, DASH) || ".・/()[]{}<>〔〕【】「」『』〈〉《》".contains(c)
    };
    let digits: String = plus.chars().filter(|character| !parting(*character)).collect();
    let national = match digits.strip_prefix("0081") {
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None => digits,
    };
    let extension: String = extension.chars().filter(char::is_ascii_digit).collect();
    if !is_digits(&national) || !(9..=11).contains(&national.len()) || !national.starts_with('0') {
        return Err(if national.is_empty() && extension.is_empty() {
            Normalization::Missing
        } else {
            REASON
        });
    }
    if national.bytes().all(|digit| digit == b'0') {
        return Err(Normalization::Missing);
    }
    out.push_str(&national);
    if level == PrefixLevel::Eq && !extension.is_empty() {
        out.push('x');
        out.push_str(&extension);
    }
    Ok(())
}

pub(super) fn idstring(prepared: &str, out: &mut String) -> Normalized {
    out.push_str(&bare(prepared));
    Ok(())
}

/// A number that ends or begins with a check digit.
#[derive(Clone, Copy, Debug)]
pub(super) enum Checked {
    MyNumber,
    Insurer,
    Corporate,
}

pub(super) fn checked(kind: Checked, prepared: &str, out: &mut String) -> Normalized {
    let prepared = match kind {
        // The prefix used on invoices.
        Checked::Corporate => prepared.trim_start().strip_prefix('T').unwrap_or(prepared),
        _ => prepared,
    };
    let text = bare(prepared);
    if text.is_empty() {
        return Err(Normalization::Missing);
    }
    let digits: Vec<u32> = text.chars().filter_map(|character| character.to_digit(10)).collect();
    let fits = match kind {
        Checked::MyNumber => digits.len() == 12,
        Checked::Insurer => matches!(digits.len(), 6 | 8),
        Checked::Corporate => digits.len() == 13,
    };
    if !fits || !is_digits(&text) {
        return Err(Normalization::Invalid("not a number of this kind"));
    }
    let last = digits[digits.len() - 1];
    let right = match kind {
        Checked::MyNumber => my_number_digit(&digits[..11]) == last,
        Checked::Insurer => luhn_digit(&digits[..digits.len() - 1]) == last,
        Checked::Corporate => corporate_digit(&digits[1..]) == digits[0],
    };
    if !right {
        return Err(Normalization::Invalid("check digit does not fit"));
    }
    out.push_str(&text);
    Ok(())
}

/// Ministerial Ordinance No. 85 of 2014, art. 5.
fn my_number_digit(digits: &[u32]) -> u32 {
    let weights = (2..=7).chain(2..=6);
    let sum: u32 = digits.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

fn luhn_digit(digits: &[u32]) -> u32 {
    let products = digits.iter().rev().zip([2, 1].into_iter().cycle()).map(|(digit, weight)| digit * weight);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    (10 - sum % 10) % 10
}

fn corporate_digit(digits: &[u32]) -> u32 {
    let sum: u32 =
        digits.iter().rev().zip([1, 2].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
    9 - sum % 9
}
