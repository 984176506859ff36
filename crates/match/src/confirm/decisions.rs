//! Applies the answers of a confirmation to links (`protocols/06-confirm.md` §5). Pure.

use std::collections::{HashMap, HashSet};

use mizuhiki_exchange::{Classification, Link, LinkFlag, compare_links};
use mizuhiki_schema::Measure;

use crate::household::{doubt_of, leaves_doubt};

/// Answers by left and right record id: whether the pair is accepted.
pub type Answers<'a> = HashMap<(&'a str, &'a str), bool>;

/// Links after a confirmation, and the outcome for the tickets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decided {
    /// The links: matches first, then by descending similarity.
    pub links: Vec<Link>,
    /// Pairs that were accepted.
    pub accepted: u64,
    /// Of these, pairs that are not linked, because one of their records has a better link.
    pub outdone: u64,
    /// Of these, pairs that stay borderline, because another accepted pair of one of their records is about
    /// as similar.
    pub in_doubt: u64,
}

/// Number of asked pairs that are not among the borderline links.
#[must_use]
pub fn count_missing(links: &[Link], answers: &Answers<'_>) -> u64 {
    let borderline = links.iter().filter(|link| link.class == Classification::Borderline);
    let there: HashSet<(&str, &str)> = borderline.map(pair).collect();
    answers.keys().filter(|pair| !there.contains(*pair)).count() as u64
}

/// Turns accepted borderline pairs into matches, at most one per record, and omits rejected ones.
#[must_use]
pub fn decide(mut links: Vec<Link>, answers: &Answers<'_>, measure: Measure) -> Decided {
    // Matches first, then by similarity: the first pair of a record wins.
    let rank = |link: &Link| link.class != Classification::Match;
    links.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| compare_links(a, b)));
    let rivals = Rivals::new(&links, answers);
    let mut decided = Decided::default();
    let (mut left_taken, mut right_taken) = (HashSet::new(), HashSet::new());
    for link in &links {
        let (left, right) = pair(link);
        let answer = answers.get(&(left, right)).filter(|_| link.class == Classification::Borderline);
        let mut kept = link.clone();
        match answer {
            None => {}
            Some(false) => continue,
            Some(true) => {
                decided.accepted += 1;
                if left_taken.contains(left) || right_taken.contains(right) {
                    decided.outdone += 1;
                    continue;
                }
                if rivals.leave_doubt(link, measure) {
                    decided.in_doubt += 1;
                    kept.flag = Some(doubt_of(measure));
                } else {
                    kept.class = Classification::Match;
                    kept.flag = Some(LinkFlag::Confirmed);
                }
            }
        }
        if kept.class == Classification::Match {
            left_taken.insert(left);
            right_taken.insert(right);
        }
        decided.links.push(kept);
    }
    decided
}

fn pair(link: &Link) -> (&str, &str) {
    (link.left.as_str(), link.right.as_str())
}

/// Similarities of accepted pairs, by record.
struct Rivals<'a> {
    left: HashMap<&'a str, Vec<f64>>,
    right: HashMap<&'a str, Vec<f64>>,
}

impl<'a> Rivals<'a> {
    fn new(links: &'a [Link], answers: &Answers<'_>) -> Self {
        let mut rivals = Self { left: HashMap::new(), right: HashMap::new() };
        for link in links.iter().filter(|link| link.class == Classification::Borderline) {
            let (left, right) = pair(link);
            if answers.get(&(left, right)) == Some(&true) {
                rivals.left.entry(left).or_default().push(link.similarity.get());
                rivals.right.entry(right).or_default().push(link.similarity.get());
            }
        }
        rivals
    }

