//! Pack `en-Latn`: identity data as English-speaking registries write it, in Latin letters of any language.
//!
//! Normative text: `protocols/02-normalisation.md`. Each value first becomes a folded text, in which
//! placeholders are recognized; the level then decides what part of the value is kept.

mod codes;
mod date;
mod fold;
mod guess;
mod names;
mod tables;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use crate::{
    Kind, MAX_VALUE_BYTES, Outcome, Pack, Role, TOO_LONG, UNKNOWN_KIND, UNKNOWN_LEVEL, kind, outcome,
};
use fold::Wildcards;
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

    fn normalise(&self, kind: &str, level: &str, value: &str, out: &mut String) -> Outcome {
        out.clear();
        let written = normalise(kind, level, value, out);
        outcome(written, out)
    }

    fn writes(&self, letter: char) -> bool {
        letter.is_alphabetic() && letter < '\u{250}'
    }

    fn guess(&self, header: &str, values: &[&str]) -> Option<&'static str> {
        guess::guess(self, header, values)
    }
}

/// An `Err` holds the reason why there is no value; `Ok` with an empty `out` means a missing value.
type Normalised = Result<(), Outcome>;

fn normalise(kind: &str, level: &str, value: &str, out: &mut String) -> Normalised {
    let known = KINDS.iter().find(|known| known.name == kind).ok_or(Outcome::Invalid(UNKNOWN_KIND))?;
    if !known.levels.contains(&level) {
        return Err(Outcome::Invalid(UNKNOWN_LEVEL));
    }
    if value.len() > MAX_VALUE_BYTES {
        return Err(Outcome::Invalid(TOO_LONG));
    }
    match kind {
        "given_name" => text(Text::Name(Holder::Given), level, value, out),
        "surname" => text(Text::Name(Holder::Surname), level, value, out),
        "full_name" => text(Text::Name(Holder::Other), level, value, out),
        "place" => text(Text::Place, level, value, out),
        "address" => text(Text::Address, level, value, out),
        "text" => text(Text::Free, level, value, out),
        "date" => date::normalise(level, value, out),
        _ => {
            fold_or_missing(Holder::Other, Wildcards::Marks, value, out)?;
            match kind {
                "postcode" => codes::postcode(level, out),
                "zip" => codes::zip(level, out),
                "nhs_number" => codes::nhs_number(out),
                "phone" => codes::phone(value, out),
                "sex" => codes::sex(out),
                "email" => codes::email(value, out),
                "id" => codes::id(out),
                _ => codes::number(value, out),
            }?;
            missing_if_placeholder(Holder::Other, out)
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

fn text(text: Text, level: &str, value: &str, out: &mut String) -> Normalised {
    let wildcards = if text == Text::Free { Wildcards::Replacement } else { Wildcards::Marks };
    let holder = if let Text::Name(holder) = text { holder } else { Holder::Other };
    fold::fold(value, wildcards, out).map_err(Outcome::Invalid)?;
    match text {
        Text::Name(_) => fold::drop_titles(out),
        Text::Place => fold::replace_parts(out, &tables().place),
        Text::Address => fold::replace_parts(out, &tables().address),
        Text::Free => {}
    }
    missing_if_placeholder(holder, out)?;
    match level {
        "exact" => {
            // Checked in the folded text, so that a placeholder is one at every level.
            fold::exact(value, wildcards, out);
            return Ok(());
        }
        "sorted" => fold::sort_parts(out),
        "initial" => fold::keep_initial(out),
        "folded" => return Ok(()),
        _ => {
            names::latin(out).map_err(Outcome::Invalid)?;
            names::at(level, out);
        }
    }
    // The level may turn a value into a placeholder, which would be missing when normalized again.
    missing_if_placeholder(holder, out)
}

/// Folds a text of Latin letters for another pack.
pub(crate) fn fold_text(value: &str, out: &mut String) -> Result<(), &'static str> {
    fold::fold(value, Wildcards::Marks, out)
}

fn fold_or_missing(holder: Holder, wildcards: Wildcards, value: &str, out: &mut String) -> Normalised {
    fold::fold(value, wildcards, out).map_err(Outcome::Invalid)?;
    missing_if_placeholder(holder, out)
}

fn missing_if_placeholder(holder: Holder, folded: &str) -> Normalised {
    if tables().is_placeholder(holder, folded) { Err(Outcome::Missing) } else { Ok(()) }
}
