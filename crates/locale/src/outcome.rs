//! What comes of normalizing a value.

/// Stands for an unknown character in a normalized value; q-grams that contain it are masked.
pub const WILDCARD: char = '\u{FFFD}';

/// Longest value that is normalized, in bytes. Longer ones are [`Normalization::Invalid`].
pub const MAX_VALUE_BYTES: usize = 4096;

pub(crate) const CONTROL_CHARACTER: &str = "control character";
pub(crate) const TOO_LONG: &str = "longer than 4096 bytes";
pub(crate) const UNKNOWN_KIND: &str = "unknown kind";
pub(crate) const UNKNOWN_LEVEL: &str = "unknown level";

/// The result of normalizing a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Normalization {
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
    pub(crate) texts: Vec<String>,
    pub(crate) outcomes: Vec<Normalization>,
}

impl LevelTexts {
    pub(crate) fn begin(&mut self, levels: usize) {
        self.texts.resize_with(levels.max(self.texts.len()), String::new);
        self.outcomes.clear();
        self.outcomes.resize(levels, Normalization::Missing);
    }

    /// The outcome at the level with this number.
    ///
    /// # Panics
    /// If there is no such level.
    #[must_use]
    pub fn outcome(&self, level: usize) -> Normalization {
        self.outcomes[level]
    }

    /// The text at the level with this number, where there is one.
    ///
    /// # Panics
    /// If there is no such level.
    #[must_use]
    pub fn text(&self, level: usize) -> Option<&str> {
        (self.outcomes[level] == Normalization::Value).then(|| self.texts[level].as_str())
    }
}

/// The outcome for the text in `out`, which is cleared if there is no value.
pub(crate) fn outcome(written: Result<(), Normalization>, out: &mut String) -> Normalization {
    let outcome = match written {
        Ok(()) if out.is_empty() => Normalization::Missing,
        Ok(()) if out.len() > MAX_VALUE_BYTES => Normalization::Invalid(TOO_LONG),
        Ok(()) => Normalization::Value,
        Err(outcome) => outcome,
    };
    if outcome != Normalization::Value {
        out.clear();
    }
    outcome
}
