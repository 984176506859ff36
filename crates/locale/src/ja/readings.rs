//! How names in kanji are read (`protocols/02-ja.md` §9).
//!
//! A name is cut into units of one to three characters, each of which has readings with probabilities; these
//! are learned from lists of names by expectation–maximization (Dempster, Laird and Rubin, J. R. Stat. Soc. B
//! 39, 1977).

mod latin;
mod learn;
mod parts;
mod score;
mod word;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use super::kanji::{is_kana, is_kanji};
use super::names::{given_names, surnames};
use super::prepare::{is_missing, parting, prepare, without_brackets};
use super::{kana, kanji};
use crate::pack::Reading;
use latin::kana_of_latin;
use parts::rank;
pub use parts::{Pair, Part};
pub use score::ReadingModel;

/// Maximum length of a name part that is read, in characters.
const MAX_CHARACTERS: usize = 8;

/// For an unsplit name: number of candidate readings from which readings of its parts are taken.
const MAX_CANDIDATES: usize = 64;

/// The weight of given-name readings that the list marks as usual.
const USUAL: f64 = 4.0;

/// Maximum number of scored parts memoized per thread.
const MAX_REMEMBERED: usize = 1 << 16;

static FAMILY: LazyLock<ReadingModel> =
    LazyLock::new(|| ReadingModel::learn(Part::Family, &pairs(Part::Family)));
static GIVEN: LazyLock<ReadingModel> =
    LazyLock::new(|| ReadingModel::learn(Part::Given, &pairs(Part::Given)));

/// The model of the pack, learned at its first use (a second or so).
#[must_use]
pub fn model(part: Part) -> &'static ReadingModel {
    match part {
        Part::Family => &FAMILY,
        Part::Given => &GIVEN,
    }
}

/// The training data of the pack's models.
#[must_use]
pub fn pairs(part: Part) -> Vec<Pair> {
    let pair = |spelling: &str, reading: &str, weight: f64| Pair {
        spelling: folded(spelling),
        reading: kana_of(reading),
        weight,
    };
    match part {
        Part::Family => surnames()
            .map(|name| {
                let root = (f64::from(name.people) / 1000.0).sqrt().ceil();
                pair(name.spelling, name.reading, root)
            })
            .filter(|pair| is_readable(&pair.spelling))
            .collect(),
        Part::Given => {
            let usual: BTreeSet<&str> =
                given_names().filter(|name| name.popular).map(|name| name.reading).collect();
            let weight = |reading: &str| if usual.contains(reading) { USUAL } else { 1.0 };
            let mut seen = BTreeSet::new();
            given_names()
                .flat_map(|name| name.spellings().map(move |spelling| (spelling, name.reading)))
                .map(|(spelling, reading)| pair(spelling, reading, weight(reading)))
                .filter(|pair| is_readable(&pair.spelling))
                .filter(|pair| seen.insert((pair.spelling.clone(), pair.reading.clone())))
                .collect()
        }
    }
}

/// A spelling in the form used by the models: kanji at level `itaiji`.
fn folded(spelling: &str) -> String {
    let (mut prepared, mut eq, mut out) = (String::new(), String::new(), String::new());
    if prepare(spelling, &mut prepared).is_ok() {
        kanji::eq(&prepared, &mut eq);
        kanji::itaiji(&eq, &mut out);
    }
    out
}

/// Kana at level `eq`.
fn kana_of(text: &str) -> String {
    let (mut prepared, mut out) = (String::new(), String::new());
    if prepare(text, &mut prepared).is_ok() {
        kana::eq(&prepared, &mut out);
    }
    out
}

/// Whether a folded spelling has only kanji and kana, and is not too long.
fn is_readable(spelling: &str) -> bool {
    !spelling.is_empty()
        && spelling.chars().all(|character| is_kanji(character) || is_kana(character))
        && spelling.chars().count() <= MAX_CHARACTERS
}

/// The most probable readings of a full name, `family given`.
pub(super) fn readings(name: &str, most: usize) -> Vec<Reading> {
    let mut prepared = String::new();
    if prepare(name, &mut prepared).is_err() || is_missing(&prepared) {
        return Vec::new();
    }
    let prepared = without_brackets(&prepared);
    if let Some((family, given)) = parting(&prepared) {
        let of = |part: Part, written: &str| match kana_of_latin(written) {
            Some(kana) => Arc::new([Reading { text: kana, probability: 1.0 }]),
            None => of_part(part, &folded(written)),
        };
        return joined(&of(Part::Family, family), &of(Part::Given, given), most);
    }
    let whole = folded(&prepared);
    let mut best: Vec<Reading> = Vec::new();
    for (at, _) in whole.char_indices().skip(1) {
        let (family, given) = whole.split_at(at);
        let candidates = joined(&of_part(Part::Family, family), &of_part(Part::Given, given), most);
        let of_first = |list: &[Reading]| list.first().map_or(0, |first| rank(first.probability));
        if of_first(&candidates) > of_first(&best) {
            best = candidates;
        }
    }
    best
}

