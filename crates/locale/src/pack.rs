//! What a locale pack is.

use crate::form::{Form, Forms};
use crate::kind::Kind;
use crate::outcome::Normalization;

/// The relation of two values that are equal at no level ([`Pack::relation`]).
pub const UNEQUAL: &str = "ne";

/// A guessed reading of a name written in another script.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The reading, written as a value that the pack can normalize.
    pub text: String,
    /// Its probability, 0..=1, over all readings of the name that the pack proposes.
    pub probability: f64,
}

/// One culture's rules.
pub trait Pack: Sync {
    /// Name in linkage schemas, such as `en-Latn`.
    fn name(&self) -> &'static str;

    /// The tables behind the rules, as texts; a linkage schema can pin the SHA-256 of their concatenation.
    fn tables(&self) -> &'static [&'static str];

    /// The kinds that this pack knows.
    fn kinds(&self) -> &'static [Kind];

    /// The rule of a kind at a level, resolved once from their names.
    ///
    /// # Errors
    /// The reason, if there is no such kind or level.
    fn form(&self, kind: &str, level: &str) -> Result<Form, &'static str>;

    /// The rules of a kind at several levels, which may share work.
    ///
    /// # Errors
    /// The reason, if there is no such kind or one of the levels.
    fn forms(&self, kind: &str, levels: &[String]) -> Result<Forms, &'static str> {
        levels.iter().map(|level| self.form(kind, level)).collect::<Result<_, _>>().map(Forms::each)
    }

    /// Normalizes one value into `out`, which is cleared first; for many values resolve [`Pack::form`] once.
    /// Unknown names give [`Normalization::Invalid`].
    fn normalize(&self, kind: &str, level: &str, value: &str, out: &mut String) -> Normalization {
        match self.form(kind, level) {
            Ok(form) => form.normalize(value, out),
            Err(reason) => {
                out.clear();
                Normalization::Invalid(reason)
            }
        }
    }

    /// Whether a letter is of a script that the pack is for.
    fn writes(&self, letter: char) -> bool;

    /// The kind that a column most likely holds, by its header and some of its values; `None` if unclear.
    fn guess(&self, header: &str, values: &[&str]) -> Option<&'static str>;

    /// The canonical form for display: the tightest level unless the kind has another form; `valid` for a
    /// number whose check digit is right.
    fn canonical(&self, kind: &str, value: &str, out: &mut String) -> Normalization {
        canonical(self, kind, value, out)
    }

    /// The tightest level at which two values of a kind are equal, or another relation that the pack defines;
    /// [`UNEQUAL`] if there is none. Values that are missing or invalid are equal to nothing.
    fn relation(&self, kind: &str, a: &str, b: &str) -> &'static str {
        let levels = self.kind(kind).map_or(&[][..], |kind| kind.levels);
        let (mut left, mut right) = (String::new(), String::new());
        let equal = |level: &&&'static str| {
            self.normalize(kind, level, a, &mut left) == Normalization::Value
                && self.normalize(kind, level, b, &mut right) == Normalization::Value
                && left == right
        };
        levels.iter().find(equal).copied().unwrap_or(UNEQUAL)
    }

    /// Whether the pack knows how names are read.
    fn reads(&self) -> bool {
        false
    }

    /// The most probable readings of a name, at most `most`, by descending probability; empty if the pack has
    /// no model, or no data for the name.
    fn readings(&self, name: &str, most: usize) -> Vec<Reading> {
        let _ = (name, most);
        Vec::new()
    }

    /// The most probable readings of the part of a name that a kind is about (`protocols/02-ja.md` §9,
    /// parts), at most `most`, by descending probability; empty for other kinds.
    fn part_readings(&self, kind: &str, name: &str, most: usize) -> Vec<Reading> {
        let _ = (kind, name, most);
        Vec::new()
    }

    /// The kind with this name.
    fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds().iter().find(|kind| kind.name == name)
    }
}

/// The canonical form of kinds that have none of their own.
pub(crate) fn canonical<P: Pack + ?Sized>(
    pack: &P,
    kind: &str,
    value: &str,
    out: &mut String,
) -> Normalization {
    let known = pack.kind(kind);
    let outcome = pack.normalize(kind, known.map_or("", |kind| kind.levels[0]), value, out);
    if outcome == Normalization::Value && known.is_some_and(|kind| kind.checked) {
        out.clear();
        out.push_str("valid");
    }
    outcome
}
