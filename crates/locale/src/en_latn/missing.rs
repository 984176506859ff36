//! Folding, and values that stand for none.

use crate::en_latn::fold::{Wildcards, fold};
use crate::en_latn::tables::{Holder, tables};
use crate::outcome::Normalization;

/// An `Err` holds the reason why there is no value; `Ok` with an empty text means a missing value.
pub(crate) type Normalized = Result<(), Normalization>;

/// Folds a text of Latin letters for another pack.
pub(crate) fn fold_text(value: &str, out: &mut String) -> Result<(), &'static str> {
    fold(value, Wildcards::Marks, out)
}

pub(crate) fn fold_or_missing(
    holder: Holder,
    wildcards: Wildcards,
    value: &str,
    out: &mut String,
) -> Normalized {
    fold(value, wildcards, out).map_err(Normalization::Invalid)?;
    missing_if_placeholder(holder, out)
}

pub(crate) fn missing_if_placeholder(holder: Holder, folded: &str) -> Normalized {
    if tables().is_placeholder(holder, folded) { Err(Normalization::Missing) } else { Ok(()) }
}
