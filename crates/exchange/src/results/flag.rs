//! Flags of links.

/// A remark on a link, besides its class (`protocols/04-matching.md` §9, `protocols/06-confirm.md` §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFlag {
    /// As similar as a match, but another household member is about as similar.
    Household,
    /// As similar as a match, but another record is about as similar; with sealed symbols, nothing shows
    /// whether it is of the same household.
    Ambiguous,
    /// A borderline match that was confirmed under encryption.
    Confirmed,
}

impl LinkFlag {
    /// All flags.
    pub const ALL: [Self; 3] = [Self::Household, Self::Ambiguous, Self::Confirmed];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Ambiguous => "ambiguous",
            Self::Confirmed => "confirmed",
        }
    }

    /// The flag with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.name() == name)
    }
}
