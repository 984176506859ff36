//! Names in Latin letters (`protocols/02-ja.md` §3.3).

use super::levels::RomajiLevel;
use crate::en_latn::fold_text;
use crate::outcome::{Normalization, WILDCARD};

/// Spellings of one sound; the first is replaced by the second. No replacement makes another one applicable.
const SOUNDS: [(&str, &str); 24] = [
    ("SYA", "SHA"),
    ("SYU", "SHU"),
    ("SYO", "SHO"),
    ("TYA", "CHA"),
    ("TYU", "CHU"),
    ("TYO", "CHO"),
    ("CYA", "CHA"),
    ("CYU", "CHU"),
    ("CYO", "CHO"),
    ("ZYA", "JA"),
    ("ZYU", "JU"),
    ("ZYO", "JO"),
    ("JYA", "JA"),
    ("JYU", "JU"),
    ("JYO", "JO"),
    ("DYA", "JA"),
    ("DYU", "JU"),
    ("DYO", "JO"),
    ("SI", "SHI"),
    ("TI", "CHI"),
    ("TU", "TSU"),
    ("ZI", "JI"),
    ("DI", "JI"),
    ("DU", "ZU"),
];

/// A level of a prepared value.
pub(super) fn normalize(level: RomajiLevel, prepared: &str, out: &mut String) -> Result<(), Normalization> {
    fold_text(prepared, out).map_err(Normalization::Invalid)?;
    let words: Vec<String> = if level == RomajiLevel::Sorted {
        out.split(' ').map(|word| hepburn(letters(word))).collect()
    } else {
        vec![hepburn(letters(out))]
    };
    let mut words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
    if !words.iter().any(|word| word.bytes().any(|byte| byte.is_ascii_uppercase())) {
        return Err(Normalization::Invalid("no Latin letters"));
    }
    if level == RomajiLevel::LongVowels {
        words.iter_mut().for_each(shorten);
    }
    words.sort_unstable();
    *out = words.join(" ");
    Ok(())
}

fn letters(text: &str) -> String {
    text.chars().filter(|character| character.is_ascii_uppercase() || *character == WILDCARD).collect()
}

/// Converts Kunrei and Nihon spellings to Hepburn, until nothing changes.
fn hepburn(mut text: String) -> String {
    loop {
        let before = text.clone();
        for (from, to) in SOUNDS {
            if text.contains(from) {
                text = text.replace(from, to);
            }
        }
        text = soft_h(&text);
        text = labial_n(&text);
        text = text.replace("CCH", "TCH");
        if text == before {
            return text;
        }
    }
}

/// HU becomes FU where it is a syllable.
fn soft_h(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let begins = matches!(last, None | Some('A' | 'I' | 'U' | 'E' | 'O' | 'N' | 'M'));
        out.push(if character == 'H' && begins && characters.peek() == Some(&'U') { 'F' } else { character });
        last = Some(character);
    }
    out
}

/// N becomes M before B, M and P.
fn labial_n(text: &str) -> String {
    let mut next = None;
    let mut reversed: Vec<char> = Vec::with_capacity(text.len());
    for character in text.chars().rev() {
        let character =
            if character == 'N' && matches!(next, Some('B' | 'M' | 'P')) { 'M' } else { character };
        reversed.push(character);
        next = Some(character);
    }
    reversed.into_iter().rev().collect()
}

/// Drops the marks of long O and U, until nothing changes.
fn shorten(text: &mut String) {
    loop {
        let mut out = String::with_capacity(text.len());
        let mut last = None;
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            let syllable_ends =
                characters.peek().is_none_or(|next| next.is_ascii_uppercase() && !"AIUEO".contains(*next));
            match (last, character) {
                (Some('O' | 'U'), 'U') | (Some('O'), 'O') => continue,
                (Some('O'), 'H') if syllable_ends => continue,
                _ => {}
            }
            out.push(character);
            last = Some(character);
        }
        let out = hepburn(out);
        if out == *text {
            return;
        }
        *text = out;
    }
}
