//! Links: what the linkage unit returns.

use std::cmp::Ordering;
use std::fmt;

use mizuhiki_schema::{Similarity, Thresholds};

use crate::{RecordId, compare_ids};

/// Class of a candidate pair by its similarity (`protocols/04-matching.md` §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Classification {
    /// At or above the upper threshold.
    Match,
    /// Between the thresholds: for confirmation or clerical review.
    Borderline,
    /// Below the lower threshold.
    NonMatch,
}

impl Classification {
    /// Class of a pair with this similarity.
    #[must_use]
    pub fn of(similarity: Similarity, thresholds: Thresholds) -> Self {
        if similarity >= thresholds.accept() {
            Self::Match
        } else if similarity >= thresholds.borderline() {
            Self::Borderline
        } else {
            Self::NonMatch
        }
    }

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Borderline => "borderline",
            Self::NonMatch => "non-match",
        }
    }

    /// The class with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Match, Self::Borderline, Self::NonMatch].into_iter().find(|class| class.name() == name)
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The order of links: by falling similarity, then left id, then right id (`protocols/04-matching.md` §5).
#[must_use]
pub fn compare_links(a: &Link, b: &Link) -> Ordering {
    b.similarity
        .get()
        .total_cmp(&a.similarity.get())
        .then_with(|| compare_ids(a.left.as_str(), b.left.as_str()))
        .then_with(|| compare_ids(a.right.as_str(), b.right.as_str()))
}

/// One row of a link table.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Record of the left custodian.
    pub left: RecordId,
    /// Record of the right custodian.
    pub right: RecordId,
    /// Their similarity.
    pub similarity: Similarity,
    /// Its class.
    pub class: Classification,
    /// Match probability, 0..=1, if known.
    pub probability: Option<f64>,
    /// The flag: why it is borderline although its similarity reaches the upper threshold.
    pub doubt: Option<Doubt>,
}

/// Why a link is borderline although its similarity reaches the upper threshold (`protocols/04-matching.md`
/// §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Another household member is about as similar.
    Household,
    /// Another record is about as similar; sealed symbols do not show whether it belongs to the same
    /// household.
    Ambiguous,
}

impl Doubt {
    /// The flag in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// The doubt with this flag, if any.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Household, Self::Ambiguous].into_iter().find(|doubt| doubt.name() == name)
    }
}
