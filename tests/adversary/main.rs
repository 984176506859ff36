//! Attacks on pair tokens (`protocols/threat-model.md`): run, with a control on which they succeed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

use mizuhiki_encode::{LinkageKey, PairEncoder, PairWorker};
use mizuhiki_exchange::{PAIR_FILTER_BYTES, PairLayout};
use mizuhiki_locale::ja_names::{given_names, surnames};
use mizuhiki_schema::AuditSchema;

mod symbols;

const SCHEMA: &str = include_str!("../../protocols/schema/examples/audit-ja-kanji.json");

/// Pairs of a person and a token that the attacker knows, and tokens that it attacks.
const KNOWN: usize = 100_000;
const ATTACKED: usize = 20_000;

/// Family names between which it must choose: all are very common, so that their rarity band says nothing.
const CLASSES: usize = 10;

/// A stream of numbers that are the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

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

/// Tokens of people, each under the handle that `handle` gives it.
fn tokens(people: &[Person], handle: impl Fn(usize) -> String) -> (PairLayout, Vec<Vec<u8>>) {
    let schema = AuditSchema::parse(SCHEMA).unwrap();
    let encoder = PairEncoder::new(&schema, &LinkageKey::from_bytes(&[3; 32]).unwrap(), "attacked").unwrap();
    let mut worker = encoder.worker();
    let rows = people
        .iter()
        .enumerate()
        .map(|(at, person)| seal(&mut worker, &encoder, person, &handle(at)))
        .collect();
    (PairLayout::new(&schema), rows)
}

fn seal(worker: &mut PairWorker<'_>, encoder: &PairEncoder, person: &Person, handle: &str) -> Vec<u8> {
    let columns = encoder.columns();
    let value = |column: usize| match columns[column].as_str() {
        "name_kanji" => person.name.as_str(),
        "birth_date" => person.birth.as_str(),
        "sex" if person.female => "女",
        "sex" => "男",
        // Readings are made from the name, and an address is nobody's.
        _ => "",
    };
    worker.read(1, &value).unwrap();
    let mut row = Vec::new();
    worker.seal(handle, &|_| None, &mut row);
    row
}

/// Naive Bayes over all bits of a token: which class makes them likeliest.
struct Bayes {
    /// log-odds of each bit, by class, and the sum of the logarithms of bits that are not set.
    weights: Vec<(Vec<f64>, f64)>,
}

impl Bayes {
    fn learn(rows: &[Vec<u8>], classes: &[usize], count: usize) -> Self {
        let bits = rows[0].len() * 8;
        let mut set = vec![vec![0.5_f64; bits]; count];
        let mut of = vec![1.0_f64; count];
        for (row, &class) in rows.iter().zip(classes) {
            of[class] += 1.0;
            for (bit, sum) in set[class].iter_mut().enumerate() {
                *sum += f64::from(row[bit / 8] >> (7 - bit % 8) & 1);
            }
        }
        let weights = set.into_iter().zip(of).map(|(set, of)| {
            let shares: Vec<f64> = set.into_iter().map(|sum| sum / of).collect();
            let base = shares.iter().map(|share| (1.0 - share).ln()).sum();
            (shares.into_iter().map(|share| (share / (1.0 - share)).ln()).collect(), base)
        });
        Self { weights: weights.collect() }
    }

