//! Long texts in narrow places.

/// Truncates a text to a width; characters in the range of Hangul, kana and above count as twice as wide as
/// others.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    let wide = |letter: char| if letter < '\u{1100}' { 1 } else { 2 };
    if text.chars().map(wide).sum::<usize>() <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut left = width.saturating_sub(1);
    for letter in text.chars() {
        if wide(letter) > left {
            break;
        }
        left -= wide(letter);
        short.push(letter);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_by_width() {
        assert_eq!(shorten("batch-7", 7), "batch-7");
        assert_eq!(shorten("batch-17", 7), "batch-…");
        assert_eq!(shorten("一括登録", 8), "一括登録");
        assert_eq!(shorten("一括登録", 7), "一括登…");
        assert_eq!(shorten("", 0), "");
    }
}
