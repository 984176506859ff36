//! The synthetic population compared with its sources, its rates and itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use mizuhiki_columnar::{Format, ReadOptions, Source, TableReader};

use super::figures::figures;
use super::people::Role;
use super::world::World;
use super::{JapanSpec, Rates, make_japan};
use crate::draw::Draw;
use crate::manifest::{Manifest, SynthError};

/// A folder of this test only, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("mizuhiki-synth-{}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn spec(people: u32, seed: u64) -> JapanSpec {
    JapanSpec { people, seed, rates: Rates::default(), municipality: None, format: Format::Csv }
}

fn make(spec: &JapanSpec, folder: &Path) -> Manifest {
    make_japan(spec, folder, &|_, _| ()).unwrap()
}

/// The default rates with some overridden.
fn with_rates(changes: &[(&str, f64)]) -> Rates {
    let mut rates = Rates::default();
    for (name, value) in changes {
        rates.set(name, *value).unwrap();
    }
    rates
}

/// The rows of a table.
fn read(folder: &Path, file: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let source = Source::Path(folder.join(file));
    let mut reader = TableReader::open(&source, &ReadOptions::default()).unwrap();
    let wanted = reader.columns_named(columns).unwrap();
    let mut rows = Vec::new();
    while let Some(chunk) = reader.next_chunk(&wanted).unwrap() {
        for row in 0..chunk.rows() {
            rows.push((0..columns.len()).map(|column| chunk.get(row, column).to_owned()).collect());
        }
    }
    rows
}

/// Errors whose share in a file equals the rate: file, cause, rate.
const SLIPS: [(&str, &str, &str); 24] = [
    ("insurer.csv", "typo", "insurer.typo"),
    ("insurer.csv", "misread", "insurer.misread"),
    ("insurer.csv", "column_swap", "insurer.column_swap"),
    ("insurer.csv", "no_address", "insurer.no_address"),
    ("insurer.csv", "date_digit", "date.digit"),
    ("insurer.csv", "date_missing", "date.missing"),
    ("insurer.csv", "date_era", "date.era"),
    ("insurer.csv", "sex_wrong", "sex.wrong"),
    ("insurer.csv", "sex_missing", "sex.missing"),
    ("bank.csv", "typo", "bank.typo"),
    ("bank.csv", "stale_address", "bank.stale_address"),
    ("hospital.csv", "typo", "hospital.typo"),
    ("hospital.csv", "name_order", "hospital.name_order"),
    ("hospital.csv", "no_address", "hospital.no_address"),
    ("handbook.csv", "typo", "handbook.typo"),
    ("handbook.csv", "stale_address", "handbook.stale_address"),
    ("handbook.csv", "partial_address", "handbook.partial_address"),
    ("truth-links-insurer-registry.csv", "family_number", "mislink.family_number"),
    ("truth-links-insurer-registry.csv", "homonym_picked", "mislink.homonym"),
    ("truth-links-insurer-registry.csv", "prior_holder", "mislink.prior_holder"),
    ("truth-links-bank-registry.csv", "parent_account", "mislink.parent_account"),
    ("truth-links-bank-registry.csv", "homonym_picked", "mislink.homonym"),
    ("truth-links-bank-registry.csv", "session_open", "mislink.session_open"),
    ("truth-links-bank-registry.csv", "prior_holder", "mislink.prior_holder"),
];

