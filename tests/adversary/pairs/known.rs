//! Known-plaintext attacks: known pairs of a person and a row, used against rows of other handles.

use mizuhiki_exchange::{PAIR_FILTER_BYTES, PairLayout, Run, Side};
use mizuhiki_locale::ja_names::{given_names, surnames};
use mizuhiki_schema::AuditSchema;

use super::pairs_kit::{Bayes, KANJI, encoder};
use crate::{Draw, margin};

/// Number of known plaintext–row pairs, and of attacked rows.
const KNOWN: usize = 100_000;
const ATTACKED: usize = 20_000;

/// Family names to choose from; all are very common.
const CLASSES: usize = 10;

struct Person {
    class: usize,
    name: String,
    birth: String,
    female: bool,
}

fn people(count: usize) -> Vec<Person> {
    let families: Vec<&str> = surnames().take(CLASSES).map(|name| name.spelling).collect();
    let given: Vec<String> = given_names()
        .filter(|name| name.popular)
        .filter_map(|name| name.spellings().next().map(str::to_owned))
        .collect();
    let mut draw = Draw(7);
    (0..count)
        .map(|_| {
            let class = draw.below(CLASSES);
            let name = format!("{}　{}", families[class], given[draw.below(given.len())]);
            let birth =
                format!("{}-{:02}-{:02}", 1930 + draw.below(90), 1 + draw.below(12), 1 + draw.below(28));
            Person { class, name, birth, female: draw.below(2) == 1 }
        })
        .collect()
}

/// Rows of people, each under the handle returned by `handle`.
fn rows(people: &[Person], handle: impl Fn(usize) -> String) -> (PairLayout, Vec<Vec<u8>>) {
    let encoder = encoder(KANJI, Side::Right, &Run::default());
    let columns = encoder.columns();
    let mut worker = encoder.worker();
    let seal = |(at, person): (usize, &Person)| {
        let value = |column: usize| match columns[column].as_str() {
            "name_kanji" => person.name.as_str(),
            "birth_date" => person.birth.as_str(),
            "sex" if person.female => "女",
            "sex" => "男",
            // Readings derive from the name; addresses are unique.
            _ => "",
        };
        worker.read(1, &value).unwrap();
        let mut row = Vec::new();
        worker.seal(&handle(at), &|_| None, &mut row);
        row
    };
    let rows = people.iter().enumerate().map(seal).collect();
    (PairLayout::new(&AuditSchema::parse(KANJI).unwrap(), Side::Right), rows)
}

/// Share of attacked rows whose class is guessed from the known rows.
fn bayes_attack(rows: &[Vec<u8>], classes: &[usize], count: usize) -> f64 {
    let known = rows.len() * KNOWN / (KNOWN + ATTACKED);
    let bayes = Bayes::learn(&rows[..known], &classes[..known], count, false);
    let attacked = rows[known..].iter().zip(&classes[known..]);
    let right = attacked.filter(|(row, class)| bayes.guess(row) == **class).count();
    right as f64 / (rows.len() - known) as f64
}

/// Share of attacked rows whose most similar known row has their class.
fn nearest_attack(rows: &[Vec<u8>], classes: &[usize], known: usize, attacked: usize) -> f64 {
    let distance = |a: &[u8], b: &[u8]| -> u32 {
        let words = |row: &[u8]| -> Vec<u64> {
            row.chunks(8)
                .map(|bytes| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)))
                .collect()
        };
        words(a).iter().zip(words(b)).map(|(a, b)| (a ^ b).count_ones()).sum()
    };
    let right = (known..known + attacked).filter(|&at| {
        let nearest = (0..known).min_by_key(|&other| (distance(&rows[at], &rows[other]), other)).unwrap();
        classes[nearest] == classes[at]
    });
    right.count() as f64 / attacked as f64
}

#[test]
fn a_hundred_thousand_known_pairs_teach_nothing_about_other_handles() {
    let people = people(KNOWN + ATTACKED);
    let (_, rows) = rows(&people, |at| format!("L{at:07}"));
    let families: Vec<usize> = people.iter().map(|person| person.class).collect();
    let chance = 1.0 / CLASSES as f64;
    let found = bayes_attack(&rows, &families, CLASSES);
    assert!((found - chance).abs() < margin(chance, ATTACKED), "family name: {found}");
    let sexes: Vec<usize> = people.iter().map(|person| usize::from(person.female)).collect();
    let found = bayes_attack(&rows, &sexes, 2);
    assert!((found - 0.5).abs() < margin(0.5, ATTACKED), "sex: {found}");
    let found = nearest_attack(&rows, &families, 20_000, 500);
    assert!((found - chance).abs() < margin(chance, 500), "nearest row: {found}");
}

#[test]
fn the_same_attack_succeeds_where_all_have_one_handle() {
    let people = people(6_000);
    let (_, rows) = rows(&people, |_| "L0000001".to_owned());
    let families: Vec<usize> = people.iter().map(|person| person.class).collect();
    let found = bayes_attack(&rows, &families, CLASSES);
    assert!(found > 0.95, "{found}");
    // The whole row counts here, and most of it encodes other fields.
    let found = nearest_attack(&rows, &families, 5_000, 200);
    assert!(found > 0.3, "{found}");
}

#[test]
fn one_person_under_many_handles_looks_like_many_people() {
    const HANDLES: usize = 4_000;
    let person = people(1).remove(0);
    let same: Vec<Person> = (0..HANDLES)
        .map(|_| Person { name: person.name.clone(), birth: person.birth.clone(), ..person })
        .collect();
    let (layout, rows) = rows(&same, |at| format!("L{at:07}"));
    let family = layout.comparisons[0];
    let filters: Vec<&[u8]> = rows.iter().map(|row| &row[family.filter(0)]).collect();
    // Two filters differ in as many bits as two random ones.
    let bits = 8 * PAIR_FILTER_BYTES;
    let differing =
        |pair: &[&[u8]]| -> u32 { pair[0].iter().zip(pair[1]).map(|(a, b)| (a ^ b).count_ones()).sum() };
    let mean = filters.windows(2).map(|pair| f64::from(differing(pair))).sum::<f64>() / (HANDLES - 1) as f64;
    let deviations = (mean - bits as f64 / 2.0) / (bits as f64 / 4.0 / (HANDLES - 1) as f64).sqrt();
    assert!(deviations.abs() < 5.0, "{mean} bits differ: {deviations} standard deviations");
    // Tags of 24 bits collide like random ones: half a pair is expected among 4,000.
    let mut tags: Vec<&[u8]> = rows.iter().map(|row| &row[family.tag(0, 0)]).collect();
    tags.sort_unstable();
    let repeated = tags.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!(repeated < 6, "{repeated} equal tags");
}
