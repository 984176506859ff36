//! Pack `de-Latn`: conventions of German-speaking registries that differ from English-speaking ones.
//!
//! Normative text: `protocols/02-de.md`. A pack may build on another: this one spells out umlauts, has its
//! own words, and leaves the rest to `en-Latn`. `CONTRIBUTING.md` uses it as the example for adding a locale.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rphonetic::{Cologne, Encoder as _};
use unicode_normalization::UnicodeNormalization as _;

use crate::en_latn::{EnLatn, fold_text, lines};
use crate::form::Form;
use crate::kind::{Kind, Role, kind};
use crate::levels::levels;
use crate::outcome::{MAX_VALUE_BYTES, Normalization, TOO_LONG, UNKNOWN_KIND, UNKNOWN_LEVEL, WILDCARD};
use crate::pack::Pack;

#[cfg(test)]
mod tests;

const TEXT: &str = include_str!("de_latn/tables.txt");

/// The pack.
#[derive(Debug, Clone, Copy)]
pub struct DeLatn;

const NAME: &[&str] = &["exact", "digraph", "base", "cologne"];

const KINDS: &[Kind] = &[
    kind("given_name", "given names, without the surname", NAME, "digraph").role(Role::GivenName),
    kind("surname", "surname or family name", NAME, "digraph").role(Role::FamilyName),
    kind("date", "calendar date, such as a date of birth", &["day", "month", "year"], "day").role(Role::Date),
    kind("postcode", "postal code of Germany, Austria or Switzerland", &["full", "region"], "full")
        .role(Role::Postcode),
    kind("place", "town", &["exact", "digraph", "base"], "digraph").role(Role::Place),
    kind("address", "street and house", &["exact", "digraph", "base"], "digraph").role(Role::Street),
    kind("sex", "sex as a code or word", &["code"], "code").role(Role::Sex),
    kind("email", "e-mail address", &["exact"], "exact").role(Role::Email),
    kind("text", "any other text", &["exact", "folded"], "exact"),
];

/// Sections of the tables: what a line begins with, and its last word.
static TABLES: LazyLock<BTreeMap<(&str, &str), &str>> = LazyLock::new(|| {
    let mut tables = BTreeMap::new();
    for (section, line) in lines(TEXT) {
        match section {
            "title" => tables.extend(line.split(' ').map(|word| ((section, word), ""))),
            "placeholder" => drop(tables.insert((section, line), "")),
            _ => tables.extend(line.rsplit_once(' ').map(|(key, to)| ((section, key), to))),
        }
    }
    tables
});

fn in_table(section: &'static str, key: &str) -> Option<&'static str> {
    TABLES.get(&(section, key)).copied()
}

impl Pack for DeLatn {
    fn name(&self) -> &'static str {
        "de-Latn"
    }

    fn tables(&self) -> &'static [&'static str] {
        // The parts left to the other pack depend on that pack's tables, too.
        static BOTH: LazyLock<Vec<&'static str>> = LazyLock::new(|| [&[TEXT], EnLatn.tables()].concat());
        &BOTH
    }

    fn kinds(&self) -> &'static [Kind] {
        KINDS
    }

    fn form(&self, kind: &str, level: &str) -> Result<Form, &'static str> {
        let known = self.kind(kind).ok_or(UNKNOWN_KIND)?;
        if !known.levels.contains(&level) {
            return Err(UNKNOWN_LEVEL);
        }
        let english = |level: &str| EnLatn.form(kind, level);
        let unknown = || UNKNOWN_LEVEL;
        Ok(match kind {
            "text" | "email" => return english(level),
            "date" => {
                let date = english(level)?;
                form(move |value, out| date.normalize(&with_english_months(value), out))
            }
            "sex" => form(sex),
            "postcode" => {
                let (level, full) = (PostcodeLevel::named(level).ok_or_else(unknown)?, english("full")?);
                form(move |value, out| postcode(&full, level, value, out))
            }
            _ => {
                let text = Text {
                    exact: english("exact")?,
                    folded: english("folded")?,
                    is_name: kind.ends_with("name"),
                };
                let level = TextLevel::named(level).ok_or_else(unknown)?;
                form(move |value, out| text.write(level, value, out))
            }
        })
    }

    fn writes(&self, letter: char) -> bool {
        EnLatn.writes(letter)
    }

    fn guess(&self, header: &str, _: &[&str]) -> Option<&'static str> {
        let mut folded = String::new();
        fold_text(&spelled_out(header), &mut folded).ok()?;
        in_table("header", &folded)
    }
}

/// NFC, umlauts spelled out; folding would remove their dots.
fn spelled_out(value: &str) -> String {
    let (mut text, mut key) = (String::with_capacity(value.len()), [0; 4]);
    for character in value.nfc() {
        match in_table("spelled-out", character.encode_utf8(&mut key)) {
            Some(letters) => text.push_str(letters),
            None => text.push(character),
        }
    }
    text
}

