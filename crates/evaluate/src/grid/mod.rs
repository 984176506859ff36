//! Grids: the parameters of a schema over lists of values, with accuracy, leakage and cost of each.

mod choice;
mod page;
mod point;
mod result;
mod spec;
mod variants;

pub use choice::{GridChoice, choose};
pub use page::{grid_markdown, grid_page};
pub use point::{GridCost, GridLeakage, GridOutcome, GridPoint, GridRates};
pub use result::GridResult;
pub use spec::{GridAxes, GridSpec, GridViews, parse_grid};
pub use variants::{GridError, GridSettings, GridVariant, grid_variants};
