//! Parts of Markdown documents.

/// A heading of the second level.
pub(crate) fn heading(out: &mut String, text: &str) {
    out.push_str(&format!("\n## {text}\n\n"));
}

/// A list of lines.
pub(crate) fn list(out: &mut String, items: &[String]) {
    items.iter().for_each(|item| out.push_str(&format!("- {}\n", plain(item))));
}

/// A table.
pub(crate) fn table(out: &mut String, header: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    out.push_str(&format!("| {} |\n|{}\n", header.join(" | "), " --- |".repeat(header.len())));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| plain(cell)).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
}

/// Text that Markdown shows as it is, in one line.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' | '!' => out.extend(['\\', letter]),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        assert_eq!(
            plain("a|b\n# <c> [d](e) *f* & 20% (g), 1 to 2"),
            "a\\|b \\# &lt;c&gt; \\[d\\](e) \\*f\\* &amp; 20% (g), 1 to 2"
        );
    }
}
