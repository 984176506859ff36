//! Learning: expected counts of unit readings, round by round.

use std::collections::{BTreeMap, HashMap};

use super::parts::Pair;
use crate::ja::kana::katakana;
use crate::ja::kanji::is_kana;

/// Characters of the longest unit.
pub(super) const MAX_UNIT: usize = 3;
/// Kana of the longest reading of a character.
const MAX_PIECE: usize = 5;
const ROUNDS: usize = 6;
/// Subtracted from the counts of units of several characters, which would otherwise memorize whole names.
const DISCOUNT: f64 = 0.4;
/// The weight of such units relative to single characters.
const LONG_UNIT: f64 = 0.3;
/// Added to the count of a unit, so that rare ones do not get certain readings.
const DOUBT: f64 = 0.5;

/// Readings of units with their probabilities.
pub(super) type Units = BTreeMap<String, BTreeMap<String, f64>>;

/// A step through a pair: from (characters, kana) read so far, by a unit and its reading.
struct Arc {
    from: (u8, u8),
    to: (u8, u8),
    /// Number of (unit, piece); [`SURE`] for a kana that reads as itself.
    what: u32,
}

const SURE: u32 = u32::MAX;

/// Learns units from pairs.
pub(super) fn learn(pairs: &[Pair]) -> Units {
    let mut numbers = Numbers::default();
    let lattices: Vec<(Vec<Arc>, (usize, usize), f64)> =
        pairs.iter().map(|pair| numbers.lattice(pair)).collect();
    let mut probability: Vec<f64> = numbers.entries.iter().map(|(unit, piece)| prior(unit, piece)).collect();
    for _ in 0..ROUNDS {
        let mut counts = vec![0.0; probability.len()];
        for (arcs, end, weight) in &lattices {
            count(arcs, *end, *weight, &probability, &mut counts);
        }
        probability = numbers.maximise(counts);
    }
    let mut units = Units::new();
    for ((unit, piece), probability) in numbers.entries.into_iter().zip(probability) {
        if probability > 0.0 {
            units.entry(unit).or_default().insert(piece, probability);
        }
    }
    units
}

fn prior(unit: &str, piece: &str) -> f64 {
    let (characters, kana) = (unit.chars().count(), piece.chars().count());
    let long = (1..characters).fold(0.5, |product, _| product * 0.02);
    (0..kana.abs_diff(2 * characters)).fold(long, |product, _| product * 0.3)
}

/// Pairs of a unit and a piece, numbered in order of occurrence.
#[derive(Default)]
struct Numbers {
    entries: Vec<(String, String)>,
    numbers: HashMap<String, u32>,
    key: String,
}

impl Numbers {
    fn number(&mut self, unit: &[char], piece: &[char]) -> u32 {
        self.key.clear();
        self.key.extend(unit);
        self.key.push(' ');
        self.key.extend(piece);
        if let Some(&number) = self.numbers.get(self.key.as_str()) {
            return number;
        }
        let number = self.entries.len() as u32;
        self.entries.push((unit.iter().collect(), piece.iter().collect()));
        self.numbers.insert(self.key.clone(), number);
        number
    }

    /// Every step of every segmentation of a pair, by its start.
    fn lattice(&mut self, pair: &Pair) -> (Vec<Arc>, (usize, usize), f64) {
        let spelling: Vec<char> = pair.spelling.chars().collect();
        let reading: Vec<char> = pair.reading.chars().collect();
        let end = (spelling.len(), reading.len());
        let mut reached = vec![vec![false; end.1 + 1]; end.0 + 1];
        reached[0][0] = true;
        let mut arcs = Vec::new();
        // Positions are bytes in an arc; no name is that long.
        if end.0 > usize::from(u8::MAX) || end.1 > usize::from(u8::MAX) {
            return (arcs, end, pair.weight);
        }
        for i in 0..end.0 {
            for j in (0..end.1).filter(|&j| !is_bound(reading[j])) {
                if !reached[i][j] {
                    continue;
                }
                for length in 1..=MAX_UNIT.min(end.0 - i) {
                    for kana in 1..=(MAX_PIECE * length).min(end.1 - j) {
                        let (unit, piece) = (&spelling[i..i + length], &reading[j..j + kana]);
                        if reading.get(j + kana).is_some_and(|next| is_bound(*next)) {
                            continue;
                        }
                        let what = match unit {
                            [one] if is_kana(*one) && piece != [katakana(*one)] => continue,
                            [one] if is_kana(*one) => SURE,
                            _ => self.number(unit, piece),
                        };
                        reached[i + length][j + kana] = true;
                        let at = |characters: usize, kana: usize| (characters as u8, kana as u8);
                        arcs.push(Arc { from: at(i, j), to: at(i + length, j + kana), what });
                    }
                }
            }
        }
        (arcs, end, pair.weight)
    }

    /// Probabilities from expected counts.
    fn maximise(&self, mut counts: Vec<f64>) -> Vec<f64> {
        let mut sums: HashMap<&str, f64> = HashMap::new();
        for ((unit, _), count) in self.entries.iter().zip(&mut counts) {
            if unit.chars().nth(1).is_some() {
                *count = (*count - DISCOUNT).max(0.0);
            }
            *sums.entry(unit).or_insert(0.0) += *count;
        }
        let each = self.entries.iter().zip(counts).map(|((unit, _), count)| {
            let worth = if unit.chars().nth(1).is_some() { LONG_UNIT } else { 1.0 };
            worth * count / (DOUBT + sums[unit.as_str()])
        });
        each.collect()
    }
}

/// Whether a kana belongs to the one before it.
fn is_bound(kana: char) -> bool {
    matches!(kana, 'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' | 'ヵ' | 'ヶ' | 'ー')
}

/// Adds the expected counts of a pair, forward and backward over its segmentations.
fn count(arcs: &[Arc], end: (usize, usize), weight: f64, probability: &[f64], counts: &mut [f64]) {
    let width = end.1 + 1;
    let at = |place: (u8, u8)| usize::from(place.0) * width + usize::from(place.1);
    let of = |what: u32| if what == SURE { 1.0 } else { probability[what as usize] };
    let places = (end.0 + 1) * width;
    let mut forward = vec![0.0; places];
    forward[0] = 1.0;
    for arc in arcs {
        forward[at(arc.to)] += forward[at(arc.from)] * of(arc.what);
    }
    let total = forward[places - 1];
    if total <= 0.0 {
        return;
    }
    let mut backward = vec![0.0; places];
    backward[places - 1] = 1.0;
    for arc in arcs.iter().rev() {
        backward[at(arc.from)] += of(arc.what) * backward[at(arc.to)];
    }
    for arc in arcs.iter().filter(|arc| arc.what != SURE) {
        let share = forward[at(arc.from)] * of(arc.what) * backward[at(arc.to)] / total;
        counts[arc.what as usize] += weight * share;
    }
}
