//! Re-identification of rows in a population of 100,000 by an attacker who has its plaintext with all names.

use std::collections::HashMap;

use mizuhiki_encode::PlainValue;
use mizuhiki_exchange::{PairLayout, Side};
use mizuhiki_schema::AuditSchema;

use super::pairs_kit::{Bayes, KANA, KANJI, POPULATION, encoder, named, read, sealed};
use crate::symbols::kit::Table;

/// Number of rows whose person the attacker knows, and of attacked rows.
const KNOWN: usize = 20_000;
const ATTACKED: usize = 10_000;

/// The unkeyed content of a version 1 row: for every comparison the number of slots; for each slot its
/// column, its levels and error variants, and whether it has an unknown character. (The rarity band was
/// unkeyed, too.)
fn old_head(values: &[Vec<PlainValue>]) -> Vec<u8> {
    let mut head = Vec::new();
    for comparison in values {
        head.push(comparison.len() as u8);
        for value in comparison {
            head.push(value.column as u8 | u8::from(value.wild) << 7);
            let tags = value.tags.iter().enumerate();
            head.push(tags.map(|(at, tag)| u8::from(tag.is_some()) << at).fold(0, |mask, bit| mask | bit));
        }
    }
    head
}

/// Such contents of the registry's people, numbered by descending frequency, with their counts.
fn heads(schema: &str) -> (Vec<usize>, Vec<usize>) {
    let encoder = encoder(schema, Side::Right, &named("p", "a"));
    let (mut worker, table) = (encoder.worker(), &POPULATION.registry);
    let heads: Vec<Vec<u8>> = (0..table.len())
        .map(|row| {
            read(&mut worker, &encoder, table, row);
            old_head(&worker.plain())
        })
        .collect();
    let mut sizes: HashMap<&[u8], usize> = HashMap::new();
    heads.iter().for_each(|head| *sizes.entry(head).or_default() += 1);
    let mut order: Vec<(&[u8], usize)> = sizes.into_iter().collect();
    order.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let numbers: HashMap<&[u8], usize> =
        order.iter().zip(0..).map(|((head, _), number)| (*head, number)).collect();
    (
        heads.iter().map(|head| numbers[head.as_slice()]).collect(),
        order.iter().map(|(_, size)| *size).collect(),
    )
}

/// Share of people re-identified by an attacker who guesses a random person of the class that `read` returns
/// for the row.
fn picked(
    attacked: std::ops::Range<usize>,
    classes: &[usize],
    sizes: &[usize],
    read: impl Fn(usize) -> usize,
) -> f64 {
    let trials = attacked.len() as f64;
    let right = attacked.filter(|&row| read(row) == classes[row]);
    right.map(|row| 1.0 / sizes[classes[row]] as f64).sum::<f64>() / trials
}

#[test]
fn rows_are_not_picked_out_by_all_names_of_a_population() {
    for schema in [KANA, KANJI] {
        let (classes, sizes) = heads(schema);
        let table = &POPULATION.registry;
        let chance = 1.0 / table.len() as f64;
        let attacked = KNOWN..KNOWN + ATTACKED;
        let old = picked(attacked.clone(), &classes, &sizes, |row| classes[row]);
        assert!(old > 50.0 * chance, "version 1: {old} (chance {chance})");
        // The same classes guessed from current rows, with a model learned from known pairs.
        let encoder = encoder(schema, Side::Right, &named("p", "a"));
        let mut worker = encoder.worker();
        let rows: Vec<Vec<u8>> = (0..attacked.end)
            .map(|row| sealed(&mut worker, &encoder, (table, row), &format!("L{row:07}")))
            .collect();
        let count = sizes.iter().filter(|size| **size >= 200).count();
        let known: Vec<usize> = (0..KNOWN).filter(|row| classes[*row] < count).collect();
        let (known_rows, known_classes): (Vec<Vec<u8>>, Vec<usize>) =
            known.iter().map(|&row| (rows[row].clone(), classes[row])).unzip();
        let bayes = Bayes::learn(&known_rows, &known_classes, count, true);
        let new = picked(attacked, &classes, &sizes, |row| bayes.guess(&rows[row]));
        println!("picked out: version 1 {old:.6}, now {new:.6}, chance {chance:.6}");
        assert!(new <= 2.0 * chance, "now: {new} (chance {chance}, version 1 {old})");
    }
}

/// What a linkage unit sees of a pair of rows: numbers of agreeing tags by level, error variants, presence,
/// completeness.
fn agreements(layouts: [&PairLayout; 2], left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut seen = Vec::new();
    for (l, r) in layouts[0].comparisons.iter().zip(&layouts[1].comparisons) {
        let equal = |a: std::ops::Range<usize>, b: std::ops::Range<usize>| left[a] == right[b];
        seen.push(u8::from(equal(l.present(), r.present())));
        if l.filters > 0 {
            seen.push(u8::from(equal(l.known(), r.known())));
        }
        for level in 0..l.levels {
            for i in 0..l.values {
                let agree = (0..r.values).filter(|&j| equal(l.tag(i, level), r.tag(j, level)));
                seen.push(agree.count() as u8);
                if l.partial && level > 0 {
                    let complete =
                        (0..r.values).filter(|&j| equal(l.complete(i, level), r.complete(j, level)));
                    seen.push(complete.count() as u8);
                }
            }
        }
        for error in 0..l.error_variants {
            seen.push(u8::from(equal(l.variant(error), r.variant_target(error))));
            seen.push(u8::from(equal(l.variant_target(error), r.variant(error))));
        }
    }
    seen
}

/// Disclosed information: an attacker with the plaintext of *both* sides who sees both rows of a link knows
/// how each pair of people would compare. It re-identifies people with a unique comparison, and nobody else.
#[test]
fn both_rows_of_a_link_tell_how_they_compare_and_nothing_else() {
    let population = &*POPULATION;
    let sides: [(&str, &Table, &Table); 2] = [
        (KANA, &population.bank, &population.bank_links),
        (KANJI, &population.insurer, &population.insurer_links),
    ];
    for (schema, table, links) in sides {
        let run = named("p", "a");
        let encoders = [Side::Left, Side::Right].map(|side| encoder(schema, side, &run));
        let parsed = AuditSchema::parse(schema).unwrap();
        let layouts = [Side::Left, Side::Right].map(|side| PairLayout::new(&parsed, side));
        let (of_left, of_right) = (table.index(), population.registry.index());
        let mut workers = encoders.each_ref().map(|encoder| encoder.worker());
        let mut seen: HashMap<Vec<u8>, usize> = HashMap::new();
        for link in 0..links.len() {
            let handle = links.get(link, "handle");
            let (left, right) = (of_left[links.get(link, "left_id")], of_right[links.get(link, "right_id")]);
            let a = sealed(&mut workers[0], &encoders[0], (table, left), handle);
            let b = sealed(&mut workers[1], &encoders[1], (&population.registry, right), handle);
            *seen.entry(agreements([&layouts[0], &layouts[1]], &a, &b)).or_default() += 1;
        }
        // Every distinct comparison re-identifies one link, however many links share it.
        let picked = seen.len() as f64 / links.len() as f64;
        let common = seen.values().max().unwrap();
        println!(
            "{} ways to compare, {picked:.4} of {} links; the most common has {common}",
            seen.len(),
            links.len()
        );
        assert!(picked < 0.01, "{} distinct comparisons among {} links", seen.len(), links.len());
    }
}
