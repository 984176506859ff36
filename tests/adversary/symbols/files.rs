//! What a holder of tokens sees in one file, and in files of two runs.

use std::collections::BTreeMap;

use mizuhiki_exchange::Task;

use super::kit::{JAPAN, PER_RECORD, Tokens, common, encode, kanji_schema, run};

/// Pairs of records with common symbols, and the number of these.
fn edges(tokens: &Tokens) -> BTreeMap<(u32, u32), usize> {
    let mut edges = BTreeMap::new();
    for class in tokens.holders().chunk_by(|a, b| a.0 == b.0) {
        for (at, &(_, left)) in class.iter().enumerate() {
            for &(_, right) in &class[at + 1..] {
                *edges.entry((left, right)).or_default() += 1;
            }
        }
    }
    edges
}

#[test]
fn no_two_records_of_a_file_to_be_linked_share_a_symbol() {
    let japan = &*JAPAN;
    for (name, tokens) in [("registry", &japan.registry_tokens), ("insurer", &japan.insurer_tokens)] {
        let found = edges(tokens).len();
        assert_eq!(found, 0, "{name}: {found} pairs of {} records share a symbol", tokens.len());
    }
    // Before suppression, the same people have edges, which show who lives with whom.
    let edges = edges(&japan.registry_dedupe);
    let table = &japan.registry;
    let same =
        |(a, b): (u32, u32), column: &str| table.get(a as usize, column) == table.get(b as usize, column);
    let household = edges.keys().filter(|&&pair| same(pair, "household_id")).count();
    let twins = edges.keys().filter(|&&pair| same(pair, "household_id") && same(pair, "birth_date")).count();
    let mut born: Vec<(&str, &str)> =
        (0..table.len()).map(|row| (table.get(row, "household_id"), table.get(row, "birth_date"))).collect();
    born.sort_unstable();
    let all = born.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!(edges.len() > 10, "task dedupe: {} pairs share a symbol", edges.len());
    assert!(
        household * 2 > edges.len(),
        "task dedupe: {household} of {} pairs of one household",
        edges.len()
    );
    assert!(twins * 2 > all, "task dedupe: {twins} of {all} pairs of twins are found");
}

/// A file with persons twice: one record keeps the symbols of both, so there is no edge, and the other has
/// none.
#[test]
fn records_of_one_person_share_nothing_within_a_file_to_be_linked() {
    const TWICE: usize = 300;
    let japan = &*JAPAN;
    let first = 0..1_500;
    let mut people = japan.registry.take(first.clone().chain(0..TWICE));
    for row in 0..TWICE {
        people.set(first.end + row, "record_id", &format!("D{row:07}"));
    }
    let schema = kanji_schema(|_| ());
    let tokens = encode(&schema, &people, "registry", &run(Task::Link, "a"));
    assert_eq!(edges(&tokens).len(), 0, "pairs of records share a symbol");
    let control = edges(&encode(&schema, &people, "registry", &run(Task::Dedupe, "a")));
    let again = |row: usize| (row as u32, (first.end + row) as u32);
    let seen = (0..TWICE).filter(|&row| control.contains_key(&again(row))).count();
    assert!(seen * 100 > TWICE * 99, "task dedupe: {seen} of {TWICE} persons are detected as duplicates");
    let (mut linked, mut found) = (0, 0);
    for &(insured, row) in japan.linked.iter().filter(|(_, row)| *row < TWICE) {
        let shared = |row: usize| common(japan.insurer_tokens.of(insured), tokens.of(row)).len();
        let (one, other) = (shared(row), shared(first.end + row));
        assert!(one.min(other) == 0, "both records of a person share symbols with the other file");
        linked += 1;
        found += usize::from(one.max(other) > 0);
    }
    assert!(
        linked > 50 && found * 100 > linked * 95,
        "{found} of {linked} persons are found in the other file"
    );
}

#[test]
fn files_of_two_runs_have_nothing_in_common() {
    let people = JAPAN.registry.take(0..1_500);
    let schema = kanji_schema(|_| ());
    let first = encode(&schema, &people, "registry", &run(Task::Link, "2026-11"));
    let other = encode(&schema, &people, "registry", &run(Task::Link, "2026-12"));
    let same = encode(&schema, &people, "registry", &run(Task::Link, "2026-11"));
    let dedupe = encode(&schema, &people, "registry", &run(Task::Dedupe, "2026-11"));
    let all =
        |tokens: &Tokens| -> Vec<u64> { tokens.holders().into_iter().map(|(symbol, _)| symbol).collect() };
    let shared = |tokens: &Tokens| common(&all(&first), &all(tokens)).len();
    assert_eq!(shared(&other), 0, "symbols common to two runs");
    assert_eq!(shared(&dedupe), 0, "symbols common to two tasks");
    // One run for two files: records are linked by their symbols that are not padding.
    let again = (0..people.len())
        .filter(|&row| common(first.of(row), same.of(row)).len() * 10 > *PER_RECORD * 4)
        .count();
    let share = again as f64 / people.len() as f64;
    assert!(
        share > 0.95,
        "one run twice: {share} of the records have four tenths of their symbols in both files"
    );
}

#[test]
fn records_have_the_same_number_of_symbols_and_their_bits_are_even() {
    for tokens in [&JAPAN.registry_tokens, &JAPAN.insurer_tokens] {
        assert_eq!(tokens.per_record, *PER_RECORD);
        let count = (tokens.len() * tokens.per_record) as f64;
        for bit in 0..64 {
            let set = tokens.iter().flatten().filter(|&&symbol| symbol >> bit & 1 == 1).count() as f64;
            let deviations = (set - count / 2.0) / (count / 4.0).sqrt();
            assert!(deviations.abs() < 5.0, "bit {bit}: {deviations} standard deviations from uniform");
        }
    }
}