/// The figures of 300,000 people and the errors of 150,000, as in `FIGURES.md`.
/// `UPDATE_EXPECTED=1 cargo test -p mizuhiki-evaluate` rewrites the file.
#[test]
fn figures_and_rates_agree_with_their_sources() {
    const PEOPLE: usize = 300_000;
    let world = World::make(PEOPLE, Rates::default(), None, &mut Draw::new(1, 0)).unwrap();
    let mut text = "# Synthetic population compared with its sources\n\n".to_owned();
    let _ = writeln!(text, "{PEOPLE} people from seed 1; a test keeps this table up to date.\n");
    text.push_str("| figure | synthetic | source | reference |\n|---|---:|---:|---|\n");
    for figure in figures(&world, PEOPLE) {
        let _ = writeln!(
            text,
            "| {} | {:.4} | {:.4} | {} |",
            figure.name, figure.made, figure.source_value, figure.source
        );
        // Homonyms are rare and their model is rough; the rest follows its source closely.
        let tolerance = if figure.name.starts_with("pairs alike") { 0.5 } else { 0.2 };
        let error = (figure.made / figure.source_value - 1.0).abs();
        assert!(
            error < tolerance,
            "{}: {} found, {} expected",
            figure.name,
            figure.made,
            figure.source_value
        );
    }

    let folder = Scratch::new("figures");
    let manifest = make(&spec(150_000, 2), &folder.0);
    let rates: HashMap<&str, f64> = manifest.rates.iter().map(|rate| (rate.name, rate.value)).collect();
    text.push_str("\nErrors and wrong links of 150,000 people from seed 2:\n\n");
    text.push_str("| file | error | rows | count | rate |\n|---|---|---:|---:|---:|\n");
    for (name, cause, rate) in SLIPS {
        let file = manifest.files.iter().find(|file| file.file == name).unwrap();
        let made = file.causes.get(cause).copied().unwrap_or(0);
        let expected = file.rows as f64 * rates[rate];
        let _ = writeln!(text, "| {name} | {cause} | {} | {made} | {} |", file.rows, rates[rate]);
        // Five standard deviations, slightly more for cases without a possible error (nobody else in the
        // household, or a date that cannot be changed that way).
        let spread = 5.0 * expected.sqrt() + 0.1 * expected + 1.0;
        assert!(
            (made as f64 - expected).abs() < spread,
            "{name}: {made} {cause} found, {expected:.1} expected"
        );
    }

    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/FIGURES.md");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, &text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap();
    assert!(text == expected, "FIGURES.md is out of date; see this test's comment");
}

