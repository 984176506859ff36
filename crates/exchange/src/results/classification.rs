//! Classes of candidate pairs.

use std::fmt;

use mizuhiki_schema::{Similarity, Thresholds};

/// Class of a candidate pair by its similarity (`protocols/04-matching.md` §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classification {
    /// At or above the upper threshold.
    Match,
    /// Between the thresholds: to be confirmed.
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
