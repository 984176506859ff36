//! Faults of a schema document, and the walk that collects all of them in one reading.

use std::fmt;

use serde_json::{Map, Value};

/// One thing wrong with a schema document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The place, as a JSON path from `$`.
    pub path: String,
    /// The problem.
    pub problem: String,
    /// The remedy: what to write instead.
    pub fix: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.problem, self.fix)
    }
}

/// A document that is not a valid schema: all its faults, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    faults: Vec<Fault>,
}

impl SchemaError {
    pub(crate) fn single(path: &str, problem: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { faults: vec![Fault { path: path.to_owned(), problem: problem.into(), fix: fix.into() }] }
    }

    /// Every fault, in document order.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SchemaError {}

/// Collects faults while a document is read; readers return `None` where they could not continue.
#[derive(Default)]
pub(crate) struct Walk {
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl Walk {
    pub(crate) fn fault(&mut self, path: &str, problem: impl Into<String>, fix: impl Into<String>) {
        self.faults.push(Fault { path: path.to_owned(), problem: problem.into(), fix: fix.into() });
    }

    /// Whether no fault has been found so far.
    pub(crate) const fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    pub(crate) fn warn(&mut self, path: &str, problem: impl Into<String>, fix: impl Into<String>) {
        self.warnings.push(Fault { path: path.to_owned(), problem: problem.into(), fix: fix.into() });
    }

    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<(T, Vec<Fault>), SchemaError> {
        match value {
            Some(value) if self.faults.is_empty() => Ok((value, self.warnings)),
            _ => Err(SchemaError { faults: self.faults }),
        }
    }

    /// Opens the object at `path`.
    pub(crate) fn object<'v>(&mut self, value: &'v Value, path: &str) -> Option<Object<'v>> {
        match value.as_object() {
            Some(members) => Some(Object { members, path: path.to_owned() }),
            None => {
                self.fault(path, format!("{} instead of an object", kind(value)), "write { … }");
                None
            }
        }
    }

    pub(crate) fn integer(
        &mut self,
        value: &Value,
        path: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Option<u64> {
        // 1024.0 and 1024 are the same JSON number (RFC 8785 writes both the same way).
        let whole = value.as_u64().or_else(|| {
            value
                .as_f64()
                .filter(|f| f.fract() == 0.0 && (0.0..=9_007_199_254_740_992.0).contains(f))
                .map(|f| f as u64)
        });
        let fix = format!("write a whole number from {} to {}", range.start(), range.end());
        match whole {
            Some(number) if range.contains(&number) => Some(number),
            Some(number) => {
                self.fault(path, format!("{number} is out of range"), fix);
                None
            }
            None => {
                self.fault(path, format!("{} instead of a whole number", kind(value)), fix);
                None
            }
        }
    }

    pub(crate) fn number(&mut self, value: &Value, path: &str, low: f64, high: f64) -> Option<f64> {
        let fix = format!("write a number from {low} to {high}");
        match value.as_f64() {
            Some(number) if number >= low && number <= high => Some(number),
            Some(number) => {
                self.fault(path, format!("{number} is out of range"), fix);
                None
            }
            None => {
                self.fault(path, format!("{} instead of a number", kind(value)), fix);
                None
            }
        }
    }

    pub(crate) fn text<'v>(&mut self, value: &'v Value, path: &str) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.fault(path, format!("{} instead of text", kind(value)), "write \"…\"");
        }
        text
    }

    pub(crate) fn boolean(&mut self, value: &Value, path: &str) -> Option<bool> {
        let boolean = value.as_bool();
        if boolean.is_none() {
            self.fault(path, format!("{} instead of true or false", kind(value)), "write true or false");
        }
        boolean
    }

    pub(crate) fn array<'v>(&mut self, value: &'v Value, path: &str) -> Option<&'v [Value]> {
        let array = value.as_array();
        if array.is_none() {
            self.fault(path, format!("{} instead of an array", kind(value)), "write [ … ]");
        }
        array.map(Vec::as_slice)
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// An object that is being read.
pub(crate) struct Object<'v> {
    members: &'v Map<String, Value>,
    path: String,
}

impl<'v> Object<'v> {
    pub(crate) fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    /// A member that may be absent; `null` counts as absent.
    pub(crate) fn optional(&self, key: &str) -> Option<(&'v Value, String)> {
        self.members.get(key).filter(|value| !value.is_null()).map(|value| (value, self.path(key)))
    }

    /// A required member.
    pub(crate) fn required(&self, walk: &mut Walk, key: &str, fix: &str) -> Option<(&'v Value, String)> {
        let found = self.optional(key);
        if found.is_none() {
            walk.fault(&self.path(key), "this member is missing", fix);
        }
        found
    }

    /// Reports every member that is not among `known`.
    pub(crate) fn only(&self, walk: &mut Walk, known: &[&str]) {
        for key in self.members.keys().filter(|key| !known.contains(&key.as_str())) {
            walk.fault(
                &self.path(key),
                "unknown member",
                format!("remove it; known here: {}", known.join(", ")),
            );
        }
    }

    pub(crate) fn integer_or(
        &self,
        walk: &mut Walk,
        key: &str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> Option<u64> {
        match self.optional(key) {
            Some((value, path)) => walk.integer(value, &path, range),
            None => Some(default),
        }
    }

    pub(crate) fn number_or(
        &self,
        walk: &mut Walk,
        key: &str,
        (low, high): (f64, f64),
        default: f64,
    ) -> Option<f64> {
        match self.optional(key) {
            Some((value, path)) => walk.number(value, &path, low, high),
            None => Some(default),
        }
    }

    pub(crate) fn text(&self, walk: &mut Walk, key: &str, fix: &str) -> Option<&'v str> {
        let (value, path) = self.required(walk, key, fix)?;
        walk.text(value, &path)
    }

    pub(crate) fn boolean_or(&self, walk: &mut Walk, key: &str, default: bool) -> Option<bool> {
        match self.optional(key) {
            Some((value, path)) => walk.boolean(value, &path),
            None => Some(default),
        }
    }
}
