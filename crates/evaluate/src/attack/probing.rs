//! What a custodian learns of the other file by records that it makes up. It has the linkage key by right, and gets
//! back which of its records are linked. One made-up record for each value of an attribute, with all else as the
//! attacker knows it: the one that is linked has the person's value. This is inherent in linkage.
//!
//! It is assumed that made-up records do not suppress each other's symbols: each is entered in a run of its own, or by
//! a custodian whose program leaves the suppression out.

use std::collections::BTreeMap;

use mizuhiki_match::CommonLaw;

use crate::attack::edges::pairs_between;
use crate::attack::effort::Effort;
use crate::attack::encodings::{KeyOf, real_symbols};
use crate::attack::finding::{Goal, Measured};
use crate::attack::people::{Attribute, NO_CLASS, PeopleList};
use crate::attack::scene::{AttackError, Scene, sample};
use crate::attack::sight::{Sight, SymbolSight};
use crate::attack::trial::base_rate;
use crate::attack::visible::common;

/// Most values of an attribute that are entered, the most frequent ones.
const ENTRIES: usize = 50;

/// Values read by varying one attribute of a person.
///
/// # Errors
/// [`AttackError`] if people cannot be encoded.
pub(crate) fn values(scene: &Scene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let (Sight::Symbols(tokens), Some(law)) = (&scene.left.sight, law(scene)) else { return Ok(Vec::new()) };
    let people = &scene.left.people;
    let asked = sample(scene.len(), effort.probed, &mut scene.draw(70));
    let mut found = Vec::new();
    for attribute in &scene.left.attributes {
        let donors = donors(attribute);
        let persons: Vec<usize> =
            asked.iter().copied().filter(|&row| attribute.classes[row] != NO_CLASS).collect();
        let mut right = 0.0;
        for &row in &persons {
            let entries = entries((people, row), &attribute.name, &donors);
            let sets = real_symbols(
                scene.schema,
                (KeyOf::Custodians, scene.seed),
                &people.made_up(entries.iter().map(|(_, values)| values.clone()).collect()),
            )?;
            let counts: Vec<usize> = sets.iter().map(|set| common(tokens.set(row), set)).collect();
            let most = counts.iter().copied().max().unwrap_or_default();
            if most < law.min_common() as usize {
                continue;
            }
            let linked = || entries.iter().zip(&counts).filter(|(_, count)| **count == most);
            // Of several that fit equally, one is linked.
            let class = attribute.classes[row];
            right +=
                linked().filter(|((other, _), _)| *other == class).count() as f64 / linked().count() as f64;
        }
        let setting = format!("{}: {} entries per person", attribute.name, donors.len());
        let (hits, base) = (right.round() as u64, base_rate(attribute, &persons));
        let is_entered = |row: &&usize| donors.iter().any(|(class, _)| *class == attribute.classes[**row]);
        let (count, all) = (persons.iter().filter(is_entered).count(), persons.len());
        let result = Measured::counted(setting, Goal::Disclosed, hits, all as u64, base);
        found
            .extend(result.map(|result| {
                result.with_remark(format!("{count} of {all} have one of the entered values"))
            }));
    }
    Ok(found)
}

/// Who is in the other file, by entering all that is known of a person.
///
/// # Errors
/// [`AttackError`] if people cannot be encoded.
pub(crate) fn membership(scene: &Scene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let (Sight::Symbols(tokens), Some(law)) = (&scene.left.sight, law(scene)) else { return Ok(Vec::new()) };
    let least = law.min_common();
    let key = (KeyOf::Custodians, scene.seed);
    let asked = sample(scene.len(), effort.attacked, &mut scene.draw(71));
    let sets = real_symbols(scene.schema, key, &scene.left.people.select(&asked))?;
    let is_linked = |(row, set): (&usize, &Vec<u64>)| common(tokens.set(*row), set) >= least as usize;
    let hits = asked.iter().zip(&sets).filter(|&entry| is_linked(entry)).count() as u64;
    let setting = "people in the file who are linked: one entry per person";
    let mut found: Vec<Measured> =
        Measured::counted(setting, Goal::Disclosed, hits, asked.len() as u64, 0.0).into_iter().collect();
    let Some(right) = &scene.right else { return Ok(found) };
    let mut others = vec![true; right.people.len()];
    scene.linked.iter().for_each(|&(_, row)| others[row] = false);
    let others: Vec<usize> = (0..others.len()).filter(|&row| others[row]).collect();
    let asked = sample(others.len(), effort.attacked, &mut scene.draw(72));
    let asked: Vec<usize> = asked.into_iter().map(|at| others[at]).collect();
    let sets = real_symbols(scene.schema, key, &right.people.select(&asked))?;
    let hits = linked_with_anybody(&sets, tokens, least);
    let setting = "people not in the file who are linked all the same";
    found.extend(Measured::counted(setting, Goal::Disclosed, hits, asked.len() as u64, 0.0));
    Ok(found)
}

/// How many of these sets have enough symbols in common with any record of a file.
fn linked_with_anybody(sets: &[Vec<u64>], file: &SymbolSight, least: u32) -> u64 {
    let (own, other) = (|at: usize| sets[at].as_slice(), |record: usize| file.set(record));
    let mut linked = vec![false; sets.len()];
    for ((at, _), count) in pairs_between((&own, sets.len()), (&other, file.len())) {
        linked[at as usize] |= count >= least;
    }
    linked.into_iter().filter(|&linked| linked).count() as u64
}

/// How many symbols make a candidate; `None` if the schema has no symbols.
fn law(scene: &Scene<'_>) -> Option<CommonLaw> {
    let other = scene.right.as_ref().map_or(scene.len(), |right| right.people.len());
    scene.schema.symbols().map(|symbols| CommonLaw::new(symbols, scene.len(), Some(other)))
}

/// A person with each of the most frequent classes.
fn donors(attribute: &Attribute) -> Vec<(u32, usize)> {
    let mut of: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for (row, &class) in attribute.classes.iter().enumerate().filter(|(_, class)| **class != NO_CLASS) {
        of.entry(class).or_insert((0, row)).0 += 1;
    }
    let mut donors: Vec<(u32, (usize, usize))> = of.into_iter().collect();
    donors.sort_by_key(|&(class, (count, _))| (std::cmp::Reverse(count), class));
    donors.into_iter().take(ENTRIES).map(|(class, (_, row))| (class, row)).collect()
}

/// A person with the attribute of each donor, with the donors' classes.
fn entries(
    (people, row): (&PeopleList, usize),
    attribute: &str,
    donors: &[(u32, usize)],
) -> Vec<(u32, Vec<String>)> {
    let of =
        |&(class, donor): &(u32, usize)| Some((class, people.with_attribute_of((row, donor), attribute)?));
    donors.iter().filter_map(of).collect()
}
