//! Accuracy of links against the ground truth.
//!
//! Intervals are Wilson's (1927), two-sided at 95 %. They assume independent pairs. Links of large clusters
//! are not independent, so intervals are somewhat too narrow there.

use mizuhiki_exchange::{Classification, Link, RecordId};
use serde::Serialize;

use crate::rate::Rate;
use crate::reliability::Reliability;

/// Agreement of found links with true matches. All counts are of distinct pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Accuracy {
    /// True matches.
    pub true_links: u64,
    /// Pairs that were found.
    pub found: u64,
    /// True positives: pairs that were found and are true.
    pub correct: u64,
    /// `correct / found`. Precision; if nothing was found, 0 with the interval 0 to 1.
    pub precision: Rate,
    /// `correct / true_links`. Recall; without true matches, 0 with the interval 0 to 1.
    pub recall: Rate,
    /// Harmonic mean of precision and recall, `2 correct / (found + true_links)`, 0..=1; 0 where both counts
    /// are 0.
    pub f1: f64,
    /// Lower end of the 95 % interval of F1, 0..=1.
    ///
    /// F1 is `2 J / (1 + J)`, where the Jaccard index `J` is the proportion of correct pairs among those that are
    /// found or true; the interval is Wilson's of `J`, mapped by this increasing function.
    pub f1_low: f64,
    /// Upper end of the 95 % interval of F1, 0..=1, in the same way.
    pub f1_high: f64,
    /// F* of Hand, Christen and Kirielle (2021), `correct / (found + true_links - correct)`: the share of correct
    /// pairs among those that are found or true. With neither, 0 with the interval 0 to 1.
    pub f_star: Rate,
}

impl Accuracy {
    pub(crate) fn of(true_links: u64, found: u64, correct: u64) -> Self {
        let jaccard = Rate::of(correct, found + true_links - correct);
        let f1 = |jaccard: f64| 2.0 * jaccard / (1.0 + jaccard);
        Self {
            true_links,
            found,
            correct,
            precision: Rate::of(correct, found),
            recall: Rate::of(correct, true_links),
            f1: f1(jaccard.value),
            f1_low: f1(jaccard.low),
            f1_high: f1(jaccard.high),
            f_star: jaccard,
        }
    }
}

/// Accuracy of a table of links.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkTableAccuracy {
    /// Only links of class match count as found.
    pub matches: Accuracy,
    /// Borderline links count as found, too: the maximum recall of a perfect confirmation.
    pub with_borderline: Accuracy,
    /// Calibration of the match probabilities; absent if the links have none.
    pub probability: Option<Reliability>,
}

/// Accuracy of `links` between two files, left id first in both lists.
///
/// Both lists are treated as sets: a repeated pair counts once, and the order does not matter.
#[must_use]
pub fn accuracy(links: &[(RecordId, RecordId)], truth: &[(RecordId, RecordId)]) -> Accuracy {
    judge(&pairs(links, false), &pairs(truth, false))
}

/// Accuracy of `links` within one file: as [`accuracy`], but `(a, b)` and `(b, a)` are the same pair, and a pair
/// of a record with itself is left out.
#[must_use]
pub fn accuracy_unordered(links: &[(RecordId, RecordId)], truth: &[(RecordId, RecordId)]) -> Accuracy {
    judge(&pairs(links, true), &pairs(truth, true))
}

/// Accuracy of a link table; rows of class non-match never count as found. `unordered` means links within one
/// file, as for [`accuracy_unordered`].
#[must_use]
pub fn link_table_accuracy(
    links: &[Link],
    truth: &[(RecordId, RecordId)],
    unordered: bool,
) -> LinkTableAccuracy {
    let truth = pairs(truth, unordered);
    let of = |classes: &[Classification]| {
        let chosen = links.iter().filter(|link| classes.contains(&link.class));
        judge(&to_set(chosen.map(|link| (&link.left, &link.right)), unordered), &truth)
    };
    LinkTableAccuracy {
        matches: of(&[Classification::Match]),
        with_borderline: of(&[Classification::Match, Classification::Borderline]),
        probability: Reliability::of(links.iter(), |link| {
            truth.binary_search(&pair_of(link, unordered)).is_ok()
        }),
    }
}

