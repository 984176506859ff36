//! Reasons of findings in words, for reviewers.

use mizuhiki_exchange::{AuditClass, Hypothesis, Language, Outcome, error_words, role_words};
use mizuhiki_schema::{AuditRole, AuditSchema, ErrorVariant};

use super::grade::Grade;
use super::model::is_name;
use super::outcome::{OutcomeVector, Outcomes};
use super::patterns::Hints;

/// How far a field agrees, in the steps that reasons distinguish.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Agreement {
    Agrees,
    Nearly,
    KnownError(ErrorVariant),
    Differs,
    Unknown,
}

impl Agreement {
    const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Missing => Self::Unknown,
            Outcome::Agree { .. } | Outcome::Partial { .. } | Outcome::Wild => Self::Agrees,
            Outcome::KnownError(error) => Self::KnownError(error),
            Outcome::Similar(3..) => Self::Nearly,
            Outcome::Similar(_) | Outcome::Different => Self::Differs,
        }
    }
}

/// A comparison of a link, as named in reasons.
struct ComparedField {
    role: AuditRole,
    searched: bool,
    name: String,
    agreement: Agreement,
}

impl ComparedField {
    /// The comparisons of a link. If several have the same role, their own names are used, because one may
    /// agree and another differ.
    fn all(language: Language, schema: &AuditSchema, vector: &OutcomeVector) -> Vec<Self> {
        let body = schema.body();
        let roles = |role: AuditRole| body.comparisons.iter().filter(|other| other.role == role).count();
        let compared = body.comparisons.iter().zip(&body.searched).zip(vector);
        compared
            .map(|((comparison, &searched), &outcome)| Self {
                role: comparison.role,
                searched,
                name: if roles(comparison.role) == 1 {
                    role_words(comparison.role, language, &comparison.name).to_owned()
                } else {
                    comparison.name.clone()
                },
                agreement: Agreement::of(Outcomes::new(comparison).outcome(outcome)),
            })
            .collect()
    }

    const fn is_off(&self) -> bool {
        matches!(self.agreement, Agreement::Nearly | Agreement::KnownError(_) | Agreement::Differs)
    }
}

/// Why a link has its class, in words: the verdict, what agrees, what differs, and what is unknown.
#[must_use]
pub fn reason(
    language: Language,
    schema: &AuditSchema,
    grade: &Grade,
    vector: &OutcomeVector,
    hints: Hints,
) -> String {
    let japanese = language == Language::Japanese;
    let fields = ComparedField::all(language, schema, vector);
    let mut parts: Vec<String> = vec![verdict(language, grade, &fields)];
    let mut list = |wanted: &dyn Fn(Agreement) -> bool, english: &str, japanese_end: &str| {
        let names: Vec<String> = fields
            .iter()
            .filter(|of| wanted(of.agreement))
            .map(|of| match of.agreement {
                Agreement::KnownError(error) => {
                    let words = error_words(error, language);
                    if japanese {
                        format!("{}（{words}）", of.name)
                    } else {
                        format!("{} ({words})", of.name)
                    }
                }
                Agreement::Agrees | Agreement::Nearly | Agreement::Differs | Agreement::Unknown => {
                    of.name.clone()
                }
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
    list(&|agreement| agreement == Agreement::Agrees, "agree: ", "は一致");
    list(
        &|agreement| matches!(agreement, Agreement::Nearly | Agreement::KnownError(_)),
        "nearly: ",
        "はほぼ一致",
    );
    list(&|agreement| agreement == Agreement::Differs, "differ: ", "は不一致");
    list(&|agreement| agreement == Agreement::Unknown, "not compared: ", "は比較不能");
    let hinted = [
        (hints.shared_left.is_shared(), "the left record has several links", "左の記録は複数に紐付け"),
        (hints.shared_right.is_shared(), "the right record has several links", "右の記録は複数に紐付け"),
        (hints.near_number, "another record's number differs by one error", "一字違いの番号あり"),
    ];
    parts.extend(
        hinted
            .iter()
            .filter(|(there, ..)| *there)
            .map(|(_, english, words)| (if japanese { words } else { english }).to_string()),
    );
    parts.join(if japanese { "。" } else { "; " })
}

/// The verdict on a link; never one that a comparison contradicts.
fn verdict(language: Language, grade: &Grade, fields: &[ComparedField]) -> String {
    let (english, japanese) = match grade.class {
        AuditClass::Match | AuditClass::EntryVariant => same_person(grade, fields),
        AuditClass::Insufficient => ("too little evidence", "判定に足る情報なし"),
        AuditClass::Homonym => return namesake(language, fields),
        AuditClass::Twin
            if fields
                .iter()
                .all(|of| of.role != AuditRole::BirthDate || of.agreement != Agreement::Differs) =>
        {
            ("a twin", "双子の別人")
        }
        AuditClass::SameHouseholdOther | AuditClass::Twin => relative(fields),
        AuditClass::DigitTypo => {
            ("a different person; the number was probably mistyped", "別人、番号の誤入力の可能性")
        }
        AuditClass::PriorHolder => (
            "a different person; the record is also linked to somebody else",
            "別人、以前の紐付けの残りの可能性",
        ),
        AuditClass::BlockShift => ("the rows of a batch were linked with an offset", "一括登録で行のずれ"),
        AuditClass::RightOnly => ("the handle is only in the right file", "右の側にのみある紐付け"),
        AuditClass::LeftOnly => ("the handle is only in the left file", "左の側にのみある紐付け"),
        AuditClass::Unrelated => ("a different person", "別人"),
    };
    (if language == Language::Japanese { japanese } else { english }).to_owned()
}

fn same_person(grade: &Grade, fields: &[ComparedField]) -> (&'static str, &'static str) {
    use AuditRole::{Address, FamilyName, FamilyReading, FullName, GivenName, GivenReading};
    let off = |roles: &[AuditRole]| fields.iter().any(|of| of.is_off() && roles.contains(&of.role));
    let all = |roles: &[AuditRole]| {
        let mut compared =
            fields.iter().filter(|of| of.agreement != Agreement::Unknown && roles.contains(&of.role));
        compared.all(ComparedField::is_off) && off(roles)
    };
    let miswritten = fields.iter().any(|of| of.is_off() && of.role != Address);
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
            ("the same person, with the name written differently", "同一人、氏名の表記の違いの可能性")
        }
        _ if miswritten => ("the same person, with an error in an entry", "同一人、記載の誤りの可能性"),
        _ => ("the same person", "同一人"),
    }
}

/// A household member, unless the addresses differ.
fn relative(fields: &[ComparedField]) -> (&'static str, &'static str) {
    let mut addresses =
        fields.iter().filter(|of| of.role == AuditRole::Address && of.agreement != Agreement::Unknown);
    if addresses.clone().next().is_none() || addresses.any(|of| of.agreement != Agreement::Differs) {
        ("another household member", "同じ世帯の別人")
    } else {
        ("another family member", "家族の別人")
    }
}

/// A different person with the same values in the listed fields: names and lookup fields that agree.
fn namesake(language: Language, fields: &[ComparedField]) -> String {
    let alike = |of: &&ComparedField| {
        of.agreement == Agreement::Agrees
            && (of.searched || is_name(of.role))
            && of.role != AuditRole::Address
    };
    let names: Vec<&str> = fields.iter().filter(alike).map(|of| of.name.as_str()).collect();
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
