//! Reasons in words, for those who look at a finding.

use mizuhiki_schema::{AuditRole, AuditSchema, Slip};

use super::grade::{AuditClass, Grade};
use super::model::{Hypothesis, is_name};
use super::outcome::{Outcome, OutcomeVector, Outcomes};
use super::patterns::Hints;

/// The language of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
}

/// How a comparison came out, as people speak of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Agrees,
    Nearly,
    Slip(Slip),
    Differs,
    Unknown,
}

fn said(outcome: Outcome, slips: &[Slip]) -> Said {
    match outcome {
        Outcome::Missing => Said::Unknown,
        Outcome::Agree { .. } | Outcome::Partial { .. } | Outcome::Wild => Said::Agrees,
        Outcome::Slip { slip } => slips.get(slip).map_or(Said::Nearly, |slip| Said::Slip(*slip)),
        Outcome::Similar(3) => Said::Nearly,
        _ => Said::Differs,
    }
}

/// A comparison of a link, as people speak of it.
struct Spoken {
    role: AuditRole,
    searched: bool,
    name: String,
    said: Said,
}

impl Spoken {
    /// The comparisons of a link. A role that several have is told by their names, as one may agree and another differ.
    fn all(language: Language, schema: &AuditSchema, vector: &OutcomeVector) -> Vec<Self> {
        let body = schema.body();
        let roles = |role: AuditRole| body.comparisons.iter().filter(|other| other.role == role).count();
        let compared = body.comparisons.iter().zip(&body.searched).zip(vector);
        compared
            .map(|((comparison, &searched), &outcome)| Self {
                role: comparison.role,
                searched,
                name: if roles(comparison.role) == 1 {
                    role_name(language, comparison.role, &comparison.name)
                } else {
                    comparison.name.clone()
                },
                said: said(Outcomes::new(comparison).outcome(outcome), &comparison.slips),
            })
            .collect()
    }

    const fn is_off(&self) -> bool {
        matches!(self.said, Said::Nearly | Said::Slip(_) | Said::Differs)
    }
}

/// Why a link has its class, in words: what it is found to be, what agrees, what does not, what is unknown.
#[must_use]
pub fn reason(
    language: Language,
    schema: &AuditSchema,
    grade: &Grade,
    vector: &OutcomeVector,
    hints: Hints,
) -> String {
    let japanese = language == Language::Japanese;
    let spoken = Spoken::all(language, schema, vector);
    let mut parts: Vec<String> = vec![verdict(language, grade, &spoken)];
    let mut list = |wanted: &dyn Fn(Said) -> bool, english: &str, japanese_end: &str| {
        let names: Vec<String> = spoken
            .iter()
            .filter(|of| wanted(of.said))
            .map(|of| match of.said {
                Said::Slip(slip) => format!("{}{}", of.name, slip_name(language, slip)),
                _ => of.name.clone(),
            })
            .collect();
        if !names.is_empty() {
            parts.push(if japanese {
                format!("{}{japanese_end}", names.join("・"))
            } else {
                format!("{english}{}", names.join(", "))
            });
        }
    };
    list(&|said| said == Said::Agrees, "agree: ", "は一致");
    list(&|said| matches!(said, Said::Nearly | Said::Slip(_)), "nearly: ", "はほぼ一致");
    list(&|said| said == Said::Differs, "differ: ", "は不一致");
    list(&|said| said == Said::Unknown, "not compared: ", "は比較不能");
    let hinted = [
        (hints.shared_left.is_shared(), "the left record is tied to several", "左の記録は複数に紐付け"),
        (hints.shared_right.is_shared(), "the right record is tied to several", "右の記録は複数に紐付け"),
        (hints.near_number, "another record's number is one slip away", "一字違いの番号あり"),
    ];
    parts.extend(
        hinted
            .iter()
            .filter(|(there, ..)| *there)
            .map(|(_, english, words)| (if japanese { words } else { english }).to_string()),
    );
    parts.join(if japanese { "。" } else { "; " })
}

/// What a link is found to be. Nothing is said that a comparison speaks against.
fn verdict(language: Language, grade: &Grade, spoken: &[Spoken]) -> String {
    let (english, japanese) = match grade.class {
        AuditClass::Match | AuditClass::EntryVariant => same_person(grade, spoken),
        AuditClass::Insufficient => ("too little to go by", "判定に足る情報なし"),
        AuditClass::Homonym => return namesake(language, spoken),
        AuditClass::Twin
            if spoken.iter().all(|of| of.role != AuditRole::BirthDate || of.said != Said::Differs) =>
        {
            ("a twin", "双子の別人")
        }
        AuditClass::SameHouseholdOther | AuditClass::Twin => relative(spoken),
        AuditClass::DigitTypo => {
            ("a stranger; the number was probably mistyped", "別人、番号の誤入力の可能性")
        }
        AuditClass::PriorHolder => {
            ("a stranger's record on a person who has another", "別人、以前の紐付けの残りの可能性")
        }
        AuditClass::BlockShift => ("the rows of a batch were tied some places off", "一括登録で行のずれ"),
        AuditClass::RightOnly => ("the handle is in the right file alone", "右の側にのみある紐付け"),
        AuditClass::LeftOnly => ("the handle is in the left file alone", "左の側にのみある紐付け"),
        AuditClass::Unrelated => ("a stranger", "別人"),
    };
    (if language == Language::Japanese { japanese } else { english }).to_owned()
}

