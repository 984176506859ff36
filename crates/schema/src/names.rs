//! What documents of several kinds say in one way: names, pack, statute.

use crate::digest::SchemaDigest;
use crate::fault::{Object, Walk};

/// Names become part of key labels and column names: letters, digits, `_`, `-`, at most 64.
pub(crate) fn identifier(object: &Object<'_>, walk: &mut Walk, key: &str) -> Option<String> {
    let text = object.text(walk, key, "give it a name")?;
    let fine = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(fine) {
        walk.fault(&object.path(key), "not a usable name", "use 1 to 64 ASCII letters, digits, `_` or `-`");
        return None;
    }
    Some(text.to_owned())
}

/// Paths of names that also occur earlier in the list at `path`.
pub(crate) fn paths_of_repeated<'p>(names: &'p [&str], path: &'p str) -> impl Iterator<Item = String> + 'p {
    let repeated = |index: &usize| names[..*index].contains(&names[*index]);
    (0..names.len()).filter(repeated).map(move |index| format!("{path}[{index}].name"))
}

/// `Some(None)` if the document states none.
pub(crate) fn read_statutory_basis(root: &Object<'_>, walk: &mut Walk) -> Option<Option<String>> {
    match root.optional("statutoryBasis") {
        Some((basis, path)) => walk.text(basis, &path).map(|basis| Some(basis.to_owned())),
        None => Some(None),
    }
}

pub(crate) fn read_locale(root: &Object<'_>, walk: &mut Walk) -> Option<(String, Option<SchemaDigest>)> {
    let (value, path) = root.required(walk, "locale", "write \"locale\": { \"pack\": \"en-Latn\" }")?;
    let locale = walk.object(value, &path)?;
    locale.only(walk, &["pack", "digest"]);
    let pack = locale.text(walk, "pack", "name the locale pack, such as \"en-Latn\"")?.to_owned();
    let digest = match locale.optional("digest") {
        None => None,
        Some((value, path)) => {
            let digest = SchemaDigest::from_hex(walk.text(value, &path)?);
            if digest.is_none() {
                walk.fault(&path, "not a SHA-256 digest", "write 64 hexadecimal digits or remove the member");
            }
            Some(digest?)
        }
    };
    Some((pack, digest))
}
