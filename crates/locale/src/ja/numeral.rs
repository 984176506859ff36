//! Kanji numerals.

/// Whether a character is a kanji numeral.
pub(super) fn is_kanji_numeral(character: char) -> bool {
    matches!(
        character,
        '〇' | '零' | '一' | '二' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十' | '百'
    )
}

/// An ASCII digit or a kanji numeral.
pub(super) fn is_numeral(character: char) -> bool {
    character.is_ascii_digit() || is_kanji_numeral(character)
}

fn value(character: char) -> u32 {
    "〇一二三四五六七八九".chars().position(|digit| digit == character).unwrap_or(0) as u32
}

/// A run of kanji numerals as digits: with 十 and 百 by place value, without them each numeral is one digit.
/// `None` if the run is not a number.
pub(super) fn digits(run: &[char]) -> Option<String> {
    let digit = |character: char| char::from_digit(value(character), 10);
    if !run.contains(&'十') && !run.contains(&'百') {
        return run.iter().map(|&character| digit(character)).collect();
    }
    let (mut sum, mut pending, mut unit) = (0, None, 1_000);
    for &character in run {
        let of_unit = match character {
            '百' => 100,
            '十' => 10,
            // A placeholder zero.
            _ if pending.is_none_or(|digit| digit == 0) => {
                pending = Some(value(character));
                continue;
            }
            _ => return None,
        };
        if of_unit >= unit || pending == Some(0) {
            return None;
        }
        sum += pending.take().unwrap_or(1) * of_unit;
        unit = of_unit;
    }
    Some((sum + pending.unwrap_or(0)).to_string())
}

/// A text with every run of kanji numerals as digits.
pub(super) fn digits_of_numerals(text: &str) -> Vec<char> {
    let characters: Vec<char> = text.chars().collect();
    if !characters.iter().copied().any(is_kanji_numeral) {
        return characters;
    }
    let mut out = Vec::with_capacity(characters.len());
    for run in characters.chunk_by(|a, b| is_kanji_numeral(*a) == is_kanji_numeral(*b)) {
        match is_kanji_numeral(run[0]).then(|| digits(run)).flatten() {
            Some(digits) => out.extend(digits.chars()),
            None => out.extend_from_slice(run),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_count_or_stand_for_digits() {
        for (kanji, expected) in [
            ("六十", "60"),
            ("二十三", "23"),
            ("十", "10"),
            ("百二十", "120"),
            ("一九八五", "1985"),
            ("二〇", "20"),
            ("百〇八", "108"),
            ("十二三", "十二三"),
            ("十百", "十百"),
            ("〇十", "〇十"),
        ] {
            assert_eq!(digits_of_numerals(kanji).into_iter().collect::<String>(), expected);
        }
    }
}