/// Pinned, so that a change of the draws or lists is noticed: it changes every recorded result.
#[test]
fn the_files_are_as_ever_in_any_format() {
    let folder = Scratch::new("bytes");
    make(&spec(3_000, 1), &folder.0);
    let mut names: Vec<PathBuf> =
        fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert_eq!(names.len(), 21);
    let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
    for name in names.iter().filter(|name| name.extension().is_some_and(|extension| extension == "csv")) {
        for byte in fs::read(name).unwrap() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(hash, 0x11f9_70ae_fa17_989e);

    let binary = Scratch::new("binary");
    make(&JapanSpec { format: Format::Parquet, ..spec(3_000, 1) }, &binary.0);
    for table in ["registry", "bank", "truth-links-insurer-registry"] {
        let columns: &[&str] = if table == "bank" { &["record_id", "name_kana", "address"] } else { &[] };
        let rows = |folder: &Path, extension| read(folder, &format!("{table}.{extension}"), columns);
        assert_eq!(rows(&folder.0, "csv"), rows(&binary.0, "parquet"));
    }
    let other = Scratch::new("other");
    make(&spec(3_000, 2), &other.0);
    assert_ne!(fs::read(folder.0.join("bank.csv")).unwrap(), fs::read(other.0.join("bank.csv")).unwrap());
}

/// Many wrong links of every cause: all match the ground truth, and all others are correct.
#[test]
fn ties_are_as_the_truth_says() {
    let folder = Scratch::new("ties");
    let rates = with_rates(&[
        ("mislink.family_number", 0.01),
        ("mislink.homonym", 0.01),
        ("mislink.number_typo", 0.01),
        ("mislink.prior_holder", 0.01),
        ("mislink.session_open", 0.01),
        ("mislink.row_shift", 0.001),
    ]);
    let manifest = make(&JapanSpec { rates, ..spec(20_000, 3) }, &folder.0);
    let person_of: HashMap<String, String> = ["registry", "insurer", "bank", "handbook"]
        .iter()
        .flat_map(|name| read(&folder.0, &format!("truth-entries-{name}.csv"), &["record_id", "person"]))
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let registry: HashMap<String, Vec<String>> =
        read(&folder.0, "registry.csv", &["record_id", "household_id", "birth_date", "sex", "number"])
            .into_iter()
            .map(|row| (row[0].clone(), row))
            .collect();
    let numbers: HashSet<&str> = registry.values().map(|row| row[4].as_str()).collect();
    assert_eq!(numbers.len(), registry.len());
    let mut causes: BTreeMap<String, usize> = BTreeMap::new();
    for holder in ["insurer", "bank", "handbook"] {
        let links =
            read(&folder.0, &format!("links-{holder}-registry.csv"), &["handle", "left_id", "right_id"]);
        let truth = read(
            &folder.0,
            &format!("truth-links-{holder}-registry.csv"),
            &["handle", "cause", "class", "true_right_id"],
        );
        assert_eq!(links.len(), truth.len());
        for (link, truth) in links.iter().zip(&truth) {
            let [cause, class, right] = [&truth[1], &truth[2], &truth[3]];
            assert_eq!(link[0], truth[0]);
            assert_eq!(person_of[&link[1]], person_of[right], "the correct person is the record's");
            assert_eq!(cause.is_empty(), person_of[&link[1]] == person_of[&link[2]], "{cause}");
            let (tied, true_one) = (&registry[&link[2]], &registry[right]);
            let alike = |column: usize| tied[column] == true_one[column];
            let edits = tied[4].bytes().zip(true_one[4].bytes()).filter(|(a, b)| a != b).count();
            match (cause.as_str(), class.as_str()) {
                ("", "match" | "entry_variant")
                | ("prior_holder", "prior_holder")
                | ("row_shift", "block_shift") => {}
                ("session_open", "unrelated") => {}
                ("family_number" | "parent_account", "same_household_other") => {
                    assert!(alike(1) && !alike(2));
                }
                ("family_number", "twin") => assert!(alike(1) && alike(2)),
                ("homonym_picked", "homonym") => assert!(!alike(1) && alike(2) && alike(3)),
                ("number_typo", "digit_typo") => assert!(edits <= 2, "{edits}"),
                other => panic!("{other:?}"),
            }
            *causes.entry(cause.clone()).or_default() += 1;
        }
    }
    assert_eq!(causes.len(), 8, "{causes:?}");
    assert!(causes.values().all(|&count| count > 20), "{causes:?}");
    assert_eq!(manifest.rates.len(), Rates::default().list().len());
}

#[test]
fn one_municipality_and_what_cannot_be_made() {
    let folder = Scratch::new("city");
    let city = JapanSpec { municipality: Some("26105".to_owned()), ..spec(2_000, 1) };
    make(&city, &folder.0);
    let addresses = read(&folder.0, "registry.csv", &["address"]);
    assert!(addresses.iter().all(|row| row[0].starts_with("京都府京都市東山区")), "all live there");
    let nowhere = JapanSpec { municipality: Some("99999".to_owned()), ..spec(10, 1) };
    assert!(matches!(make_japan(&nowhere, &folder.0, &|_, _| ()), Err(SynthError::Municipality { .. })));
    assert!(matches!(make_japan(&spec(0, 1), &folder.0, &|_, _| ()), Err(SynthError::People { .. })));
}

#[test]
fn rates_are_read_back() {
    let folder = Scratch::new("rates");
    fs::create_dir_all(&folder.0).unwrap();
    let file = folder.0.join("rates.tsv");
    let rates = with_rates(&[("insurer.typo", 0.25)]);
    fs::write(&file, rates.table()).unwrap();
    assert_eq!(Rates::read(&Source::Path(file.clone())).unwrap(), rates);
    for (text, expected) in [
        ("rate\tvalue\nno.such\t0.1\n", "row 1, column \"rate\": unknown rate"),
        ("rate\tvalue\ninsurer.typo\t1.5\n", "row 1, column \"value\": not a number from 0 to 1"),
        ("rate\tvalue\ninsurer.typo\toften\n", "row 1, column \"value\": not a number from 0 to 1"),
        ("rate\tvalue\nhousehold.size_1\t0.9\n", "sum to more than 1"),
        ("rate\nhousehold.size_1\n", "value"),
    ] {
        fs::write(&file, text).unwrap();
        let error = Rates::read(&Source::Path(file.clone())).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn siblings_are_possible_and_have_names_of_their_own() {
    let world = World::make(30_000, Rates::default(), None, &mut Draw::new(5, 0)).unwrap();
    let mut siblings = 0;
    for home in world.people.chunk_by(|a, b| a.household == b.household) {
        let mut names: Vec<_> = home.iter().map(|person| person.given).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), home.len(), "two people with one name in a household");
        let children: Vec<_> = home.iter().filter(|person| person.role == Role::Child).collect();
        for pair in children.windows(2) {
            // Months of 31 days: never fewer than the real ones.
            let day = |date: crate::date::Date| {
                (i32::from(date.year) * 12 + i32::from(date.month)) * 31 + i32::from(date.day)
            };
            let apart = day(pair[1].birth) - day(pair[0].birth);
            assert!(apart == 0 || apart > 300, "{apart} days apart");
            siblings += 1;
        }
    }
    assert!(siblings > 1_000, "{siblings}");
}
