//! Benchmarks that a file describes: data, corruption, schema, method and expected bounds.

mod bounds;
mod corrupt;
mod members;
mod parse;
mod spec;

pub use bounds::{
    Bound, BoundOutcome, ScenarioMeasure, judge_bounds, measures_of_clusters, measures_of_links,
};
pub use corrupt::{AppliedError, corrupt_table};
pub use members::ScenarioError;
pub use parse::parse_scenario;
pub use spec::{
    ColumnErrors, Corruption, DataSide, Scenario, ScenarioAccept, ScenarioAssignment, ScenarioData,
    ScenarioHouseholds, ScenarioMethod, ScenarioSchema, ScenarioTask, SwapErrors,
};
