//! Text at its levels (`protocols/02-normalisation.md` §4).

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::tables::{ASCII_CONTROL, ASCII_DROP, ASCII_WILDCARD, Class, Words, replacement, tables};
use crate::outcome::{CONTROL_CHARACTER, WILDCARD};

/// Which characters stand for unknown ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    /// All of the table: question marks, geta marks, …
    Marks,
    /// [`WILDCARD`] alone: in free text a question mark is just that.
    Replacement,
}

/// Folds `value` into `out`; only `Err` leaves `out` in an undefined state.
pub(super) fn fold(value: &str, wildcards: Wildcards, out: &mut String) -> Result<(), &'static str> {
    out.clear();
    if value.is_ascii() { fold_ascii(value, wildcards, out) } else { fold_general(value, wildcards, out) }
}

/// [`fold_general`] for ASCII, where normalization forms change nothing.
fn fold_ascii(value: &str, wildcards: Wildcards, out: &mut String) -> Result<(), &'static str> {
    let table = &tables().ascii;
    out.reserve(value.len());
    let mut blank = false;
    for byte in value.bytes() {
        let folded = match table[usize::from(byte & 127)] {
            ASCII_DROP => continue,
            ASCII_CONTROL => return Err(CONTROL_CHARACTER),
            ASCII_WILDCARD if wildcards == Wildcards::Marks => WILDCARD,
            b' ' | ASCII_WILDCARD => {
                blank = true;
                continue;
            }
            folded => char::from(folded),
        };
        if blank && !out.is_empty() {
            out.push(' ');
        }
        blank = false;
        out.push(folded);
    }
    Ok(())
}

/// Folding of any text.
fn fold_general(value: &str, wildcards: Wildcards, out: &mut String) -> Result<(), &'static str> {
    refuse_control(value)?;
    let tables = tables();
    let decomposed = value.chars().filter_map(|character| tables.prepare(character)).nfkd();
    let mut folded = String::with_capacity(value.len());
    let mut blank = false;
    // Marks stay on letters that are kept; elsewhere they are accents to remove, or stray.
    let mut keep_marks = false;
    for character in decomposed.flat_map(char::to_uppercase).nfkd() {
        if is_combining_mark(character) {
            if keep_marks {
                folded.push(character);
            }
            continue;
        }
        let class = free_text_class(tables.class(character), character, wildcards);
        keep_marks = class == Class::Keep && !character.is_ascii();
        match class {
            Class::Blank => blank = true,
            Class::Ignored | Class::Accent | Class::Dropped => {}
            Class::Keep | Class::Wildcard | Class::Latin(_) => {
                if blank && !folded.is_empty() {
                    folded.push(' ');
                }
                blank = false;
                match class {
                    Class::Wildcard => folded.push(WILDCARD),
                    Class::Latin(letters) => folded.push_str(letters),
                    _ => folded.push(character),
                }
            }
        }
    }
    out.extend(folded.nfc());
    Ok(())
}

fn free_text_class(class: Class, character: char, wildcards: Wildcards) -> Class {
    if class != Class::Wildcard || wildcards == Wildcards::Marks || character == WILDCARD {
        class
    } else if character.is_ascii() {
        Class::Blank
    } else {
        Class::Keep
    }
}

/// Level `exact`: NFKC, blanks collapsed, case and punctuation kept. `value` has no control characters.
pub(super) fn exact(value: &str, wildcards: Wildcards, out: &mut String) {
    out.clear();
    let tables = tables();
    let mut blank = false;
    for character in value.chars().filter_map(|character| tables.prepare(character)).nfkc() {
        if character.is_whitespace() {
            blank = true;
            continue;
        }
        if blank && !out.is_empty() {
            out.push(' ');
        }
        blank = false;
        let unknown = wildcards == Wildcards::Marks && tables.class(character) == Class::Wildcard;
        out.push(if unknown { WILDCARD } else { character });
    }
}

/// Fails if `value` contains a control character that is not white space.
pub(super) fn refuse_control(value: &str) -> Result<(), &'static str> {
    if value.chars().any(|character| character.is_control() && !character.is_whitespace()) {
        Err(CONTROL_CHARACTER)
    } else {
        Ok(())
    }
}

/// Removes titles from a folded name, unless it has no other part.
pub(super) fn drop_titles(name: &mut String) {
    let tables = tables();
    if !name.contains(' ') {
        return;
    }
    let parts = || name.split(' ');
    if parts().any(|part| tables.is_title(part)) && !parts().all(|part| tables.is_title(part)) {
        *name = parts().filter(|part| !tables.is_title(part)).collect::<Vec<_>>().join(" ");
    }
}

/// Replaces the parts of a folded text that are in `words`.
pub(super) fn replace_parts(text: &mut String, words: &Words) {
    if text.split(' ').any(|part| replacement(words, part).is_some()) {
        let parts: Vec<_> = text.split(' ').map(|part| replacement(words, part).unwrap_or(part)).collect();
        *text = parts.join(" ");
    }
}

/// Sorts the parts of a folded name by code points.
pub(super) fn sort_parts(name: &mut String) {
    if name.contains(' ') {
        let mut parts: Vec<_> = name.split(' ').collect();
        parts.sort_unstable();
        *name = parts.join(" ");
    }
}

/// Keeps the first character.
pub(super) fn keep_initial(name: &mut String) {
    let end = name.chars().next().map_or(0, char::len_utf8);
    name.truncate(end);
}

/// Removes the blanks of a folded text.
pub(super) fn remove_blanks(text: &mut String) {
    if text.contains(' ') {
        text.retain(|character| character != ' ');
        // Adjacent parts may now compose (Hangul letters).
        if !text.is_ascii() {
            *text = text.nfc().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ascii_path_agrees_with_the_general_one(value in "[\\x00-\\x7f]{0,40}|[A-Za-z '?*.-]{0,40}") {
            for wildcards in [Wildcards::Marks, Wildcards::Replacement] {
                let (mut fast, mut general) = (String::new(), String::new());
                let outcome = fold_ascii(&value, wildcards, &mut fast);
                prop_assert_eq!(outcome, fold_general(&value, wildcards, &mut general));
                if outcome.is_ok() {
                    prop_assert_eq!(fast, general);
                }
            }
        }
    }
}