fn same_person(grade: &Grade, spoken: &[Spoken]) -> (&'static str, &'static str) {
    use AuditRole::{Address, FamilyName, FamilyReading, FullName, GivenName, GivenReading};
    let off = |roles: &[AuditRole]| spoken.iter().any(|of| of.is_off() && roles.contains(&of.role));
    let all = |roles: &[AuditRole]| {
        let mut compared = spoken.iter().filter(|of| of.said != Said::Unknown && roles.contains(&of.role));
        compared.all(Spoken::is_off) && off(roles)
    };
    let miswritten = spoken.iter().any(|of| of.is_off() && of.role != Address);
    match (grade.class, grade.hypotheses.0) {
        (AuditClass::Match, Hypothesis::Moved) if off(&[Address]) => {
            ("the same person, who has moved", "同一人、転居の可能性")
        }
        (AuditClass::Match, _) => ("the same person", "同一人"),
        (_, Hypothesis::OtherFamilyName | Hypothesis::MovedOtherFamilyName)
            if all(&[FamilyName, FamilyReading]) =>
        {
            ("the same person under another family name", "同一人、姓の変更の可能性")
        }
        (_, Hypothesis::OtherName)
            if all(&[FamilyName, GivenName, FullName, FamilyReading, GivenReading]) =>
        {
            ("the same person under another name", "同一人、別名の可能性")
        }
        (_, Hypothesis::OtherWriting) if off(&[FamilyName, GivenName, FullName]) => {
            ("the same person, the name is written otherwise", "同一人、氏名の表記の違いの可能性")
        }
        _ if miswritten => ("the same person, an entry was miswritten", "同一人、記載の誤りの可能性"),
        _ => ("the same person", "同一人"),
    }
}

/// Somebody of the household, if the addresses do not say otherwise.
fn relative(spoken: &[Spoken]) -> (&'static str, &'static str) {
    let mut addresses = spoken.iter().filter(|of| of.role == AuditRole::Address && of.said != Said::Unknown);
    if addresses.clone().next().is_none() || addresses.any(|of| of.said != Said::Differs) {
        ("another member of the household", "同じ世帯の別人")
    } else {
        ("another member of the family", "家族の別人")
    }
}

/// Somebody who agrees in what is listed: of names and what people are looked up by, that which does.
fn namesake(language: Language, spoken: &[Spoken]) -> String {
    let alike = |of: &&Spoken| {
        of.said == Said::Agrees && (of.searched || is_name(of.role)) && of.role != AuditRole::Address
    };
    let names: Vec<&str> = spoken.iter().filter(alike).map(|of| of.name.as_str()).collect();
    match (language, names.as_slice()) {
        (Language::Japanese, []) => "別人".to_owned(),
        (Language::Japanese, names) => format!("{}が同じ別人", names.join("・")),
        (Language::English, []) => "another person".to_owned(),
        (Language::English, [name]) => format!("another person with the same {name}"),
        (Language::English, [names @ .., last]) => {
            format!("another person with the same {} and {last}", names.join(", "))
        }
    }
}

fn role_name(language: Language, role: AuditRole, name: &str) -> String {
    let (english, japanese) = match role {
        AuditRole::FamilyName => ("family name", "姓"),
        AuditRole::GivenName => ("given name", "名"),
        AuditRole::FullName => ("name", "氏名"),
        AuditRole::FamilyReading => ("reading of the family name", "姓の読み"),
        AuditRole::GivenReading => ("reading of the given name", "名の読み"),
        AuditRole::BirthDate => ("date of birth", "生年月日"),
        AuditRole::Sex => ("sex", "性別"),
        AuditRole::Address => ("address", "住所"),
        _ => (name, name),
    };
    (if language == Language::Japanese { japanese } else { english }).to_owned()
}

const fn slip_name(language: Language, slip: Slip) -> &'static str {
    match (language, slip) {
        (Language::English, Slip::DayMonth) => " (day and month exchanged)",
        (Language::English, Slip::NextDay) => " (one day off)",
        (Language::English, _) => " (family and given name exchanged)",
        (Language::Japanese, Slip::DayMonth) => "（月日の入れ替え）",
        (Language::Japanese, Slip::NextDay) => "（一日違い）",
        (Language::Japanese, _) => "（姓名の入れ替え）",
    }
}