    fn guess(&self, row: &[u8]) -> usize {
        let score = |(odds, base): &(Vec<f64>, f64)| {
            let set = odds.iter().enumerate().filter(|(bit, _)| row[bit / 8] >> (7 - bit % 8) & 1 == 1);
            base + set.map(|(_, odds)| odds).sum::<f64>()
        };
        let scores: Vec<f64> = self.weights.iter().map(score).collect();
        (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap()
    }
}

/// Share of attacked tokens whose class is guessed by an attacker who knows the others.
fn bayes_attack(rows: &[Vec<u8>], classes: &[usize], count: usize) -> f64 {
    let known = rows.len() * KNOWN / (KNOWN + ATTACKED);
    let bayes = Bayes::learn(&rows[..known], &classes[..known], count);
    let attacked = rows[known..].iter().zip(&classes[known..]);
    let right = attacked.filter(|(row, class)| bayes.guess(row) == **class).count();
    right as f64 / (rows.len() - known) as f64
}

/// Share of attacked tokens whose most similar known token is of their class.
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

/// Four standard deviations of a share around chance.
fn margin(chance: f64, trials: usize) -> f64 {
    4.0 * (chance * (1.0 - chance) / trials as f64).sqrt()
}

#[test]
fn a_hundred_thousand_known_pairs_teach_nothing_about_other_handles() {
    let people = people(KNOWN + ATTACKED);
    let (_, rows) = tokens(&people, |at| format!("L{at:07}"));
    let families: Vec<usize> = people.iter().map(|person| person.class).collect();
    let chance = 1.0 / CLASSES as f64;
    let found = bayes_attack(&rows, &families, CLASSES);
    assert!((found - chance).abs() < margin(chance, ATTACKED), "family name: {found}");
    let sexes: Vec<usize> = people.iter().map(|person| usize::from(person.female)).collect();
    let found = bayes_attack(&rows, &sexes, 2);
    assert!((found - 0.5).abs() < margin(0.5, ATTACKED), "sex: {found}");
    let found = nearest_attack(&rows, &families, 20_000, 500);
    assert!((found - chance).abs() < margin(chance, 500), "nearest token: {found}");
}

#[test]
fn the_same_attack_succeeds_where_all_have_one_handle() {
    let people = people(6_000);
    let (_, rows) = tokens(&people, |_| "L0000001".to_owned());
    let families: Vec<usize> = people.iter().map(|person| person.class).collect();
    let found = bayes_attack(&rows, &families, CLASSES);
    assert!(found > 0.95, "{found}");
    // The whole token counts here, and most of it is of other fields.
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
    let (layout, rows) = tokens(&same, |at| format!("L{at:07}"));
    let family = layout.comparisons[0];
    let filters: Vec<&[u8]> = rows.iter().map(|row| &row[family.filter(0)]).collect();
    // Every bit is set in about the same share of filters.
    let weight = |filter: &[u8]| filter.iter().map(|byte| byte.count_ones()).sum::<u32>();
    let bits = 8 * PAIR_FILTER_BYTES;
    let fill = filters.iter().map(|filter| f64::from(weight(filter))).sum::<f64>() / (HANDLES * bits) as f64;
    let mut chi_square = 0.0;
    for bit in 0..bits {
        let set = filters.iter().filter(|filter| filter[bit / 8] >> (7 - bit % 8) & 1 == 1).count() as f64;
        let expected = fill * HANDLES as f64;
        chi_square += (set - expected).powi(2) / (expected * (1.0 - fill));
    }
    let deviations = (chi_square - bits as f64) / (2.0 * bits as f64).sqrt();
    assert!(deviations.abs() < 5.0, "bits: {deviations} standard deviations");
    // Two filters overlap as those of strangers do.
    let mut surplus = Vec::new();
    for pair in filters.windows(2) {
        let overlap: u32 = pair[0].iter().zip(pair[1]).map(|(a, b)| (a & b).count_ones()).sum();
        surplus.push(f64::from(overlap) - f64::from(weight(pair[0]) * weight(pair[1])) / bits as f64);
    }
    let mean = surplus.iter().sum::<f64>() / surplus.len() as f64;
    let variance = surplus.iter().map(|value| value * value).sum::<f64>() / surplus.len() as f64;
    assert!(
        mean.abs() < 5.0 * (variance / surplus.len() as f64).sqrt(),
        "overlap: {mean} bits more than chance"
    );
    // Tags of 16 bits collide as random ones do: 4,000 of them in about 122 pairs.
    let mut tags: Vec<&[u8]> = rows.iter().map(|row| &row[family.tag(0, 0)]).collect();
    tags.sort_unstable();
    let repeated = tags.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert!((60..190).contains(&repeated), "{repeated} equal tags");
}
