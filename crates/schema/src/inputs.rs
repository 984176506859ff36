//! Where the values of a field come from (`protocols/01-linkage-schema.md` §2.4).

use serde_json::Value;

use crate::fault::{Object, Walk};
use crate::names::identifier;

const MAX_INPUTS: usize = 64;
const MAX_COLUMNS: usize = 8;
const MAX_READINGS: u64 = 16;

/// Columns of a custodian's table that hold one thing, such as a person's name or addresses.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Input {
    /// Name of the input; a field's column if it names no input.
    pub name: String,
    /// The columns, in order. A table may lack some of them.
    pub columns: Vec<InputColumn>,
    /// Which values count.
    pub take: Take,
}

/// A column of an input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InputColumn {
    /// Name of the column.
    pub column: String,
    /// Kind of its values, where it differs from the field's.
    pub kind: Option<String>,
    /// For names that are compared by their readings: how many readings are taken.
    pub readings: Option<Readings>,
    /// Whether it counts only where no column before it has a value.
    pub fallback: bool,
}

/// How many readings of a name are taken.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Readings {
    /// Maximum number of readings.
    pub most: usize,
    /// No further reading is taken once those before it have this total probability.
    pub mass: f64,
}

/// Which values of an input count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// The first one present.
    First,
    /// Every one present, as alternatives.
    All,
}

impl Input {
    pub(crate) fn of_column(column: String) -> Self {
        let columns =
            vec![InputColumn { column: column.clone(), kind: None, readings: None, fallback: false }];
        Self { name: column, columns, take: Take::First }
    }

    /// Whether a record can have several values of this input.
    #[must_use]
    pub fn has_alternatives(&self) -> bool {
        let readings = |column: &InputColumn| column.readings.is_some_and(|readings| readings.most > 1);
        self.columns.iter().any(readings) || (self.take == Take::All && self.columns.len() > 1)
    }
}

/// The inputs of the document, without the ones implied by fields.
pub(crate) fn read_inputs(root: &Object<'_>, walk: &mut Walk) -> Option<Vec<Input>> {
    let Some((value, path)) = root.optional("inputs") else { return Some(Vec::new()) };
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_INPUTS {
        walk.fault(&path, format!("{} inputs", items.len()), format!("list 1 to {MAX_INPUTS} inputs"));
        return None;
    }
    let mut inputs: Vec<Input> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let input = read_input(item, &path, walk)?;
        if inputs.iter().any(|earlier| earlier.name == input.name) {
            walk.fault(&format!("{path}.name"), "two inputs have this name", "give each input its own name");
            return None;
        }
        inputs.push(input);
    }
    Some(inputs)
}

fn read_input(value: &Value, path: &str, walk: &mut Walk) -> Option<Input> {
    let object = walk.object(value, path)?;
    object.only(walk, &["name", "columns", "take"]);
    let name = identifier(&object, walk, "name");
    let take = match object.optional("take") {
        None => Some(Take::First),
        Some((value, path)) => match walk.text(value, &path)? {
            "first" => Some(Take::First),
            "all" => Some(Take::All),
            _ => {
                walk.fault(&path, "unknown way to take values", "write \"first\" or \"all\"");
                None
            }
        },
    };
    let (value, path) = object.required(walk, "columns", "list the columns that may hold the values")?;
    let items = walk.array(value, &path)?;
    if items.is_empty() || items.len() > MAX_COLUMNS {
        walk.fault(&path, format!("{} columns", items.len()), format!("list 1 to {MAX_COLUMNS} columns"));
        return None;
    }
    let mut columns: Vec<InputColumn> = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        let path = format!("{path}[{index}]");
        let column = read_column(item, &path, walk)?;
        if columns.is_empty() && column.fallback {
            let fix = "list the columns that it replaces before it, or remove it";
            walk.fault(&format!("{path}.fallback"), "no column comes before this one", fix);
        }
        if columns.iter().any(|earlier| earlier.column == column.column) {
            walk.fault(&format!("{path}.column"), "listed twice", "list a column once");
        }
        columns.push(column);
    }
    Some(Input { name: name?, columns, take: take? })
}

fn read_column(value: &Value, path: &str, walk: &mut Walk) -> Option<InputColumn> {
    let object = walk.object(value, path)?;
    object.only(walk, &["column", "kind", "readings", "mass", "fallback"]);
    let column = object.text(walk, "column", "name a column")?.to_owned();
    let kind = match object.optional("kind") {
        Some((value, path)) => Some(walk.text(value, &path)?.to_owned()),
        None => None,
    };
    let mass = object.number_or(walk, "mass", (0.01, 1.0), 0.98)?;
    let readings = match object.optional("readings") {
        Some((value, path)) => {
            let most = walk.integer(value, &path, 1..=MAX_READINGS)? as usize;
            Some(Readings { most, mass })
        }
        None => {
            if let Some((_, path)) = object.optional("mass") {
                walk.fault(&path, "mass without readings", "add \"readings\", or remove it");
            }
            None
        }
    };
    let fallback = object.boolean_or(walk, "fallback", false)?;
    Some(InputColumn { column, kind, readings, fallback })
}
