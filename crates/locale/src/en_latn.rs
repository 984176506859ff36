//! Pack `en-Latn`: identity data as English-speaking registries write it, in Latin letters of any language.
//!
//! Normative text: `protocols/02-normalisation.md`. Each value first becomes a folded text, in which
//! placeholders are recognized; the level then decides what part of the value is kept.

mod codes;
mod date;
mod fold;
mod guess;
mod levels;
mod missing;
mod names;
mod tables;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use crate::form::Form;
use crate::kind::{Kind, Role, kind};
use crate::outcome::{MAX_VALUE_BYTES, Normalization, TOO_LONG, UNKNOWN_KIND, UNKNOWN_LEVEL, outcome};
use crate::pack::Pack;
use fold::Wildcards;
use levels::{DateLevel, PostcodeLevel, TextLevel, ZipLevel};
pub(crate) use missing::fold_text;
use missing::{Normalized, fold_or_missing, missing_if_placeholder};
pub(crate) use tables::lines;
use tables::{Holder, tables};

/// The pack.
#[derive(Debug, Clone, Copy)]
pub struct EnLatn;

const KINDS: &[Kind] = &[
    kind(
        "given_name",
        "given names, without the surname",
        &["exact", "folded", "latin", "sorted", "nickname", "nysiis", "phonetic", "initial"],
        "folded",
    )
    .role(Role::GivenName),
    kind(
        "surname",
        "surname or family name",
        &["exact", "folded", "latin", "joined", "sorted", "core", "nysiis", "phonetic", "initial"],
        "folded",
    )
    .role(Role::FamilyName),
    kind("full_name", "given names and surname together", &["exact", "folded", "latin", "sorted"], "folded")
        .role(Role::FullName),
    kind("date", "calendar date, such as a date of birth", &["day", "digits", "month", "year"], "day")
        .role(Role::Date),
    kind("postcode", "postal code", &["full", "outward"], "full").role(Role::Postcode),
    kind("zip", "ZIP code of the USA", &["full", "five", "area"], "five").role(Role::Postcode),
    kind("phone", "telephone number", &["national"], "national").role(Role::Phone),
    kind("place", "suburb, town, state or country", &["exact", "folded"], "folded").role(Role::Place),
    kind("address", "street address or a part of it", &["exact", "folded"], "folded").role(Role::Street),
    kind("sex", "sex or gender as a code", &["code"], "code").role(Role::Sex),
    kind("email", "e-mail address", &["exact"], "exact").role(Role::Email),
    kind("nhs_number", "NHS number, with its check digit", &["exact"], "exact").checked(),
    kind("id", "identifier of letters and digits", &["exact"], "exact"),
    kind("number", "decimal number", &["exact"], "exact"),
    kind("text", "any other text", &["exact", "folded"], "exact"),
];

impl Pack for EnLatn {
    fn name(&self) -> &'static str {
        "en-Latn"
    }

    fn tables(&self) -> &'static [&'static str] {
        &[tables::TEXT]
    }

    fn kinds(&self) -> &'static [Kind] {
        KINDS
    }

    fn form(&self, kind: &str, level: &str) -> Result<Form, &'static str> {
        let rule = Rule::named(kind, level)?;
        Ok(Form::new(move |value, out| {
            out.clear();
            let written = rule.write(value, out);
            outcome(written, out)
        }))
    }

    fn writes(&self, letter: char) -> bool {
        letter.is_alphabetic() && letter < '\u{250}'
    }

    fn guess(&self, header: &str, values: &[&str]) -> Option<&'static str> {
        guess::guess(self, header, values)
    }
}

/// A kind at a level.
#[derive(Debug, Clone, Copy)]
enum Rule {
    Text(Text, TextLevel),
    Date(DateLevel),
    Code(Code),
}

/// Kinds whose values are codes.
#[derive(Debug, Clone, Copy)]
enum Code {
    Postcode(PostcodeLevel),
    Zip(ZipLevel),
    NhsNumber,
    Phone,
    Sex,
    Email,
    Id,
    Number,
}

impl Rule {
    fn named(kind: &str, level: &str) -> Result<Self, &'static str> {
        let known = KINDS.iter().find(|known| known.name == kind).ok_or(UNKNOWN_KIND)?;
        if !known.levels.contains(&level) {
            return Err(UNKNOWN_LEVEL);
        }
        let text = |text| TextLevel::named(level).map(|level| Self::Text(text, level));
        let code = |code| Some(Self::Code(code));
        match kind {
            "given_name" => text(Text::Name(Holder::Given)),
            "surname" => text(Text::Name(Holder::Surname)),
            "full_name" => text(Text::Name(Holder::Other)),
            "place" => text(Text::Place),
            "address" => text(Text::Address),
            "text" => text(Text::Free),
            "date" => DateLevel::named(level).map(Self::Date),
            "postcode" => PostcodeLevel::named(level).map(Code::Postcode).map(Self::Code),
            "zip" => ZipLevel::named(level).map(Code::Zip).map(Self::Code),
            "nhs_number" => code(Code::NhsNumber),
            "phone" => code(Code::Phone),
            "sex" => code(Code::Sex),
            "email" => code(Code::Email),
            "id" => code(Code::Id),
            "number" => code(Code::Number),
            _ => None,
        }
        .ok_or(UNKNOWN_LEVEL)
    }

    fn write(self, value: &str, out: &mut String) -> Normalized {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Normalization::Invalid(TOO_LONG));
        }
        match self {
            Self::Text(text, level) => write_text(text, level, value, out),
            Self::Date(level) => date::normalize(level, value, out),
            Self::Code(code) => {
                fold_or_missing(Holder::Other, Wildcards::Marks, value, out)?;
                match code {
                    Code::Postcode(level) => codes::postcode(level, out),
                    Code::Zip(level) => codes::zip(level, out),
                    Code::NhsNumber => codes::nhs_number(out),
                    Code::Phone => codes::phone(value, out),
                    Code::Sex => codes::sex(out),
                    Code::Email => codes::email(value, out),
                    Code::Id => codes::id(out),
                    Code::Number => codes::number(value, out),
                }?;
                missing_if_placeholder(Holder::Other, out)
            }
        }
    }
}

/// The type of a text, where it changes the folding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Name(Holder),
    Place,
    Address,
    Free,
}

fn write_text(text: Text, level: TextLevel, value: &str, out: &mut String) -> Normalized {
    let wildcards = if text == Text::Free { Wildcards::Replacement } else { Wildcards::Marks };
    let holder = if let Text::Name(holder) = text { holder } else { Holder::Other };
    fold::fold(value, wildcards, out).map_err(Normalization::Invalid)?;
    match text {
        Text::Name(_) => fold::drop_titles(out),
        Text::Place => fold::replace_parts(out, &tables().place),
        Text::Address => fold::replace_parts(out, &tables().address),
        Text::Free => {}
    }
    missing_if_placeholder(holder, out)?;
    match level {
        TextLevel::Exact => {
            // Checked in the folded text, so that a placeholder is one at every level.
            fold::exact(value, wildcards, out);
            return Ok(());
        }
        TextLevel::Folded => return Ok(()),
        TextLevel::Sorted => fold::sort_parts(out),
        TextLevel::Initial => fold::keep_initial(out),
        TextLevel::Latin(level) => {
            names::latin(out).map_err(Normalization::Invalid)?;
            names::at(level, out);
        }
    }
    // The level may turn a value into a placeholder, which would be missing when normalized again.
    missing_if_placeholder(holder, out)
}
