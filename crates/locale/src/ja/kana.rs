//! Names in kana at their levels (`protocols/02-ja.md` §3.1).

use super::prepare::voiced;
use super::tables::{DASH, SEPARATOR, tables};

/// Level `eq` of a prepared value.
pub(super) fn eq(prepared: &str, out: &mut String) {
    out.clear();
    let tables = tables();
    let mut last = '\0';
    let mut before = '\0';
    for character in prepared.chars() {
        let kana = katakana(character);
        // The preceding character, even a separator.
        let touched = std::mem::replace(&mut before, kana);
        let kana = match kana {
            'ヽ' | '々' | '〻' if is_katakana(last) => last,
            'ヾ' if is_katakana(last) => voiced(last).unwrap_or(last),
            'ー' => kana,
            'ァ'..='ヶ' | '一'..='\u{9FFF}' => kana,
            'ヷ' | 'ヸ' | 'ヹ' | 'ヺ' => {
                out.push('ヴ');
                match kana {
                    'ヷ' => 'ァ',
                    'ヸ' => 'ィ',
                    'ヹ' => 'ェ',
                    _ => 'ォ',
                }
            }
            _ if tables.is(kana, DASH) => {
                let after_kana = matches!(last, 'ァ'..='ヺ' | 'ー');
                if !is_katakana(touched) && !tables.is(touched, DASH) || !after_kana {
                    continue;
                }
                'ー'
            }
            _ if tables.is(kana, SEPARATOR) => continue,
            _ => kana,
        };
        out.push(kana);
        last = kana;
    }
}

/// A hiragana as katakana, any other character itself.
pub(super) fn katakana(character: char) -> char {
    match character {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(character) + 0x60).unwrap_or(character),
        _ => character,
    }
}

fn is_katakana(character: char) -> bool {
    matches!(character, 'ァ'..='ヺ' | 'ー' | '\u{31F0}'..='\u{31FF}')
}

/// Level `zengin` of `eq`: small kana become large.
pub(super) fn zengin(eq: &str, out: &mut String) {
    out.clear();
    out.extend(eq.chars().map(large));
}

/// A small katakana as a large one, any other character itself.
pub(super) fn large(character: char) -> char {
    const AINU: [char; 16] =
        ['ク', 'シ', 'ス', 'ト', 'ヌ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'ム', 'ラ', 'リ', 'ル', 'レ', 'ロ'];
    match character {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(u32::from(character) + 1).unwrap_or(character)
        }
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        '\u{31F0}'..='\u{31FF}' => AINU[(u32::from(character) - 0x31F0) as usize],
        _ => character,
    }
}

/// Level `phon` of `zengin`: kana with the same sound become equal.
pub(super) fn phon(zengin: &str, out: &mut String) {
    out.clear();
    let mut characters = zengin.chars().peekable();
    let mut row = None;
    while let Some(character) = characters.next() {
        let kana = match character {
            'ヴ' => match characters.peek() {
                Some('ア') => take(&mut characters, 'バ'),
                Some('イ') => take(&mut characters, 'ビ'),
                Some('エ') => take(&mut characters, 'ベ'),
                Some('オ') => take(&mut characters, 'ボ'),
                Some('ヤ' | 'ユ' | 'ヨ') => 'ビ',
                _ => 'ブ',
            },
            'ヂ' => 'ジ',
            'ヅ' => 'ズ',
            'ヲ' => 'オ',
            'ヱ' => 'エ',
            'ヰ' => 'イ',
            _ => character,
        };
        let kana = match (kana, row) {
            ('ー', Some('a')) => 'ア',
            ('ー', Some('i' | 'e')) => 'イ',
            ('ー', Some(_)) => 'ウ',
            ('ー', None) => continue,
            ('オ', Some('o')) => 'ウ',
            ('エ', Some('e')) => 'イ',
            _ => kana,
        };
        out.push(kana);
        row = vowel(kana);
    }
}

fn take(characters: &mut impl Iterator<Item = char>, kana: char) -> char {
    characters.next();
    kana
}

/// Level `longv` of `phon`: long vowels become short.
pub(super) fn longv(phon: &str, out: &mut String) {
    out.clear();
    let mut row = None;
    for kana in phon.chars() {
        if matches!((kana, row), ('ウ', Some('o' | 'u')) | ('オ', Some('o'))) {
            continue;
        }
        out.push(kana);
        row = vowel(kana);
    }
}

/// Level `dakuten` of `zengin`: voicing marks are dropped.
pub(super) fn dakuten(zengin: &str, out: &mut String) {
    out.clear();
    out.extend(zengin.chars().map(unvoiced));
}

/// A kana without its voicing mark.
pub(super) fn unvoiced(kana: char) -> char {
    let back = match kana {
        'ガ' | 'ギ' | 'グ' | 'ゲ' | 'ゴ' | 'ザ' | 'ジ' | 'ズ' | 'ゼ' | 'ゾ' | 'ダ' | 'ヂ' | 'ヅ' | 'デ'
        | 'ド' | 'バ' | 'ビ' | 'ブ' | 'ベ' | 'ボ' => 1,
        'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => 2,
        'ヴ' => return 'ウ',
        _ => 0,
    };
    char::from_u32(u32::from(kana) - back).unwrap_or(kana)
}

/// The vowel of a large kana.
fn vowel(kana: char) -> Option<char> {
    const ROWS: [(char, &str); 5] = [
        ('a', "アカガサザタダナハバパマヤラワ"),
        ('i', "イキギシジチヂニヒビピミリヰ"),
        ('u', "ウクグスズツヅヌフブプムユルヴ"),
        ('e', "エケゲセゼテデネヘベペメレヱ"),
        ('o', "オコゴソゾトドノホボポモヨロヲ"),
    ];
    ROWS.iter().find(|(_, row)| row.contains(kana)).map(|(vowel, _)| *vowel)
}
