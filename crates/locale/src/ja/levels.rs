//! Levels of the pack's kinds, and what else a kind's name says.

use crate::levels::levels;

levels! {
    /// Levels of names in kana.
    KanaLevel { Eq = "eq", Zengin = "zengin", Phon = "phon", LongVowels = "longv", Dakuten = "dakuten" }
}

levels! {
    /// Levels of names as they are written.
    KanjiLevel { Eq = "eq", Itaiji = "itaiji", ItaijiLoose = "itaiji_loose" }
}

levels! {
    /// Levels of names in Latin letters.
    RomajiLevel { Eq = "eq", LongVowels = "longv", Sorted = "sorted" }
}

levels! {
    /// Levels of dates.
    DateLevel { Day = "day", InEra = "in_era" }
}

levels! {
    /// Levels of addresses.
    AddressLevel { Eq = "eq", Prefix = "prefix", Gaz = "gaz", Area = "area", Municipality = "municipality" }
}

levels! {
    /// Levels of postal codes and telephone numbers.
    PrefixLevel { Eq = "eq", Prefix = "prefix" }
}

levels! {
    /// Levels of the names of accounts' holders.
    HolderLevel { Eq = "eq", Family = "family" }
}

/// The part of a name that a kind is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NamePart {
    Whole,
    Family,
    Given,
}
