//! Levels of names based on their letters (`protocols/02-normalisation.md` §4.6).

use rphonetic::{Encoder as _, Nysiis, Soundex};
use unicode_normalization::UnicodeNormalization as _;

use super::fold::{Wildcards, drop_titles, fold, remove_blanks, replace_parts, sort_parts};
use super::levels::LatinLevel;
use super::tables::{replacement, tables};
use crate::outcome::WILDCARD;

/// Level `latin` of a folded name: letters of Cyrillic and Greek in Latin ones.
pub(super) fn latin(name: &mut String) -> Result<(), &'static str> {
    if name.is_ascii() {
        return Ok(());
    }
    let table = &tables().transliterated;
    let mut buffer = [0; 4];
    // Letters with marks that are not in the table count as the bare letters.
    let plain: String = name
        .chars()
        .map(|letter| match std::iter::once(letter).nfd().next() {
            Some(base)
                if replacement(table, letter.encode_utf8(&mut buffer)).is_none()
                    && replacement(table, base.encode_utf8(&mut buffer)).is_some() =>
            {
                base
            }
            _ => letter,
        })
        .collect();
    let mut written = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(first) = rest.chars().next() {
        let one = first.len_utf8();
        let two = one + rest[one..].chars().next().map_or(0, char::len_utf8);
        let found = [two, one].into_iter().find_map(|end| Some((end, replacement(table, &rest[..end])?)));
        let (end, letters) = found.unwrap_or((one, &rest[..one]));
        if letters != "-" || found.is_none() {
            written.push_str(letters);
        }
        rest = &rest[end..];
    }
    fold(&written, Wildcards::Marks, name)?;
    drop_titles(name);
    Ok(())
}

/// A level of a name, from its level `latin`.
pub(super) fn at(level: LatinLevel, name: &mut String) {
    match level {
        LatinLevel::Nickname => replace_parts(name, &tables().nicknames),
        LatinLevel::Joined => remove_blanks(name),
        LatinLevel::Core => core(name),
        LatinLevel::Nysiis => nysiis(name),
        LatinLevel::Phonetic => soundex(name),
        LatinLevel::Latin => {}
    }
}

/// The distinctive part of a surname: prefixes joined, particles dropped, parts sorted.
fn core(name: &mut String) {
    let tables = tables();
    let mut parts: Vec<String> = Vec::new();
    // From right to left: the last of `parts` is the following one.
    for part in name.split(' ').rev() {
        match parts.last_mut() {
            Some(after) if tables.is_prefix(part) && !tables.is_prefix(after) => after.insert_str(0, part),
            Some(after) if tables.is_prefix(after) => *after = part.to_owned(),
            _ => parts.push(part.to_owned()),
        }
    }
    for part in &mut parts {
        if part.starts_with("MC") && part.chars().nth(3).is_some() {
            part.insert(1, 'A');
        }
    }
    if !parts.iter().all(|part| tables.is_particle(part)) {
        parts.retain(|part| !tables.is_particle(part));
    }
    *name = parts.join(" ");
    sort_parts(name);
}

/// Letters of a name for a code; none if a character is unknown.
fn letters(name: &str) -> String {
    let known = !name.contains(WILDCARD);
    name.chars().filter(|character| known && character.is_ascii_uppercase()).collect()
}

/// Replaces a name by its American Soundex code.
fn soundex(name: &mut String) {
    let is_code = matches!(name.as_bytes(), [letter, digits @ ..] if letter.is_ascii_uppercase()
        && digits.len() == 3
        && digits.iter().all(|digit| (b'0'..=b'6').contains(digit)));
    if !is_code {
        let letters = letters(name);
        *name = if letters.is_empty() { letters } else { Soundex::default().encode(&letters) };
    }
}

/// Replaces a name by its NYSIIS code and a zero, which marks it as a code.
fn nysiis(name: &mut String) {
    let is_code = name.strip_suffix('0').is_some_and(|code| {
        (1..=6).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase())
    });
    if !is_code {
        *name = Nysiis::default().encode(&letters(name));
        if !name.is_empty() {
            name.push('0');
        }
    }
}
