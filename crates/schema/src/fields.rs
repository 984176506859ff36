//! Fields and the features taken from their values.

use serde_json::Value;

use crate::fault::{Object, Walk};
use crate::inputs::Input;
use crate::names::{identifier, paths_of_repeated};

const MAX_FIELDS: usize = 64;
const MAX_FEATURES: usize = 8;

/// One field of the linkage.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Field {
    /// Name of the field.
    pub name: String,
    /// Where the values come from: an index into [`TokenSchema::inputs`](crate::TokenSchema::inputs).
    pub input: usize,
    /// Kind of value, known to the locale pack (`surname`, `date`, …).
    pub kind: String,
    /// Level of the pack at which values are compared; the pack's default if absent.
    pub level: Option<String>,
    /// Share of the filter, relative to the other fields of a view. Positive.
    pub weight: f64,
    /// Fields of one key group hash equal features to equal positions. The field's name by default.
    pub key_group: String,
    /// Features taken from a value.
    pub features: Vec<Feature>,
    /// Values that mean "missing", besides the empty one; compared before normalization, trimmed.
    pub missing: Vec<String>,
}

/// A kind of feature taken from a normalized value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Feature {
    /// `n`-grams of code points.
    Ngram {
        /// Code points in a gram, 1..=4.
        n: u8,
        /// Whether a gram carries its position, so that equal digits at different places differ.
        positional: bool,
        /// Whether the value is padded with `n − 1` blanks at both ends.
        padded: bool,
        /// Positions (from 0) of the grams that are taken; all if empty.
        positions: Vec<u16>,
    },
    /// The whole value as one feature.
    Exact,
}

pub(crate) fn read_fields(
    root: &Object<'_>,
    walk: &mut Walk,
    inputs: Option<Vec<Input>>,
) -> Option<(Vec<Input>, Vec<Field>)> {
    let mut inputs = inputs?;
    let (value, path) = root.required(walk, "fields", "list the fields to compare")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_FIELDS {
        walk.fault(&path, format!("{} fields", items.len()), format!("list 1 to {MAX_FIELDS} fields"));
        return None;
    }
    let read: Vec<Option<Field>> = items
        .iter()
        .enumerate()
        .map(|(index, item)| read_field(item, &format!("{path}[{index}]"), walk, &mut inputs))
        .collect();
    let fields: Vec<Field> = read.into_iter().collect::<Option<_>>()?;
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    for path in paths_of_repeated(&names, &path) {
        walk.fault(&path, "two fields have this name", "give each field its own name");
    }
    for index in (0..inputs.len()).filter(|input| fields.iter().all(|field| field.input != *input)) {
        walk.fault(&format!("$.inputs[{index}]"), "no field takes its values from it", "remove it");
    }
    Some((inputs, fields))
}

fn read_field(value: &Value, path: &str, walk: &mut Walk, inputs: &mut Vec<Input>) -> Option<Field> {
    let object = walk.object(value, path)?;
    object.only(
        walk,
        &["name", "input", "column", "kind", "level", "weight", "keyGroup", "features", "missing"],
    );
    let name = identifier(&object, walk, "name");
    let kind = object.text(walk, "kind", "say what the values are, such as \"surname\" or \"date\"");
    let weight = object.number_or(walk, "weight", (0.001, 1000.0), 1.0);
    let features = read_features(&object, walk);
    let missing = read_missing(&object, walk)?;
    let level = optional(&object, walk, "level");
    let key_group = match object.optional("keyGroup") {
        Some(_) => Some(identifier(&object, walk, "keyGroup")?),
        None => None,
    };
    let name = name?;
    let input = input_named(&object, walk, &name, inputs)?;
    Some(Field {
        input,
        kind: kind?.to_owned(),
        level,
        weight: weight?,
        key_group: key_group.unwrap_or_else(|| name.clone()),
        features: features?,
        missing,
        name,
    })
}

fn optional(object: &Object<'_>, walk: &mut Walk, key: &str) -> Option<String> {
    let (value, path) = object.optional(key)?;
    walk.text(value, &path).map(str::to_owned)
}

/// Values that mean "missing".
pub(crate) fn read_missing(object: &Object<'_>, walk: &mut Walk) -> Option<Vec<String>> {
    let mut missing = Vec::new();
    if let Some((value, path)) = object.optional("missing") {
        for (index, item) in walk.array(value, &path)?.iter().enumerate() {
            missing.extend(walk.text(item, &format!("{path}[{index}]")).map(str::to_owned));
        }
    }
    Some(missing)
}

/// Where the item named `name` takes its values from: its input, or its column, which defaults to the name.
pub(crate) fn input_named(
    object: &Object<'_>,
    walk: &mut Walk,
    name: &str,
    inputs: &mut Vec<Input>,
) -> Option<usize> {
    let (named, column) = (optional(object, walk, "input"), optional(object, walk, "column"));
    // The value is not text, which is already reported.
    let faulty = |key: &str, read: &Option<String>| object.optional(key).is_some() && read.is_none();
    if faulty("input", &named) || faulty("column", &column) {
        return None;
    }
    match (named, column) {
        (Some(_), Some(_)) => {
            walk.fault(&object.path("column"), "both an input and a column", "keep one of the two");
            None
        }
        (Some(named), None) => {
            let found = inputs.iter().position(|input| input.name == named);
            if found.is_none() {
                walk.fault(&object.path("input"), "no input has this name", "list it in $.inputs");
            }
            found
        }
        (None, column) => Some(input_of_column(column.unwrap_or_else(|| name.to_owned()), inputs)),
    }
}

/// The input that consists of this column alone; added if missing.
fn input_of_column(column: String, inputs: &mut Vec<Input>) -> usize {
    let wanted = Input::of_column(column);
    inputs.iter().position(|input| *input == wanted).unwrap_or_else(|| {
        inputs.push(wanted);
        inputs.len() - 1
    })
}

pub(crate) fn read_features(object: &Object<'_>, walk: &mut Walk) -> Option<Vec<Feature>> {
    let fix = "write \"features\": [{ \"type\": \"ngram\", \"n\": 2 }]";
    let (value, path) = object.required(walk, "features", fix)?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_FEATURES {
        walk.fault(&path, format!("{} features", items.len()), format!("list 1 to {MAX_FEATURES}"));
        return None;
    }
    let mut features = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let feature = walk.object(item, &path)?;
        let fix = "write \"ngram\" or \"exact\"";
        let read = match feature.text(walk, "type", fix)? {
            "ngram" => read_ngram(&feature, walk)?,
            "exact" => {
                feature.only(walk, &["type"]);
                Feature::Exact
            }
            _ => {
                walk.fault(&feature.path("type"), "unknown type of feature", fix);
                return None;
            }
        };
        features.push(read);
    }
    Some(features)
}

fn read_ngram(feature: &Object<'_>, walk: &mut Walk) -> Option<Feature> {
    feature.only(walk, &["type", "n", "positional", "padded", "positions"]);
    let n = feature.integer_or(walk, "n", 1..=4, 2)? as u8;
    let positional = feature.boolean_or(walk, "positional", false)?;
    let padded = feature.boolean_or(walk, "padded", true)?;
    let mut positions = Vec::new();
    if let Some((value, path)) = feature.optional("positions") {
        for (index, item) in walk.array(value, &path)?.iter().enumerate() {
            let position = walk.integer(item, &format!("{path}[{index}]"), 0..=4095)? as u16;
            positions.push(position);
        }
    }
    Some(Feature::Ngram { n, positional, padded, positions })
}
