//! A synthetic population as recorded by three custodians.

use mizuhiki_columnar::ColumnarError;
use mizuhiki_files::Target;

use super::channel::{CUSTODIANS, Custodian};
use super::miswrite::Nicknames;
use super::people::{Person, make_people};
use crate::draw::Draw;
use crate::table::TextTable;

const COLUMNS: [&str; 6] = ["rec_id", "given_name", "surname", "date_of_birth", "suburb", "postcode"];

/// What to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PopulationSpec {
    /// Number of people, 0 to 4,294,967,295. A million takes about 1 GB of memory.
    pub people: usize,
    /// Random seed: the same seed gives the same population on every machine.
    pub seed: u64,
}

/// Three custodians' tables of the same synthetic people, with the true links between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Population {
    /// Hospital (about half of the people), insurer (about 60 %) and registry (all), in this order.
    pub holders: Vec<Holder>,
}

/// A custodian's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// `hospital`, `insurer` or `registry`.
    pub name: &'static str,
    /// Its records, one per person, in random order.
    pub people: Vec<Record>,
}

/// A synthetic person as recorded by one custodian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The custodian's own id: its initial and at least six digits, unrelated to the person, to the order of
    /// the records and to the ids of the other custodians.
    pub id: String,
    /// Number of the person, from 0. Ground truth; never written to a custodian's file.
    pub person: u32,
    /// Given name, or empty.
    pub given_name: String,
    /// Surname.
    pub surname: String,
    /// Date of birth as `YYYYMMDD`, or empty.
    pub date_of_birth: String,
    /// Suburb, or empty.
    pub suburb: String,
    /// Postcode of four digits, or empty.
    pub postcode: String,
}

/// Streams of draws: people first, then these three for each custodian.
const PEOPLE: u64 = 0;
const MEMBERS: u64 = 1;
const ERRORS: u64 = 2;
const ORDER: u64 = 3;

impl Population {
    /// Generates people in households (a shared surname and address, children, sometimes twins) with
    /// realistically skewed name frequencies. Records them as each custodian would: with typos, nicknames,
    /// names by ear, maiden names, swapped fields, wrong dates, old addresses, gaps and different styles.
    /// About 25 % of the records of hospital and insurer and 3 % of those of the registry contain an error.
    #[must_use]
    pub fn make(spec: &PopulationSpec) -> Self {
        let people = true_people(spec);
        let nicknames = Nicknames::new();
        let holders = CUSTODIANS
            .iter()
            .zip(0..)
            .map(|(custodian, index)| {
                let stream = |purpose: u64| Draw::new(spec.seed, purpose + 3 * index);
                write_down(custodian, &people, &nicknames, stream)
            })
            .collect();
        Self { holders }
    }

    /// The true links from holder `left` to holder `right` (positions in [`Population::holders`]): ids of
    /// records of one person, in the order of the left holder's records.
    ///
    /// Within one holder: each pair of different records of one person once; synthetic holders have none.
    /// Empty if there is no such holder.
    #[must_use]
    pub fn truth(&self, left: usize, right: usize) -> Vec<(String, String)> {
        let (Some(left_holder), Some(right_holder)) = (self.holders.get(left), self.holders.get(right))
        else {
            return Vec::new();
        };
        let mut others: Vec<(u32, usize)> =
            right_holder.people.iter().zip(0..).map(|(record, row)| (record.person, row)).collect();
        others.sort_unstable();
        let mut pairs = Vec::new();
        for (row, record) in left_holder.people.iter().enumerate() {
            let first = others.partition_point(|&(person, _)| person < record.person);
            for &(person, other) in &others[first..] {
                if person != record.person {
                    break;
                }
                if left != right || row < other {
                    pairs.push((record.id.clone(), right_holder.people[other].id.clone()));
                }
            }
        }
        pairs
    }
}

/// The people without errors; their position is their number.
fn true_people(spec: &PopulationSpec) -> Vec<Person> {
    make_people(spec.people.min(u32::MAX as usize), Draw::new(spec.seed, PEOPLE))
}

fn write_down(
    custodian: &Custodian,
    people: &[Person],
    nicknames: &Nicknames,
    stream: impl Fn(u64) -> Draw,
) -> Holder {
    let (mut members, mut errors, mut order) = (stream(MEMBERS), stream(ERRORS), stream(ORDER));
    let mut known: Vec<u32> = (0..people.len() as u32).filter(|_| members.happens(custodian.share)).collect();
    let mut numbers: Vec<u32> = (1..=known.len() as u32).collect();
    order.shuffle(&mut known);
    order.shuffle(&mut numbers);
    let records = known.into_iter().zip(numbers).map(|(person, number)| {
        let entry = custodian.channels.write(&people[person as usize], nicknames, &mut errors);
        Record {
            id: format!("{}{number:06}", custodian.letter),
            person,
            given_name: entry.given_name,
            surname: entry.surname,
            date_of_birth: entry.date_of_birth,
            suburb: entry.suburb,
            postcode: entry.postcode,
        }
    });
    Holder { name: custodian.name, people: records.collect() }
}

