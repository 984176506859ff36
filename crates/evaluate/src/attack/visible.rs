//! What sizes and repeats disclose.

use std::collections::BTreeMap;

use crate::attack::edges::{classes, pairs_between};
use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::people::NO_CLASS;
use crate::attack::scene::Scene;
use crate::attack::sight::Sight;
use crate::rate::Rate;

/// Values that a statistician guesses, the most frequent ones.
const NAMES: usize = 20;

/// Correlation of the one number that a token shows with the length of the person's values: for filters the
/// number of bits that are set, for sets of symbols how many a linked pair has in common.
pub(crate) fn lengths(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let letters = |row: usize| scene.left.people.letters(row) as f64;
    let (points, setting): (Vec<(f64, f64)>, _) = match &scene.left.sight {
        Sight::Filters(filters) => {
            let weight = |row: usize| filters.row(row).iter().map(|word| f64::from(word.count_ones())).sum();
            ((0..scene.len()).map(|row| (weight(row), letters(row))).collect(), "bits that are set")
        }
        Sight::Symbols(left) => {
            let distinct =
                |row: usize| left.set(row).windows(2).filter(|pair| pair[0] != pair[1]).count() as f64 + 1.0;
            ((0..scene.len()).map(|row| (distinct(row), letters(row))).collect(), "distinct symbols")
        }
    };
    correlation(&points, setting).into_iter().collect()
}

/// The size of Pearson's correlation, with Fisher's interval.
pub(crate) fn correlation(points: &[(f64, f64)], setting: &str) -> Option<Measured> {
    let count = points.len() as f64;
    if points.len() < 10 {
        return None;
    }
    let mean = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(&|point| point.0), mean(&|point| point.1));
    let sum = |of: &dyn Fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>();
    let (xx, yy) = (sum(&|point| (point.0 - x).powi(2)), sum(&|point| (point.1 - y).powi(2)));
    let xy = sum(&|point| (point.0 - x) * (point.1 - y));
    // A constant says nothing.
    let size = if xx * yy > 0.0 { (xy / (xx * yy).sqrt()).abs().min(1.0) } else { 0.0 };
    let (center, wide) = (size.min(1.0 - 1e-12).atanh(), 1.96 / (count - 3.0).sqrt());
    let found = Rate { value: size, low: (center - wide).tanh().max(0.0), high: (center + wide).tanh() };
    let setting = setting.to_owned();
    Some(Measured {
        setting,
        goal: Goal::Correlation,
        found,
        trials: points.len() as u64,
        chance: 0.0,
        remark: String::new(),
    })
}

/// Records of one file that share anything with another one of it.
pub(crate) fn repeats(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let mut shares = vec![false; scene.len()];
    match &scene.left.sight {
        Sight::Symbols(left) => {
            let set = |record: usize| left.set(record);
            classes(&[(&set, left.len())], &mut |class| {
                class.iter().for_each(|&(_, record)| shares[record as usize] = true);
            });
        }
        // Filters share bits with all others: every record has neighbors.
        Sight::Filters(_) => shares.fill(true),
    }
    let hits = shares.iter().filter(|&&shares| shares).count() as u64;
    let setting = "records that share something with another of the file";
    Measured::counted(setting, Goal::Structure, hits, scene.len() as u64, 0.0).into_iter().collect()
}

/// Assigns the most frequent values to the largest classes of equal symbols, in order.
pub(crate) fn frequencies(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let Sight::Symbols(left) = &scene.left.sight else { return Vec::new() };
    let mut found: Vec<Vec<u32>> = Vec::new();
    let of_left = |record: usize| left.set(record);
    match scene.right.as_ref().map(|right| &right.sight) {
        Some(Sight::Symbols(right)) => {
            let of_right = |record: usize| right.set(record);
            classes(&[(&of_left, left.len()), (&of_right, right.len())], &mut |class| {
                // Pairs are links: only larger classes have a size that says something.
                if class.len() > 2 {
                    found.push(class.iter().filter(|holder| holder.0 == 0).map(|holder| holder.1).collect());
                }
            });
        }
        _ => classes(&[(&of_left, left.len())], &mut |class| {
            found.push(class.iter().map(|holder| holder.1).collect());
        }),
    }
    guess_values(scene, &found)
}

/// The control: classes of equal values, which a view of one field would show.
pub(crate) fn frequencies_control(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let mut found = Vec::new();
    for attribute in &scene.left.attributes {
        let mut of_class: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (row, &class) in attribute.classes.iter().enumerate().filter(|(_, class)| **class != NO_CLASS) {
            of_class.entry(class).or_default().push(row as u32);
        }
        let only: Vec<Vec<u32>> = of_class.into_values().collect();
        found.extend(guess_one(attribute, only));
    }
    found
}

fn guess_values(scene: &Scene<'_>, found: &[Vec<u32>]) -> Vec<Measured> {
    if found.is_empty() {
        return Vec::new();
    }
    scene.left.attributes.iter().filter_map(|attribute| guess_one(attribute, found.to_vec())).collect()
}

