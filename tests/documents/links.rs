//! Relative links lead to files, and their fragments to headings.

use std::collections::BTreeSet;
use std::path::Path;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::{files, read, repository};

fn events(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// Targets of links and pictures.
fn targets(text: &str) -> Vec<String> {
    let target = |event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    events(text).filter_map(target).collect()
}

/// What headings are called in links: lower case, blanks as hyphens, no punctuation.
fn anchors(text: &str) -> BTreeSet<String> {
    let (mut anchors, mut heading) = (BTreeSet::new(), None);
    for event in events(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
                let name: String =
                    heading.take().unwrap_or_default().to_lowercase().chars().filter(kept).collect();
                anchors.insert(name.trim().replace(' ', "-"));
            }
            _ => {}
        }
    }
    anchors
}

fn dead(page: &str, text: &str) -> Vec<String> {
    let mut dead = Vec::new();
    for target in targets(text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (path, fragment) =
            target.split_once('#').map_or((target.as_str(), None), |(path, f)| (path, Some(f)));
        let folder = Path::new(page).parent().unwrap();
        let file = if path.is_empty() { Path::new(page).to_owned() } else { folder.join(path) };
        if !repository().join(&file).exists() {
            dead.push(format!("{page}: {target}"));
        } else if let Some(fragment) = fragment
            && !anchors(&read(file.to_str().unwrap())).contains(fragment)
        {
            dead.push(format!("{page}: {target} (no such heading)"));
        }
    }
    dead
}

#[test]
fn no_link_is_dead() {
    let found: Vec<String> = files(&["md"]).iter().flat_map(|page| dead(page, &read(page))).collect();
    assert!(found.is_empty(), "dead links:\n{}", found.join("\n"));
    assert_eq!(dead("README.md", "[a](nowhere.md) [b](#nothing)").len(), 2, "dead links are found");
}

/// A link out of the book's sources works in the repository and is dead in the built book.
#[test]
fn the_book_links_to_its_own_pages() {
    let mut faults = Vec::new();
    for page in files(&["md"]).into_iter().filter(|page| page.starts_with("docs/src/")) {
        let folder = repository().join(&page).parent().unwrap().to_owned();
        for target in targets(&read(&page)) {
            let path = target.split('#').next().unwrap();
            if path.is_empty() || target.contains("://") {
                continue;
            }
            let inside = |file: &Path| file.starts_with(repository().join("docs/src"));
            if !folder.join(path).canonicalize().is_ok_and(|file| inside(&file)) {
                faults.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(faults.is_empty(), "links that leave the book:\n{}", faults.join("\n"));
}

#[test]
fn every_page_is_in_the_table_of_contents() {
    let listed: BTreeSet<String> = targets(&read("docs/src/SUMMARY.md")).into_iter().collect();
    for page in files(&["md"]).iter().filter_map(|page| page.strip_prefix("docs/src/")) {
        assert!(page == "SUMMARY.md" || listed.contains(page), "docs/src/SUMMARY.md does not list {page}");
    }
}
