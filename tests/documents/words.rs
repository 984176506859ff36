//! Expressions that are retired in favor of the field's terms.

use proc_macro2::{TokenStream, TokenTree};
use regex::{Regex, RegexBuilder};

use crate::{files, read};

/// One expression per line, after the line `# write: …` that says what to write instead.
const RETIRED: &str = include_str!("retired_words.txt");

/// Where they may stand: the beginning of a path, a tab, and an expression of the line.
const KEPT: &str = include_str!("kept_words.txt");

fn retired() -> Vec<(Regex, &'static str)> {
    let (mut retired, mut instead) = (Vec::new(), "");
    for line in RETIRED.lines().filter(|line| !line.is_empty()) {
        if let Some(write) = line.strip_prefix("# write: ") {
            instead = write;
        } else if !line.starts_with('#') {
            retired.push((RegexBuilder::new(line).case_insensitive(true).build().unwrap(), instead));
        }
    }
    retired
}

fn kept() -> Vec<(&'static str, Regex)> {
    KEPT.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (path, expression) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line:?}"));
            (path, Regex::new(expression).unwrap())
        })
        .collect()
}

/// Prose of a file with the numbers of its lines.
fn prose(file: &str, text: &str) -> Vec<(usize, String)> {
    let lines = text.lines().map(str::to_owned).enumerate().map(|(at, line)| (at + 1, line));
    match file.rsplit('.').next() {
        Some("rs") => {
            let mut prose: Vec<_> = lines.filter(|(_, line)| line.trim_start().starts_with("// ")).collect();
            literals(text.parse().unwrap_or_else(|e| panic!("{file}: {e}")), &mut prose);
            prose
        }
        Some("py") => {
            let mut in_string = false;
            lines
                .filter(|(_, line)| {
                    let quotes = line.matches("\"\"\"").count();
                    let is_prose = in_string || quotes > 0 || line.trim_start().starts_with('#');
                    in_string ^= quotes % 2 == 1;
                    is_prose
                })
                .collect()
        }
        Some("md") => {
            let mut in_block = false;
            lines
                .filter(|(_, line)| {
                    let fence = line.trim_start_matches([' ', '>']).starts_with("```");
                    in_block ^= fence;
                    !in_block && !fence
                })
                .collect()
        }
        _ => lines.collect(),
    }
}

/// Comments on items, and texts of several words: one word may be a name.
fn literals(tokens: TokenStream, prose: &mut Vec<(usize, String)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => literals(group.stream(), prose),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                if text.contains(['"', '\'']) && text.contains(' ') {
                    let first = literal.span().start().line;
                    prose.extend(text.lines().zip(first..).map(|(line, at)| (at, line.to_owned())));
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

#[test]
fn no_retired_word_is_used() {
    let (retired, kept) = (retired(), kept());
    let code = Regex::new("`[^`]*`").unwrap();
    let mut used = vec![false; kept.len()];
    let mut faults = Vec::new();
    for file in files(&["rs", "md", "py", "html", "toml"]) {
        for (number, line) in prose(&file, &read(&file)) {
            let bare = code.replace_all(&line, "` `");
            for (word, instead) in &retired {
                let Some(found) = word.find(&bare) else { continue };
                let of = |(path, lines): &(&str, Regex)| file.starts_with(path) && lines.is_match(&line);
                match kept.iter().position(of) {
                    Some(at) => used[at] = true,
                    None => faults.push(format!("{file}:{number}: {:?}; write {instead}", found.as_str())),
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} retired words:\n{}", faults.len(), faults.join("\n"));
    for ((path, lines), used) in kept.iter().zip(used) {
        assert!(used, "tests/documents/kept_words.txt excuses nothing with {path} {lines}");
    }
}

#[test]
fn prose_is_found_where_people_write_it() {
    let rust = "/// A stranger.\n// A slip.\nfn stranger() -> &'static str {\n    \"made people\"\n}\n";
    let found: Vec<usize> = prose("a.rs", rust).into_iter().map(|(line, _)| line).collect();
    assert_eq!(found, [2, 1, 4]);
    let retired = retired();
    let is_retired = |line: &str| retired.iter().any(|(word, _)| word.is_match(line));
    for (_, line) in prose("a.rs", rust) {
        assert!(is_retired(&line), "{line}");
    }
    let page = "A stranger.\n```\nno stranger here\n```\nmade people\n";
    assert_eq!(prose("a.md", page).len(), 2);
    assert!(!is_retired("a non-match among synthetic people"));
}
