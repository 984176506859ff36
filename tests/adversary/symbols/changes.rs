//! The kind of difference between two linked records, inferred from their common symbols.

use std::collections::BTreeMap;

use mizuhiki_exchange::Task;

use super::kit::{JAPAN, Labelled, PER_VIEW, Table, common, encode, kanji_schema, labelled, run};
use crate::{Draw, margin};

/// Kinds of change, with equally many pairs of each.
const KINDS: [&str; 5] = ["family name", "given name", "date of birth", "sex", "address"];
const EACH: usize = 240;

/// People as recorded by one custodian, and by another with a later family name, another date and so on; with
/// the kind of change.
fn two_holders() -> (Table, Table, Vec<usize>) {
    let registry = &JAPAN.registry;
    let whole = |row: &usize| {
        registry.get(*row, "name_kanji").matches('　').count() == 1
            && registry.get(*row, "alias").is_empty()
            && !registry.get(*row, "address").is_empty()
    };
    let rows: Vec<usize> = (0..registry.len()).filter(whole).take(KINDS.len() * EACH).collect();
    assert_eq!(rows.len(), KINDS.len() * EACH);
    let mut left = registry.take(rows);
    (0..left.len()).for_each(|row| left.set(row, "previous_address", ""));
    let mut right = left.clone();
    let mut draw = Draw(5);
    let kinds: Vec<usize> = (0..left.len()).map(|row| row % KINDS.len()).collect();
    for (row, &kind) in kinds.iter().enumerate() {
        let other = loop {
            let other = draw.below(left.len());
            if differs(&left, row, other) {
                break other;
            }
        };
        let (family, given) = left.get(row, "name_kanji").split_once('　').unwrap();
        let (other_family, other_given) = left.get(other, "name_kanji").split_once('　').unwrap();
        match kind {
            0 => right.set(row, "name_kanji", &format!("{other_family}　{given}")),
            1 => right.set(row, "name_kanji", &format!("{family}　{other_given}")),
            2 => right.set(row, "birth_date", left.get(other, "birth_date")),
            3 => right.set(row, "sex", if left.get(row, "sex") == "男" { "女" } else { "男" }),
            _ => right.set(row, "address", left.get(other, "address")),
        }
    }
    (left, right, kinds)
}

/// Whether two people differ in all values that a change copies from the other.
fn differs(table: &Table, row: usize, other: usize) -> bool {
    let name = |row: usize| table.get(row, "name_kanji").split_once('　').unwrap();
    let same = |column: &str| table.get(row, column) == table.get(other, column);
    name(row).0 != name(other).0 && name(row).1 != name(other).1 && !same("birth_date") && !same("address")
}

/// Share of pairs whose kind equals that of the nearest other pair by `distance`. Equally near pairs count
/// fractionally.
fn nearest(kinds: &[usize], distance: &dyn Fn(usize, usize) -> f64) -> f64 {
    let right = |at: usize| {
        let (mut least, mut same, mut all) = (f64::MAX, 0.0, 0.0);
        for other in (0..kinds.len()).filter(|&other| other != at) {
            let found = distance(at, other);
            if found < least {
                (least, same, all) = (found, 0.0, 0.0);
            }
            if found <= least {
                all += 1.0;
                same += f64::from(u8::from(kinds[other] == kinds[at]));
            }
        }
        same / all
    };
    (0..kinds.len()).map(right).sum::<f64>() / kinds.len() as f64
}

/// The best guess from one value per pair: the most frequent kind for that value among even pairs, applied to
/// odd pairs. Returns the accuracy, and the share of the most frequent kind overall.
fn likeliest(kinds: &[usize], values: &[usize]) -> (f64, f64) {
    let mut counts: BTreeMap<usize, BTreeMap<usize, usize>> = BTreeMap::new();
    let mut all: BTreeMap<usize, usize> = BTreeMap::new();
    for (&kind, &value) in kinds.iter().zip(values).step_by(2) {
        *counts.entry(value).or_default().entry(kind).or_default() += 1;
        *all.entry(kind).or_default() += 1;
    }
    let most = |counts: &BTreeMap<usize, usize>| {
        counts.iter().max_by_key(|&(&kind, &count)| (count, std::cmp::Reverse(kind))).map(|(&kind, _)| kind)
    };
    let base = most(&all);
    let told = || kinds.iter().zip(values).skip(1).step_by(2);
    let right = told().filter(|&(&kind, value)| counts.get(value).map_or(base, most) == Some(kind)).count();
    let of_base = told().filter(|&(&kind, _)| base == Some(kind)).count();
    let count = told().count() as f64;
    (right as f64 / count, of_base as f64 / count)
}

/// Common symbols of two labeled records: by view and number, and counts by view.
fn labelled_agreement(left: &Labelled, right: &Labelled) -> (Vec<bool>, Vec<usize>) {
    let (mut each, mut counts) = (Vec::new(), Vec::new());
    for (left, right) in left.iter().zip(right) {
        let same = |at: usize| matches!((left, right), (Some(a), Some(b)) if a[at] == b[at]);
        let of_view: Vec<bool> = (0..*PER_VIEW).map(same).collect();
        counts.push(of_view.iter().filter(|&&same| same).count());
        each.extend(of_view);
    }
    (each, counts)
}

/// What an attacker sees of a pair besides the number of common symbols: their positions in the order of
/// either set, and their values, in bins of 1/16.
fn places(left: &[u64], right: &[u64]) -> Vec<f64> {
    let mut places = vec![0.0; 48];
    for (a, b) in common(left, right) {
        places[a * 16 / left.len()] += 1.0;
        places[16 + b * 16 / right.len()] += 1.0;
        places[32 + (left[a] >> 60) as usize] += 1.0;
    }
    places
}

