//! The readings that a model proposes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::learn::{MAX_UNIT, Units, learn};
use super::parts::{Pair, Part, rank};
use super::word::{Mixing, Word};
use crate::ja::kana::katakana;
use crate::ja::kanji::{is_kana, is_kanji};
use crate::ja::prepare::voiced;
use crate::ja::tables::{KANJI_READINGS, columns};
use crate::pack::Reading;

/// Maximum number of readings considered per unit.
const UNIT_READINGS: usize = 24;
/// Beam width: partial readings kept at each character, and whole readings at the end.
const KEPT: usize = 64;
/// Extra weight of a reading that the lists contain for the whole spelling.
const KNOWN: f64 = 50.0;
/// Added to the weight of a reading, so that an unseen one is not impossible.
const UNSEEN: f64 = 0.05;

/// The model of readings for one part of names.
pub struct ReadingModel {
    /// Readings of units, most probable first.
    units: HashMap<String, Vec<(Word, f64)>>,
    /// Sum of weights of the pairs with a reading.
    weights: HashMap<Word, f64, Mixing>,
    /// Readings of whole spellings.
    known: HashMap<String, BTreeSet<Word>>,
}

impl ReadingModel {
    /// Learns from pairs. Results depend on the pairs and their order alone.
    #[must_use]
    pub fn learn(part: Part, pairs: &[Pair]) -> Self {
        let mut units = learn(pairs);
        smooth(part, pairs, &mut units);
        let mut weights: HashMap<Word, f64, Mixing> = HashMap::default();
        let mut known: HashMap<String, BTreeSet<Word>> = HashMap::new();
        for (pair, reading) in pairs.iter().filter_map(|pair| Some((pair, Word::new(&pair.reading)?))) {
            *weights.entry(reading).or_insert(0.0) += pair.weight;
            known.entry(pair.spelling.clone()).or_default().insert(reading);
        }
        let most_probable = |readings: BTreeMap<String, f64>| {
            let words = readings.into_iter().filter_map(|(text, p)| Some((Word::new(&text)?, p)));
            best(words.collect(), UNIT_READINGS)
        };
        let units = units.into_iter().map(|(unit, readings)| (unit, most_probable(readings))).collect();
        Self { units, weights, known }
    }

    /// Readings of a spelling in kanji and kana, variants folded; the most probable first. Their
    /// probabilities sum to 1; empty if the model has no data for the spelling.
    #[must_use]
    pub fn readings(&self, spelling: &str) -> Vec<Reading> {
        let mut scored = self.scored(spelling);
        if let Some(known) = self.known.get(spelling) {
            let least = scored.last().map_or(1.0, |(_, score)| *score);
            for &reading in known {
                match scored.iter_mut().find(|(other, _)| *other == reading) {
                    Some((_, score)) => *score *= KNOWN,
                    None => scored.push((reading, KNOWN * least)),
                }
            }
            let count = scored.len();
            scored = best(scored, count);
        }
        let total: f64 = scored.iter().map(|(_, score)| score).sum();
        scored.iter().map(|(word, score)| Reading { text: word.text(), probability: score / total }).collect()
    }

    /// Readings composed from units.
    fn scored(&self, spelling: &str) -> Vec<(Word, f64)> {
        let starts: Vec<usize> =
            spelling.char_indices().map(|(start, _)| start).chain([spelling.len()]).collect();
        let count = starts.len() - 1;
        let mut beginnings: Vec<HashMap<Word, f64, Mixing>> = vec![HashMap::default(); count + 1];
        beginnings[0].insert(Word::EMPTY, 1.0);
        for at in 0..count {
            let kept = best(std::mem::take(&mut beginnings[at]).into_iter().collect(), KEPT);
            for length in 1..=MAX_UNIT.min(count - at) {
                let unit = &spelling[starts[at]..starts[at + length]];
                let kana = unit.chars().next().filter(|first| length == 1 && is_kana(*first)).map(katakana);
                let itself =
                    kana.and_then(|kana| Word::new(kana.encode_utf8(&mut [0; 4]))).map(|word| [(word, 1.0)]);
                let pieces = match (&itself, kana) {
                    (Some(itself), _) => itself.as_slice(),
                    (None, Some(_)) => &[],
                    (None, None) => self.units.get(unit).map_or(&[][..], Vec::as_slice),
                };
                for &(beginning, so_far) in &kept {
                    for &(piece, probability) in pieces {
                        if let Some(longer) = beginning.and(piece) {
                            *beginnings[at + length].entry(longer).or_insert(0.0) += so_far * probability;
                        }
                    }
                }
            }
        }
        let mut whole: Vec<(Word, f64)> = beginnings.pop().unwrap_or_default().into_iter().collect();
        for (reading, score) in &mut whole {
            *score *= (self.weights.get(reading).copied().unwrap_or(0.0) + UNSEEN).sqrt();
        }
        whole.retain(|(_, score)| *score > 0.0);
        best(whole, KEPT)
    }
}

/// The most probable, at most `most`; ties are broken by code points.
fn best(mut words: Vec<(Word, f64)>, most: usize) -> Vec<(Word, f64)> {
    let order = |a: &(Word, f64), b: &(Word, f64)| rank(b.1).cmp(&rank(a.1)).then(a.0.cmp(&b.0));
    if words.len() > most {
        words.select_nth_unstable_by(most, order);
        words.truncate(most);
    }
    words.sort_unstable_by(order);
    words
}

/// Adds readings of characters that the lists do not contain.
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
