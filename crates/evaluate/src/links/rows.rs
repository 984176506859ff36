//! Rows of a link table with their ground truth.

use mizuhiki_exchange::{Classification, Link, compare_ids};

use crate::accuracy::{PairSet, pair_of};

/// A pair of a link table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct JudgedRow<'a> {
    pub(crate) link: &'a Link,
    /// Its ids, the smaller one first within one file.
    pub(crate) pair: (&'a str, &'a str),
    /// Whether the pair is a true one.
    pub(crate) is_true: bool,
}

impl JudgedRow<'_> {
    /// Whether the pair counts as found.
    pub(crate) fn is_match(&self) -> bool {
        self.link.class == Classification::Match
    }
}

/// The pairs of a table, each once, by descending similarity, then by ids. Of several rows of one pair, the one
/// of the highest class counts, then that of the highest similarity. Within one file (`unordered`), a record
/// paired with itself is left out.
pub(crate) fn judged_rows<'a>(links: &'a [Link], truth: &PairSet<'_>, unordered: bool) -> Vec<JudgedRow<'a>> {
    let row = |link: &'a Link| {
        let pair = pair_of(link, unordered);
        JudgedRow { link, pair, is_true: truth.binary_search(&pair).is_ok() }
    };
    let mut rows: Vec<JudgedRow<'a>> =
        links.iter().map(row).filter(|row| !unordered || row.pair.0 != row.pair.1).collect();
    rows.sort_by(|a, b| {
        let similarity = b.link.similarity.get().total_cmp(&a.link.similarity.get());
        a.pair.cmp(&b.pair).then(rank(a.link.class).cmp(&rank(b.link.class))).then(similarity)
    });
    rows.dedup_by_key(|row| row.pair);
    rows.sort_by(|a, b| {
        let similarity = b.link.similarity.get().total_cmp(&a.link.similarity.get());
        similarity.then_with(|| compare_ids(a.pair.0, b.pair.0)).then_with(|| compare_ids(a.pair.1, b.pair.1))
    });
    rows
}

const fn rank(class: Classification) -> u8 {
    match class {
        Classification::Match => 0,
        Classification::Borderline => 1,
        Classification::NonMatch => 2,
    }
}