    /// Whether another accepted pair of either record is about as similar as `link`, or more similar.
    fn leave_doubt(&self, link: &Link, measure: Measure) -> bool {
        let (left, right) = pair(link);
        let several = |of_record: Option<&Vec<f64>>| {
            let of_record = of_record.map_or(&[][..], Vec::as_slice);
            of_record.iter().filter(|rival| leaves_doubt(measure, link.similarity.get(), **rival)).count() > 1
        };
        several(self.left.get(left)) || several(self.right.get(right))
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::RecordId;
    use mizuhiki_schema::Similarity;

    use super::*;

    fn link(left: &str, right: &str, similarity: f64, class: Classification) -> Link {
        Link {
            left: RecordId::new(left).unwrap(),
            right: RecordId::new(right).unwrap(),
            similarity: Similarity::new(similarity).unwrap(),
            class,
            probability: None,
            flag: None,
            evidence: None,
        }
    }

    fn shown(decided: &Decided) -> Vec<(&str, &str, Classification, Option<LinkFlag>)> {
        let of = |link: &'_ Link| (link.class, link.flag);
        decided
            .links
            .iter()
            .map(|link| (link.left.as_str(), link.right.as_str(), of(link).0, of(link).1))
            .collect()
    }

    const BORDERLINE: Classification = Classification::Borderline;
    const MATCH: Classification = Classification::Match;

    #[test]
    fn accepted_pairs_become_matches_and_rejected_ones_go() {
        let links = vec![
            link("a", "x", 0.5, BORDERLINE),
            link("b", "y", 0.4, BORDERLINE),
            link("c", "z", 0.9, MATCH),
            link("d", "w", 0.3, BORDERLINE),
        ];
        let answers = Answers::from([(("a", "x"), true), (("b", "y"), false)]);
        let decided = decide(links, &answers, Measure::Dice);
        assert_eq!(
            shown(&decided),
            [
                ("c", "z", MATCH, None),
                ("a", "x", MATCH, Some(LinkFlag::Confirmed)),
                ("d", "w", BORDERLINE, None)
            ]
        );
        assert_eq!((decided.accepted, decided.outdone, decided.in_doubt), (1, 0, 0));
    }

    #[test]
    fn a_record_that_is_matched_takes_no_second_pair() {
        let links = vec![link("a", "x", 0.9, MATCH), link("a", "y", 0.5, BORDERLINE)];
        let decided = decide(links, &Answers::from([(("a", "y"), true)]), Measure::Dice);
        assert_eq!(shown(&decided), [("a", "x", MATCH, None)]);
        assert_eq!((decided.accepted, decided.outdone), (1, 1));
    }

    #[test]
    fn two_accepted_pairs_of_one_record_that_are_alike_stay_borderline() {
        let links = vec![link("a", "x", 0.5, BORDERLINE), link("a", "y", 0.5, BORDERLINE)];
        let answers = Answers::from([(("a", "x"), true), (("a", "y"), true)]);
        let decided = decide(links, &answers, Measure::Dice);
        assert_eq!(decided.in_doubt, 2);
        assert!(decided.links.iter().all(|link| link.class == BORDERLINE && link.flag.is_some()));
    }

    #[test]
    fn flags_of_an_earlier_confirmation_stay() {
        let earlier = Link { flag: Some(LinkFlag::Confirmed), ..link("a", "x", 0.5, MATCH) };
        let ambiguous = Link { flag: Some(LinkFlag::Ambiguous), ..link("c", "z", 0.5, BORDERLINE) };
        let links = vec![earlier, link("b", "y", 0.4, BORDERLINE), ambiguous];
        let decided = decide(links, &Answers::from([(("b", "y"), true)]), Measure::Dice);
        assert_eq!(
            shown(&decided),
            [
                ("a", "x", MATCH, Some(LinkFlag::Confirmed)),
                ("c", "z", BORDERLINE, Some(LinkFlag::Ambiguous)),
                ("b", "y", MATCH, Some(LinkFlag::Confirmed)),
            ]
        );
    }

    #[test]
    fn pairs_that_are_no_borderline_links_are_missed() {
        let links = [link("a", "x", 0.9, MATCH), link("b", "y", 0.4, BORDERLINE)];
        let answers = Answers::from([(("a", "x"), true), (("b", "y"), true), (("c", "z"), true)]);
        assert_eq!(count_missing(&links, &answers), 2);
    }
}