/// The ids of a link, the smaller one first within one file.
pub(crate) fn pair_of(link: &Link, unordered: bool) -> (&str, &str) {
    let pair = (link.left.as_str(), link.right.as_str());
    if unordered { (pair.0.min(pair.1), pair.0.max(pair.1)) } else { pair }
}

/// Pairs in order, each once.
pub(crate) type PairSet<'a> = Vec<(&'a str, &'a str)>;

/// `list` as a set; `unordered` means pairs within one file.
pub(crate) fn pairs(list: &[(RecordId, RecordId)], unordered: bool) -> PairSet<'_> {
    to_set(list.iter().map(|(left, right)| (left, right)), unordered)
}

fn to_set<'a>(list: impl Iterator<Item = (&'a RecordId, &'a RecordId)>, unordered: bool) -> PairSet<'a> {
    let texts = list.map(|(left, right)| (left.as_str(), right.as_str()));
    let mut set: PairSet<'a> = if unordered {
        texts
            .filter(|(left, right)| left != right)
            .map(|(left, right)| (left.min(right), left.max(right)))
            .collect()
    } else {
        texts.collect()
    };
    set.sort_unstable();
    set.dedup();
    set
}

fn judge(found: &PairSet<'_>, truth: &PairSet<'_>) -> Accuracy {
    let mut rest = truth.iter().peekable();
    let correct = found.iter().filter(|pair| {
        while rest.next_if(|other| other < pair).is_some() {}
        rest.peek() == Some(pair)
    });
    let correct = correct.count() as u64;
    Accuracy::of(truth.len() as u64, found.len() as u64, correct)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use mizuhiki_schema::Similarity;
    use proptest::prelude::*;

    use super::*;

    fn ids(pairs: &[(&str, &str)]) -> Vec<(RecordId, RecordId)> {
        let id = |text| RecordId::new(text).unwrap();
        pairs.iter().map(|&(left, right)| (id(left), id(right))).collect()
    }

    fn link(left: &str, right: &str, class: Classification) -> Link {
        let id = |text| RecordId::new(text).unwrap();
        Link {
            left: id(left),
            right: id(right),
            similarity: Similarity::new(0.9).unwrap(),
            class,
            probability: None,
            flag: None,
            evidence: None,
        }
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 5e-5
    }

    #[test]
    fn counted_by_hand() {
        let truth = ids(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4"), ("a", "1")]);
        let found = ids(&[("b", "2"), ("a", "1"), ("a", "1"), ("c", "4")]);
        let result = accuracy(&found, &truth);
        assert_eq!((result.true_links, result.found, result.correct), (4, 3, 2));
        assert!(near(result.precision.value, 2.0 / 3.0) && near(result.recall.value, 0.5));
        assert!(near(result.f1, 4.0 / 7.0), "{result:?}");
        // Jaccard 2/5: Wilson 0.1176 to 0.7693.
        assert!(near(result.f1_low, 0.2105) && near(result.f1_high, 0.8696), "{result:?}");
    }

    #[test]
    fn empty_lists() {
        let some = ids(&[("a", "1")]);
        let unknown = Rate::of(0, 0);
        let nothing_found = accuracy(&[], &some);
        assert_eq!(
            (nothing_found.precision, nothing_found.recall.value, nothing_found.f1),
            (unknown, 0.0, 0.0)
        );
        let nothing_true = accuracy(&some, &[]);
        assert_eq!((nothing_true.recall, nothing_true.precision.value, nothing_true.f1), (unknown, 0.0, 0.0));
        let neither = accuracy(&[], &[]);
        assert_eq!((neither.precision, neither.recall, neither.f1), (unknown, unknown, 0.0));
        assert_eq!((neither.f1_low, neither.f1_high), (0.0, 1.0));
    }

    #[test]
    fn sides_count_between_files_and_not_within_one() {
        let (truth, found) =
            (ids(&[("a", "b"), ("c", "d")]), ids(&[("b", "a"), ("c", "d"), ("d", "c"), ("e", "e")]));
        assert_eq!(accuracy(&found, &truth).correct, 1);
        let within = accuracy_unordered(&found, &truth);
        assert_eq!((within.true_links, within.found, within.correct), (2, 2, 2));
        assert_eq!(within.f1, 1.0);
    }

    #[test]
    fn classes_of_a_link_table() {
        let truth = ids(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let links = [
            link("a", "1", Classification::Match),
            link("a", "2", Classification::Match),
            link("b", "2", Classification::Borderline),
            link("b", "3", Classification::Borderline),
            link("c", "3", Classification::NonMatch),
        ];
        let result = link_table_accuracy(&links, &truth, false);
        let counts = |accuracy: Accuracy| (accuracy.true_links, accuracy.found, accuracy.correct);
        assert_eq!(counts(result.matches), (3, 2, 1));
        // One of the four pairs that are found or true is both.
        assert_eq!(result.matches.f_star.value, 0.25);
        assert_eq!(counts(result.with_borderline), (3, 4, 2));
        let turned = ids(&[("1", "a"), ("2", "b"), ("3", "c")]);
        assert_eq!(link_table_accuracy(&links, &turned, true), result);
        assert_eq!(link_table_accuracy(&links, &turned, false).with_borderline.correct, 0);
    }

    fn some_pairs() -> impl Strategy<Value = Vec<(u8, u8)>> {
        prop::collection::vec((0_u8..8, 0_u8..8), 0..40)
    }

    fn to_ids(pairs: &[(u8, u8)]) -> Vec<(RecordId, RecordId)> {
        let id = |number: u8| RecordId::new(&number.to_string()).unwrap();
        pairs.iter().map(|&(left, right)| (id(left), id(right))).collect()
    }

    proptest! {
        #[test]
        fn rates_are_in_order(trials in 0_u64..1_000_000_000, part in 0.0..=1.0) {
            let rate = Rate::of((trials as f64 * part) as u64, trials);
            prop_assert!(0.0 <= rate.low && rate.low <= rate.value && rate.value <= rate.high && rate.high <= 1.0);
        }

        #[test]
        fn counts_are_those_of_sets(links in some_pairs(), truth in some_pairs(), unordered: bool) {
            let naive = |pairs: &[(u8, u8)]| -> BTreeSet<(u8, u8)> {
                let kept = pairs.iter().copied().filter(|(a, b)| !unordered || a != b);
                kept.map(|(a, b)| if unordered { (a.min(b), a.max(b)) } else { (a, b) }).collect()
            };
            let (found, real) = (naive(&links), naive(&truth));
            let judge = if unordered { accuracy_unordered } else { accuracy };
            let result = judge(&to_ids(&links), &to_ids(&truth));
            prop_assert_eq!(result.found, found.len() as u64);
            prop_assert_eq!(result.true_links, real.len() as u64);
            prop_assert_eq!(result.correct, found.intersection(&real).count() as u64);
            for rate in [result.precision, result.recall] {
                prop_assert!(0.0 <= rate.low && rate.low <= rate.value && rate.value <= rate.high && rate.high <= 1.0);
            }
            let (low, f1, high) = (result.f1_low, result.f1, result.f1_high);
            prop_assert!(0.0 <= low && low <= f1 && f1 <= high && high <= 1.0);
            if result.correct > 0 {
                let (precision, recall) = (result.precision.value, result.recall.value);
                prop_assert!((f1 - 2.0 * precision * recall / (precision + recall)).abs() < 1e-12);
            }
        }
    }
}
