//! Members of a scenario, each read once; what is left over is unknown.

use std::cell::RefCell;

use mizuhiki_columnar::ColumnarError;
use toml::{Table, Value};

/// Why a scenario cannot be used. Messages name members, never values of tables.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Not TOML.
    #[error("line {line}: not TOML: {problem}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is expected there.
        problem: String,
    },
    /// A member is unknown, missing or invalid.
    #[error("{member}: {problem}; {fix}")]
    Member {
        /// Its path, such as `data.people`.
        member: String,
        /// The problem.
        problem: String,
        /// The remedy.
        fix: String,
    },
    /// A table cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
}

/// A member, named from the top of the scenario.
pub(crate) fn fault(
    member: impl Into<String>,
    problem: impl Into<String>,
    fix: impl Into<String>,
) -> ScenarioError {
    ScenarioError::Member { member: member.into(), problem: problem.into(), fix: fix.into() }
}

/// A table of the scenario.
pub(crate) struct Members<'t> {
    path: String,
    table: &'t Table,
    /// Members that were asked for.
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Members<'t> {
    pub(crate) fn top(table: &'t Table) -> Self {
        Self::new(String::new(), table)
    }

    fn new(path: String, table: &'t Table) -> Self {
        Self { path, table, known: RefCell::default() }
    }

    /// The path of a member.
    pub(crate) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    fn get(&self, name: &'static str) -> Option<&'t Value> {
        self.known.borrow_mut().push(name);
        self.table.get(name)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    fn wrong(&self, name: &str, fix: impl Into<String>) -> ScenarioError {
        fault(self.at(name), "not a value of this member", fix)
    }

    pub(crate) fn missing(&self, name: &str, fix: impl Into<String>) -> ScenarioError {
        fault(self.at(name), "missing", fix)
    }

    /// A table that is a member.
    pub(crate) fn table(&self, name: &'static str) -> Result<Option<Self>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let table = value.as_table().ok_or_else(|| self.wrong(name, format!("write [{}]", self.at(name))))?;
        Ok(Some(Self::new(self.at(name), table)))
    }

    /// A list of tables.
    pub(crate) fn tables(&self, name: &'static str) -> Result<Vec<Self>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let fix = || format!("write [[{}]] for each of them", self.at(name));
        let list = value.as_array().ok_or_else(|| self.wrong(name, fix()))?;
        let table = |(value, number): (&'t Value, usize)| {
            let path = format!("{}[{number}]", self.at(name));
            value.as_table().map(|table| Self::new(path, table)).ok_or_else(|| self.wrong(name, fix()))
        };
        list.iter().zip(1..).map(table).collect()
    }

    /// Every member of this table, which are names of its own and numbers from 0 to 1.
    pub(crate) fn rates(&self) -> Result<Vec<(String, f64)>, ScenarioError> {
        let rate = |(name, value): (&String, &Value)| {
            let number = to_number(value).filter(|number| (0.0..=1.0).contains(number));
            let number = number.ok_or_else(|| self.wrong(name, "write a number from 0 to 1"))?;
            Ok((name.clone(), number))
        };
        self.table.iter().map(rate).collect()
    }

    pub(crate) fn text(&self, name: &'static str) -> Result<Option<String>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().filter(|text| !text.is_empty());
        text.map(|text| Some(text.to_owned())).ok_or_else(|| self.wrong(name, "write a text in quotes"))
    }

    /// A list of texts.
    pub(crate) fn texts(&self, name: &'static str) -> Result<Vec<String>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let fix = "write a list of texts in quotes";
        let list = value.as_array().ok_or_else(|| self.wrong(name, fix))?;
        let text = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(|| self.wrong(name, fix));
        list.iter().map(text).collect()
    }

    /// A whole number from `low` to `high`.
    pub(crate) fn whole(
        &self,
        name: &'static str,
        low: i64,
        high: i64,
    ) -> Result<Option<i64>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_integer().filter(|number| (low..=high).contains(number));
        let fix = || format!("write a whole number from {low} to {high}");
        number.map(Some).ok_or_else(|| self.wrong(name, fix()))
    }

    /// A finite number.
    pub(crate) fn number(&self, name: &'static str) -> Result<Option<f64>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        to_number(value).map(Some).ok_or_else(|| self.wrong(name, "write a number"))
    }

    /// A number from 0 to 1.
    pub(crate) fn share(&self, name: &'static str) -> Result<Option<f64>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let share = to_number(value).filter(|number| (0.0..=1.0).contains(number));
        share.map(Some).ok_or_else(|| self.wrong(name, "write a number from 0 to 1"))
    }

    /// One of several words.
    pub(crate) fn word<T: Copy>(
        &self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Result<Option<T>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let found = value.as_str().and_then(|text| words.iter().find(|(word, _)| *word == text));
        found.map(|(_, of)| Some(*of)).ok_or_else(|| self.wrong(name, format!("write {}", choice(words))))
    }

    /// A list without repeats of what `read` takes; empty if absent.
    fn list<T: Copy + PartialEq>(
        &self,
        name: &'static str,
        items: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, ScenarioError> {
        let Some(value) = self.get(name) else { return Ok(Vec::new()) };
        let fix = || format!("write a list of {items}");
        let values = value.as_array().filter(|values| !values.is_empty());
        let read: Option<Vec<T>> = values.and_then(|values| values.iter().map(read).collect());
        let read = read.ok_or_else(|| self.wrong(name, fix()))?;
        if (1..read.len()).any(|at| read[..at].contains(&read[at])) {
            return Err(fault(self.at(name), "a value occurs twice", "remove it"));
        }
        Ok(read)
    }

    /// A list of whole numbers from `low` to `high`.
    pub(crate) fn wholes(&self, name: &'static str, low: i64, high: i64) -> Result<Vec<i64>, ScenarioError> {
        let read = |value: &Value| value.as_integer().filter(|number| (low..=high).contains(number));
        self.list(name, &format!("whole numbers from {low} to {high}"), read)
    }

    /// A list of numbers from 0 to 1.
    pub(crate) fn shares(&self, name: &'static str) -> Result<Vec<f64>, ScenarioError> {
        let read = |value: &Value| to_number(value).filter(|number| (0.0..=1.0).contains(number));
        self.list(name, "numbers from 0 to 1", read)
    }

    /// A list of some of several words.
    pub(crate) fn words<T: Copy + PartialEq>(
        &self,
        name: &'static str,
        words: &[(&str, T)],
    ) -> Result<Vec<T>, ScenarioError> {
        let read = |value: &Value| {
            let text = value.as_str()?;
            words.iter().find(|(word, _)| *word == text).map(|(_, of)| *of)
        };
        self.list(name, &choice(words), read)
    }

    /// Refuses members that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), ScenarioError> {
        let mut known = self.known.take();
        known.sort_unstable();
        known.dedup();
        match self.table.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(fault(
                self.at(name),
                "unknown member",
                format!("the known ones are {}", known.join(", ")),
            )),
            None => Ok(()),
        }
    }
}

fn choice<T>(words: &[(&str, T)]) -> String {
    let quoted: Vec<String> = words.iter().map(|(word, _)| format!("{word:?}")).collect();
    quoted.join(" or ")
}

/// A finite number, whole or not.
fn to_number(value: &Value) -> Option<f64> {
    let number = value.as_float().or_else(|| value.as_integer().map(|number| number as f64))?;
    number.is_finite().then_some(number)
}
