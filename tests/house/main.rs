//! The house in order: no file of a crate needs another in a circle, functions fit a page, public names are said once.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step fails the test")]

mod modules;
mod names;

use std::path::{Path, PathBuf};

use modules::Crate;
use syn::visit::Visit;

/// Lines that a function may have, from its signature to its closing brace.
const MAX_FUNCTION_LINES: usize = 70;

/// Lines that a source file may have.
const MAX_FILE_LINES: usize = 600;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn crates() -> Vec<Crate> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(repository().join("crates"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("src").is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "the crates are found");
    folders.iter().map(|folder| Crate::read(folder)).collect()
}

#[test]
fn no_file_of_a_crate_needs_another_in_a_circle() {
    let circles: Vec<String> = crates().iter().flat_map(Crate::circles).collect();
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found_where_there_is_one() {
    let source = |name: &str, text: &str| (name.to_owned(), syn::parse_file(text).unwrap());
    let files = [
        source("lib", "mod a; mod b; pub use a::A;"),
        source("a", "use crate::b::{B, helper}; pub struct A;"),
        source("b", "pub struct B(super::a::A); pub fn helper() {}"),
    ];
    assert_eq!(Crate::of("x", files).circles(), ["x: a → b → a"]);
    let straight = [
        source("lib", "mod a; mod b; pub use a::A;"),
        source("a", "use crate::b::B; pub struct A; #[cfg(test)] mod tests { use crate::A; }"),
        source("b", "pub struct B;"),
    ];
    assert!(Crate::of("x", straight).circles().is_empty());
    // What the face hands on is taken where it lives.
    let through_the_face = [
        source("lib", "mod a; mod b; pub use a::A;"),
        source("a", "pub struct A(crate::b::B);"),
        source("b", "use crate::A; pub struct B;"),
    ];
    assert_eq!(Crate::of("x", through_the_face).circles(), ["x: lib → a → b → lib"]);
}

/// Functions that are too long, with their lines.
struct Long<'f> {
    file: &'f str,
    found: Vec<String>,
}

impl Long<'_> {
    fn look(&mut self, name: &syn::Ident, block: &syn::Block) {
        let lines = block.brace_token.span.close().end().line - name.span().start().line + 1;
        if lines > MAX_FUNCTION_LINES {
            self.found.push(format!("{}: {name} has {lines} lines", self.file));
        }
    }
}

impl<'ast> Visit<'ast> for Long<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.look(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.look(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

#[test]
fn functions_fit_a_page_and_files_a_sitting() {
    let mut faults = Vec::new();
    for of in crates() {
        for file in &of.files {
            let mut long = Long { file: &file.path, found: Vec::new() };
            long.visit_file(&file.syntax);
            faults.extend(long.found);
            if file.lines > MAX_FILE_LINES {
                faults.push(format!("{} has {} lines", file.path, file.lines));
            }
        }
    }
    assert!(faults.is_empty(), "too long:\n{}", faults.join("\n"));
}

#[test]
fn unsafe_code_is_forbidden_outside_bits() {
    for of in crates() {
        let manifest =
            std::fs::read_to_string(repository().join("crates").join(&of.name).join("Cargo.toml")).unwrap();
        let face = of.files.iter().find(|file| matches!(file.module.as_str(), "lib" | "main")).unwrap();
        let text = std::fs::read_to_string(repository().join(&face.path)).unwrap();
        let forbidden = text.contains("#![forbid(unsafe_code)]");
        assert_eq!(
            forbidden,
            of.name != "bits",
            "{}: #![forbid(unsafe_code)] at the head of {}",
            of.name,
            face.path
        );
        assert!(manifest.contains("[lints]\nworkspace = true"), "{}: the workspace's lints", of.name);
    }
}

#[test]
fn no_enum_of_the_workspace_hides_its_variants() {
    let mut faults = Vec::new();
    for of in crates() {
        for file in &of.files {
            let enums = file.syntax.items.iter().filter_map(|item| match item {
                syn::Item::Enum(item) => Some(item),
                _ => None,
            });
            let hides =
                |item: &&syn::ItemEnum| item.attrs.iter().any(|a| a.path().is_ident("non_exhaustive"));
            faults.extend(enums.filter(hides).map(|item| format!("{}: {}", file.path, item.ident)));
        }
    }
    assert!(faults.is_empty(), "#[non_exhaustive] lets a new variant pass unseen:\n{}", faults.join("\n"));
}

#[test]
fn public_names_stand_for_one_thing() {
    let twice = names::used_twice(&crates());
    assert!(twice.is_empty(), "public names of several things:\n{}", twice.join("\n"));
}
