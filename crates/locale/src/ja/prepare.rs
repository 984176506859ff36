//! The preparation shared by all kinds (`protocols/02-ja.md` §2).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::tables::{DASH, IGNORED, SEPARATOR, WILD, tables};
use crate::outcome::{CONTROL_CHARACTER, WILDCARD};

/// Voicing marks that combine with the kana before them.
const MARKS: [char; 2] = ['\u{3099}', '\u{309A}'];

/// Half-width katakana U+FF61–FF9D, full width.
const HALF_WIDTH: [char; 61] = [
    '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア',
    'イ', 'ウ', 'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ',
    'テ', 'ト', 'ナ', 'ニ', 'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ',
    'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル', 'レ', 'ロ', 'ワ', 'ン',
];

/// Prepares `value` into `out`; only `Err` leaves `out` in an undefined state.
pub(super) fn prepare(value: &str, out: &mut String) -> Result<(), &'static str> {
    out.clear();
    if !fast(value, out) {
        out.clear();
        general(value, out)?;
    }
    Ok(())
}

/// [`general`] for the characters usual in Japanese files; false if another one occurs.
fn fast(value: &str, out: &mut String) -> bool {
    out.reserve(value.len());
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let character = match character {
            '*' | '?' => WILDCARD,
            ' '..='~' => character.to_ascii_uppercase(),
            // Without the spacing and the combining voicing marks, and kana that NFKC decomposes.
            'ぁ'..='ゖ' | 'ァ'..='ヾ' | '々' | '〇' => character,
            '\u{4E00}'..='\u{9FA5}' => character,
            '\u{3000}' => ' ',
            '\u{FF01}'..='\u{FF5E}' => match char::from_u32(u32::from(character) - 0xFEE0) {
                Some('*' | '?') | None => WILDCARD,
                Some(narrow) => narrow.to_ascii_uppercase(),
            },
            '\u{FF61}'..='\u{FF9D}' => {
                let wide = HALF_WIDTH[(u32::from(character) - 0xFF61) as usize];
                let marked = match characters.peek() {
                    Some('\u{FF9E}') if wide == 'ワ' => Some('ヷ'),
                    Some('\u{FF9E}') if wide == 'ヲ' => Some('ヺ'),
                    Some('\u{FF9E}') => voiced(wide),
                    Some('\u{FF9F}') => semi_voiced(wide),
                    _ => None,
                };
                if marked.is_some() {
                    characters.next();
                }
                marked.unwrap_or(wide)
            }
            '●' | '〓' | '■' | '□' | '▲' => WILDCARD,
            _ => return false,
        };
        out.push(character);
    }
    true
}

/// Preparing of any text.
fn general(value: &str, out: &mut String) -> Result<(), &'static str> {
    if value.chars().any(|character| character.is_control() && !character.is_whitespace()) {
        return Err(CONTROL_CHARACTER);
    }
    let tables = tables();
    let kept =
        value.chars().filter(|&character| !tables.is(character, IGNORED)).map(|character| match character {
            '\u{309B}' => MARKS[0],
            '\u{309C}' => MARKS[1],
            _ => tables.radical(character),
        });
    for character in kept.nfkc().filter(|character| !is_combining_mark(*character)) {
        out.push(if tables.is(character, WILD) { WILDCARD } else { character.to_ascii_uppercase() });
    }
    compose(out);
    Ok(())
}

/// The kana with a voicing mark, if it takes one in Japanese words.
pub(super) fn voiced(kana: char) -> Option<char> {
    match kana {
        'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ' | 'ツ' | 'テ'
        | 'ト' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ' | 'か' | 'き' | 'く' | 'け' | 'こ' | 'さ' | 'し' | 'す'
        | 'せ' | 'そ' | 'た' | 'ち' | 'つ' | 'て' | 'と' | 'は' | 'ひ' | 'ふ' | 'へ' | 'ほ' => {
            char::from_u32(u32::from(kana) + 1)
        }
        'ウ' => Some('ヴ'),
        'う' => Some('ゔ'),
        _ => None,
    }
}

fn semi_voiced(kana: char) -> Option<char> {
    matches!(kana, 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ').then(|| char::from_u32(u32::from(kana) + 2)).flatten()
}

/// Composes Hangul letters that became adjacent when characters between them were removed.
pub(super) fn compose(text: &mut String) {
    if text.chars().any(|character| ('\u{1100}'..='\u{11FF}').contains(&character)) {
        *text = text.nfc().collect();
    }
}

/// Whether a prepared value is a placeholder for "no value".
pub(super) fn is_missing(prepared: &str) -> bool {
    let tables = tables();
    let mut first = None;
    let mut known = false;
    let mut length = 0;
    for character in prepared.chars() {
        if !tables.is(character, SEPARATOR | DASH) {
            first = first.or(Some(character));
            known |= character != WILDCARD;
            length += 1;
            // Longer than any placeholder.
            if known && length > 8 {
                return false;
            }
        }
    }
    if !known {
        return true;
    }
    if !first.is_some_and(|first| tables.begins_placeholder(first)) {
        return false;
    }
    let bare: String =
        prepared.chars().filter(|&character| !tables.is(character, SEPARATOR | DASH)).collect();
    tables.is_placeholder(&bare)
}

/// Without text in round brackets; unchanged if there is nothing else.
pub(super) fn without_brackets(prepared: &str) -> Cow<'_, str> {
    if !prepared.contains('(') {
        return Cow::Borrowed(prepared);
    }
    let (mut left, mut rest) = (String::with_capacity(prepared.len()), prepared);
    while let Some((before, bracket)) = rest.split_once('(') {
        let Some((_, after)) = bracket.split_once(')') else { break };
        left.push_str(before);
        rest = after;
    }
    left.push_str(rest);
    let nothing = |character: char| character.is_whitespace() || tables().is(character, SEPARATOR | DASH);
    if left.chars().all(nothing) { Cow::Borrowed(prepared) } else { Cow::Owned(left) }
}

/// Where a name splits into family and given name: the first inner run of separating characters.
pub(super) fn parting(prepared: &str) -> Option<(&str, &str)> {
    let parts = |character: char| character.is_whitespace() || matches!(character, '・' | ',' | '、' | '/');
    let trimmed = prepared.trim_matches(parts);
    let at = trimmed.find(parts)?;
    let (family, rest) = trimmed.split_at(at);
    Some((family, rest.trim_start_matches(parts)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4000, ..ProptestConfig::default() })]

        #[test]
        fn fast_path_agrees_with_the_general_one(
            value in "([ぁ-ゖァ-ヾ々〇一-龥]|[ -~]|[！-～　]|[｡-ﾟ]|[ﾞﾟ]|[●〓■□▲*?]|[\u{3099}\u{309a}\u{309b}\u{301}\u{fe00}髙﨑]){0,24}"
        ) {
            let (mut quick, mut slow) = (String::new(), String::new());
            if fast(&value, &mut quick) {
                general(&value, &mut slow).unwrap();
                prop_assert_eq!(quick, slow);
            }
        }
    }

    #[test]
    fn every_pair_with_a_half_width_character_is_prepared_alike() {
        for a in '\u{FF01}'..='\u{FF9F}' {
            for b in ['ﾞ', 'ﾟ', 'ア', 'ｱ'] {
                let value = format!("{a}{b}");
                let (mut quick, mut slow) = (String::new(), String::new());
                if fast(&value, &mut quick) {
                    general(&value, &mut slow).unwrap();
                    assert_eq!(quick, slow, "{value}");
                }
            }
        }
    }
}
