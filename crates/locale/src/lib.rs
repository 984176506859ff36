//! Locale packs: from values as written to values that can be compared.
//!
//! Normative text: `protocols/02-normalisation.md` and `protocols/02-ja.md`. A pack knows kinds of values (a
//! surname, a date, …) and, for each, levels from tight to loose. Levels replace one all-purpose key: two
//! values are compared at the level in the linkage schema.

#![forbid(unsafe_code)]

mod de_latn;
mod en_latn;
mod ja;
#[cfg(test)]
mod laws;
mod slips;

pub use de_latn::DeLatn;
pub use en_latn::EnLatn;
pub use ja::{Ja, names as ja_names, readings as ja_readings};
pub use slips::{day_after, day_month_exchanged};

/// Stands for an unknown character in a normalized value; q-grams that contain it are masked.
pub const WILDCARD: char = '\u{FFFD}';

/// Longest value that is normalized, in bytes. Longer ones are [`Outcome::Invalid`].
pub const MAX_VALUE_BYTES: usize = 4096;

/// The relation of two values that are equal at no level ([`Pack::relation`]).
pub const UNEQUAL: &str = "ne";

const CONTROL_CHARACTER: &str = "control character";
const TOO_LONG: &str = "longer than 4096 bytes";
const UNKNOWN_KIND: &str = "unknown kind";
const UNKNOWN_LEVEL: &str = "unknown level";

/// A kind of value that a pack can normalize.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Name in linkage schemas.
    pub name: &'static str,
    /// A short description of its values.
    pub description: &'static str,
    /// Levels from tight to loose.
    pub levels: &'static [&'static str],
    /// The level that a schema gets when it names none; one of `levels`.
    pub default_level: &'static str,
    /// Whether values have a check digit; their canonical form is `valid`.
    pub checked: bool,
    /// The attribute of a person that values give.
    pub role: Role,
    /// Suitable lengths of q-grams: short words need single characters, too.
    pub grams: &'static [u8],
    /// Whether values are readings of a name, not its spelling.
    pub reading: bool,
    /// The kinds of family and given name into which a whole name can be split.
    pub parts: Option<[&'static str; 2]>,
}

/// The attribute of a person that a kind gives; `schema init` proposes a schema from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Family and given name together.
    FullName,
    /// Family name.
    FamilyName,
    /// Given names.
    GivenName,
    /// Date of birth.
    Date,
    /// Sex.
    Sex,
    /// A whole address.
    Address,
    /// Street and house; the town is in another column.
    Street,
    /// A town or region.
    Place,
    /// A postal code.
    Postcode,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// Anything else; never proposed for a schema.
    Other,
}

const fn kind(
    name: &'static str,
    description: &'static str,
    levels: &'static [&'static str],
    default_level: &'static str,
) -> Kind {
    let (role, grams) = (Role::Other, &[2]);
    Kind {
        name,
        description,
        levels,
        default_level,
        checked: false,
        role,
        grams,
        reading: false,
        parts: None,
    }
}

impl Kind {
    const fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    const fn grams(self, grams: &'static [u8]) -> Self {
        Self { grams, ..self }
    }

    const fn parts(self, family: &'static str, given: &'static str) -> Self {
        Self { parts: Some([family, given]), ..self }
    }

    /// Names as they are read.
    const fn read(self) -> Self {
        Self { reading: true, ..self }
    }

    /// Numbers with a check digit.
    const fn checked(self) -> Self {
        Self { checked: true, ..self }
    }
}

/// The result of normalizing a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The normalized value is in the output; it is not empty.
    Value,
    /// There is no value: empty, or a placeholder such as "unknown".
    Missing,
    /// The value is not valid for this kind; the reason does not contain the value.
    Invalid(&'static str),
}

/// A value at several levels.
#[derive(Debug, Clone, Default)]
pub struct LevelTexts {
    texts: Vec<String>,
    outcomes: Vec<Outcome>,
}

