//! The pack's lists of names, variants and municipalities, for learning models and for synthetic populations.

use super::tables::{GIVEN_NAMES, MUNICIPALITIES, SURNAMES, TEXTS, columns};

/// A surname in one of its spellings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Surname {
    /// In kanji.
    pub spelling: &'static str,
    /// In katakana.
    pub reading: &'static str,
    /// Estimated number of people who bear it.
    pub people: u32,
}

/// A given name with the spellings that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenName {
    /// Whether it is a women's name; the same reading may also be listed for men.
    pub female: bool,
    /// In katakana.
    pub reading: &'static str,
    /// Whether it is among the popular ones.
    pub popular: bool,
    spellings: &'static str,
}

impl GivenName {
    /// Its spellings, those of the popular list first.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.spellings.split(' ')
    }
}

/// 1,999 surnames by descending number of bearers; together 80 % of people bear them.
pub fn surnames() -> impl Iterator<Item = Surname> {
    columns::<3>(SURNAMES).filter_map(|[spelling, reading, people]| {
        Some(Surname { spelling, reading, people: people.parse().ok()? })
    })
}

/// Given names, men's first.
pub fn given_names() -> impl Iterator<Item = GivenName> {
    columns::<4>(GIVEN_NAMES).map(|[sex, reading, popular, spellings]| GivenName {
        female: sex == "F",
        reading,
        popular: popular == "1",
        spellings,
    })
}

/// Pairs of a canonical character and its variant; true for pure glyph variants, false for characters that
/// people use interchangeably.
pub fn variants() -> impl Iterator<Item = (char, char, bool)> {
    columns::<3>(TEXTS[1]).filter_map(|[canonical, variant, tier]| {
        Some((canonical.chars().next()?, variant.chars().next()?, tier == "A"))
    })
}

/// Code (JIS X 0402), prefecture and name of each municipality.
pub fn municipalities() -> impl Iterator<Item = [&'static str; 3]> {
    columns::<3>(MUNICIPALITIES)
}
