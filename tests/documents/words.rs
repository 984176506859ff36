//! Words that are retired in favour of the field's terms.

use regex::Regex;

use crate::{files, read};

/// One expression per line, a tab, and what to write instead; `#` begins a remark.
const RETIRED: &str = include_str!("retired_words.txt");

/// Where retired words stand for good: a path, a tab, and an expression of the lines that may keep them.
const KEPT: &str = include_str!("kept_words.txt");

fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        line.split_once('\t').unwrap_or_else(|| panic!("two parts with a tab between them: {line:?}"))
    })
}

#[test]
fn no_retired_word_is_used() {
    let retired: Vec<(Regex, &str)> =
        lines(RETIRED).map(|(expression, instead)| (Regex::new(expression).unwrap(), instead)).collect();
    let kept: Vec<(&str, Regex)> =
        lines(KEPT).map(|(path, expression)| (path, Regex::new(expression).unwrap())).collect();
    let mut used = vec![false; kept.len()];
    let mut faults = Vec::new();
    for file in files(&["rs", "md", "py", "html", "toml"]) {
        for (line, number) in read(&file).lines().zip(1..) {
            for (word, instead) in &retired {
                let Some(found) = word.find(line) else { continue };
                let excuse =
                    kept.iter().position(|(path, lines)| file.starts_with(path) && lines.is_match(line));
                match excuse {
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
