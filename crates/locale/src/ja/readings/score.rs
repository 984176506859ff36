//! The readings that a model thinks of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::learn::{MAX_UNIT, Units, learn};
use super::{Pair, Part};
use crate::Reading;
use crate::ja::kana::katakana;
use crate::ja::kanji::{is_kana, is_kanji};
use crate::ja::prepare::voiced;
use crate::ja::tables::{KANJI_READINGS, columns};

/// Readings of a unit that are looked at.
const UNIT_READINGS: usize = 24;
/// Beginnings of readings that are kept at each character, and whole readings in the end.
const KEPT: usize = 64;
/// How much more a reading is worth that the lists show for the whole spelling.
const KNOWN: f64 = 50.0;
/// Added to the weight of a reading, so that one never seen is not impossible.
const UNSEEN: f64 = 0.05;

/// What is known of how one part of names is read.
pub struct Model {
    /// Readings of units, most probable first.
    units: BTreeMap<String, Vec<(String, f64)>>,
    /// Sum of weights of the pairs with a reading.
    weights: HashMap<String, f64>,
    /// Readings of whole spellings.
    known: HashMap<String, BTreeSet<String>>,
}

impl Model {
    /// Learns from pairs. Results depend on the pairs and their order alone.
    #[must_use]
    pub fn learn(part: Part, pairs: &[Pair]) -> Self {
        let mut units = learn(pairs);
        smooth(part, pairs, &mut units);
        let mut weights = HashMap::new();
        let mut known: HashMap<String, BTreeSet<String>> = HashMap::new();
        for pair in pairs {
            *weights.entry(pair.reading.clone()).or_insert(0.0) += pair.weight;
            known.entry(pair.spelling.clone()).or_default().insert(pair.reading.clone());
        }
        let units = units
            .into_iter()
            .map(|(unit, readings)| {
                let mut readings: Vec<(String, f64)> = readings.into_iter().collect();
                by_probability(&mut readings);
                readings.truncate(UNIT_READINGS);
                (unit, readings)
            })
            .collect();
        Self { units, weights, known }
    }

    /// Readings of a spelling in kanji and kana, variants folded; the most probable first. They share 1; none if
    /// the model has nothing to go by.
    #[must_use]
    pub fn readings(&self, spelling: &str) -> Vec<Reading> {
        let mut scored = self.scored(spelling);
        if let Some(known) = self.known.get(spelling) {
            let least = scored.last().map_or(1.0, |(_, score)| *score);
            for reading in known {
                match scored.iter_mut().find(|(other, _)| other == reading) {
                    Some((_, score)) => *score *= KNOWN,
                    None => scored.push((reading.clone(), KNOWN * least)),
                }
            }
            by_probability(&mut scored);
        }
        let total: f64 = scored.iter().map(|(_, score)| score).sum();
        scored.into_iter().map(|(text, score)| Reading { text, probability: score / total }).collect()
    }

    /// Readings put together from units.
    fn scored(&self, spelling: &str) -> Vec<(String, f64)> {
        let characters: Vec<char> = spelling.chars().collect();
        let mut beginnings: Vec<HashMap<String, f64>> = vec![HashMap::new(); characters.len() + 1];
        beginnings[0].insert(String::new(), 1.0);
        for at in 0..characters.len() {
            let mut kept: Vec<(String, f64)> = std::mem::take(&mut beginnings[at]).into_iter().collect();
            by_probability(&mut kept);
            kept.truncate(KEPT);
            for (beginning, so_far) in kept {
                for length in 1..=MAX_UNIT.min(characters.len() - at) {
                    let unit: String = characters[at..at + length].iter().collect();
                    let itself = || vec![(katakana(characters[at]).to_string(), 1.0)];
                    let single_kana = (length == 1 && is_kana(characters[at])).then(itself);
                    let readings = single_kana.as_ref().or_else(|| self.units.get(&unit));
                    for (piece, probability) in readings.into_iter().flatten() {
                        let longer = format!("{beginning}{piece}");
                        *beginnings[at + length].entry(longer).or_insert(0.0) += so_far * probability;
                    }
                }
            }
        }
        let mut whole: Vec<(String, f64)> = beginnings.pop().unwrap_or_default().into_iter().collect();
        for (reading, score) in &mut whole {
            *score *= (self.weights.get(reading).copied().unwrap_or(0.0) + UNSEEN).sqrt();
        }
        whole.retain(|(_, score)| *score > 0.0);
        by_probability(&mut whole);
        whole.truncate(KEPT);
        whole
    }
}

