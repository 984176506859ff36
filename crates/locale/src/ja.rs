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
mod levels;
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

use crate::en_latn::EnLatn;
use crate::form::{Form, Forms};
use crate::kind::{Kind, Role, kind};
use crate::outcome::{
    LevelTexts, MAX_VALUE_BYTES, Normalization, TOO_LONG, UNKNOWN_KIND, UNKNOWN_LEVEL, outcome,
};
use crate::pack::{Pack, Reading, UNEQUAL, canonical};
use codes::Checked;
use date::{CodeBook, code_book};
use levels::{
    AddressLevel, DateLevel, HolderLevel, KanaLevel, KanjiLevel, NamePart, PrefixLevel, RomajiLevel,
};

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

    fn form(&self, kind: &str, level: &str) -> Result<Form, &'static str> {
        if matches!(kind, "text" | "email") {
            return EnLatn.form(kind, level);
        }
        let rule = Rule::named(kind, level)?;
        Ok(Form::new(move |value, out| rule.finish(value, out)))
    }

    fn forms(&self, kind: &str, levels: &[String]) -> Result<Forms, &'static str> {
        if matches!(kind, "text" | "email") {
            return EnLatn.forms(kind, levels);
        }
        let rules = levels.iter().map(|level| Rule::named(kind, level)).collect::<Result<Vec<_>, _>>()?;
        Ok(Forms::together(rules.len(), move |value, out| write_all(&rules, value, out)))
    }

    fn canonical(&self, kind: &str, value: &str, out: &mut String) -> Normalization {
        match code_book(kind) {
            Some(_) if value.len() > MAX_VALUE_BYTES => Normalization::Invalid(TOO_LONG),
            Some(book) => finish(out, |out| date::canonical(book, value, out)),
            None => canonical(self, kind, value, out),
        }
    }

    fn relation(&self, kind: &str, a: &str, b: &str) -> &'static str {
        if a.len().max(b.len()) > MAX_VALUE_BYTES {
            return UNEQUAL;
        }
        relation::relation(self, kind, a, b)
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
fn finish(out: &mut String, write: impl FnOnce(&mut String) -> Result<(), Normalization>) -> Normalization {
    out.clear();
    let written = write(out);
    prepare::compose(out);
    outcome(written, out)
}

/// A kind at a level.
#[derive(Debug, Clone, Copy)]
enum Rule {
    Kana(NamePart, KanaLevel),
    Kanji(NamePart, KanjiLevel),
    Romaji(RomajiLevel),
    Date(CodeBook, DateLevel),
    Sex,
    Address(AddressLevel),
    Postal(PrefixLevel),
    Phone(PrefixLevel),
    Yucho,
    Bank,
    HolderName(HolderLevel),
    Checked(Checked),
    IdString,
}

impl Rule {
    fn named(kind: &str, level: &str) -> Result<Self, &'static str> {
        let known = KINDS.iter().find(|known| known.name == kind).ok_or(UNKNOWN_KIND)?;
        if !known.levels.contains(&level) {
            return Err(UNKNOWN_LEVEL);
        }
        let kana = |part| KanaLevel::named(level).map(|level| Self::Kana(part, level));
        let kanji = |part| KanjiLevel::named(level).map(|level| Self::Kanji(part, level));
        let date = |book| DateLevel::named(level).map(|level| Self::Date(book, level));
        match kind {
            "kana" => kana(NamePart::Whole),
            "kana_family" => kana(NamePart::Family),
            "kana_given" => kana(NamePart::Given),
            "kanji" => kanji(NamePart::Whole),
            "kanji_family" => kanji(NamePart::Family),
            "kanji_given" => kanji(NamePart::Given),
            "romaji" => RomajiLevel::named(level).map(Self::Romaji),
            "date" | "date_receipt" | "date_nenkin" => code_book(kind).and_then(date),
            "sex" => Some(Self::Sex),
            "address" => AddressLevel::named(level).map(Self::Address),
            "postal" => PrefixLevel::named(level).map(Self::Postal),
            "phone" => PrefixLevel::named(level).map(Self::Phone),
            "yucho" => Some(Self::Yucho),
            "bank" => Some(Self::Bank),
            "zengin_name" => HolderLevel::named(level).map(Self::HolderName),
            "insurer_no" => Some(Self::Checked(Checked::Insurer)),
            "corp_no" => Some(Self::Checked(Checked::Corporate)),
            "mynumber" => Some(Self::Checked(Checked::MyNumber)),
            "idstring" => Some(Self::IdString),
            _ => None,
        }
        .ok_or(UNKNOWN_LEVEL)
    }

    /// Writes a value and returns the outcome.
    fn finish(self, value: &str, out: &mut String) -> Normalization {
        finish(out, |out| self.write(value, out))
    }

    /// An `Err` holds the reason why there is no value; `Ok` with an empty `out` means a missing value.
    fn write(self, value: &str, out: &mut String) -> Result<(), Normalization> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Normalization::Invalid(TOO_LONG));
        }
        if let Self::Date(book, level) = self {
            return date::normalize(book, level, value, out);
        }
        let mut prepared = String::new();
        prepare::prepare(value, &mut prepared).map_err(Normalization::Invalid)?;
        match self {
            Self::Sex => return codes::sex(&prepared, out),
            Self::IdString => return codes::idstring(&prepared, out),
            Self::Yucho => return account::yucho(&prepared, out),
            Self::Bank => return account::bank(&prepared, out),
            Self::Checked(number) => return codes::checked(number, &prepared, out),
            _ if prepare::is_missing(&prepared) => return Err(Normalization::Missing),
            Self::Kana(part, level) => {
                kana_level(level, part_of(part, &prepare::without_brackets(&prepared)), out);
            }
            Self::Kanji(part, level) => {
                kanji_level(level, part_of(part, &prepare::without_brackets(&prepared)), out);
            }
            Self::Romaji(level) => romaji::normalize(level, &prepared, out)?,
            Self::Address(level) => address::normalize(level, &prepared, out)?,
            Self::Postal(level) => codes::postal(level, &prepared, out)?,
            Self::Phone(level) => codes::phone(level, &prepared, out)?,
            Self::HolderName(level) => account::holder_name(level, &prepared, out),
            Self::Date(..) => unreachable!("dates were written above"),
        }
        // The result of a level may be a placeholder.
        if prepare::is_missing(out) { Err(Normalization::Missing) } else { Ok(()) }
    }

    /// Whether levels of the kind share their preparation.
    const fn shares(self) -> bool {
        matches!(self, Self::Kana(..) | Self::Kanji(..) | Self::Address(_))
    }
}

