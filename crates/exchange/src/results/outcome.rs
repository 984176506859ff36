//! Outcomes of comparing two values (`protocols/05-audit.md` §2).

use mizuhiki_schema::{AuditRole, ErrorVariant};

use crate::results::language::Language;

/// The outcome of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// One side has no value.
    Missing,
    /// The values agree at a level.
    Agree {
        /// Number of the level, 0 the tightest.
        level: usize,
        /// 0: the first value of both; 1 and 2: an alternative, further back.
        alternative: usize,
    },
    /// The values agree at a level as far as the less complete one goes.
    Partial {
        /// Number of the level.
        level: usize,
    },
    /// A known error turns one value into the other.
    KnownError(ErrorVariant),
    /// The values can be the same: one has unknown characters.
    Wild,
    /// The values resemble each other: 3 much, 1 a little.
    Similar(u8),
    /// None of these.
    Different,
}

impl Outcome {
    /// The name in tables: `agree(0,0)`, `slip(day_month)`, `similar(2)`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Missing => "missing".to_owned(),
            Self::Agree { level, alternative } => format!("agree({level},{alternative})"),
            Self::Partial { level } => format!("partial({level})"),
            Self::KnownError(error) => format!("slip({})", error.name()),
            Self::Wild => "wild".to_owned(),
            Self::Similar(degree) => format!("similar({degree})"),
            Self::Different => "different".to_owned(),
        }
    }

    /// The outcome in words; `levels` are the names of the comparison's levels.
    #[must_use]
    pub fn words(self, levels: &[String]) -> String {
        let at =
            |level: usize| levels.get(level).map_or_else(String::new, |name| format!(" at level {name}"));
        match self {
            Self::Missing => "not compared".to_owned(),
            Self::Agree { level, alternative } => {
                let value = match alternative {
                    0 => "",
                    1 => ", an alternative value",
                    _ => ", a value further back",
                };
                format!("agrees{}{value}", at(level))
            }
            Self::Partial { level } => format!("agrees{}, as far as it is given", at(level)),
            Self::KnownError(error) => error_words(error, Language::English).to_owned(),
            Self::Wild => "can be the same, has unknown characters".to_owned(),
            Self::Similar(3..) => "very similar".to_owned(),
            Self::Similar(2) => "similar".to_owned(),
            Self::Similar(_) => "slightly similar".to_owned(),
            Self::Different => "differs".to_owned(),
        }
    }
}

/// A known error in words.
#[must_use]
pub const fn error_words(error: ErrorVariant, language: Language) -> &'static str {
    match error {
        ErrorVariant::DayMonth => language.choose("day and month exchanged", "月日の入れ替え"),
        ErrorVariant::NextDay => language.choose("one day off", "一日違い"),
        ErrorVariant::Exchanged => language.choose("family and given name exchanged", "姓名の入れ替え"),
    }
}

/// A role of a comparison in words; `name` is that of the comparison, for roles that say nothing.
#[must_use]
pub const fn role_words(role: AuditRole, language: Language, name: &str) -> &str {
    match role {
        AuditRole::FamilyName => language.choose("family name", "姓"),
        AuditRole::GivenName => language.choose("given name", "名"),
        AuditRole::FullName => language.choose("name", "氏名"),
        AuditRole::FamilyReading => language.choose("reading of the family name", "姓の読み"),
        AuditRole::GivenReading => language.choose("reading of the given name", "名の読み"),
        AuditRole::BirthDate => language.choose("date of birth", "生年月日"),
        AuditRole::Sex => language.choose("sex", "性別"),
        AuditRole::Address => language.choose("address", "住所"),
        AuditRole::Other => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_put_into_words() {
        let levels = ["eq".to_owned(), "itaiji".to_owned()];
        let words = |outcome: Outcome| outcome.words(&levels);
        assert_eq!(Outcome::Agree { level: 0, alternative: 0 }.words(&[]), "agrees");
        assert_eq!(
            words(Outcome::Agree { level: 1, alternative: 2 }),
            "agrees at level itaiji, a value further back"
        );
        assert_eq!(words(Outcome::Partial { level: 1 }), "agrees at level itaiji, as far as it is given");
        assert_eq!(words(Outcome::KnownError(ErrorVariant::DayMonth)), "day and month exchanged");
        assert_eq!(words(Outcome::Similar(1)), "slightly similar");
    }
}
