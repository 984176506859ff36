//! Pack `ja`: identity data as kept by Japanese registries, insurers and banks.
//!
//! Normative text: `protocols/02-ja.md`. Each value is prepared first; the kind's own rules then give the level.

mod account;
mod address;
mod codes;
mod date;
mod guess;
mod kana;
mod kanji;
pub mod names;
mod numeral;
mod prepare;
pub mod readings;
mod relation;
mod romaji;
mod tables;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use crate::{
    EnLatn, Kind, LevelTexts, MAX_VALUE_BYTES, Outcome, Pack, Reading, Role, TOO_LONG, UNEQUAL, UNKNOWN_KIND,
    UNKNOWN_LEVEL, canonical, kind, outcome,
};
use codes::Checked;
use date::CodeBook;

/// The pack.
#[derive(Debug, Clone, Copy)]
pub struct Ja;

const KANA: &[&str] = &["eq", "zengin", "phon", "longv", "dakuten"];
const KANJI: &[&str] = &["eq", "itaiji", "itaiji_loose"];
const DATE: &[&str] = &["day", "in_era"];
const ONE: &[&str] = &["eq"];

const KINDS: &[Kind] = &[
    // Written names come first: `schema init` prefers them if a table has both.
    name("kanji", "name as it is written", KANJI, "itaiji")
        .role(Role::FullName)
        .parts("kanji_family", "kanji_given"),
    name("kanji_family", "family name of a name as it is written", KANJI, "itaiji").role(Role::FamilyName),
    name("kanji_given", "given name of a name as it is written", KANJI, "itaiji").role(Role::GivenName),
    name("kana", "name in kana", KANA, "zengin")
        .read()
        .role(Role::FullName)
        .parts("kana_family", "kana_given"),
    name("kana_family", "family name of a name in kana", KANA, "zengin").read().role(Role::FamilyName),
    name("kana_given", "given name of a name in kana", KANA, "zengin").read().role(Role::GivenName),
    kind("romaji", "name in Latin letters", &["eq", "longv", "sorted"], "eq").role(Role::FullName),
    kind("date", "date, such as a date of birth", DATE, "day").role(Role::Date),
    kind("date_receipt", "date, seven digits by the code book of receipts", DATE, "day").role(Role::Date),
    kind("date_nenkin", "date, seven digits by the code book of pensions", DATE, "day").role(Role::Date),
    kind("sex", "sex as a code or word", &["code"], "code").role(Role::Sex),
    kind("address", "address", &["eq", "prefix", "gaz", "area", "municipality"], "gaz").role(Role::Address),
    kind("postal", "postal code", &["eq", "prefix"], "eq").role(Role::Postcode),
    kind("phone", "telephone number", &["eq", "prefix"], "prefix").role(Role::Phone),
    kind("yucho", "account of the post bank", ONE, "eq"),
    kind("bank", "account of a bank", ONE, "eq"),
    kind("zengin_name", "name of an account's holder", &["eq", "family"], "eq").role(Role::FullName),
    kind("insurer_no", "number of a health insurer", ONE, "eq").checked(),
    kind("corp_no", "corporate number", ONE, "eq").checked(),
    kind("mynumber", "Individual Number (My Number)", ONE, "eq").checked(),
    kind("idstring", "identifier of letters and digits", ONE, "eq"),
    kind("email", "e-mail address", ONE_EXACT, "exact").role(Role::Email),
    kind("text", "any other text", &["exact", "folded"], "exact"),
];
const ONE_EXACT: &[&str] = &["exact"];

/// Names have few characters.
const fn name(
    name: &'static str,
    description: &'static str,
    levels: &'static [&'static str],
    default_level: &'static str,
) -> Kind {
    kind(name, description, levels, default_level).grams(&[1, 2])
}

/// A kind for comparison only: the relation of two dates.
const DATE_PAIR: &str = "date_pair";

impl Pack for Ja {
    fn name(&self) -> &'static str {
        "ja"
    }

    fn tables(&self) -> &'static [&'static str] {
        &tables::TEXTS
    }

    fn kinds(&self) -> &'static [Kind] {
        KINDS
    }

    fn normalise(&self, kind: &str, level: &str, value: &str, out: &mut String) -> Outcome {
        if matches!(kind, "text" | "email") {
            return EnLatn.normalise(kind, level, value, out);
        }
        finish(out, |out| normalise(kind, level, value, out))
    }

    fn normalise_at(&self, kind: &str, levels: &[String], value: &str, out: &mut LevelTexts) {
        out.begin(levels.len());
        let LevelTexts { texts, outcomes } = out;
        let known = KINDS.iter().find(|known| known.name == kind);
        let one_way =
            known.is_some_and(|known| levels.iter().all(|level| known.levels.contains(&level.as_str())));
        let shares = kind.starts_with("kana") || kind.starts_with("kanji") || kind == "address";
        if !one_way || !shares || value.len() > MAX_VALUE_BYTES {
            for ((level, text), outcome) in levels.iter().zip(texts).zip(outcomes) {
                *outcome = self.normalise(kind, level, value, text);
            }
            return;
        }
        // Preparation is the same for every level, and so is parsing an address.
        let mut prepared = String::new();
        if let Err(reason) = prepare::prepare(value, &mut prepared) {
            return outcomes.fill(Outcome::Invalid(reason));
        }
        if prepare::is_missing(&prepared) {
            return;
        }
        let address = (kind == "address").then(|| address::Parsed::new(&prepared));
        let unbracketed = prepare::without_brackets(&prepared);
        let name = part(kind, &unbracketed);
        let kana = kind.starts_with("kana");
        for ((level, text), outcome) in levels.iter().zip(texts).zip(outcomes) {
            *outcome = finish(text, |text| {
                match &address {
                    Some(address) => address.normalise(level, text)?,
                    None if kana => kana_level(level, name, text),
                    None => kanji_level(level, name, text),
                }
                if prepare::is_missing(text) { Err(Outcome::Missing) } else { Ok(()) }
            });
        }
    }

    fn canonical(&self, kind: &str, value: &str, out: &mut String) -> Outcome {
        match code_book(kind) {
            Some(_) if value.len() > MAX_VALUE_BYTES => Outcome::Invalid(TOO_LONG),
            Some(book) => finish(out, |out| date::canonical(book, value, out)),
            None => canonical(self, kind, value, out),
        }
    }

    fn relation(&self, kind: &str, a: &str, b: &str) -> &'static str {
        if a.len().max(b.len()) > MAX_VALUE_BYTES {
            return UNEQUAL;
        }
        relation::relation(kind, a, b)
    }

    fn reads(&self) -> bool {
        true
    }

    fn readings(&self, name: &str, most: usize) -> Vec<Reading> {
        readings::readings(name, most)
    }

    fn part_readings(&self, kind: &str, name: &str, most: usize) -> Vec<Reading> {
        match kind {
            "kana_family" => readings::part_readings(readings::Part::Family, name, most),
            "kana_given" => readings::part_readings(readings::Part::Given, name, most),
            _ => Vec::new(),
        }
    }

    fn writes(&self, letter: char) -> bool {
        kanji::is_kanji(letter) || kanji::is_kana(letter) || ('\u{FF66}'..='\u{FF9D}').contains(&letter)
    }

    fn guess(&self, header: &str, values: &[&str]) -> Option<&'static str> {
        guess::guess(self, header, values)
    }
}

