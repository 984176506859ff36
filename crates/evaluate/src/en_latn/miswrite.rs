//! Errors and variants in the spelling of a name.

use super::names::NICKNAMES;
use crate::draw::{Draw, items};

const KEYBOARD: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Letters that sound alike, in the order in which they are searched from a random position.
const SOUNDS: [(&str, &str); 40] = [
    ("ph", "f"),
    ("Ph", "F"),
    ("ck", "k"),
    ("ie", "y"),
    ("ey", "y"),
    ("y", "ie"),
    ("ll", "l"),
    ("nn", "n"),
    ("tt", "t"),
    ("ss", "s"),
    ("rr", "r"),
    ("l", "ll"),
    ("n", "nn"),
    ("C", "K"),
    ("K", "C"),
    ("c", "k"),
    ("k", "c"),
    ("s", "z"),
    ("z", "s"),
    ("ee", "ea"),
    ("ea", "ee"),
    ("ai", "ay"),
    ("ay", "ai"),
    ("ei", "ie"),
    ("ou", "u"),
    ("oo", "u"),
    ("th", "t"),
    ("sen", "son"),
    ("son", "sen"),
    ("Kn", "N"),
    ("Wr", "R"),
    ("Mac", "Mc"),
    ("Mc", "Mac"),
    ("dg", "g"),
    ("gh", "g"),
    ("x", "ks"),
    ("er", "ar"),
    ("ar", "er"),
    ("a", "e"),
    ("e", "a"),
];

/// `text` with one character inserted, deleted, substituted or exchanged with its neighbor.
pub(crate) fn typo(text: &str, draw: &mut Draw) -> String {
    let original: Vec<char> = text.chars().collect();
    if original.is_empty() {
        return String::new();
    }
    for _ in 0..16 {
        let mut chars = original.clone();
        let at = draw.position(chars.len());
        match draw.below(4) {
            0 => chars.insert(at + 1, near(chars[at], draw)),
            1 if chars.len() > 2 => {
                chars.remove(at);
            }
            2 if at + 1 < chars.len() => chars.swap(at, at + 1),
            _ => chars[at] = near(chars[at], draw),
        }
        if original[0].is_uppercase() {
            capitalise(&mut chars);
        }
        let blank_ends = chars.first() == Some(&' ') || chars.last() == Some(&' ');
        if chars != original && !blank_ends {
            return chars.into_iter().collect();
        }
    }
    text.to_owned()
}

/// The first letter in upper case, the second not.
fn capitalise(chars: &mut [char]) {
    if let Some(first) = chars.first_mut() {
        *first = first.to_uppercase().next().unwrap_or(*first);
    }
    if let Some(second) = chars.get_mut(1) {
        *second = second.to_lowercase().next().unwrap_or(*second);
    }
}

/// A letter typed instead of `letter`, in lower case: a neighbor on the keyboard, or any.
fn near(letter: char, draw: &mut Draw) -> char {
    let small = letter.to_ascii_lowercase();
    for row in KEYBOARD {
        if let Some(at) = row.iter().position(|&key| char::from(key) == small) {
            let beside = if draw.below(2) == 0 { at.wrapping_sub(1) } else { at + 1 };
            return char::from(*row.get(beside).unwrap_or(&row[row.len() / 2]));
        }
    }
    char::from(*draw.one(b"abcdefghijklmnopqrstuvwxyz"))
}

/// `text` as somebody might spell it by ear.
pub(crate) fn by_ear(text: &str, draw: &mut Draw) -> String {
    let start = draw.position(SOUNDS.len());
    for step in 0..SOUNDS.len() {
        let (sound, other) = SOUNDS[(start + step) % SOUNDS.len()];
        if let Some(at) = text.find(sound) {
            let mut changed = text.to_owned();
            changed.replace_range(at..at + sound.len(), other);
            return changed;
        }
    }
    text.to_owned()
}

/// Nicknames, looked up in both directions.
pub(crate) struct Nicknames(Vec<(&'static str, &'static str)>);

impl Nicknames {
    pub(crate) fn new() -> Self {
        Self(items(NICKNAMES).into_iter().filter_map(|pair| pair.split_once('=')).collect())
    }

    /// A familiar name for a formal one or vice versa; `None` if there is none.
    pub(crate) fn other(&self, name: &str, draw: &mut Draw) -> Option<&'static str> {
        let found = |&(formal, familiar): &(&'static str, &'static str)| {
            if formal == name { Some(familiar) } else { (familiar == name).then_some(formal) }
        };
        let number = self.0.iter().filter_map(found).count();
        if number == 0 { None } else { self.0.iter().filter_map(found).nth(draw.position(number)) }
    }
}

/// `text` without hyphens, apostrophes and blanks between its parts, or with blanks for them.
pub(crate) fn other_punctuation(text: &str, draw: &mut Draw) -> String {
    if draw.below(2) == 0 { text.replace(['-', '\'', ' '], "") } else { text.replace(['-', '\''], " ") }
}

/// `text` in plain Latin letters. Knows the letters of this crate's lists.
pub(crate) fn without_diacritics(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            'á' | 'à' | 'â' | 'ā' | 'ä' | 'å' => 'a',
            'Å' => 'A',
            'ć' | 'č' => 'c',
            'é' | 'è' | 'ē' | 'ë' => 'e',
            'í' | 'ï' | 'ī' => 'i',
            'ñ' => 'n',
            'ö' | 'ø' | 'ó' | 'ō' => 'o',
            'ś' => 's',
            'ú' | 'ü' | 'ū' => 'u',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_changes_one_place() {
        let mut draw = Draw::new(1, 0);
        for text in ["Smith", "O'Brien", "Le", "García", "De Luca", "Åberg", "Al"] {
            for _ in 0..500 {
                let wrong = typo(text, &mut draw);
                assert_ne!(wrong, text);
                assert!(wrong.chars().count().abs_diff(text.chars().count()) <= 1, "{wrong}");
                assert_eq!(wrong.trim(), wrong);
            }
        }
        assert_eq!(typo("", &mut draw), "");
    }

    #[test]
    fn sounds_and_nicknames() {
        let mut draw = Draw::new(1, 0);
        let heard: Vec<String> = (0..300).map(|_| by_ear("Phillips", &mut draw)).collect();
        assert!(heard.iter().all(|name| name != "Phillips"));
        assert!(heard.iter().any(|name| name == "Fillips"));
        assert!(heard.iter().any(|name| name == "Philips"));
        assert_eq!(by_ear("Ib", &mut draw), "Ib");

        let names = Nicknames::new();
        assert!(matches!(names.other("William", &mut draw), Some("Bill" | "Will")));
        assert_eq!(names.other("Bill", &mut draw), Some("William"));
        assert_eq!(names.other("Hinemoa", &mut draw), None);
    }

    #[test]
    fn styles() {
        let mut draw = Draw::new(1, 0);
        let written: Vec<String> = (0..50).map(|_| other_punctuation("Smith-O'Brien", &mut draw)).collect();
        assert!(written.iter().all(|name| name == "SmithOBrien" || name == "Smith O Brien"));
        assert_eq!(without_diacritics("Wētere Åberg Muñoz"), "Wetere Aberg Munoz");
    }
}
