//! Frequent-pattern mining (Christen, Vidanage, Ranbaduge and Schnell 2018): columns of filters that are often
//! set together belong to one frequent q-gram.

use std::collections::BTreeMap;

use crate::attack::edges::classes;
use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::people::PeopleList;
use crate::attack::scene::Scene;
use crate::attack::sight::{FilterSight, Sight};

/// Records in the smallest part that is mined.
const LEAST_PART: usize = 200;
/// Fewest columns of a pattern.
const LEAST_COLUMNS: usize = 4;
/// Share of records by which the most frequent gram must lead.
const LEAD: f64 = 0.01;
/// Share of the records with a pattern that must have its gram.
const PRECISION: f64 = 0.9;

/// A set of records.
type Records = Vec<u64>;

pub(crate) fn patterns(scene: &Scene<'_>, effort: &Effort) -> Vec<Measured> {
    let columns = match &scene.left.sight {
        Sight::Filters(filters) => columns_of(filters),
        Sight::Symbols(symbols) => {
            // A column is a symbol that several records have.
            let set = |record: usize| symbols.set(record);
            let mut columns = Vec::new();
            classes(&[(&set, symbols.len())], &mut |class| {
                if class.len() >= LEAST_PART {
                    let mut column = vec![0_u64; scene.len().div_ceil(64)];
                    class.iter().for_each(|&(_, record)| set_bit(&mut column, record as usize));
                    columns.push(column);
                }
            });
            columns
        }
    };
    if columns.len() < LEAST_COLUMNS {
        return Vec::new();
    }
    let grams = grams_of(&scene.left.people);
    let (recovered, tried) = mine(&columns, &grams, scene.len(), effort.patterns);
    let setting = "q-grams whose pattern was found";
    Measured::counted(setting, Goal::Structure, recovered, tried, 0.0).into_iter().collect()
}

fn set_bit(row: &mut Records, record: usize) {
    row[record / 64] |= 1 << (record % 64);
}

fn columns_of(filters: &FilterSight) -> Vec<Records> {
    let mut columns = vec![vec![0_u64; filters.len().div_ceil(64)]; filters.words * 64];
    for record in 0..filters.len() {
        for bit in crate::attack::trial::ones(filters.row(record)) {
            set_bit(&mut columns[bit], record);
        }
    }
    columns
}

/// Records that have each padded bigram of each field.
fn grams_of(people: &PeopleList) -> Vec<Records> {
    let mut grams: BTreeMap<(usize, [char; 2]), Records> = BTreeMap::new();
    for record in 0..people.len() {
        for (field, text) in people.texts(record).iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let letters: Vec<char> = std::iter::once(' ').chain(text.chars()).chain([' ']).collect();
            for gram in letters.windows(2) {
                let holders = grams
                    .entry((field, [gram[0], gram[1]]))
                    .or_insert_with(|| vec![0; people.len().div_ceil(64)]);
                set_bit(holders, record);
            }
        }
    }
    let mut grams: Vec<Records> = grams.into_values().collect();
    grams.retain(|records| count(records) >= LEAST_PART);
    grams
}

fn count(records: &[u64]) -> usize {
    records.iter().map(|word| word.count_ones() as usize).sum()
}

fn both(a: &[u64], b: &[u64]) -> usize {
    a.iter().zip(b).map(|(a, b)| (a & b).count_ones() as usize).sum()
}