/// Several levels of one kind. Preparation is the same for each, and so is parsing an address.
fn write_all(rules: &[Rule], value: &str, out: &mut LevelTexts) {
    let LevelTexts { texts, outcomes } = out;
    if value.len() > MAX_VALUE_BYTES || !rules.iter().all(|rule| rule.shares()) {
        for ((rule, text), outcome) in rules.iter().zip(texts).zip(outcomes) {
            *outcome = rule.finish(value, text);
        }
        return;
    }
    let mut prepared = String::new();
    if let Err(reason) = prepare::prepare(value, &mut prepared) {
        return outcomes.fill(Normalization::Invalid(reason));
    }
    if prepare::is_missing(&prepared) {
        return;
    }
    let is_address = rules.iter().any(|rule| matches!(rule, Rule::Address(_)));
    let parsed = is_address.then(|| address::Parsed::new(&prepared));
    let unbracketed = prepare::without_brackets(&prepared);
    for ((&rule, text), outcome) in rules.iter().zip(texts).zip(outcomes) {
        *outcome = finish(text, |text| {
            match (rule, &parsed) {
                (Rule::Address(level), Some(parsed)) => parsed.normalize(level, text)?,
                (Rule::Kana(part, level), _) => kana_level(level, part_of(part, &unbracketed), text),
                (Rule::Kanji(part, level), _) => kanji_level(level, part_of(part, &unbracketed), text),
                _ => unreachable!("these levels share their preparation"),
            }
            if prepare::is_missing(text) { Err(Normalization::Missing) } else { Ok(()) }
        });
    }
}

/// The part of a prepared name that a kind is about.
fn part_of(part: NamePart, prepared: &str) -> &str {
    let halves = || prepare::parting(prepared).unwrap_or((prepared, prepared));
    match part {
        NamePart::Whole => prepared,
        NamePart::Family => halves().0,
        NamePart::Given => halves().1,
    }
}

fn kana_level(level: KanaLevel, prepared: &str, out: &mut String) {
    kana::eq(prepared, out);
    let mut zengin = String::new();
    if level != KanaLevel::Eq {
        kana::zengin(out, &mut zengin);
    }
    match level {
        KanaLevel::Eq => {}
        KanaLevel::Zengin => *out = zengin,
        KanaLevel::Dakuten => kana::dakuten(&zengin, out),
        KanaLevel::Phon => kana::phon(&zengin, out),
        KanaLevel::LongVowels => {
            kana::phon(&zengin, out);
            kana::longv(out, &mut zengin);
            *out = zengin;
        }
    }
}

fn kanji_level(level: KanjiLevel, prepared: &str, out: &mut String) {
    kanji::eq(prepared, out);
    let mut itaiji = String::new();
    if level != KanjiLevel::Eq {
        kanji::itaiji(out, &mut itaiji);
    }
    match level {
        KanjiLevel::Eq => {}
        KanjiLevel::Itaiji => *out = itaiji,
        KanjiLevel::ItaijiLoose => kanji::itaiji_loose(&itaiji, out),
    }
}