levels! {
    /// Levels of names and other texts.
    TextLevel { Exact = "exact", Digraph = "digraph", Base = "base", Cologne = "cologne" }
}

levels! {
    /// Levels of postal codes.
    PostcodeLevel { Full = "full", Region = "region" }
}

/// A form of values of at most [`MAX_VALUE_BYTES`], which clears what has no value.
fn form(rule: impl Fn(&str, &mut String) -> Normalization + Send + Sync + 'static) -> Form {
    Form::new(move |value, out| {
        out.clear();
        if value.len() > MAX_VALUE_BYTES {
            return Normalization::Invalid(TOO_LONG);
        }
        let outcome = rule(value, out);
        if outcome != Normalization::Value {
            out.clear();
        }
        outcome
    })
}

/// A text, by the other pack's forms of its kind.
struct Text {
    exact: Form,
    folded: Form,
    is_name: bool,
}

impl Text {
    fn write(&self, level: TextLevel, value: &str, out: &mut String) -> Normalization {
        // A placeholder counts as missing at every level.
        let digraph = self.digraph(&spelled_out(value), out);
        if digraph != Normalization::Value {
            return digraph;
        }
        match level {
            TextLevel::Exact => self.exact.normalize(value, out),
            TextLevel::Digraph => Normalization::Value,
            TextLevel::Base => {
                // ä, ae and a become equal: an E after A, O or U is dropped.
                let mut base = String::with_capacity(out.len());
                for letter in out.chars() {
                    if letter != 'E' || !base.ends_with(['A', 'O', 'U']) {
                        base.push(letter);
                    }
                }
                self.digraph(&base, out)
            }
            TextLevel::Cologne => {
                if out.contains(WILDCARD) {
                    return Normalization::Missing;
                }
                // Digits alone are a code already.
                if !out.bytes().all(|byte| byte.is_ascii_digit()) {
                    out.retain(|letter| letter.is_ascii_uppercase());
                    *out = Cologne.encode(out);
                }
                if out.is_empty() { Normalization::Missing } else { Normalization::Value }
            }
        }
    }

    /// Level `digraph` of a text whose umlauts are spelled out.
    fn digraph(&self, text: &str, out: &mut String) -> Normalization {
        let outcome = self.folded.normalize(text, out);
        if outcome != Normalization::Value {
            return outcome;
        }
        let is_title = |part: &&str| self.is_name && in_table("title", part).is_some();
        let rest: Vec<&str> = out.split(' ').filter(|part| !is_title(part)).collect();
        if !rest.is_empty() && rest.len() < out.split(' ').count() {
            // The result may be a placeholder.
            return self.digraph(&rest.join(" "), out);
        }
        if in_table("placeholder", out).is_some() { Normalization::Missing } else { Normalization::Value }
    }
}

/// A date with the months' German names replaced.
fn with_english_months(value: &str) -> String {
    let (mut date, mut word) = (String::new(), String::new());
    for character in spelled_out(value).chars().chain(['\0']) {
        if character.is_alphabetic() {
            word.extend(character.to_uppercase());
            continue;
        }
        date.push_str(in_table("month", &word).unwrap_or(&word));
        word.clear();
        date.push(character);
    }
    date.pop();
    date
}

fn sex(value: &str, out: &mut String) -> Normalization {
    if let Err(reason) = fold_text(&spelled_out(value), out) {
        return Normalization::Invalid(reason);
    }
    match in_table("sex", out) {
        _ if out.chars().all(|character| character == ' ' || character == WILDCARD) => Normalization::Missing,
        _ if in_table("placeholder", out).is_some() => Normalization::Missing,
        None => Normalization::Invalid("not a sex code"),
        Some("-") => Normalization::Missing,
        Some(code) => {
            out.clear();
            out.push_str(code);
            Normalization::Value
        }
    }
}

/// Five digits in Germany, four in Austria and Switzerland; a preceding country code is dropped.
fn postcode(full: &Form, level: PostcodeLevel, value: &str, out: &mut String) -> Normalization {
    let outcome = full.normalize(value, out);
    if outcome != Normalization::Value {
        return outcome;
    }
    let bare = out.trim_start_matches(|letter: char| letter.is_ascii_uppercase()).to_owned();
    if bare.len() < out.len() {
        return postcode(full, level, &bare, out);
    }
    let digit = |character: char| character.is_ascii_digit() || character == WILDCARD;
    let length = out.chars().count();
    if !(4..=5).contains(&length) || !out.chars().all(digit) {
        return Normalization::Invalid("not a postcode");
    }
    if level == PostcodeLevel::Region {
        *out = out.chars().take(2).chain(std::iter::repeat_n(WILDCARD, length - 2)).collect();
    }
    if out.chars().all(|character| character == WILDCARD) {
        Normalization::Missing
    } else {
        Normalization::Value
    }
}
