//! Characters of addresses with several spellings (`protocols/02-ja.md` §6.1).

use crate::ja::kanji::{is_kana, is_kanji};
use crate::ja::numeral::{is_kanji_numeral, is_numeral};
use crate::ja::tables::{DASH, tables};

/// Folds a prepared value.
pub(super) fn fold(prepared: &str) -> Vec<char> {
    let tables = tables();
    let mut text: Vec<char> = Vec::with_capacity(prepared.len() / 2);
    for character in prepared.chars() {
        if !character.is_whitespace() {
            text.push(tables.itaiji(character));
        } else if text.last().is_some_and(|last| *last != ' ') {
            text.push(' ');
        }
    }
    while text.last() == Some(&' ') {
        text.pop();
    }
    for at in 0..text.len() {
        let before = at.checked_sub(1).map(|at| text[at]);
        text[at] = one(before, text[at], text.get(at + 1).copied());
    }
    fold_turns(&mut text);
    text
}

/// The streets of Kyoto lead up, down, east and west: 上る and 上がる are 上ル.
fn fold_turns(text: &mut Vec<char>) {
    let mut at = 1;
    while at < text.len() {
        match (&text[..at], &text[at..]) {
            ([.., '上' | '下'], ['が', 'る', ..]) => {
                text.remove(at);
                text[at] = 'ル';
            }
            ([.., '上' | '下'] | [.., '東' | '西', '入'], ['る', ..]) => text[at] = 'ル',
            _ => {}
        }
        at += 1;
    }
}

/// One character between what stands before it, folded, and after it.
fn one(before: Option<char>, character: char, after: Option<char>) -> char {
    let is = |other: Option<char>, kind: fn(char) -> bool| other.is_some_and(kind);
    match character {
        'ー' if is(before, is_numeral) && is(after, is_numeral) => '-',
        'ー' => 'ー',
        'ヶ' | 'ヵ' => 'ケ',
        'が' | 'ガ' if is(after, is_kanji) && is(before, |c| is_kanji(c) || is_kana(c)) => 'ケ',
        'の' => 'ノ',
        '之' if is(before, is_kanji) && is(after, is_kanji) => 'ノ',
        'っ' | 'ッ' => 'ツ',
        'つ' if is(before, is_kanji_numeral) && is(after, is_kanji) => 'ツ',
        _ if tables().is(character, DASH) => {
            let after_digit = is(after, |c| c.is_ascii_digit());
            if is(before, is_kana) && !after_digit { 'ー' } else { '-' }
        }
        _ => character,
    }
}