/// Part by part, finds the columns of the most frequent gram, and continues with the records that have its
/// pattern, and with the others. Returns how many patterns were right, and how many were found.
fn mine(columns: &[Records], grams: &[Records], people: usize, most: usize) -> (u64, u64) {
    let mut everybody = vec![0_u64; people.div_ceil(64)];
    (0..people).for_each(|record| set_bit(&mut everybody, record));
    // Records by their tokens, and the list's records by their grams: the attacker knows only the second.
    let mut parts =
        std::collections::VecDeque::from([(everybody.clone(), everybody, vec![false; columns.len()])]);
    let mut taken = vec![false; grams.len()];
    let (mut right, mut tried) = (0, 0);
    while let Some((part, list, used)) = parts.pop_front() {
        let size = count(&part);
        if tried as usize >= most || size < LEAST_PART {
            continue;
        }
        let mut frequent: Vec<(usize, usize)> = grams
            .iter()
            .enumerate()
            .filter(|(gram, _)| !taken[*gram])
            .map(|(gram, records)| (both(records, &list), gram))
            .filter(|(found, _)| *found < count(&list))
            .collect();
        frequent.sort_unstable_by(|a, b| b.cmp(a));
        let [(first, gram), (second, _), ..] = frequent[..] else { continue };
        if ((first - second) as f64) < LEAD * count(&list) as f64 {
            continue;
        }
        let least = (first + second) as f64 / 2.0 / count(&list).max(1) as f64 * size as f64;
        let pattern = longest(columns, &used, &part, least);
        if pattern.len() < LEAST_COLUMNS {
            continue;
        }
        let mut with = part.clone();
        pattern.iter().for_each(|&column| {
            with.iter_mut().zip(&columns[column]).for_each(|(with, column)| *with &= column);
        });
        tried += 1;
        taken[gram] = true;
        right += u64::from(both(&with, &grams[gram]) as f64 >= PRECISION * count(&with) as f64);
        let mut used = used;
        pattern.iter().for_each(|&column| used[column] = true);
        let without: Records = part.iter().zip(&with).map(|(part, with)| part & !with).collect();
        let (has, lacks): (Records, Records) =
            list.iter().zip(&grams[gram]).map(|(list, gram)| (list & gram, list & !gram)).unzip();
        parts.push_back((without, lacks, used.clone()));
        parts.push_back((with, has, used));
    }
    (right, tried)
}

/// The longest set of columns that at least `least` records of a part have together: from each column on, the
/// one is added that leaves most.
fn longest(columns: &[Records], used: &[bool], part: &[u64], least: f64) -> Vec<usize> {
    let inside: Vec<Records> =
        columns.iter().map(|column| column.iter().zip(part).map(|(a, b)| a & b).collect()).collect();
    let frequent: Vec<usize> = (0..columns.len())
        .filter(|&column| !used[column] && count(&inside[column]) as f64 >= least)
        .collect();
    let mut best = Vec::new();
    for &start in &frequent {
        let mut mates: Vec<(usize, usize)> = frequent
            .iter()
            .filter(|&&column| column != start)
            .map(|&column| (both(&inside[start], &inside[column]), column))
            .filter(|(shared, _)| *shared as f64 >= least)
            .collect();
        if mates.len() < best.len() {
            continue;
        }
        mates.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let (mut records, mut found) = (inside[start].clone(), vec![start]);
        for (_, column) in mates {
            if both(&records, &inside[column]) as f64 >= least {
                records.iter_mut().zip(&inside[column]).for_each(|(records, column)| *records &= column);
                found.push(column);
            }
        }
        if found.len() > best.len() {
            best = found;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_planted_pattern_is_found() {
        // Gram 0 is in the first 600 of 1,000 records and sets columns 0 to 4; gram 1 in every third.
        let records = |holds: &dyn Fn(usize) -> bool| {
            let mut found = vec![0_u64; 1_000_usize.div_ceil(64)];
            (0..1_000).filter(|&record| holds(record)).for_each(|record| set_bit(&mut found, record));
            found
        };
        let grams = vec![records(&|record| record < 600), records(&|record| record % 3 == 0)];
        let mut columns = vec![grams[0].clone(); 5];
        columns.extend(vec![grams[1].clone(); 5]);
        columns.push(records(&|record| record % 7 == 0));
        let (right, tried) = mine(&columns, &grams, 1_000, 10);
        assert_eq!((right, tried), (1, 1), "the second gram has no rival to lead");
        assert_eq!(longest(&columns, &[false; 11], &records(&|_| true), 450.0), [0, 1, 2, 3, 4]);
    }
}