/// Falling probability, then code points.
fn by_probability(readings: &mut [(String, f64)]) {
    readings.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
}

/// Gives the characters readings that the lists do not show.
fn smooth(part: Part, pairs: &[Pair], units: &mut Units) {
    let mut dictionary: BTreeMap<char, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for [kanji, on, kun] in columns::<3>(KANJI_READINGS) {
        let list = |text: &'static str| text.split(' ').filter(|reading| !reading.is_empty()).collect();
        dictionary.extend(kanji.chars().next().map(|kanji| (kanji, (list(on), list(kun)))));
    }
    let listed = pairs.iter().flat_map(|pair| pair.spelling.chars()).filter(|character| is_kanji(*character));
    let characters: BTreeSet<char> = dictionary.keys().copied().chain(listed).collect();
    for character in characters {
        let readings = units.entry(character.to_string()).or_default();
        let mut added: BTreeMap<String, f64> = BTreeMap::new();
        let mut add = |reading: String, probability: f64, readings: &BTreeMap<String, f64>| {
            if !readings.contains_key(&reading) {
                let most = added.entry(reading).or_insert(0.0_f64);
                *most = most.max(probability);
            }
        };
        if let Some((on, kun)) = dictionary.get(&character) {
            on.iter().for_each(|reading| add((*reading).to_owned(), 0.02, readings));
            for reading in kun {
                add((*reading).to_owned(), 0.02, readings);
                let ends = reading.char_indices().skip(1).map(|(end, _)| &reading[..end]);
                ends.for_each(|beginning| add(beginning.to_owned(), 0.006, readings));
            }
        }
        readings.append(&mut added);
        let so_far: Vec<(String, f64)> = readings.iter().map(|(text, p)| (text.clone(), *p)).collect();
        let mut add = |reading: String, probability: f64| {
            if !readings.contains_key(&reading) {
                let most = added.entry(reading).or_insert(0.0_f64);
                *most = most.max(probability);
            }
        };
        for (reading, probability) in so_far {
            for sound in sound_changes(&reading) {
                add(sound, 0.1 * probability);
            }
            let last = reading.chars().next_back().filter(|last| matches!(last, 'ツ' | 'ク' | 'チ' | 'キ'));
            if let Some(last) = last.filter(|_| reading.chars().nth(1).is_some()) {
                add(format!("{}ッ", &reading[..reading.len() - last.len_utf8()]), 0.05 * probability);
            }
            if part == Part::Family {
                add(format!("ノ{reading}"), 0.01 * probability);
            }
        }
        readings.append(&mut added);
    }
}

/// A reading with its first kana voiced, as within a word (rendaku); ヂ and ヅ are ジ and ズ as well.
fn sound_changes(reading: &str) -> Vec<String> {
    let Some(first) = reading.chars().next().filter(|first| *first != 'ウ') else { return Vec::new() };
    let Some(changed) = voiced(first) else { return Vec::new() };
    let rest = &reading[first.len_utf8()..];
    let alike = match changed {
        'ヂ' => Some('ジ'),
        'ヅ' => Some('ズ'),
        _ => None,
    };
    std::iter::once(changed).chain(alike).map(|first| format!("{first}{rest}")).collect()
}
