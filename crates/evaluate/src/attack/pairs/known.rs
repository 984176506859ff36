//! What an attacker may know of the people behind rows.

use std::collections::BTreeMap;

use mizuhiki_encode::{EncodeError, PairEncoder, PlainValue};
use mizuhiki_schema::{AuditRole, AuditSchema};
use sha2::{Digest as _, Sha256};

use crate::attack::people::{Attribute, NO_CLASS};
use crate::attack::sight::FilterSight;

/// Bits of the filter of all values of a person.
const BITS: usize = 1_024;
/// Fewest pairs of rows from which anything could be learned.
const FEWEST: usize = 50;

/// The people behind rows, in the rows' order.
pub(crate) struct KnownPeople {
    /// Values in the order of the encoder's columns.
    pub(crate) values: Vec<Vec<String>>,
    /// One for each comparison.
    pub(crate) attributes: Vec<Attribute>,
    /// All values and their features in one filter.
    pub(crate) plaintext: FilterSight,
    /// Number of characters of all values.
    pub(crate) letters: Vec<usize>,
    /// Numbers of texts and features: what a row would hold that is not padded.
    pub(crate) unpadded: Vec<usize>,
    /// Number of values, by comparison.
    counts: Vec<Vec<usize>>,
}

impl KnownPeople {
    /// Reads people as an encoder does.
    ///
    /// # Errors
    /// [`EncodeError`] if a value is a national number.
    pub(crate) fn read(
        schema: &AuditSchema,
        encoder: &PairEncoder,
        values: Vec<Vec<String>>,
    ) -> Result<Self, EncodeError> {
        let mut worker = encoder.worker();
        let mut plaintext = FilterSight { words: BITS / 64, ..FilterSight::default() };
        let (mut letters, mut unpadded) = (Vec::new(), Vec::new());
        let (mut counts, mut shown) = (Vec::new(), Vec::new());
        for (row, values) in values.iter().enumerate() {
            worker.read(row as u64 + 1, &|column| values[column].as_str())?;
            let plain = worker.plain();
            plaintext.bits.extend(filter_of(&plain));
            plaintext.rows.push(1);
            letters
                .push(plain.iter().flatten().filter_map(first_text).map(|text| text.chars().count()).sum());
            let held = |value: &PlainValue| value.tags.iter().flatten().count() + value.features.len();
            unpadded.push(plain.iter().flatten().map(held).sum());
            counts.push(plain.iter().map(Vec::len).collect());
            let of = |(at, comparison): (usize, &mizuhiki_schema::AuditComparison)| {
                shown_of(comparison.role, comparison.levels.len(), &plain[at])
            };
            shown.push(schema.body().comparisons.iter().enumerate().map(of).collect::<Vec<String>>());
        }
        let names = schema.body().comparisons.iter().map(|of| match of.role {
            AuditRole::BirthDate => "year of birth".to_owned(),
            _ => of.name.clone(),
        });
        let attributes = names.enumerate().map(|(at, name)| attribute(name, &shown, at)).collect();
        Ok(Self { values, attributes, plaintext, letters, unpadded, counts })
    }

    /// The attributes of some rows.
    pub(crate) fn attributes_of(&self, rows: &[usize]) -> Vec<Attribute> {
        let select = |of: &Attribute| Attribute {
            name: of.name.clone(),
            classes: rows.iter().map(|&row| of.classes[row]).collect(),
            count: of.count,
        };
        self.attributes.iter().map(select).collect()
    }

    /// For each thing that a row could depend on, rows in pairs that have it in common, each row once: the value of a
    /// comparison, its number of values, the length of all values.
    pub(crate) fn alike(&self) -> Vec<Vec<(usize, usize)>> {
        let rows = || 0..self.values.len();
        let mut of = Vec::new();
        for (at, attribute) in self.attributes.iter().enumerate() {
            of.push(pairs(rows().map(|row| attribute.classes[row])));
            of.push(pairs(rows().map(|row| self.counts[row][at] as u32)));
        }
        of.push(pairs(rows().map(|row| self.letters[row] as u32)));
        of.retain(|pairs| pairs.len() >= FEWEST);
        of
    }
}

/// Rows of equal classes, in pairs: each with the next one that is not yet in a pair.
fn pairs(classes: impl Iterator<Item = u32>) -> Vec<(usize, usize)> {
    let mut waiting: BTreeMap<u32, usize> = BTreeMap::new();
    let mut pairs = Vec::new();
    for (row, class) in classes.enumerate().filter(|(_, class)| *class != NO_CLASS) {
        match waiting.remove(&class) {
            Some(earlier) => pairs.push((earlier, row)),
            None => drop(waiting.insert(class, row)),
        }
    }
    pairs
}

/// The text of a value at its tightest level.
fn first_text(value: &PlainValue) -> Option<&str> {
    value.tags.iter().flatten().map(String::as_str).next()
}

/// What is to be inferred of the first value: the year of a date, or the text at the loosest level.
fn shown_of(role: AuditRole, levels: usize, values: &[PlainValue]) -> String {
    let Some(value) = values.first() else { return String::new() };
    match role {
        AuditRole::BirthDate => first_text(value).unwrap_or_default().chars().take(4).collect(),
        _ => value.tags[levels - 1].clone().unwrap_or_default(),
    }
}

fn attribute(name: String, shown: &[Vec<String>], at: usize) -> Attribute {
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    shown.iter().map(|texts| texts[at].as_str()).filter(|text| !text.is_empty()).for_each(|text| {
        numbers.entry(text).or_default();
    });
    numbers.values_mut().zip(0..).for_each(|(number, next)| *number = next);
    let class = |texts: &Vec<String>| numbers.get(texts[at].as_str()).copied().unwrap_or(NO_CLASS);
    Attribute { name, classes: shown.iter().map(class).collect(), count: numbers.len() }
}

/// One bit for each text and each feature.
fn filter_of(plain: &[Vec<PlainValue>]) -> [u64; BITS / 64] {
    let mut words = [0; BITS / 64];
    let mut set = |parts: &[&[u8]]| {
        let mut hash = Sha256::new();
        parts.iter().for_each(|part| hash.update(part));
        let digest = hash.finalize();
        let bit = usize::from(u16::from_be_bytes([digest[0], digest[1]])) % BITS;
        words[bit / 64] |= 1 << (bit % 64);
    };
    for (comparison, values) in plain.iter().enumerate() {
        for value in values {
            for (tag, text) in value.tags.iter().enumerate() {
                text.iter().for_each(|text| set(&[b"t", &[comparison as u8, tag as u8], text.as_bytes()]));
            }
            value.features.iter().for_each(|feature| set(&[b"f", &[comparison as u8], feature]));
        }
    }
    words
}
