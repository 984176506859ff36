//! The errors that are hardest to excuse: false links of high similarity, and missed true pairs.

use mizuhiki_exchange::{LinkFlag, compare_ids};
use serde::Serialize;

use crate::accuracy::PairSet;
use crate::links::rows::JudgedRow;

/// A pair that was judged wrongly. Ids are those of the tables; values of persons are not in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WrongPair {
    /// Record of the left file.
    pub left_id: String,
    /// Record of the right file.
    pub right_id: String,
    /// Similarity, 0..=1; `None` if the pair was no candidate, so that the table lacks it.
    pub similarity: Option<f64>,
    /// `match`, `borderline`, `non-match` or `not a candidate`.
    pub class: &'static str,
    /// Match probability, 0..=1, if the table has it.
    pub probability: Option<f64>,
    /// The flag, if the table has it.
    pub flag: Option<&'static str>,
    /// Evidence, if the table has the column: common symbols, or agreement in each view.
    pub evidence: Option<String>,
}

impl WrongPair {
    fn of(row: &JudgedRow<'_>) -> Self {
        Self {
            left_id: row.link.left.to_string(),
            right_id: row.link.right.to_string(),
            similarity: Some(row.link.similarity.get()),
            class: row.link.class.name(),
            probability: row.link.probability,
            flag: row.link.flag.map(LinkFlag::name),
            evidence: row.link.evidence.clone(),
        }
    }

    fn not_a_candidate(pair: (&str, &str)) -> Self {
        Self {
            left_id: pair.0.to_owned(),
            right_id: pair.1.to_owned(),
            similarity: None,
            class: "not a candidate",
            probability: None,
            flag: None,
            evidence: None,
        }
    }
}

/// The worst errors of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WorstPairs {
    /// False links of class match, the most similar first.
    pub false_links: Vec<WrongPair>,
    /// True pairs that are not of class match: the most similar first, then those that were not candidates, by
    /// ids.
    pub missed: Vec<WrongPair>,
    /// Number of all true pairs that were not candidates.
    pub not_candidates: u64,
}

impl WorstPairs {
    /// At most `limit` of each kind, out of rows by descending similarity.
    pub(crate) fn of(rows: &[JudgedRow<'_>], truth: &PairSet<'_>, limit: usize) -> Self {
        let false_links = rows.iter().filter(|row| row.is_match() && !row.is_true);
        let missed = rows.iter().filter(|row| !row.is_match() && row.is_true);
        let mut listed: Vec<(&str, &str)> =
            rows.iter().filter(|row| row.is_true).map(|row| row.pair).collect();
        listed.sort_unstable();
        let mut absent: Vec<(&str, &str)> =
            truth.iter().filter(|pair| listed.binary_search(pair).is_err()).copied().collect();
        absent.sort_by(|a, b| compare_ids(a.0, b.0).then_with(|| compare_ids(a.1, b.1)));
        let not_candidates = absent.len() as u64;
        let absent = absent.into_iter().map(WrongPair::not_a_candidate);
        Self {
            false_links: false_links.take(limit).map(WrongPair::of).collect(),
            missed: missed.map(WrongPair::of).chain(absent).take(limit).collect(),
            not_candidates,
        }
    }
}
