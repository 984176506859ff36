//! Names in Latin letters, converted to kana.

use crate::en_latn::fold_text;
use crate::ja::tables::{LatinLine, tables};

const VOWELS: &str = "AIUEO";

/// The kana of a prepared part of a name that is in Latin letters; `None` if it is not, or nothing is left.
pub(super) fn kana_of_latin(prepared: &str) -> Option<String> {
    let mut folded = String::new();
    fold_text(prepared, &mut folded).ok()?;
    let foreign = |c: char| c.is_alphabetic() && !c.is_ascii_uppercase();
    if folded.chars().any(foreign) {
        return None;
    }
    let mut kana = String::new();
    for word in folded.split(' ') {
        let letters: String = word.chars().filter(char::is_ascii_uppercase).collect();
        write_word(&single(&letters), &mut kana);
    }
    (!kana.is_empty()).then_some(kana)
}

/// A word without doubled letters: EE is I, OO is U, NN stays.
fn single(letters: &str) -> String {
    let letters = letters.replace("EE", "I").replace("OO", "U");
    let mut out = String::with_capacity(letters.len());
    for letter in letters.chars() {
        if letter == 'N' || !out.ends_with(letter) {
            out.push(letter);
        }
    }
    out
}

fn write_word(word: &str, kana: &mut String) {
    let mut rest = word;
    while !rest.is_empty() {
        // A rule without letters applies everywhere.
        let fits = |line: &&LatinLine| rest.starts_with(line.letters);
        let Some(line) = tables().latin.iter().filter(fits).max_by_key(|line| line.letters.len()) else {
            return;
        };
        rest = &rest[line.letters.len()..];
        let vowel = rest.chars().next().and_then(|letter| VOWELS.find(letter));
        let labial = rest.starts_with(['B', 'M', 'P']);
        match vowel {
            Some(vowel) => {
                kana.push_str(line.kana[vowel]);
                rest = &rest[1..];
            }
            None if line.letters == "M" && labial => kana.push('ン'),
            None => kana.push_str(line.kana[VOWELS.len()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_countries() {
        for (name, kana) in [
            ("SANTOS", "サントス"),
            ("FERREIRA", "フェレイラ"),
            ("SHRESTHA", "シュレスタ"),
            ("PHAM", "ファム"),
            ("CAMPBELL", "カンプベル"),
            ("ANNA", "アンナ"),
            ("LEE", "リ"),
            ("VAN HUNG", "バンフン"),
            ("O'NEILL", "オネイル"),
            ("MÜLLER", "ムレル"),
        ] {
            assert_eq!(kana_of_latin(name).as_deref(), Some(kana), "{name}");
        }
        for name in ["", "山田", "山田 A", "-", "1", "ヤマダ"] {
            assert_eq!(kana_of_latin(name), None, "{name}");
        }
    }

    #[test]
    fn every_letter_has_kana() {
        for letter in 'A'..='Z' {
            assert!(kana_of_latin(&format!("{letter}A")).is_some(), "{letter}");
        }
        assert_eq!(tables().latin.len(), 46);
    }
}