impl LevelTexts {
    fn begin(&mut self, levels: usize) {
        self.texts.resize_with(levels.max(self.texts.len()), String::new);
        self.outcomes.clear();
        self.outcomes.resize(levels, Outcome::Missing);
    }

    /// The outcome at the level with this number.
    ///
    /// # Panics
    /// If there is no such level.
    #[must_use]
    pub fn outcome(&self, level: usize) -> Outcome {
        self.outcomes[level]
    }

    /// The text at the level with this number, where there is one.
    ///
    /// # Panics
    /// If there is no such level.
    #[must_use]
    pub fn text(&self, level: usize) -> Option<&str> {
        (self.outcomes[level] == Outcome::Value).then(|| self.texts[level].as_str())
    }
}

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

    /// Normalizes `value` into `out`, which is cleared first. Normalizing is idempotent.
    ///
    /// `kind` and `level` are names from [`Pack::kinds`]; an unknown name gives [`Outcome::Invalid`].
    fn normalise(&self, kind: &str, level: &str, value: &str, out: &mut String) -> Outcome;

    /// Normalizes `value` at several levels of a kind, each as [`Pack::normalise`] does.
    fn normalise_at(&self, kind: &str, levels: &[String], value: &str, out: &mut LevelTexts) {
        out.begin(levels.len());
        for (number, level) in levels.iter().enumerate() {
            out.outcomes[number] = self.normalise(kind, level, value, &mut out.texts[number]);
        }
    }

    /// Whether a letter is of a script that the pack is for.
    fn writes(&self, letter: char) -> bool;

    /// The kind that a column most likely holds, by its header and some of its values; `None` if unclear.
    fn guess(&self, header: &str, values: &[&str]) -> Option<&'static str>;

    /// The canonical form for display: the tightest level unless the kind has another form; `valid` for a
    /// number whose check digit is right.
    fn canonical(&self, kind: &str, value: &str, out: &mut String) -> Outcome {
        canonical(self, kind, value, out)
    }

    /// The tightest level at which two values of a kind are equal, or another relation that the pack defines;
    /// [`UNEQUAL`] if there is none. Values that are missing or invalid are equal to nothing.
    fn relation(&self, kind: &str, a: &str, b: &str) -> &'static str {
        let levels = self.kind(kind).map_or(&[][..], |kind| kind.levels);
        let (mut left, mut right) = (String::new(), String::new());
        let equal = |level: &&&'static str| {
            self.normalise(kind, level, a, &mut left) == Outcome::Value
                && self.normalise(kind, level, b, &mut right) == Outcome::Value
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

/// The outcome for the text in `out`, which is cleared if there is no value.
fn outcome(written: Result<(), Outcome>, out: &mut String) -> Outcome {
    let outcome = match written {
        Ok(()) if out.is_empty() => Outcome::Missing,
        Ok(()) if out.len() > MAX_VALUE_BYTES => Outcome::Invalid(TOO_LONG),
        Ok(()) => Outcome::Value,
        Err(outcome) => outcome,
    };
    if outcome != Outcome::Value {
        out.clear();
    }
    outcome
}

/// The canonical form of kinds that have none of their own.
fn canonical<P: Pack + ?Sized>(pack: &P, kind: &str, value: &str, out: &mut String) -> Outcome {
    let known = pack.kind(kind);
    let outcome = pack.normalise(kind, known.map_or("", |kind| kind.levels[0]), value, out);
    if outcome == Outcome::Value && known.is_some_and(|kind| kind.checked) {
        out.clear();
        out.push_str("valid");
    }
    outcome
}

/// Every pack of this build.
#[must_use]
pub fn packs() -> &'static [&'static dyn Pack] {
    &[&EnLatn, &Ja, &DeLatn]
}

/// The pack with this name.
#[must_use]
pub fn pack(name: &str) -> Option<&'static dyn Pack> {
    packs().iter().copied().find(|pack| pack.name() == name)
}
