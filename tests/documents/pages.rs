//! The forms of pages.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::{files, read, repository};

/// Bytes of the README.
const README_BYTES: usize = 6_000;

/// Columns of a line of a protocol page.
const COLUMNS: usize = 100;

/// Lines from the title of a protocol page to its example, a block or a table.
const LINES_TO_EXAMPLE: usize = 12;

/// Lines of a table that is an example.
const ROWS_OF_EXAMPLE: usize = 6;

fn protocol_pages() -> Vec<String> {
    let numbered = |page: &String| {
        page.strip_prefix("protocols/").is_some_and(|name| name.starts_with(|c: char| c.is_ascii_digit()))
    };
    files(&["md"]).into_iter().filter(numbered).collect()
}

#[test]
fn the_readme_is_short() {
    let bytes = read("README.md").len();
    assert!(bytes <= README_BYTES, "README.md has {bytes} bytes; move what it explains to docs/");
}

#[test]
fn protocol_pages_wrap_and_begin_with_an_example() {
    let mut faults = Vec::new();
    for page in protocol_pages() {
        let text = read(&page);
        let mut in_block = false;
        for (line, number) in text.lines().zip(1..) {
            let fence = line.trim_start().starts_with("```");
            in_block ^= fence;
            if !in_block && !fence && !line.starts_with('|') && line.chars().count() > COLUMNS {
                faults.push(format!("{page}:{number}: longer than {COLUMNS} columns"));
            }
        }
        let example = text.lines().take(LINES_TO_EXAMPLE).any(|line| line.starts_with("```"));
        let rows = text.lines().take(LINES_TO_EXAMPLE).filter(|line| line.starts_with('|')).count();
        if !example && rows < ROWS_OF_EXAMPLE {
            faults.push(format!("{page}: no example among its first {LINES_TO_EXAMPLE} lines"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn sections_are_numbered_without_gaps() {
    let mut faults = Vec::new();
    for page in protocol_pages() {
        let (mut section, mut part, mut in_block) = (0, 0, false);
        for line in read(&page).lines() {
            in_block ^= line.starts_with("```");
            let Some(heading) = line.strip_prefix("##").filter(|_| !in_block) else { continue };
            let number = heading.trim_start_matches('#').trim_start().split(' ').next().unwrap_or_default();
            let expected = if heading.starts_with('#') {
                part += 1;
                format!("{section}.{part}")
            } else if number.starts_with(|c: char| c.is_ascii_digit()) {
                (section, part) = (section + 1, 0);
                format!("{section}.")
            } else {
                // Appendices have letters.
                continue;
            };
            if number != expected {
                faults.push(format!("{page}: {number} where {expected} comes next"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_block_of_the_docs_is_of_a_kind_that_is_run_or_checked() {
    let mut faults = Vec::new();
    for page in files(&["md"]).into_iter().filter(|page| page == "README.md" || page.starts_with("docs/src/"))
    {
        for event in Parser::new(&read(&page)) {
            let kind = match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(kind))) => kind.to_string(),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => "indented".to_owned(),
                _ => continue,
            };
            // `crates/cli/tests/docs.rs` runs the first two and reads the third.
            if !["sh", "console", "json", "csv", "text"].contains(&kind.as_str()) {
                faults.push(format!("{page}: a block of kind {kind:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whether a crate has a file or folder of this name.
fn has_module(paths: &[String], krate: &str, module: &str) -> bool {
    let prefix = format!("crates/{krate}/src/");
    let (file, folder) = (format!("/{module}.rs"), format!("/{module}/"));
    paths.iter().any(|path| path.starts_with(&prefix) && (path.ends_with(&file) || path.contains(&folder)))
}

#[test]
fn names_in_the_glossary_are_in_the_code() {
    let paths = files(&["rs"]);
    let sources: String =
        paths.iter().filter(|path| path.starts_with("crates/")).map(|path| read(path)).collect();
    let defines = |name: &str| {
        ["struct", "enum", "trait", "type"].iter().any(|kind| {
            sources.match_indices(&format!("pub {kind} {name}")).any(|(at, found)| {
                !sources[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            })
        })
    };
    let (mut faults, mut checked) = (Vec::new(), 0);
    for row in read("docs/src/glossary.md").lines().filter(|line| line.starts_with("| ")) {
        let cell = row.trim_end_matches([' ', '|']).rsplit(" | ").next().unwrap();
        for part in cell.split(';') {
            let mut krate = None;
            for (at, name) in part.split('`').enumerate().filter(|(at, _)| at % 2 == 1) {
                let before = part.split('`').nth(at - 1).unwrap();
                let known = if name.starts_with(|c: char| c.is_ascii_uppercase()) {
                    defines(name)
                } else if before.contains("crate") {
                    krate = Some(name);
                    repository().join("crates").join(name).is_dir()
                } else if let (true, Some(krate)) = (part.contains("module"), krate) {
                    has_module(&paths, krate, name)
                } else {
                    continue;
                };
                checked += 1;
                if !known {
                    faults.push(format!("{name} in {row:?}"));
                }
            }
        }
    }
    assert!(checked > 50 && faults.is_empty(), "{checked} names, {}", faults.join("\n"));
}
