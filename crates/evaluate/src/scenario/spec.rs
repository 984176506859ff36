//! What a scenario says.

use serde::Serialize;

use crate::scenario::measure::{Bound, ScenarioTask};

/// A benchmark with expected bounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    /// What is done.
    #[serde(flatten)]
    pub benchmark: Benchmark,
    /// What is expected.
    pub expect: Vec<Bound>,
}

/// What scenarios and grids have in common: people, their errors, and how they are encoded and linked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Benchmark {
    /// Its name.
    pub name: String,
    /// The people.
    pub data: ScenarioData,
    /// Errors that are added to them.
    pub corruption: Corruption,
    /// How they are encoded.
    pub schema: ScenarioSchema,
    /// How they are linked.
    pub method: ScenarioMethod,
}

/// Where the people come from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum ScenarioData {
    /// Synthetic people, as recorded by custodians.
    Synth {
        /// `ja` or `en-Latn`.
        locale: String,
        /// Number of people, 1 to 20,000,000.
        people: u32,
        /// Seed of the population.
        seed: u64,
        /// Code of the only municipality, for locale `ja`.
        municipality: Option<String>,
        /// Custodian of the left table.
        left: String,
        /// Custodian of the right table.
        right: String,
    },
    /// Files, by paths relative to the scenario.
    Files {
        /// The left table, or the only one.
        left: String,
        /// The right table; `None` for `dedupe`.
        right: Option<String>,
        /// True pairs; for `dedupe`, also persons.
        truth: String,
        /// Column of the ids; found by its name if `None`.
        id_column: Option<String>,
    },
}

/// A table of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DataSide {
    /// The left table.
    Left,
    /// The right table.
    Right,
}

/// Errors that are added to the data.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Corruption {
    /// Rates of synthetic people of locale `ja` that differ from the defaults, 0..=1 each.
    pub rates: Vec<(String, f64)>,
    /// Seed of the errors below.
    pub seed: u64,
    /// Errors in columns.
    pub columns: Vec<ColumnErrors>,
    /// Columns whose values are exchanged.
    pub swaps: Vec<SwapErrors>,
}

/// Errors in a column. Rates are per record, 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnErrors {
    /// The table.
    pub side: DataSide,
    /// Name of the column.
    pub column: String,
    /// One character is inserted, deleted, replaced or exchanged; of a number or date, one digit is replaced.
    pub typo: f64,
    /// The value is written as somebody might spell it by ear.
    pub by_ear: f64,
    /// The value is missing.
    pub missing: f64,
}

/// Two columns whose values are exchanged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SwapErrors {
    /// The table.
    pub side: DataSide,
    /// Names of the columns.
    pub columns: [String; 2],
    /// Share of records, 0..=1.
    pub rate: f64,
}

/// The linkage schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioSchema {
    /// A file, by its path relative to the scenario.
    File(String),
    /// One that is shipped, by its name.
    Example(String),
}

/// The upper threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioAccept {
    /// That of the schema.
    Schema,
    /// Estimated without labels.
    Auto,
    /// A similarity, 0..=1.
    Similarity(f64),
}

/// How candidate pairs become links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioAssignment {
    /// Each record in at most one link, maximum sum of similarities.
    Optimal,
    /// The most similar pair first, each record in at most one link.
    Greedy,
    /// Every candidate pair.
    Many,
}

/// The treatment of pairs that may be two household members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioHouseholds {
    /// Borderline.
    Borderline,
    /// Matches.
    Link,
    /// Omitted.
    Drop,
}

/// How the tables are linked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioMethod {
    /// The task.
    pub task: ScenarioTask,
    /// The upper threshold.
    pub accept: ScenarioAccept,
    /// The lower threshold, 0..=1, if set by hand.
    pub borderline: Option<f64>,
    /// How candidate pairs become links, for task `link`.
    pub assign: ScenarioAssignment,
    /// The treatment of household members.
    pub households: ScenarioHouseholds,
}