/// Runs `write` into `out` and returns the outcome.
fn finish(out: &mut String, write: impl FnOnce(&mut String) -> Result<(), Outcome>) -> Outcome {
    out.clear();
    let written = write(out);
    prepare::compose(out);
    outcome(written, out)
}

fn code_book(kind: &str) -> Option<CodeBook> {
    match kind {
        "date" | DATE_PAIR => Some(CodeBook(None)),
        "date_receipt" => Some(CodeBook(Some("receipt"))),
        "date_nenkin" => Some(CodeBook(Some("nenkin"))),
        _ => None,
    }
}

/// An `Err` holds the reason why there is no value; `Ok` with an empty `out` means a missing value.
fn normalise(kind: &str, level: &str, value: &str, out: &mut String) -> Result<(), Outcome> {
    let known = KINDS.iter().find(|known| known.name == kind).ok_or(Outcome::Invalid(UNKNOWN_KIND))?;
    if !known.levels.contains(&level) {
        return Err(Outcome::Invalid(UNKNOWN_LEVEL));
    }
    if value.len() > MAX_VALUE_BYTES {
        return Err(Outcome::Invalid(TOO_LONG));
    }
    if let Some(book) = code_book(kind) {
        return date::normalise(book, level, value, out);
    }
    let mut prepared = String::new();
    prepare::prepare(value, &mut prepared).map_err(Outcome::Invalid)?;
    match kind {
        "sex" => return codes::sex(&prepared, out),
        "idstring" => return codes::idstring(&prepared, out),
        "yucho" => return account::yucho(&prepared, out),
        "bank" => return account::bank(&prepared, out),
        "insurer_no" => return codes::checked(Checked::Insurer, &prepared, out),
        "corp_no" => return codes::checked(Checked::Corporate, &prepared, out),
        "mynumber" => return codes::checked(Checked::MyNumber, &prepared, out),
        _ => {}
    }
    if prepare::is_missing(&prepared) {
        return Err(Outcome::Missing);
    }
    match kind {
        "kana" | "kana_family" | "kana_given" => {
            kana_level(level, part(kind, &prepare::without_brackets(&prepared)), out);
        }
        "kanji" | "kanji_family" | "kanji_given" => {
            kanji_level(level, part(kind, &prepare::without_brackets(&prepared)), out);
        }
        "romaji" => romaji::normalise(level, &prepared, out)?,
        "address" => address::normalise(level, &prepared, out)?,
        "postal" => codes::postal(level, &prepared, out)?,
        "phone" => codes::phone(level, &prepared, out)?,
        _ => account::zengin_name(level, &prepared, out),
    }
    // The result of a level may be a placeholder.
    if prepare::is_missing(out) { Err(Outcome::Missing) } else { Ok(()) }
}

/// The part of a name that a kind is about.
fn part<'v>(kind: &str, prepared: &'v str) -> &'v str {
    let whole = || (prepared, prepared);
    let (family, given) =
        if kind.contains('_') { prepare::parting(prepared).unwrap_or_else(whole) } else { whole() };
    if kind.ends_with("_given") { given } else { family }
}

fn kana_level(level: &str, prepared: &str, out: &mut String) {
    kana::eq(prepared, out);
    if level == "eq" {
        return;
    }
    let mut other = String::new();
    kana::zengin(out, &mut other);
    match level {
        "zengin" => std::mem::swap(out, &mut other),
        "dakuten" => kana::dakuten(&other, out),
        _ => {
            kana::phon(&other, out);
            if level == "longv" {
                kana::longv(out, &mut other);
                std::mem::swap(out, &mut other);
            }
        }
    }
}

fn kanji_level(level: &str, prepared: &str, out: &mut String) {
    kanji::eq(prepared, out);
    if level == "eq" {
        return;
    }
    let mut other = String::new();
    kanji::itaiji(out, &mut other);
    if level == "itaiji" {
        std::mem::swap(out, &mut other);
    } else {
        kanji::itaiji_loose(&other, out);
    }
}
