//! Kanji numerals of addresses: numbers, or parts of names.

use crate::ja::kanji::is_kanji;
use crate::ja::numeral::{digits, is_kanji_numeral, is_numeral};

/// Kanji numerals of the block as digits, those of names as they are.
pub(super) fn with_digits(text: &str) -> Vec<char> {
    let text: Vec<char> = text.chars().collect();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if !is_kanji_numeral(text[at]) {
            out.push(text[at]);
            at += 1;
            continue;
        }
        let end = text[at..].iter().position(|c| !is_kanji_numeral(*c)).map_or(text.len(), |n| at + n);
        match is_number(&text[..at], &text[end..]).then(|| digits(&text[at..end])).flatten() {
            Some(number) => out.extend(number.chars()),
            None => out.extend_from_slice(&text[at..end]),
        }
        at = end;
    }
    out
}

/// Whether kanji numerals between these texts are a number.
fn is_number(before: &[char], after: &[char]) -> bool {
    let numeral = |c: Option<&char>| c.is_some_and(|c| is_numeral(*c));
    let ends = |rest: &[char]| matches!(rest.first(), None | Some(' ' | '-')) || numeral(rest.first());
    match after {
        ['丁', '目', ..] | ['番', '地', ..] | ['条' | '線', ..] | ['号', '線', ..] | ['地', '割', ..] => {
            true
        }
        ['番', '町' | '丁', ..] => true,
        // A town of Tokyo.
        ['番', ..] if before.ends_with(&['麻', '布']) => false,
        ['番', rest @ ..] => ends(rest) || rest.first() == Some(&'ノ'),
        ['号', '室' | '棟' | '館', ..] | ['階', ..] => true,
        ['号', rest @ ..] => rest.first().is_none_or(|c| !is_kanji(*c) || is_kanji_numeral(*c)),
        ['ノ', rest @ ..] if numeral(rest.first()) => true,
        ['丁', rest @ ..] => ends(rest),
        ['-', rest @ ..] if numeral(rest.first()) => true,
        _ => match before {
            [.., before, '-' | 'ノ'] if is_numeral(*before) => true,
            [.., before, '番', '地'] | [.., before, '番'] if is_numeral(*before) => {
                matches!(after.first(), None | Some(' ' | '-' | 'ノ' | '号'))
            }
            _ => false,
        },
    }
}
