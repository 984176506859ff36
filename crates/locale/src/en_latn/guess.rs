//! Which kind a column holds, from its header and some values. A proposal for the user, never part of a
//! result.

use super::fold::{Wildcards, fold};
use crate::outcome::Normalization;
use crate::pack::Pack;

/// Headers that number the rows of one file: they carry no information about a person.
const RECORD_IDS: &[&str] = &[
    "ID",
    "IDX",
    "INDEX",
    "KEY",
    "PK",
    "REC ID",
    "RECID",
    "RECORD ID",
    "RECORDID",
    "ROW ID",
    "ROWID",
    "ROW",
    "UUID",
    "GUID",
    "ENTITY ID",
    "ENTITYID",
    "CLUSTER",
    "CLUSTER ID",
    "UNIQUE ID",
    "RECORD NUMBER",
    "SOURCE ID",
];

/// Words of a header; the first match counts.
const HEADERS: &[(&[&str], &str)] = &[
    (
        &[
            "PLACE OF BIRTH",
            "BIRTHPLACE",
            "BIRTH PLACE",
            "COUNTRY OF BIRTH",
            "TOWN OF BIRTH",
            "CITY OF BIRTH",
        ],
        "place",
    ),
    (&["AGE", "BIRTH WEIGHT", "BIRTHWEIGHT"], "number"),
    (&["EMAIL", "E MAIL"], "email"),
    (
        &[
            "DOB",
            "BOD",
            "DATE OF BIRTH",
            "BIRTH DATE",
            "BIRTHDATE",
            "DATEOFBIRTH",
            "BIRTHDAY",
            "BDAY",
            "BDATE",
            "BIRTH",
            "BORN",
            "YOB",
            "DOD",
            "DATE OF DEATH",
            "DATE",
            "DATETIME",
        ],
        "date",
    ),
    (
        &[
            "SOC SEC ID",
            "SOC SEC",
            "SSN",
            "SOCIAL SECURITY",
            "SIN",
            "NINO",
            "NI NUMBER",
            "NATIONAL INSURANCE",
            "CHI",
            "MEDICARE",
            "IHI",
            "NHI",
            "TFN",
            "TAX FILE",
            "TAX ID",
            "PPSN",
            "PPS",
            "PASSPORT",
            "LICENCE",
            "LICENSE",
            "NATIONAL ID",
            "NATIONALID",
            "IDENTITY CARD",
            "MRN",
            "URN",
        ],
        "id",
    ),
    (&["NHS"], "nhs_number"),
    (&["ZIP", "ZIPCODE"], "zip"),
    (&["POSTCODE", "POST CODE", "POSTAL CODE", "POSTALCODE", "POSTAL", "PCODE"], "postcode"),
    (&["PHONE", "TELEPHONE", "TEL", "MOBILE", "CELL", "CELLPHONE", "PHONENUMBER", "LANDLINE"], "phone"),
    (&["SEX", "GENDER"], "sex"),
    (
        &[
            "SUBURB", "CITY", "TOWN", "LOCALITY", "PLACE", "STATE", "COUNTY", "COUNTRY", "PROVINCE",
            "VILLAGE", "PARISH",
        ],
        "place",
    ),
    (&["ADDRESS", "ADDR", "STREET", "STREETNAME", "ROAD", "HOUSE"], "address"),
    (
        &[
            "GIVEN NAME",
            "GIVEN NAMES",
            "GIVENNAME",
            "GIVEN",
            "FIRST NAME",
            "FIRSTNAME",
            "FNAME",
            "FORENAME",
            "FORENAMES",
            "CHRISTIAN NAME",
            "MIDDLE NAME",
            "MIDDLENAME",
        ],
        "given_name",
    ),
    (
        &["SURNAME", "LAST NAME", "LASTNAME", "LNAME", "FAMILY NAME", "FAMILYNAME", "MAIDEN NAME", "SNAME"],
        "surname",
    ),
    (&["FULL NAME", "FULLNAME", "PERSON NAME", "PATIENT NAME"], "full_name"),
];

pub(super) fn guess(pack: &dyn Pack, header: &str, values: &[&str]) -> Option<&'static str> {
    let plain = header_words(header.chars());
    if RECORD_IDS.contains(&plain.as_str()) {
        return None;
    }
    let kind = by_header(&plain).or_else(|| by_header(&camel_case_words(header)));
    match kind {
        // Other countries use this name, too.
        Some("zip") if !looks_like(pack, values, "zip", "five", |_| true) => Some("postcode"),
        _ => kind.or_else(|| by_values(pack, values)),
    }
}

fn by_header(header: &str) -> Option<&'static str> {
    match header {
        "NAME" => return Some("full_name"),
        "FIRST" => return Some("given_name"),
        "LAST" => return Some("surname"),
        _ => {}
    }
    let padded = format!(" {} ", without_number(header));
    let named =
        HEADERS.iter().find(|(words, _)| words.iter().any(|word| padded.contains(&format!(" {word} "))));
    named.map(|&(_, kind)| kind)
}

/// `DATE-OF-BIRTH` and `date_of_birth` as `DATE OF BIRTH`.
fn header_words(header: impl Iterator<Item = char>) -> String {
    let header: String = header.take(256).collect();
    let mut words = String::new();
    match fold(&header, Wildcards::Replacement, &mut words) {
        Ok(()) => words,
        Err(_) => String::new(),
    }
}

/// `dateOfBirth` as `DATE OF BIRTH`.
fn camel_case_words(header: &str) -> String {
    let mut lower = false;
    header_words(header.chars().flat_map(|character| {
        let boundary = lower && character.is_uppercase();
        lower = character.is_lowercase();
        boundary.then_some(' ').into_iter().chain([character])
    }))
}

/// `ADDRESS 1` and `ADDRESS1` as `ADDRESS`.
fn without_number(header: &str) -> &str {
    header.trim_end_matches(|character: char| character.is_ascii_digit() || character == ' ')
}

/// Whether at least 80 % of the given values look like those of a kind.
fn looks_like(pack: &dyn Pack, values: &[&str], kind: &str, level: &str, shape: fn(&str) -> bool) -> bool {
    let mut out = String::new();
    let given = || values.iter().map(|value| value.trim()).filter(|value| !value.is_empty());
    let fitting = given()
        .filter(|value| shape(value) && pack.normalize(kind, level, value, &mut out) == Normalization::Value)
        .count();
    fitting > 0 && fitting * 5 >= given().count() * 4
}

/// The kind that the values look like.
fn by_values(pack: &dyn Pack, values: &[&str]) -> Option<&'static str> {
    let is = |kind: &str, level: &str, shape: fn(&str) -> bool| looks_like(pack, values, kind, level, shape);
    if is("email", "exact", |value| value.contains('.')) {
        Some("email")
    } else if is("date", "day", |value| value.len() >= 8) {
        Some("date")
    } else if is("sex", "code", |value| value.starts_with(|first: char| first.is_ascii_alphabetic())) {
        Some("sex")
    } else if is("postcode", "full", is_uk_postcode) {
        Some("postcode")
    } else if is("phone", "national", |value| value.len() >= 8 && value.starts_with(['+', '0', '('])) {
        Some("phone")
    } else {
        None
    }
}

fn is_uk_postcode(value: &str) -> bool {
    let code: Vec<u8> = value.bytes().filter(|byte| *byte != b' ').collect();
    let [start, .., digit, first, second] = code[..] else {
        return false;
    };
    (5..=7).contains(&code.len())
        && start.is_ascii_alphabetic()
        && digit.is_ascii_digit()
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
}