/// The most probable readings of one part of a full name. An unsplit name has those of its candidates, in
/// their order.
pub(super) fn part_readings(part: Part, name: &str, most: usize) -> Vec<Reading> {
    let mut prepared = String::new();
    if prepare(name, &mut prepared).is_err() || is_missing(&prepared) {
        return Vec::new();
    }
    let Some((family, given)) =
        parting(&without_brackets(&prepared)).map(|(a, b)| (a.to_owned(), b.to_owned()))
    else {
        let mut found: Vec<Reading> = Vec::new();
        for candidate in readings(name, MAX_CANDIDATES) {
            let (family, given) = candidate.text.split_once(' ').unwrap_or((&candidate.text, ""));
            let text = if part == Part::Family { family } else { given };
            if found.iter().all(|earlier| earlier.text != text) {
                found.push(Reading { text: text.to_owned(), probability: candidate.probability });
            }
        }
        found.truncate(most);
        return found;
    };
    let written = if part == Part::Family { family } else { given };
    match kana_of_latin(&written) {
        Some(kana) => vec![Reading { text: kana, probability: 1.0 }],
        None => likeliest(part, &folded(&written)).iter().take(most).cloned().collect(),
    }
}

/// Maximum number of readings per part in the shared memo. Names repeat, and computing one takes 0.25 ms.
const LIKELIEST: usize = 16;

/// Maximum number of parts in the shared memo.
const MAX_SHARED: usize = 1 << 19;

static SHARED: LazyLock<RwLock<Memo>> = LazyLock::new(RwLock::default);

/// The most probable readings of a part.
fn likeliest(part: Part, spelling: &str) -> Arc<[Reading]> {
    let key = (part, spelling.to_owned());
    if let Some(known) = SHARED.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Arc::clone(known);
    }
    let readings: Arc<[Reading]> = read_part(part, spelling).into_iter().take(LIKELIEST).collect();
    let mut shared = SHARED.write().unwrap_or_else(PoisonError::into_inner);
    if shared.len() >= MAX_SHARED {
        shared.clear();
    }
    shared.insert(key, Arc::clone(&readings));
    readings
}

/// Pairs of a family-name and a given-name reading, the most probable first.
fn joined(family: &[Reading], given: &[Reading], most: usize) -> Vec<Reading> {
    let pairs = family.iter().flat_map(|first| given.iter().map(move |second| (first, second)));
    let mut pairs: Vec<(u64, &Reading, &Reading)> =
        pairs.map(|(first, second)| (rank(first.probability * second.probability), first, second)).collect();
    // A blank sorts before any kana, so pairs sort as their texts do.
    let order = |a: &(u64, &Reading, &Reading), b: &(u64, &Reading, &Reading)| {
        b.0.cmp(&a.0).then_with(|| (&a.1.text, &a.2.text).cmp(&(&b.1.text, &b.2.text)))
    };
    if pairs.len() > most {
        pairs.select_nth_unstable_by(most, order);
        pairs.truncate(most);
    }
    pairs.sort_unstable_by(order);
    let joined = pairs.into_iter().map(|(_, first, second)| Reading {
        text: format!("{} {}", first.text, second.text),
        probability: first.probability * second.probability,
    });
    joined.collect()
}

/// The readings of a folded part, the most probable first.
fn read_part(part: Part, spelling: &str) -> Vec<Reading> {
    if is_missing(spelling) {
        Vec::new()
    } else if spelling.chars().all(is_kana) {
        vec![Reading { text: kana_of(spelling), probability: 1.0 }]
    } else if is_readable(spelling) {
        model(part).readings(spelling)
    } else {
        Vec::new()
    }
}

/// Memo of readings of parts; names repeat.
type Memo = HashMap<(Part, String), Arc<[Reading]>>;

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::new(HashMap::new());
}

fn of_part(part: Part, spelling: &str) -> Arc<[Reading]> {
    MEMO.with_borrow_mut(|memo| {
        let key = (part, spelling.to_owned());
        if let Some(known) = memo.get(&key) {
            return Arc::clone(known);
        }
        let readings: Arc<[Reading]> = read_part(part, spelling).into();
        if memo.len() >= MAX_REMEMBERED {
            memo.clear();
        }
        memo.insert(key, Arc::clone(&readings));
        readings
    })
}
