//! Reasons in words, for those who look at a finding.

use mizuhiki_schema::{AuditRole, AuditSchema, Slip};

use super::grade::{AuditClass, Grade};
use super::model::Hypothesis;
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
    let mut parts: Vec<String> = vec![verdict(language, grade).to_owned()];
    let comparisons = &schema.body().comparisons;
    let outcome =
        |at: usize| said(Outcomes::new(&comparisons[at]).outcome(vector[at]), &comparisons[at].slips);
    let mut list = |wanted: &dyn Fn(Said) -> bool, english: &str, japanese_end: &str| {
        let mut names: Vec<String> = Vec::new();
        for (at, comparison) in comparisons.iter().enumerate().filter(|(at, _)| wanted(outcome(*at))) {
            let mut name = role_name(language, comparison.role, &comparison.name);
            if let Said::Slip(slip) = outcome(at) {
                name.push_str(slip_name(language, slip));
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
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
        (hints.shared_left, "the left record is tied to several", "左の記録は複数に紐付け"),
        (hints.shared_right, "the right record is tied to several", "右の記録は複数に紐付け"),
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

fn verdict(language: Language, grade: &Grade) -> &'static str {
    let (english, japanese) = match grade.class {
        AuditClass::Match if grade.hypotheses.0 == Hypothesis::Moved => {
            ("the same person, who has moved", "同一人、転居の可能性")
        }
        AuditClass::Match => ("the same person", "同一人"),
        AuditClass::EntryVariant => match grade.hypotheses.0 {
            Hypothesis::OtherFamilyName | Hypothesis::MovedOtherFamilyName => {
                ("the same person under another family name", "同一人、姓の変更の可能性")
            }
            Hypothesis::OtherName => ("the same person under another name", "同一人、別名の可能性"),
            Hypothesis::OtherWriting => {
                ("the same person, the name is written otherwise", "同一人、氏名の表記の違いの可能性")
            }
            _ => ("the same person, an entry was miswritten", "同一人、記載の誤りの可能性"),
        },
        AuditClass::Insufficient => ("too little to go by", "判定に足る情報なし"),
        AuditClass::SameHouseholdOther => ("another member of the household", "同じ世帯の別人"),
        AuditClass::Twin => ("a twin", "双子の別人"),
        AuditClass::Homonym => {
            ("another person with the same reading, date of birth and sex", "読み・生年月日・性別が同じ別人")
        }
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
    if language == Language::Japanese { japanese } else { english }
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
