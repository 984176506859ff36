//! What a schema names, resolved once: columns, packs, kinds and levels.

use mizuhiki_locale::{Form, Pack, pack, packs};
use mizuhiki_schema::{Feature, Input, SchemaDigest};
use sha2::{Digest as _, Sha256};

use crate::error::EncodeError;

pub(crate) struct FieldPlan {
    pub(crate) name: String,
    /// Where its values come from: an index into [`TokenPlan::inputs`].
    pub(crate) input: usize,
    /// Kind of the values of each column of the input.
    pub(crate) kinds: Vec<String>,
    /// Their forms at the field's level.
    pub(crate) forms: Vec<Form>,
    pub(crate) level: String,
    pub(crate) group: u8,
    pub(crate) features: Vec<Feature>,
    pub(crate) missing: Vec<String>,
}

/// Columns of the inputs, each once.
pub(crate) fn columns_of(inputs: &[Input]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for column in inputs.iter().flat_map(|input| &input.columns) {
        if !columns.contains(&column.column) {
            columns.push(column.column.clone());
        }
    }
    columns
}

/// SHA-256 of a pack's tables, which a schema may pin (`protocols/01-linkage-schema.md` §2).
#[must_use]
pub fn tables_digest(pack: &dyn Pack) -> [u8; 32] {
    let mut hash = Sha256::new();
    pack.tables().iter().for_each(|text| hash.update(text.as_bytes()));
    hash.finalize().into()
}

/// The pack of a schema, if it supports the inputs.
pub(crate) fn resolve_pack(name: &str, inputs: &[Input]) -> Result<&'static dyn Pack, EncodeError> {
    let Some(pack) = pack(name) else {
        let known: Vec<&str> = packs().iter().map(|pack| pack.name()).collect();
        return Err(EncodeError::UnknownPack { pack: name.to_owned(), known: known.join(", ") });
    };
    let read_as_written = |(index, input): (usize, &Input)| {
        let column = input.columns.iter().position(|column| column.readings.is_some())?;
        Some(EncodeError::NoReadings { input: index, column, pack: pack.name().to_owned() })
    };
    match inputs.iter().enumerate().find_map(read_as_written) {
        Some(error) if !pack.reads() => Err(error),
        _ => Ok(pack),
    }
}

/// Checks that a pack's tables are those that the schema pins, if any.
pub(crate) fn check_tables(pack: &dyn Pack, pinned: Option<SchemaDigest>) -> Result<(), EncodeError> {
    let Some(pinned) = pinned else { return Ok(()) };
    let found = tables_digest(pack);
    if *pinned.as_bytes() == found {
        return Ok(());
    }
    let found = found.iter().map(|byte| format!("{byte:02x}")).collect();
    Err(EncodeError::PackDigest { pinned: pinned.to_string(), found })
}

/// Resolves `level` for a kind; `path` is their place in the schema.
pub(crate) fn resolve_level(
    pack: &dyn Pack,
    path: &dyn Fn() -> String,
    name: &str,
    level: Option<&str>,
) -> Result<String, EncodeError> {
    let Some(kind) = pack.kind(name) else {
        let known: Vec<&str> = pack.kinds().iter().map(|kind| kind.name).collect();
        return Err(EncodeError::UnknownKind {
            path: path().into(),
            pack: pack.name().to_owned(),
            kind: name.to_owned(),
            known: known.join(", "),
        });
    };
    let level = level.unwrap_or(kind.default_level);
    if !kind.levels.contains(&level) {
        return Err(EncodeError::UnknownLevel {
            path: path().into(),
            kind: name.to_owned(),
            level: level.to_owned(),
            known: kind.levels.join(", "),
        });
    }
    Ok(level.to_owned())
}

/// The form of a kind at a level, or of its default level.
pub(crate) fn resolve_form(
    pack: &dyn Pack,
    path: &dyn Fn() -> String,
    name: &str,
    level: &str,
) -> Result<Form, EncodeError> {
    let level = resolve_level(pack, path, name, Some(level))?;
    match pack.form(name, &level) {
        Ok(form) => Ok(form),
        Err(_) => unreachable!("a pack has a form of every kind at each of its levels"),
    }
}