fn square_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// Whether anything else distinguishes pairs with equally many common symbols: how often the nearest is of
/// the same kind, how often a random one is, and the number of pairs tested.
fn beyond_total(kinds: &[usize], totals: &[usize], spots: &[Vec<f64>]) -> (f64, f64, usize) {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    totals.iter().enumerate().for_each(|(pair, &total)| groups.entry(total).or_default().push(pair));
    let (mut agree, mut expected, mut trials) = (0.0, 0.0, 0);
    for group in groups.values().filter(|group| group.len() > 1) {
        let of: Vec<usize> = group.iter().map(|&pair| kinds[pair]).collect();
        agree += nearest(&of, &|a, b| square_distance(&spots[group[a]], &spots[group[b]])) * of.len() as f64;
        let same = |kind: &usize| of.iter().filter(|other| *other == kind).count() - 1;
        expected += of.iter().map(same).sum::<usize>() as f64 / (of.len() - 1) as f64;
        trials += of.len();
    }
    (agree / trials as f64, expected / trials as f64, trials)
}

#[test]
fn what_changed_is_not_read_from_sets_beyond_their_one_total() {
    let (left, right, kinds) = two_holders();
    let schema = kanji_schema(|_| ());
    let base = 1.0 / KINDS.len() as f64;

    let labels = labelled(&schema, &left).into_iter().zip(labelled(&schema, &right));
    let agreements: Vec<(Vec<bool>, Vec<usize>)> =
        labels.map(|(left, right)| labelled_agreement(&left, &right)).collect();
    let by_number = nearest(&kinds, &|a, b| {
        let (a, b) = (&agreements[a].0, &agreements[b].0);
        a.iter().zip(b).filter(|(a, b)| a != b).count() as f64
    });
    let by_view = nearest(&kinds, &|a, b| {
        agreements[a].1.iter().zip(&agreements[b].1).map(|(a, b)| a.abs_diff(*b)).sum::<usize>() as f64
    });

    let sent = [(&left, "registry"), (&right, "insurer")]
        .map(|(table, name)| encode(&schema, table, name, &run(Task::Link, "a")));
    let totals: Vec<usize> =
        (0..kinds.len()).map(|row| common(sent[0].of(row), sent[1].of(row)).len()).collect();
    let (by_total, _) = likeliest(&kinds, &totals);
    let spots: Vec<Vec<f64>> = (0..kinds.len()).map(|row| places(sent[0].of(row), sent[1].of(row))).collect();
    let by_place = nearest(&kinds, &|a, b| square_distance(&spots[a], &spots[b]));
    let (agree, expected, trials) = beyond_total(&kinds, &totals, &spots);
    assert!(
        by_number > 0.9,
        "labeled by view and number: {by_number} of the kinds were inferred (base rate {base})"
    );
    assert!(by_view > 0.9, "labeled by view: {by_view} of the kinds were inferred (base rate {base})");
    assert!(
        (agree - expected).abs() < margin(expected, trials),
        "pairs with one total: {agree} of {trials} nearest pairs are of one kind, at random {expected}; \
         one total {by_total}, places {by_place}"
    );
    // The total itself reveals the number of views without the changed field, hence three classes of these
    // five kinds: a name or the address, the date, the sex.
    assert!(by_total < 0.65, "one total: {by_total} of the kinds were inferred (base rate {base})");
    // Which of these it is: each affects the same number of views. Sorted, so that even and odd numbers have
    // equally many of each.
    let mut alike: Vec<usize> = (0..kinds.len()).filter(|&pair| [0, 1, 4].contains(&kinds[pair])).collect();
    alike.sort_by_key(|&pair| kinds[pair]);
    let of = |values: &[usize]| alike.iter().map(|&pair| values[pair]).collect::<Vec<usize>>();
    let (found, base) = likeliest(&of(&kinds), &of(&totals));
    assert!(
        found < base + margin(base, alike.len() / 2),
        "family name, given name or address: {found} were read from one total (base rate {base})"
    );
}

/// Errors and outdated entries, as in an insurer's file. The total discloses much: a different address or
/// name, and truncated rows. Nothing else of a set may disclose anything.
#[test]
fn an_insurers_differences_are_not_read_beyond_one_total() {
    let japan = &*JAPAN;
    let changed: Vec<(usize, usize)> =
        japan.linked.iter().copied().filter(|&(left, _)| !japan.causes[left].is_empty()).collect();
    let causes: Vec<&str> = changed.iter().map(|&(left, _)| japan.causes[left].as_str()).collect();
    let mut kinds = causes.clone();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds: Vec<usize> =
        causes.iter().map(|cause| kinds.iter().position(|kind| kind == cause).unwrap()).collect();
    let sets =
        |&(left, right): &(usize, usize)| (japan.insurer_tokens.of(left), japan.registry_tokens.of(right));
    let totals: Vec<usize> =
        changed.iter().map(sets).map(|(left, right)| common(left, right).len()).collect();
    let spots: Vec<Vec<f64>> = changed.iter().map(sets).map(|(left, right)| places(left, right)).collect();
    let (by_total, base) = likeliest(&kinds, &totals);
    let (agree, expected, trials) = beyond_total(&kinds, &totals, &spots);
    assert!(
        (agree - expected).abs() < margin(expected, trials),
        "pairs with one total: {agree} of {trials} nearest pairs have one cause, at random {expected}"
    );
    assert!(
        (base..0.92).contains(&by_total),
        "one total: {by_total} of the causes were read (base rate {base}, {} pairs)",
        changed.len()
    );
}
