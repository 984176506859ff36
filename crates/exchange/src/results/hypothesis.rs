//! Hypotheses about an audited link (`protocols/05-audit.md` §3).

use serde::{Serialize, Serializer};

/// A hypothesis: what a link is. The first six are ways to be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hypothesis {
    /// The same person, without a systematic difference between the two records.
    Same,
    /// The same person under another family name, as after a wedding.
    OtherFamilyName,
    /// The same person under another name, such as an alias.
    OtherName,
    /// The same person, whose name is in another script or another column, but has the same reading.
    OtherWriting,
    /// The same person, who has moved: no address agrees.
    Moved,
    /// The same person, who has moved and has another family name, as after a wedding.
    MovedOtherFamilyName,
    /// Another household member with the same family name.
    Household,
    /// Another household member with a different family name.
    HouseholdOtherName,
    /// A twin.
    Twin,
    /// Somebody who agrees in all lookup fields.
    Homonym,
    /// Somebody with the same name who agrees in nothing else.
    Namesake,
    /// An unrelated person.
    Unrelated,
}

impl Hypothesis {
    /// All hypotheses, in order.
    pub const ALL: [Self; 12] = [
        Self::Same,
        Self::OtherFamilyName,
        Self::OtherName,
        Self::OtherWriting,
        Self::Moved,
        Self::MovedOtherFamilyName,
        Self::Household,
        Self::HouseholdOtherName,
        Self::Twin,
        Self::Homonym,
        Self::Namesake,
        Self::Unrelated,
    ];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::OtherFamilyName => "other_family_name",
            Self::OtherName => "other_name",
            Self::OtherWriting => "other_writing",
            Self::Moved => "moved",
            Self::MovedOtherFamilyName => "moved_other_family_name",
            Self::Household => "household",
            Self::HouseholdOtherName => "household_other_name",
            Self::Twin => "twin",
            Self::Homonym => "homonym",
            Self::Namesake => "namesake",
            Self::Unrelated => "unrelated",
        }
    }

    /// Whether the link is right.
    #[must_use]
    pub const fn is_right(self) -> bool {
        matches!(
            self,
            Self::Same
                | Self::OtherFamilyName
                | Self::OtherName
                | Self::OtherWriting
                | Self::Moved
                | Self::MovedOtherFamilyName
        )
    }

    /// The hypothesis in words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Same => "The same person",
            Self::OtherFamilyName => "The same person under another family name",
            Self::OtherName => "The same person under another name",
            Self::OtherWriting => "The same person, the name written differently",
            Self::Moved => "The same person, who has moved",
            Self::MovedOtherFamilyName => "The same person, who has moved, under another family name",
            Self::Household => "Another household member, same family name",
            Self::HouseholdOtherName => "Another household member, different family name",
            Self::Twin => "A twin",
            Self::Homonym => "A different person who agrees in the lookup fields",
            Self::Namesake => "A namesake",
            Self::Unrelated => "An unrelated person",
        }
    }
}

impl Serialize for Hypothesis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
