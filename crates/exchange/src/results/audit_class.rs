//! Classes of audited links (`protocols/05-audit.md` §4).

use serde::{Serialize, Serializer};

use crate::results::language::Language;

/// The class of an audited link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuditClass {
    /// The same person.
    Match,
    /// The same person; a known error or a change explains what differs.
    EntryVariant,
    /// Too little evidence.
    Insufficient,
    /// Another household member.
    SameHouseholdOther,
    /// A twin.
    Twin,
    /// A namesake.
    Homonym,
    /// A different person; another record's number differs by one error.
    DigitTypo,
    /// A different person, whose record is also linked to somebody else.
    PriorHolder,
    /// Part of a run of rows that were linked with an offset.
    BlockShift,
    /// A different person.
    Unrelated,
    /// The handle is only in the right file.
    RightOnly,
    /// The handle is only in the left file.
    LeftOnly,
}

impl AuditClass {
    /// All classes, in the order of their declaration: results are indexed by it.
    pub const ALL: [Self; 12] = [
        Self::Match,
        Self::EntryVariant,
        Self::Insufficient,
        Self::SameHouseholdOther,
        Self::Twin,
        Self::Homonym,
        Self::DigitTypo,
        Self::PriorHolder,
        Self::BlockShift,
        Self::Unrelated,
        Self::RightOnly,
        Self::LeftOnly,
    ];

    /// The name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::EntryVariant => "entry_variant",
            Self::Insufficient => "insufficient",
            Self::SameHouseholdOther => "same_household_other",
            Self::Twin => "twin",
            Self::Homonym => "homonym",
            Self::DigitTypo => "digit_typo",
            Self::PriorHolder => "prior_holder",
            Self::BlockShift => "block_shift",
            Self::Unrelated => "unrelated",
            Self::RightOnly => "right_only",
            Self::LeftOnly => "left_only",
        }
    }

    /// The class with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }

    /// Whether the link is found to be wrong.
    #[must_use]
    pub const fn is_wrong(self) -> bool {
        match self {
            Self::SameHouseholdOther
            | Self::Twin
            | Self::Homonym
            | Self::DigitTypo
            | Self::PriorHolder
            | Self::BlockShift
            | Self::Unrelated => true,
            Self::Match | Self::EntryVariant | Self::Insufficient | Self::RightOnly | Self::LeftOnly => false,
        }
    }

    /// A heading for it.
    #[must_use]
    pub const fn title(self, language: Language) -> &'static str {
        match self {
            Self::Match => language.choose("Same person", "同一人"),
            Self::EntryVariant => language.choose("Entry variant", "記載の違い"),
            Self::Insufficient => language.choose("Insufficient data", "情報不足"),
            Self::SameHouseholdOther => language.choose("Other household member", "同一世帯の別人"),
            Self::Twin => language.choose("Twin", "双子"),
            Self::Homonym => language.choose("Namesake", "同名異人"),
            Self::DigitTypo => language.choose("Mistyped number", "番号の誤入力"),
            Self::PriorHolder => language.choose("Left from an earlier link", "以前の紐付けの残り"),
            Self::BlockShift => language.choose("Shifted row", "行のずれ"),
            Self::Unrelated => language.choose("Different person", "別人"),
            Self::RightOnly => language.choose("Right side only", "右側のみ"),
            Self::LeftOnly => language.choose("Left side only", "左側のみ"),
        }
    }

    /// What it means, for readers without training in statistics.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Match => "The evidence points to one person. At most the address differs.",
            Self::EntryVariant => {
                "One person. A typing error or a change, such as a new family name, explains the entry that differs."
            }
            Self::Insufficient => "Too little could be compared. The link was found neither wrong nor right.",
            Self::SameHouseholdOther => {
                "The records look like those of two people of one household, such as parent and child."
            }
            Self::Twin => "Family name, address and date of birth agree; the given name differs.",
            Self::Homonym => {
                "The name agrees, or the lookup fields do. Everything else points to a different person."
            }
            Self::DigitTypo => "A different person. Another record has a number that differs by one error.",
            Self::PriorHolder => "A different person. The right record is also linked to somebody else.",
            Self::BlockShift => {
                "Part of a run of rows that were linked with an offset, as after an error in copy and paste."
            }
            Self::Unrelated => "The evidence points to two unrelated people.",
            Self::RightOnly => "The handle is only in the right file. Nothing was compared.",
            Self::LeftOnly => "The handle is only in the left file. Nothing was compared.",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Match => "Nothing to do.",
            Self::EntryVariant => "Keep the link. Correct the entry when there is an occasion.",
            Self::Insufficient => {
                "Get the missing entries and compare again. Do not count these links as right."
            }
            Self::SameHouseholdOther => "Review. Often the number of a relative was written on a form.",
            Self::Twin => {
                "Review with care. Twins are easily mistaken for one person with a miswritten name."
            }
            Self::Homonym => "Review first. A search probably returned a namesake.",
            Self::DigitTypo => "Review first. Check the number against its source.",
            Self::PriorHolder => "Review first. If the other link is right, retire this one.",
            Self::BlockShift => "Correct the whole run at once. The runs are listed under shifted rows.",
            Self::Unrelated => "Review first.",
            Self::RightOnly | Self::LeftOnly => "Ask both sides why. These links count nowhere else.",
        }
    }
}

impl Serialize for AuditClass {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::AuditClass;

    /// The next class in order. With a new class this does not compile until it has its place.
    const fn next(class: AuditClass) -> Option<AuditClass> {
        Some(match class {
            AuditClass::Match => AuditClass::EntryVariant,
            AuditClass::EntryVariant => AuditClass::Insufficient,
            AuditClass::Insufficient => AuditClass::SameHouseholdOther,
            AuditClass::SameHouseholdOther => AuditClass::Twin,
            AuditClass::Twin => AuditClass::Homonym,
            AuditClass::Homonym => AuditClass::DigitTypo,
            AuditClass::DigitTypo => AuditClass::PriorHolder,
            AuditClass::PriorHolder => AuditClass::BlockShift,
            AuditClass::BlockShift => AuditClass::Unrelated,
            AuditClass::Unrelated => AuditClass::RightOnly,
            AuditClass::RightOnly => AuditClass::LeftOnly,
            AuditClass::LeftOnly => return None,
        })
    }

    #[test]
    fn every_class_has_its_place_and_a_name_of_its_own() {
        let all: Vec<AuditClass> =
            std::iter::successors(Some(AuditClass::Match), |class| next(*class)).collect();
        assert_eq!(all, AuditClass::ALL);
        for (place, class) in all.into_iter().enumerate() {
            assert_eq!(class as usize, place);
            assert_eq!(AuditClass::from_name(class.name()), Some(class));
        }
    }
}
