//! Names as they are written (`protocols/02-ja.md` §3.2).

use super::kana::katakana;
use super::prepare::voiced;
use super::tables::{DASH, SEPARATOR, tables};

/// Level `eq` of a prepared value.
pub(super) fn eq(prepared: &str, out: &mut String) {
    out.clear();
    let tables = tables();
    let mut last = '\0';
    let mut before = '\0';
    for character in prepared.chars() {
        // The preceding character, even a separator.
        let touched = std::mem::replace(&mut before, character);
        let written = match character {
            '々' | '〻' | 'ヽ' | 'ゝ' if last != '\0' => last,
            'ヾ' | 'ゞ' if last != '\0' => voiced(last).unwrap_or(last),
            'ヶ' => 'ケ',
            'ヵ' => 'カ',
            '一'..='\u{9FFF}' | 'ー' => character,
            _ if tables.is(character, DASH) => {
                if !is_katakana(touched) && !tables.is(touched, DASH) || !is_katakana(last) {
                    continue;
                }
                'ー'
            }
            _ if tables.is(character, SEPARATOR) => continue,
            _ => character,
        };
        out.push(written);
        last = written;
    }
}

/// Level `itaiji` of `eq`: glyph variants become equal.
pub(super) fn itaiji(eq: &str, out: &mut String) {
    let tables = tables();
    out.clear();
    out.extend(eq.chars().map(|character| tables.itaiji(character)));
}

/// Level `itaiji_loose` of `itaiji`: characters that people use interchangeably become equal.
pub(super) fn itaiji_loose(itaiji: &str, out: &mut String) {
    let tables = tables();
    out.clear();
    out.extend(itaiji.chars().map(|character| match character {
        'の' | '之' => 'ノ',
        'が' | 'ガ' => 'ケ',
        _ => tables.head_of_group(character),
    }));
}

/// U+3041–3096, 30A1–30FA and 30FC.
pub(super) fn is_kana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゖ' | 'ァ'..='ヺ' | 'ー')
}

fn is_katakana(character: char) -> bool {
    is_kana(character) && katakana(character) == character
}

/// The Unicode property Unified_Ideograph, and 々 〇.
pub(super) fn is_kanji(character: char) -> bool {
    matches!(u32::from(character),
        0x3005 | 0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xFA0E | 0xFA0F | 0xFA11 | 0xFA13 | 0xFA14 | 0xFA1F
        | 0xFA21 | 0xFA23 | 0xFA24 | 0xFA27..=0xFA29 | 0x2_0000..=0x2_A6DF | 0x2_A700..=0x2_B739
        | 0x2_B740..=0x2_B81D | 0x2_B820..=0x2_CEA1 | 0x2_CEB0..=0x2_EBE0 | 0x2_EBF0..=0x2_EE5D
        | 0x3_0000..=0x3_134A | 0x3_1350..=0x3_23AF)
}
