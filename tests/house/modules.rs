//! Files of a crate, and which needs which.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syn::visit::Visit;
use syn::{Item, UseTree};

/// A source file.
pub(crate) struct Source {
    /// Below the repository.
    pub(crate) path: String,
    /// `lib`, or the path of the module.
    pub(crate) module: String,
    pub(crate) syntax: syn::File,
    pub(crate) lines: usize,
}

/// A crate of the workspace.
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) files: Vec<Source>,
}

impl Crate {
    /// Reads every file below `src`, those of tests aside.
    pub(crate) fn read(folder: &Path) -> Self {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let (mut files, mut folders) = (Vec::new(), vec![folder.join("src")]);
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let inside = path.strip_prefix(folder.join("src")).unwrap().with_extension("");
                    let module = inside.to_str().unwrap().replace('/', "::");
                    let path = format!("crates/{name}/src/{}.rs", inside.display());
                    let syntax = syn::parse_file(&text).unwrap();
                    files.push(Source { path, module, syntax, lines: text.lines().count() });
                }
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Self { name, files }.without_tests()
    }

    /// A crate of files by module.
    pub(crate) fn of(name: &str, files: impl IntoIterator<Item = (String, syn::File)>) -> Self {
        let source = |(module, syntax)| Source { path: String::new(), module, syntax, lines: 0 };
        Self { name: name.to_owned(), files: files.into_iter().map(source).collect() }.without_tests()
    }

    /// Without modules that only tests have.
    fn without_tests(mut self) -> Self {
        let mut tests = BTreeSet::new();
        for file in &self.files {
            for item in &file.syntax.items {
                if let Item::Mod(item) = item
                    && item.content.is_none()
                    && is_for_tests(&item.attrs)
                {
                    tests.insert(join(&inside(&file.module), &item.ident.to_string()));
                }
            }
        }
        self.files.retain(|file| {
            let module = inside(&file.module);
            !tests.iter().any(|test| module == *test || module.starts_with(&format!("{test}::")))
        });
        self
    }

    /// Files that need each other in a loop, each loop once.
    pub(crate) fn circles(&self) -> Vec<String> {
        let modules: BTreeMap<String, usize> =
            self.files.iter().enumerate().map(|(at, file)| (inside(&file.module), at)).collect();
        let arrows: Vec<BTreeSet<usize>> = (0..self.files.len())
            .map(|at| {
                let mut needs =
                    Needs { here: inside(&self.files[at].module), modules: &modules, found: BTreeSet::new() };
                needs.visit_file(&self.files[at].syntax);
                needs.found.remove(&at);
                needs.found
            })
            .collect();
        let mut circles = Vec::new();
        let mut done = vec![false; self.files.len()];
        for start in 0..self.files.len() {
            if let Some(way) = way_back(start, &arrows).filter(|way| !way.iter().any(|at| done[*at])) {
                way.iter().for_each(|at| done[*at] = true);
                let names: Vec<&str> =
                    way.iter().chain([&start]).map(|at| self.files[*at].module.as_str()).collect();
                circles.push(format!("{}: {}", self.name, names.join(" → ")));
            }
        }
        circles
    }
}

/// A shortest way from a file to itself.
fn way_back(start: usize, arrows: &[BTreeSet<usize>]) -> Option<Vec<usize>> {
    let mut from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut next = std::collections::VecDeque::from([start]);
    while let Some(at) = next.pop_front() {
        for &to in &arrows[at] {
            if to == start {
                let mut way = vec![at];
                while let Some(&before) = way.last().and_then(|last| from.get(last)) {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if let std::collections::btree_map::Entry::Vacant(entry) = from.entry(to) {
                entry.insert(at);
                next.push_back(to);
            }
        }
    }
    None
}

/// The path inside the crate: nothing for its root, the folder for a `mod`.
fn inside(module: &str) -> String {
    match module {
        "lib" | "main" => String::new(),
        _ => module.strip_suffix("::mod").unwrap_or(module).to_owned(),
    }
}

fn join(outer: &str, name: &str) -> String {
    if outer.is_empty() { name.to_owned() } else { format!("{outer}::{name}") }
}

fn is_for_tests(attributes: &[syn::Attribute]) -> bool {
    let test = |attribute: &syn::Attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("test"))
    };
    attributes.iter().any(test)
}

/// The files that a file names.
struct Needs<'m> {
    here: String,
    modules: &'m BTreeMap<String, usize>,
    found: BTreeSet<usize>,
}

impl Needs<'_> {
    /// Notes the file that a path leads to, if it is one of this crate's.
    fn note(&mut self, path: &[String]) {
        let mut at = match path.first().map(String::as_str) {
            Some("crate") => String::new(),
            Some("super") => {
                self.here.rsplit_once("::").map_or_else(String::new, |(outer, _)| outer.to_owned())
            }
            Some("self") => self.here.clone(),
            // A path from a module that is declared here.
            Some(first) if self.modules.contains_key(&join(&self.here, first)) => join(&self.here, first),
            _ => return,
        };
        for part in &path[1..] {
            if part == "super" {
                at = at.rsplit_once("::").map_or_else(String::new, |(outer, _)| outer.to_owned());
            } else if self.modules.contains_key(&join(&at, part)) {
                at = join(&at, part);
            } else {
                break;
            }
        }
        self.found.extend(self.modules.get(&at));
    }

    fn note_tree(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.note_tree(&inner.tree, path);
                path.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.note_tree(item, path)),
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.note(path);
                path.pop();
            }
            UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                self.note(path);
                path.pop();
            }
            UseTree::Glob(_) => self.note(path),
        }
    }
}

impl<'ast> Visit<'ast> for Needs<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => return syn::visit::visit_item(self, item),
        };
        if !is_for_tests(attributes) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_tree(&item.tree, &mut Vec::new());
    }

    /// Where a thing may be seen from is no use of that place.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.note(&names);
        }
        syn::visit::visit_path(self, path);
    }
}