impl Holder {
    /// Writes the table with the columns `rec_id`, `given_name`, `surname`, `date_of_birth`, `suburb` and
    /// `postcode`, in the format that the extension names. The person numbers are omitted.
    ///
    /// # Errors
    /// [`ColumnarError`] if the target cannot be written; no file is left then.
    pub fn write(&self, target: &Target) -> Result<(), ColumnarError> {
        let mut table = TextTable::create(target, &COLUMNS)?;
        for record in &self.people {
            table.push([
                record.id.as_str(),
                &record.given_name,
                &record.surname,
                &record.date_of_birth,
                &record.suburb,
                &record.postcode,
            ])?;
        }
        table.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::channel::Entry;
    use super::*;

    fn spec(people: usize, seed: u64) -> PopulationSpec {
        PopulationSpec { people, seed }
    }

    #[test]
    fn the_same_seed_gives_the_same_people() {
        let population = Population::make(&spec(2000, 5));
        assert_eq!(population, Population::make(&spec(2000, 5)));
        assert_ne!(population, Population::make(&spec(2000, 6)));
    }

    /// Pinned, so that a change of the draws or lists is noticed: it changes every recorded result.
    #[test]
    fn the_made_people_are_as_ever() {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
        for holder in Population::make(&spec(10_000, 1)).holders {
            for record in &holder.people {
                let person = record.person.to_string();
                for text in [&record.id, &person].into_iter().chain(values(record)) {
                    for byte in text.bytes().chain([b'\n']) {
                        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
                    }
                }
            }
        }
        assert_eq!(hash, 0xbfde_cb38_6d06_da76);
    }

    fn values(record: &Record) -> [&String; 5] {
        [&record.given_name, &record.surname, &record.date_of_birth, &record.suburb, &record.postcode]
    }

    #[test]
    fn holders_know_their_share_of_the_people() {
        let population = Population::make(&spec(20_000, 1));
        let names: Vec<&str> = population.holders.iter().map(|holder| holder.name).collect();
        assert_eq!(names, ["hospital", "insurer", "registry"]);
        let sizes: Vec<usize> = population.holders.iter().map(|holder| holder.people.len()).collect();
        assert!(sizes[0].abs_diff(10_000) < 400 && sizes[1].abs_diff(12_000) < 400, "{sizes:?}");
        assert_eq!(sizes[2], 20_000);
        for holder in &population.holders {
            let ids: BTreeSet<&str> = holder.people.iter().map(|record| record.id.as_str()).collect();
            let people: BTreeSet<u32> = holder.people.iter().map(|record| record.person).collect();
            assert_eq!((ids.len(), people.len()), (holder.people.len(), holder.people.len()));
            assert!(!holder.people.is_sorted_by_key(|record| record.person));
            assert!(!holder.people.is_sorted_by_key(|record| record.id.clone()));
        }
    }

    #[test]
    fn true_links_join_the_same_person_and_all_of_them() {
        let population = Population::make(&spec(5000, 2));
        let person_of: Vec<BTreeMap<&str, u32>> = population
            .holders
            .iter()
            .map(|holder| holder.people.iter().map(|record| (record.id.as_str(), record.person)).collect())
            .collect();
        for (left, right) in [(0, 1), (1, 2), (2, 0)] {
            let truth = population.truth(left, right);
            for (a, b) in &truth {
                assert_eq!(person_of[left][a.as_str()], person_of[right][b.as_str()]);
            }
            let people = |side: usize| person_of[side].values().copied().collect::<BTreeSet<u32>>();
            assert_eq!(truth.len(), people(left).intersection(&people(right)).count());
            assert!(!truth.is_empty());
        }
        assert!(population.truth(0, 0).is_empty());
        assert!(population.truth(0, 3).is_empty());
    }

    #[test]
    fn duplicates_within_a_holder_are_linked_once() {
        let mut population = Population::make(&spec(10, 2));
        let mut again = population.holders[2].people[3].clone();
        again.id = "R999999".to_owned();
        let expected = (population.holders[2].people[3].id.clone(), again.id.clone());
        population.holders[2].people.push(again);
        assert_eq!(population.truth(2, 2), [expected]);
    }

    #[test]
    fn as_many_records_have_errors_as_documented() {
        let spec = spec(40_000, 3);
        let people = true_people(&spec);
        let wrong: Vec<f64> = Population::make(&spec)
            .holders
            .iter()
            .map(|holder| {
                let count = holder.people.iter().filter(|record| {
                    let Entry { given_name, surname, date_of_birth, suburb, postcode } =
                        Entry::true_to(&people[record.person as usize]);
                    values(record) != [&given_name, &surname, &date_of_birth, &suburb, &postcode]
                });
                count.count() as f64 / holder.people.len() as f64
            })
            .collect();
        assert!((0.22..0.28).contains(&wrong[0]), "{wrong:?}");
        assert!((0.22..0.28).contains(&wrong[1]), "{wrong:?}");
        assert!((0.02..0.045).contains(&wrong[2]), "{wrong:?}");
    }

    #[test]
    fn values_are_well_formed() {
        for holder in Population::make(&spec(20_000, 4)).holders {
            for record in holder.people {
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                assert!(digits(&record.date_of_birth) && matches!(record.date_of_birth.len(), 0 | 8));
                assert!(digits(&record.postcode) && matches!(record.postcode.len(), 0 | 4));
                assert_eq!(record.suburb.is_empty(), record.postcode.is_empty());
                for text in [&record.given_name, &record.surname, &record.suburb] {
                    assert!(text.trim() == text && !text.contains(char::is_control), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn nobody_and_one_person_can_be_made() {
        let nobody = Population::make(&spec(0, 1));
        assert!(nobody.holders.iter().all(|holder| holder.people.is_empty()));
        assert!(nobody.truth(0, 1).is_empty());
        assert_eq!(Population::make(&spec(1, 1)).holders[2].people.len(), 1);
    }
}
