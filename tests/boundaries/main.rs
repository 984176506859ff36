//! The crate graph enforces the threat model: `ARCHITECTURE.md` has its table, and this test keeps it up to
//! date.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

/// One row of the table.
struct Rule {
    name: String,
    may_use: BTreeSet<String>,
    never_reaches: BTreeSet<String>,
    alone_owns: BTreeSet<String>,
}

fn rules() -> Vec<Rule> {
    let names =
        |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<String>>();
    let rows = ARCHITECTURE
        .lines()
        .skip_while(|line| !line.starts_with("| crate | inclusion rule"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let rule = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "five cells in: {line}");
        Rule {
            name: cells[0].trim_matches('`').to_owned(),
            may_use: names(cells[2]),
            never_reaches: names(cells[3]),
            alone_owns: names(cells[4]),
        }
    };
    rows.map(rule).collect()
}

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    // Only this platform's packages, which are already downloaded when the tests run.
    let version = std::process::Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let options = ["--offline", "--filter-platform", host].map(str::to_owned);
    MetadataCommand::new().manifest_path(manifest).other_options(options).exec().unwrap()
}

/// Normal and build dependencies of every package, by id.
fn edges(metadata: &Metadata) -> BTreeMap<PackageId, Vec<PackageId>> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let real = |kinds: &[cargo_metadata::DepKindInfo]| {
        kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
    };
    resolve
        .nodes
        .iter()
        .map(|node| {
            let deps = node.deps.iter().filter(|dep| real(&dep.dep_kinds)).map(|dep| dep.pkg.clone());
            (node.id.clone(), deps.collect())
        })
        .collect()
}

/// `mizuhiki-x` is crate `x`; the binary package is `cli`.
fn crate_name(package: &str) -> Option<&str> {
    if package == "mizuhiki" { Some("cli") } else { package.strip_prefix("mizuhiki-") }
}

#[test]
fn every_library_stands_in_the_table() {
    let listed: BTreeSet<String> = rules().into_iter().map(|rule| rule.name).collect();
    let metadata = metadata();
    let present: BTreeSet<String> = metadata
        .workspace_packages()
        .iter()
        .filter(|package| package.manifest_path.as_str().contains("/crates/"))
        .filter_map(|package| crate_name(&package.name).map(str::to_owned))
        .collect();
    assert_eq!(listed, present, "ARCHITECTURE.md's table and the folder crates/");
}

#[test]
fn no_crate_uses_or_reaches_what_the_table_forbids() {
    let metadata = metadata();
    let edges = edges(&metadata);
    let names: BTreeMap<&PackageId, &str> = metadata
        .packages
        .iter()
        .filter_map(|package| crate_name(&package.name).map(|name| (&package.id, name)))
        .collect();
    let mut faults = Vec::new();
    for rule in rules() {
        let Some((&start, _)) = names.iter().find(|(_, name)| **name == rule.name) else { continue };
        for direct in edges[start].iter().filter_map(|id| names.get(id)) {
            if !rule.may_use.contains(*direct) {
                faults.push(format!("{} depends on {direct}, which its row does not permit", rule.name));
            }
        }
        // Breadth first, so that a forbidden crate is reported with a shortest path to it.
        let mut ways: Vec<Vec<&PackageId>> = vec![vec![start]];
        let mut seen: BTreeSet<&PackageId> = BTreeSet::from([start]);
        let mut next = 0;
        while next < ways.len() {
            let way = ways[next].clone();
            next += 1;
            for id in way.last().into_iter().flat_map(|id| &edges[*id]) {
                if !names.contains_key(id) || !seen.insert(id) {
                    continue;
                }
                let longer: Vec<&PackageId> = way.iter().copied().chain([id]).collect();
                if rule.never_reaches.contains(names[id]) {
                    let shown: Vec<&str> = longer.iter().map(|id| names[*id]).collect();
                    faults.push(format!("{} reaches {}: {}", rule.name, names[id], shown.join(" → ")));
                }
                ways.push(longer);
            }
        }
    }
    assert!(faults.is_empty(), "forbidden dependencies:\n{}", faults.join("\n"));
}

#[test]
fn heavy_and_secret_handling_dependencies_have_one_owner() {
    let metadata = metadata();
    let owners: BTreeMap<String, String> = rules()
        .into_iter()
        .flat_map(|rule| rule.alone_owns.into_iter().map(move |owned| (owned, rule.name.clone())))
        .collect();
    let mut faults = Vec::new();
    for package in
        metadata.workspace_packages().iter().filter(|p| p.manifest_path.as_str().contains("/crates/"))
    {
        let Some(name) = crate_name(&package.name) else { continue };
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            if let Some(owner) = owners.get(&dependency.name).filter(|owner| *owner != name) {
                faults.push(format!("{name} depends on {}, which belongs to {owner} alone", dependency.name));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn one_arrow_line() {
    let metadata = metadata();
    for name in ["arrow-array", "arrow-schema", "parquet"] {
        let versions: Vec<String> = metadata
            .packages
            .iter()
            .filter(|p| p.name.as_str() == name)
            .map(|p| p.version.to_string())
            .collect();
        assert_eq!(versions.len(), 1, "{name}: {versions:?}");
    }
}
