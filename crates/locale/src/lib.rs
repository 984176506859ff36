//! Locale packs: from what people write down to values that can be compared.
//!
//! Normative text: `protocols/02-normalisation.md`. A pack knows kinds of values (a surname, a date, …) and,
//! for each, levels from tight to loose. Levels replace one all-purpose key: two values are compared at the
//! level that the linkage schema names.

mod en_latn;

pub use en_latn::EnLatn;

/// Stands in a normalised value for a character that nobody knows; q-grams that hold it are masked.
pub const WILDCARD: char = '\u{FFFD}';

/// Longest value that is normalised, in bytes. Longer ones are [`Outcome::Invalid`].
pub const MAX_VALUE_BYTES: usize = 4096;

/// A kind of value that a pack can normalise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Name in linkage schemas.
    pub name: &'static str,
    /// What values of this kind are, in a few words.
    pub description: &'static str,
    /// Levels from tight to loose.
    pub levels: &'static [&'static str],
    /// The level that a schema gets when it names none; one of `levels`.
    pub default_level: &'static str,
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The normalised value is in the output; it is not empty.
    Value,
    /// There is no value: empty, or a placeholder such as "unknown".
    Missing,
    /// A value was given but cannot be one of this kind; the reason names no value.
    Invalid(&'static str),
}

/// One culture's rules.
pub trait Pack: Sync {
    /// Name in linkage schemas, such as `en-Latn`.
    fn name(&self) -> &'static str;

    /// The tables behind the rules, as text; their SHA-256 can be pinned in a linkage schema.
    fn tables(&self) -> &'static str;

    /// The kinds that this pack knows.
    fn kinds(&self) -> &'static [Kind];

    /// Normalises `value` into `out`, which is cleared first. Normalising a result again gives that result.
    ///
    /// `kind` and `level` are names from [`Pack::kinds`]; an unknown name gives [`Outcome::Invalid`].
    fn normalise(&self, kind: &str, level: &str, value: &str, out: &mut String) -> Outcome;

    /// The kind that a column most likely holds, by its header and some of its values; `None` if unclear.
    fn guess(&self, header: &str, values: &[&str]) -> Option<&'static str>;

    /// The kind with this name.
    fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds().iter().find(|kind| kind.name == name)
    }
}

/// Every pack of this build.
#[must_use]
pub fn packs() -> &'static [&'static dyn Pack] {
    &[&EnLatn]
}

/// The pack with this name.
#[must_use]
pub fn pack(name: &str) -> Option<&'static dyn Pack> {
    packs().iter().copied().find(|pack| pack.name() == name)
}
