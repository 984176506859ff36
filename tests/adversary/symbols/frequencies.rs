//! Frequency attack: classes of equal symbols by size, compared with public frequencies of names.

use std::collections::{BTreeMap, HashMap};

use mizuhiki_exchange::Task;
use mizuhiki_locale::ja_names::surnames;

use super::kit::{JAPAN, Table, Tokens, encode, kanji_schema, run};

/// Number of names that the attacker guesses, the most common ones.
const NAMES: usize = 20;

/// Records that share a symbol, largest classes first, each set of records once. Records of several files are
/// numbered consecutively.
fn classes(files: &[&Tokens]) -> Vec<Vec<u32>> {
    let mut holders: Vec<(u64, u32)> = Vec::new();
    let mut first = 0;
    for tokens in files {
        holders.extend(tokens.holders().into_iter().map(|(symbol, record)| (symbol, first + record)));
        first += tokens.len() as u32;
    }
    holders.sort_unstable();
    let all = holders.chunk_by(|a, b| a.0 == b.0).filter(|class| class.len() > 1);
    let mut all: Vec<Vec<u32>> = all.map(|class| class.iter().map(|&(_, record)| record).collect()).collect();
    all.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    all.dedup();
    all
}

/// Assigns the most common names to the members of the largest classes, in order. A record keeps the first
/// name that it gets. Returns the number of guesses and of correct ones.
fn guess(classes: &[Vec<u32>], names: &[String], truth: &dyn Fn(u32) -> String) -> (usize, usize) {
    let mut guessed: HashMap<u32, &str> = HashMap::new();
    let mut names = names.iter();
    for class in classes {
        // Symbols of a record's other views or numbers have nearly the same holders: one class, one name.
        if class.iter().filter(|record| guessed.contains_key(record)).count() * 2 > class.len() {
            continue;
        }
        let Some(name) = names.next() else { break };
        class.iter().for_each(|record| {
            guessed.entry(*record).or_insert(name);
        });
    }
    let right = guessed.iter().filter(|&(&record, &name)| truth(record) == name).count();
    (guessed.len(), right)
}

fn common_surnames() -> Vec<String> {
    surnames().take(NAMES).map(|name| name.spelling.to_owned()).collect()
}

/// Values by their frequency in another custodian's list.
fn most_common(table: &Table, of: &dyn Fn(&Table, usize) -> String) -> Vec<String> {
    let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
    (0..table.len()).for_each(|row| *sizes.entry(of(table, row)).or_default() += 1);
    let mut sizes: Vec<(String, usize)> = sizes.into_iter().filter(|(name, _)| !name.is_empty()).collect();
    sizes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sizes.into_iter().take(NAMES).map(|(name, _)| name).collect()
}

fn municipality(table: &Table, row: usize) -> String {
    let address = table.get(row, "address");
    let end = address.char_indices().skip(3).find(|(_, c)| "市区町村".contains(*c));
    end.map_or_else(String::new, |(at, c)| address[..at + c.len_utf8()].to_owned())
}

#[test]
fn sizes_of_classes_name_nobody() {
    let japan = &*JAPAN;
    let files = [&japan.insurer_tokens, &japan.registry_tokens];
    let classes = classes(&files);
    let largest = classes.first().map_or(0, Vec::len);
    // At most one record of each file: there are no class sizes to align.
    assert!(largest <= 2, "the largest class of equal symbols in two files has {largest} records");
    let (left, insurer) = (japan.insurer.len() as u32, &japan.insurer);
    let value = |record: u32, of: &dyn Fn(&Table, usize) -> String| match record.checked_sub(left) {
        Some(row) => of(&japan.registry, row as usize),
        None => of(insurer, record as usize),
    };
    let surname = |table: &Table, row: usize| table.surname(row).to_owned();
    let mut right = 0;
    let mut guesses = 0;
    for (names, of) in [
        (common_surnames(), &surname as &dyn Fn(&Table, usize) -> String),
        (most_common(insurer, &surname), &surname),
        (most_common(insurer, &municipality), &municipality),
    ] {
        let found = guess(&classes, &names, &|record| value(record, of));
        guesses += found.0;
        right += found.1;
    }
    // At most two records per name: a correct guess is luck (base rate 1.5 % for the most common name).
    assert!(guesses <= 6 * NAMES && right <= 9, "{right} of {guesses} guesses are correct");
}

#[test]
fn sizes_name_people_where_a_view_is_a_surname() {
    let schema = kanji_schema(|document| {
        document["views"] =
            serde_json::json!([{"name": "family", "fields": ["family"], "minPresentWeight": 0.01}]);
        document["symbols"] = serde_json::json!({"perView": 8, "positions": 64, "draw": "plain"});
        document["limits"] = serde_json::json!({"maxAlternatives": 1, "maxRepeatedShare": 1});
        document.as_object_mut().unwrap().remove("confirm");
    });
    let table = &JAPAN.registry;
    let tokens = encode(&schema, table, "registry", &run(Task::Dedupe, "a"));
    let classes = classes(&[&tokens]);
    let surname = |table: &Table, row: usize| table.surname(row).to_owned();
    for (list, names) in
        [("public list", common_surnames()), ("insurer's list", most_common(&JAPAN.insurer, &surname))]
    {
        let (guesses, right) = guess(&classes, &names, &|record| surname(table, record as usize));
        let share = right as f64 / guesses as f64;
        // Random guessing among the bearers of twenty names: 0.05.
        assert!(
            guesses > 500 && share > 0.12,
            "view of surnames, {list}: {right} of {guesses} guesses are correct"
        );
    }
}
