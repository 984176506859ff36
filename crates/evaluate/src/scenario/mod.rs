//! Benchmarks that a file describes: data, corruption, schema, method and expected bounds.

mod bounds;
mod corrupt;
mod measure;
pub(crate) mod members;
pub(crate) mod parse;
mod spec;

pub use bounds::{BoundOutcome, judge_bounds, measures_of_clusters, measures_of_links};
pub use corrupt::{AppliedError, corrupt_table};
pub use measure::{Bound, ScenarioMeasure, ScenarioTask};
pub use members::ScenarioError;
pub use parse::parse_scenario;
pub use spec::{
    Benchmark, ColumnErrors, Corruption, DataSide, Scenario, ScenarioAccept, ScenarioAssignment,
    ScenarioData, ScenarioHouseholds, ScenarioMethod, ScenarioSchema, SwapErrors,
};
