//! The script in which a name is written.

/// The script of a name, by the Unicode blocks of its letters: `Latin`, `kanji`, `kana`, `hangul`,
/// `kanji and kana`, `other`, or `several`. `None` if it has no letter.
pub(crate) fn script_of(name: &str) -> Option<&'static str> {
    let [mut latin, mut kanji, mut kana, mut hangul, mut other] = [false; 5];
    for letter in name.chars() {
        match letter as u32 {
            // 々, 〆 and 〇 are written among kanji.
            0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF => {
                kanji = true;
            }
            // The middle dot and the sound marks alone belong to no script.
            0x30FB | 0xFF65 => {}
            0x3041..=0x309F | 0x30A0..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => kana = true,
            0x1100..=0x11FF | 0x3130..=0x318F | 0xA960..=0xA97F | 0xAC00..=0xD7FF | 0xFFA0..=0xFFDC => {
                hangul = true;
            }
            0x41..=0x5A | 0x61..=0x7A | 0xAA | 0xBA | 0xC0..=0x24F | 0x1E00..=0x1EFF => latin = true,
            0xFF21..=0xFF3A | 0xFF41..=0xFF5A => latin = true,
            _ => other |= letter.is_alphabetic(),
        }
    }
    match (latin, kanji, kana, hangul, other) {
        (false, false, false, false, false) => None,
        (true, false, false, false, false) => Some("Latin"),
        (false, true, false, false, false) => Some("kanji"),
        (false, false, true, false, false) => Some("kana"),
        (false, true, true, false, false) => Some("kanji and kana"),
        (false, false, false, true, false) => Some("hangul"),
        (false, false, false, false, true) => Some("other"),
        _ => Some("several"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_a_script() {
        for (name, script) in [
            ("O'Brien", "Latin"),
            ("Łukasz Åberg", "Latin"),
            ("ＡＢＣ", "Latin"),
            ("佐々木　一郎", "kanji"),
            ("𠮷田", "kanji"),
            ("ｻﾄｳ ﾀﾛｳ", "kana"),
            ("マリア・ロペス", "kana"),
            ("佐藤 さくら", "kanji and kana"),
            ("김민준", "hangul"),
            ("Мария", "other"),
            ("田中 Anna", "several"),
        ] {
            assert_eq!(script_of(name), Some(script), "{name}");
        }
        assert_eq!(script_of(" 12-・"), None);
        assert_eq!(script_of(""), None);
    }
}
