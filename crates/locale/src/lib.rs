//! Locale packs: from values as written to values that can be compared.
//!
//! Normative text: `protocols/02-normalisation.md`, `02-ja.md` and `02-de.md`. A pack knows kinds of values (a
//! surname, a date, …) and, for each, levels from tight to loose. Levels replace one all-purpose key: two
//! values are compared at the level in the linkage schema.

#![forbid(unsafe_code)]

mod date_errors;
mod de_latn;
mod en_latn;
mod form;
mod ja;
mod kind;
#[cfg(test)]
mod laws;
mod levels;
mod outcome;
mod pack;

pub use date_errors::{day_after, day_month_exchanged};
pub use de_latn::DeLatn;
pub use en_latn::EnLatn;
pub use form::{Form, Forms};
pub use ja::{Ja, names as ja_names, readings as ja_readings};
pub use kind::{Kind, Role};
pub use outcome::{LevelTexts, MAX_VALUE_BYTES, Normalization, WILDCARD};
pub use pack::{Pack, Reading, UNEQUAL};

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
