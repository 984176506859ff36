//! Accuracy of the reading model of pack `ja` on unseen names.
//!
//! Ten-fold cross-validation: the pairs of a spelling are in one fold; the model learns from the other nine
//! and reads that spelling. The baseline knows only readings of single characters from Unihan, without
//! learning. Printed as JSON: shares of pairs whose reading is among the first k; `listed`, at any rank;
//! `people`, for family names weighted by bearers; `spellings`, those whose first reading is one of theirs.
//!
//! `cargo run --release -p mizuhiki-bench --example readings`

use std::collections::{BTreeMap, BTreeSet};

use mizuhiki_locale::ja_readings::{Pair, Part, ReadingModel, pairs};
use serde_json::{Value, json};

const FOLDS: usize = 10;
const FIRST: [usize; 6] = [1, 2, 4, 8, 12, 16];

fn main() {
    let mut report = BTreeMap::new();
    for (part, name) in [(Part::Family, "family"), (Part::Given, "given")] {
        let pairs = pairs(part);
        let spellings: BTreeSet<&str> = pairs.iter().map(|pair| pair.spelling.as_str()).collect();
        let fold: BTreeMap<&str, usize> =
            spellings.into_iter().enumerate().map(|(at, spelling)| (spelling, at % FOLDS)).collect();
        let fold = |pair: &Pair| fold[pair.spelling.as_str()];
        let (mut learned, mut unihan) = (Tally::default(), Tally::default());
        let alone = ReadingModel::learn(part, &[]);
        for held in 0..FOLDS {
            let (test, train): (Vec<Pair>, Vec<Pair>) =
                pairs.iter().cloned().partition(|pair| fold(pair) == held);
            learned.add(&ReadingModel::learn(part, &train), &test);
            unihan.add(&alone, &test);
        }
        report.insert(name, json!({ "learned": learned.report(part), "unihan_alone": unihan.report(part) }));
    }
    println!("{:#}", json!(report));
}

#[derive(Default)]
struct Tally {
    pairs: usize,
    people: f64,
    listed: usize,
    first: [usize; FIRST.len()],
    first_people: [f64; FIRST.len()],
    spellings: usize,
    spellings_right: usize,
}

impl Tally {
    fn add(&mut self, model: &ReadingModel, test: &[Pair]) {
        let mut readings: BTreeMap<&str, Vec<&Pair>> = BTreeMap::new();
        for pair in test {
            readings.entry(&pair.spelling).or_default().push(pair);
        }
        for (spelling, pairs) in readings {
            let found = model.readings(spelling);
            let mut right = false;
            for pair in pairs {
                // Weights of family names are square roots of their bearers.
                let people = pair.weight * pair.weight;
                self.pairs += 1;
                self.people += people;
                let Some(place) = found.iter().position(|reading| reading.text == pair.reading) else {
                    continue;
                };
                right |= place == 0;
                self.listed += 1;
                for (at, &most) in FIRST.iter().enumerate() {
                    self.first[at] += usize::from(place < most);
                    self.first_people[at] += if place < most { people } else { 0.0 };
                }
            }
            self.spellings += 1;
            self.spellings_right += usize::from(right);
        }
    }

    fn report(&self, part: Part) -> Value {
        let share = |count: f64, of: f64| (count / of * 1e4).round() / 1e4;
        let of_pairs = |count: usize| share(count as f64, self.pairs as f64);
        let first: BTreeMap<usize, f64> = FIRST.into_iter().zip(self.first.map(of_pairs)).collect();
        let people: BTreeMap<usize, f64> =
            FIRST.into_iter().zip(self.first_people.map(|count| share(count, self.people))).collect();
        json!({
            "pairs": self.pairs,
            "first": first,
            "listed": of_pairs(self.listed),
            "people": (part == Part::Family).then_some(people),
            "spellings": share(self.spellings_right as f64, self.spellings as f64),
        })
    }
}