/// Guesses values of an attribute by the size of classes. A record keeps the first value that it gets.
fn guess_one(attribute: &crate::attack::people::Attribute, mut found: Vec<Vec<u32>>) -> Option<Measured> {
    let mut counts = vec![0_usize; attribute.count];
    let known = || attribute.classes.iter().copied().filter(|&class| class != NO_CLASS);
    known().for_each(|class| counts[class as usize] += 1);
    let mut values: Vec<u32> = (0..attribute.count as u32).collect();
    values.sort_by_key(|&class| (std::cmp::Reverse(counts[class as usize]), class));
    values.truncate(NAMES);
    found.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    found.dedup();
    let mut guessed: BTreeMap<u32, u32> = BTreeMap::new();
    let mut next = values.iter();
    for class in &found {
        if class.iter().filter(|record| guessed.contains_key(record)).count() * 2 > class.len() {
            continue;
        }
        let Some(&value) = next.next() else { break };
        class.iter().for_each(|&record| {
            guessed.entry(record).or_insert(value);
        });
    }
    let right =
        guessed.iter().filter(|&(&record, &value)| attribute.classes[record as usize] == value).count();
    // Without symbols, the best guess is the most frequent value.
    let base = counts.iter().max().copied().unwrap_or_default() as f64 / known().count().max(1) as f64;
    let setting = format!("{} of the largest classes", attribute.name);
    Measured::counted(setting, Goal::Inference, right as u64, guessed.len() as u64, base)
}

/// What a linked pair's number of common symbols (for filters: common bits, in sixteenths) says about which
/// attributes differ. Half of the pairs are labeled.
pub(crate) fn changes(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let Some(right) = &scene.right else { return Vec::new() };
    let total = |a: usize, b: usize| match (&scene.left.sight, &right.sight) {
        (Sight::Symbols(left), Sight::Symbols(right)) => common(left.set(a), right.set(b)),
        (Sight::Filters(left), Sight::Filters(right)) => {
            let shared: u32 = left.row(a).iter().zip(right.row(b)).map(|(a, b)| (a & b).count_ones()).sum();
            shared as usize / 16
        }
        _ => 0,
    };
    let mut changed: Vec<(u32, usize)> = Vec::new();
    for &(a, b) in &scene.linked {
        let differ =
            scene.left.attributes.iter().zip(&right.attributes).enumerate().filter(|(_, (left, right))| {
                let (x, y) = (left.classes[a], right.classes[b]);
                x != y && x != NO_CLASS && y != NO_CLASS
            });
        let kind: u32 = differ.map(|(attribute, _)| 1 << attribute).sum();
        if kind != 0 {
            changed.push((kind, total(a, b)));
        }
    }
    let (known, asked): (Vec<_>, Vec<_>) = changed.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let most = |pairs: &mut dyn Iterator<Item = u32>| {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        pairs.for_each(|kind| *counts.entry(kind).or_default() += 1);
        counts.into_iter().max_by_key(|&(kind, count)| (count, std::cmp::Reverse(kind))).map(|(kind, _)| kind)
    };
    let base = most(&mut known.iter().map(|(_, pair)| pair.0));
    let mut by_total: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    known.iter().for_each(|(_, pair)| by_total.entry(pair.1).or_default().push(pair.0));
    let guess = |total: usize| by_total.get(&total).map_or(base, |kinds| most(&mut kinds.iter().copied()));
    let right = asked.iter().filter(|(_, pair)| guess(pair.1) == Some(pair.0)).count() as u64;
    let of_base = asked.iter().filter(|(_, pair)| base == Some(pair.0)).count();
    let chance = of_base as f64 / asked.len().max(1) as f64;
    let setting = "which values of a linked pair differ, from its total";
    Measured::counted(setting, Goal::Disclosed, right, asked.len() as u64, chance).into_iter().collect()
}

/// Number of common values of two ascending lists.
pub(crate) fn common(left: &[u64], right: &[u64]) -> usize {
    let (mut a, mut b, mut found) = (0, 0, 0);
    while a < left.len() && b < right.len() {
        found += usize::from(left[a] == right[b]);
        let (next_a, next_b) = (left[a] <= right[b], right[b] <= left[a]);
        a += usize::from(next_a);
        b += usize::from(next_b);
    }
    found
}

/// Pairs of different people across files that share symbols, per record of the left file: what linkage
/// discloses, and what graph matching works on.
pub(crate) fn relatives(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let Some((right, Sight::Symbols(of_right))) = scene.right.as_ref().map(|right| (right, &right.sight))
    else {
        return Vec::new();
    };
    let Sight::Symbols(of_left) = &scene.left.sight else { return Vec::new() };
    if right.people.is_empty() {
        return Vec::new();
    }
    let (left, right) = (|record: usize| of_left.set(record), |record: usize| of_right.set(record));
    let pairs = pairs_between((&left, of_left.len()), (&right, of_right.len()));
    let mut same: Vec<(u32, u32)> = scene.linked.iter().map(|&(a, b)| (a as u32, b as u32)).collect();
    same.sort_unstable();
    let mut shares = vec![false; scene.len()];
    pairs
        .keys()
        .filter(|pair| same.binary_search(pair).is_err())
        .for_each(|pair| shares[pair.0 as usize] = true);
    let hits = shares.iter().filter(|&&shares| shares).count() as u64;
    let setting = "records that share symbols with another person across files";
    Measured::counted(setting, Goal::Disclosed, hits, scene.len() as u64, 0.0).into_iter().collect()
}
