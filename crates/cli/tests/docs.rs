//! Every code block of README and docs runs, in the order of its page, as a reader would run it.
//!
//! `sh` blocks must succeed. Of `console` blocks the lines `$ command` are run; the rest is what is printed, where `...` on a
//! line of its own stands for any lines and `[..]` for any characters. `json` must be JSON; `text` and `csv` are shown only.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step fails the test")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A fenced block: its kind, its lines, and the line of the page on which it begins.
struct Block {
    kind: String,
    lines: Vec<String>,
    at: usize,
}

fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut open): (Vec<Block>, Option<(Block, usize)>) = (Vec::new(), None);
    for (line, at) in text.lines().zip(1..) {
        let bare = line.trim_start();
        match &mut open {
            None => {
                if let Some(kind) = bare.strip_prefix("```") {
                    let indent = line.len() - bare.len();
                    open = Some((Block { kind: kind.trim().to_owned(), lines: Vec::new(), at }, indent));
                }
            }
            Some(_) if bare.trim_end() == "```" => blocks.extend(open.take().map(|(block, _)| block)),
            Some((block, indent)) => block.lines.push(line.get(*indent..).unwrap_or(bare).to_owned()),
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// A folder in which a page is read and its commands are run.
struct Reader {
    page: String,
    folder: tempfile::TempDir,
}

impl Reader {
    fn new(page: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (name, target) = if page == "README.md" {
            ("protocols", "protocols")
        } else {
            ("schemas", "protocols/schema/examples")
        };
        std::os::unix::fs::symlink(repository().join(target), folder.path().join(name)).unwrap();
        Self { page: page.to_owned(), folder }
    }

    fn bash(&self, script: &str) -> Output {
        let binaries = Path::new(env!("CARGO_BIN_EXE_mizuhiki")).parent().unwrap();
        let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
        // Output and errors in the order in which they come.
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &format!("exec 2>&1\n{script}")])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("LC_ALL", "C.UTF-8")
            .env_remove("COLUMNS")
            .output()
            .unwrap()
    }

    fn run(&self, block: &Block) {
        match block.kind.as_str() {
            "sh" => self.succeed(block),
            "console" => self.compare(block),
            "json" => {
                let text = block.lines.join("\n");
                let parsed = serde_json::from_str::<serde_json::Value>(&text);
                assert!(parsed.is_ok(), "{}:{}: {}", self.page, block.at, parsed.unwrap_err());
            }
            _ => {}
        }
    }

    fn succeed(&self, block: &Block) {
        // The README builds what these tests have built.
        let is_build = |line: &&String| self.page == "README.md" && line.starts_with("cargo ");
        let lines: Vec<&str> =
            block.lines.iter().filter(|line| !is_build(line)).map(String::as_str).collect();
        let done = self.bash(&lines.join("\n"));
        let said = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{}:{}: {}\n{said}", self.page, block.at, done.status);
    }

    fn compare(&self, block: &Block) {
        let mut commands: Vec<(String, Vec<&str>)> = Vec::new();
        for line in &block.lines {
            match (line.strip_prefix("$ "), commands.last_mut()) {
                (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
                (None, Some((command, _))) if command.ends_with('\\') => {
                    command.push_str(&format!("\n{line}"));
                }
                (None, Some((_, expected))) => expected.push(line),
                (None, None) => panic!("{}:{}: output before a command", self.page, block.at),
            }
        }
        for (command, mut expected) in commands {
            while expected.last().is_some_and(|line| line.trim().is_empty()) {
                expected.pop();
            }
            let done = self.bash(&command);
            let said = String::from_utf8_lossy(&done.stdout).trim_end().to_owned();
            let found: Vec<&str> = said.lines().collect();
            assert!(
                matches(&expected, &found),
                "{}:{}: $ {command}\nthe page says:\n{}\nit says ({}):\n{said}",
                self.page,
                block.at,
                expected.join("\n"),
                done.status
            );
        }
    }
}

/// Whether lines are as expected.
fn matches(expected: &[&str], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((&"...", rest)) => (0..=found.len()).any(|skipped| matches(rest, &found[skipped..])),
        Some((line, rest)) => found
            .split_first()
            .is_some_and(|(first, others)| line_matches(line, first) && matches(rest, others)),
    }
}

fn line_matches(expected: &str, found: &str) -> bool {
    let (expected, found) = (expected.trim_end(), found.trim_end());
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|start| found.strip_prefix(start)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[test]
fn wildcards_stand_for_any_text_and_nothing_else() {
    assert!(matches(&["a", "...", "[..] links"], &["a", "b", "c", "17 links"]));
    assert!(matches(&["..."], &[]));
    assert!(!matches(&["a"], &["a", "b"]) && !matches(&["17 links"], &["18 links"]));
    assert!(!line_matches("wrote [..] links", "wrote 17 clusters") && line_matches("a[..]b[..]c", "a1b2c"));
}

/// Pages with commands, each a test of its own.
macro_rules! pages {
    ($($test:ident: $page:literal,)*) => {
        const PAGES: &[&str] = &[$($page),*];
        $(
            #[test]
            fn $test() {
                let reader = Reader::new($page);
                let text = std::fs::read_to_string(repository().join($page)).unwrap();
                blocks(&text).iter().for_each(|block| reader.run(block));
            }
        )*
    };
}

pages! {
    readme: "README.md",
    tutorial_agency: "docs/src/tutorial/agency.md",
    tutorial_insurer: "docs/src/tutorial/insurer.md",
    tutorial_researcher: "docs/src/tutorial/researcher.md",
    guide_link: "docs/src/guides/link.md",
    guide_deduplicate: "docs/src/guides/deduplicate.md",
    guide_many_files: "docs/src/guides/many-files.md",
    guide_audit: "docs/src/guides/audit.md",
    guide_confirm: "docs/src/guides/confirm.md",
    guide_japan: "docs/src/guides/japan.md",
    guide_synthetic_people: "docs/src/guides/synthetic-people.md",
    guide_evaluate: "docs/src/guides/evaluate.md",
    guide_privacy: "docs/src/guides/privacy.md",
    guide_large_files: "docs/src/guides/large-files.md",
    guide_mail: "docs/src/guides/mail.md",
    guide_keys: "docs/src/guides/keys.md",
    guide_clkhash: "docs/src/guides/clkhash.md",
    japanese_insurer: "docs/src/ja/insurer.md",
    japanese_audit: "docs/src/ja/audit.md",
}

#[test]
fn every_page_with_commands_is_run() {
    let mut folders = vec![repository().join("docs/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let runs = |block: &Block| matches!(block.kind.as_str(), "sh" | "console" | "json");
                let page = path.strip_prefix(repository()).unwrap().to_str().unwrap();
                let has = blocks(&std::fs::read_to_string(&path).unwrap()).iter().any(runs);
                assert!(!has || PAGES.contains(&page), "{page} has commands that no test runs");
            }
        }
    }
}
