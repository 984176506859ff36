//! Kana in other forms, and typos in kana.

use crate::draw::Draw;

/// Katakana with small ones large, as in bank transfers.
pub(crate) fn large(kana: &str) -> String {
    kana.chars()
        .map(|c| match c {
            'ァ' => 'ア',
            'ィ' => 'イ',
            'ゥ' => 'ウ',
            'ェ' => 'エ',
            'ォ' => 'オ',
            'ッ' => 'ツ',
            'ャ' => 'ヤ',
            'ュ' => 'ユ',
            'ョ' => 'ヨ',
            'ヮ' => 'ワ',
            'ヵ' => 'カ',
            'ヶ' => 'ケ',
            other => other,
        })
        .collect()
}

/// Katakana as hiragana.
pub(crate) fn hiragana(kana: &str) -> String {
    let shift = |c: char| match c {
        'ァ'..='ヶ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    };
    kana.chars().map(shift).collect()
}

/// Katakana in half width, voicing marks as separate characters.
pub(crate) fn half_width(kana: &str) -> String {
    const WIDE: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";
    let mut out = String::with_capacity(kana.len());
    for c in kana.chars() {
        let (base, mark) = match c {
            'ガ' | 'ギ' | 'グ' | 'ゲ' | 'ゴ' | 'ザ' | 'ジ' | 'ズ' | 'ゼ' | 'ゾ' | 'ダ' | 'ヂ' | 'ヅ'
            | 'デ' | 'ド' | 'バ' | 'ビ' | 'ブ' | 'ベ' | 'ボ' => (u32::from(c) - 1, Some('ﾞ')),
            'パ' | 'ピ' | 'プ' | 'ペ' | 'ポ' => (u32::from(c) - 2, Some('ﾟ')),
            'ヴ' => (u32::from('ウ'), Some('ﾞ')),
            '　' => (u32::from(' '), None),
            other => (u32::from(other), None),
        };
        let base = char::from_u32(base).unwrap_or(c);
        let narrow =
            WIDE.chars().position(|wide| wide == base).and_then(|at| char::from_u32(0xFF61 + at as u32));
        out.push(narrow.unwrap_or(base));
        out.extend(mark);
    }
    out
}

/// ASCII digits and hyphens in full width.
pub(crate) fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect()
}

/// A number below 100 in kanji.
pub(crate) fn kanji_number(number: u16) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, units) = (usize::from(number / 10 % 10), usize::from(number % 10));
    let tens = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        tens => format!("{}十", DIGITS[tens]),
    };
    format!("{tens}{}", DIGITS[units])
}

/// A typo in one kana of a word: another of its row, one omitted, one doubled, or two exchanged.
pub(crate) fn kana_typo(kana: &str, draw: &mut Draw) -> String {
    let mut characters: Vec<char> = kana.chars().collect();
    if characters.is_empty() {
        return String::new();
    }
    let at = draw.position(characters.len());
    match draw.below(4) {
        0 => {
            let shifted = char::from_u32(u32::from(characters[at]) + 2).filter(|c| ('ア'..='ロ').contains(c));
            characters[at] = shifted.unwrap_or('ア');
        }
        1 if characters.len() > 2 => drop(characters.remove(at)),
        2 if at + 1 < characters.len() => characters.swap(at, at + 1),
        _ => characters.insert(at, characters[at]),
    }
    characters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        assert_eq!(half_width("ヤマダ　パウロー"), "ﾔﾏﾀﾞ ﾊﾟｳﾛｰ");
        assert_eq!(large("ショウイチ"), "シヨウイチ");
        assert_eq!(hiragana("ヴィタロー"), "ゔぃたろー");
        assert_eq!([1, 10, 21, 40].map(kanji_number), ["一", "十", "二十一", "四十"]);
        assert_eq!(full_width("1-2"), "１－２");
    }

    #[test]
    fn slips_change_a_word_a_little() {
        let mut draw = Draw::new(1, 0);
        for _ in 0..200 {
            let changed_value = kana_typo("ヤマモト", &mut draw);
            assert!(changed_value.chars().count().abs_diff(4) <= 1, "{changed_value}");
        }
        assert_eq!(kana_typo("", &mut draw), "");
    }
}
