//! Accounts and their holders (`protocols/02-ja.md` §7). Every function takes a prepared value.

use super::kana;
use super::levels::HolderLevel;
use super::tables::{DASH, tables};
use crate::outcome::Normalization;
use crate::pack::UNEQUAL;

const NOT_AN_ACCOUNT: Normalization = Normalization::Invalid("not an account");

/// At this length, another system may have cut off the end of an account holder's name.
const CUT: usize = 15;

/// The parts between dashes and blanks; a dash at an end separates nothing.
fn parts(prepared: &str) -> Vec<&str> {
    let is_dash = |character: char| tables().is(character, DASH);
    let trimmed = prepared.trim();
    if trimmed.starts_with(is_dash) || trimmed.ends_with(is_dash) {
        return if trimmed.chars().all(is_dash) { Vec::new() } else { vec![trimmed] };
    }
    let parts = trimmed.split(|character: char| character.is_whitespace() || is_dash(character));
    parts.filter(|part| !part.is_empty()).collect()
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn yucho(prepared: &str, out: &mut String) -> Result<(), Normalization> {
    let numbers = prepared.replace("記号", " ").replace("番号", " ");
    let parts = parts(&numbers);
    let (code, number) = match parts[..] {
        [] => return Err(Normalization::Missing),
        [code, number] => (code, number),
        [code, middle, number] if code.len() == 5 && digits(middle, 1..=1) => (code, number),
        _ => return Err(NOT_AN_ACCOUNT),
    };
    let (branch, account) = match code.as_bytes() {
        [b'1', ..] if digits(code, 5..=5) && digits(number, 2..=8) => {
            (format!("{}8", &code[1..3]), &number[..number.len() - 1])
        }
        [b'0', ..] if digits(code, 5..=5) && digits(number, 1..=7) => (format!("{}9", &code[1..3]), number),
        _ if digits(code, 3..=3) && digits(number, 1..=7) => (code.to_owned(), number),
        _ => return Err(NOT_AN_ACCOUNT),
    };
    out.push_str(&format!("{branch}-{account:0>7}"));
    Ok(())
}

pub(super) fn bank(prepared: &str, out: &mut String) -> Result<(), Normalization> {
    let parts = parts(prepared);
    let (bank, branch, kind, number) = match parts[..] {
        [] => return Err(Normalization::Missing),
        [bank, branch, kind, number] => (bank, branch, kind, number),
        [whole] if digits(whole, 15..=15) => (&whole[..4], &whole[4..7], &whole[7..8], &whole[8..]),
        _ => return Err(NOT_AN_ACCOUNT),
    };
    let accounts = &tables().accounts;
    let kind = accounts
        .iter()
        .find(|(word, digit)| *word == kind || kind.chars().eq([*digit]))
        .map(|(_, digit)| *digit)
        .ok_or(NOT_AN_ACCOUNT)?;
    if !digits(bank, 4..=4) || !digits(branch, 3..=3) || !digits(number, 1..=7) {
        return Err(NOT_AN_ACCOUNT);
    }
    out.push_str(&format!("{bank}-{branch}-{kind}-{number:0>7}"));
    Ok(())
}

pub(super) fn holder_name(level: HolderLevel, prepared: &str, out: &mut String) {
    let name = abbreviated(&large_kana(prepared));
    if level == HolderLevel::Family {
        out.push_str(&abbreviated(name.split(' ').next().unwrap_or_default()));
    } else {
        out.push_str(&name);
    }
}

/// Large kana, with words and brackets kept.
fn large_kana(prepared: &str) -> String {
    let brackets = |character: char| matches!(character, '(' | ')' | ' ');
    let mut out = String::with_capacity(prepared.len());
    let mut kana = String::new();
    for piece in prepared.split_inclusive(|character: char| brackets(character) || character.is_whitespace())
    {
        let word = piece.trim_end_matches(|character: char| brackets(character) || character.is_whitespace());
        kana::eq(word, &mut kana);
        out.extend(kana.chars().map(kana::large));
        out.extend(piece[word.len()..].chars().map(|end| if end.is_whitespace() { ' ' } else { end }));
    }
    out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Stands for legal form number 0 while a name is rewritten; a prepared value has no private-use characters.
const FIRST_FORM: u32 = 0xE000;

/// Shorter words for a legal form count only in brackets.
const BARE_WORD: usize = 3;

/// Abbreviates legal forms as their place in the name requires.
fn abbreviated(name: &str) -> String {
    let forms = &tables().corporate;
    let none = |(word, _): &(&str, _)| word.chars().count() < BARE_WORD || !name.contains(word);
    if !name.contains(['(', ')']) && forms.iter().all(none) {
        return name.to_owned();
    }
    let mark = |index: usize| char::from_u32(FIRST_FORM + index as u32).unwrap_or_default().to_string();
    let mut text = name.to_owned();
    for (index, (word, short)) in forms.iter().enumerate() {
        text = text.replace(&format!("({word})"), &mark(index)).replace(&format!("({short})"), &mark(index));
        if word.chars().count() >= BARE_WORD {
            text = text.replace(word, &mark(index));
        }
    }
    // One bracket only: after the beginning, a blank or another form; before the end or a blank.
    let is_form =
        |character: char| (FIRST_FORM..FIRST_FORM + forms.len() as u32).contains(&u32::from(character));
    let begins = |before: &str| before.chars().next_back().is_none_or(|last| last == ' ' || is_form(last));
    let ends = |after: &str| after.chars().next().is_none_or(|next| next == ' ');
    for (index, (word, short)) in forms.iter().enumerate() {
        for name in [word, short] {
            text = replace_where(&text, &format!("{name})"), &mark(index), |before, _| begins(before));
            text = replace_where(&text, &format!("({name}"), &mark(index), |_, after| ends(after));
        }
    }
    let form = |character: char| {
        u32::from(character)
            .checked_sub(FIRST_FORM)
            .and_then(|index| forms.get(index as usize))
            .map(|form| form.1)
    };
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let Some(short) = form(character) else {
            // A blank beside a legal form is dropped.
            if character != ' ' || characters.peek().is_none_or(|next| form(*next).is_none()) {
                out.push(character);
            }
            continue;
        };
        while characters.peek() == Some(&' ') {
            characters.next();
        }
        match (out.is_empty(), characters.peek().is_none()) {
            (true, _) => out.push_str(&format!("{short})")),
            (false, true) => out.push_str(&format!("({short}")),
            (false, false) => out.push_str(&format!("({short})")),
        }
    }
    out
}

/// Replaces occurrences where `fits` accepts the text before and after.
fn replace_where(text: &str, from: &str, to: &str, fits: impl Fn(&str, &str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        out.push_str(before);
        let to = if fits(&out, after) { to } else { from };
        out.push_str(to);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The relation of two holders, both normalized at `eq`.
pub(super) fn relation(a: &str, b: &str) -> &'static str {
    let joined = |name: &str| name.split(' ').collect::<String>();
    let (left, right) = (joined(a), joined(b));
    if left == right {
        return "eq";
    }
    let (short, long, long_words) =
        if left.len() < right.len() { (&left, &right, b) } else { (&right, &left, a) };
    let at_word_end = || {
        let mut length = 0;
        long_words.split(' ').any(|word| {
            length += word.len();
            length == short.len()
        })
    };
    if long.starts_with(short.as_str()) && (at_word_end() || short.chars().count() >= CUT) {
        return "prefix";
    }
    let (mut a_words, mut b_words) = (a.split(' '), b.split(' '));
    let (Some(a_first), Some(b_first)) = (a_words.next(), b_words.next()) else { return UNEQUAL };
    let begins = |first: &str, other: &str, alone: bool| alone && other.starts_with(first);
    if a_first == b_first
        || begins(a_first, b_first, b_words.next().is_none())
        || begins(b_first, a_first, a_words.next().is_none())
    {
        "family"
    } else {
        UNEQUAL
    }
}
