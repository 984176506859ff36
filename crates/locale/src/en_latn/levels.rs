//! Levels of the pack's kinds.

use crate::levels::levels;

levels! {
    /// Levels that need the Latin letters of a name.
    LatinLevel {
        Latin = "latin",
        Joined = "joined",
        Core = "core",
        Nickname = "nickname",
        Nysiis = "nysiis",
        Phonetic = "phonetic",
    }
}

/// Levels of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextLevel {
    Exact,
    Folded,
    Sorted,
    Initial,
    Latin(LatinLevel),
}

impl TextLevel {
    /// The level with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "exact" => Some(Self::Exact),
            "folded" => Some(Self::Folded),
            "sorted" => Some(Self::Sorted),
            "initial" => Some(Self::Initial),
            _ => LatinLevel::named(name).map(Self::Latin),
        }
    }
}

levels! {
    /// Levels of dates.
    DateLevel { Day = "day", Digits = "digits", Month = "month", Year = "year" }
}

levels! {
    /// Levels of postal codes.
    PostcodeLevel { Full = "full", Outward = "outward" }
}

levels! {
    /// Levels of ZIP codes.
    ZipLevel { Full = "full", Five = "five", Area = "area" }
}
