//! Everything that a grid found.

use serde::Serialize;

use crate::grid::choice::GridChoice;
use crate::grid::point::GridPoint;
use crate::grid::spec::GridSpec;

/// All points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GridResult {
    /// Program and version.
    pub generator: String,
    /// The grid.
    pub grid: GridSpec,
    /// SHA-256 of its file.
    pub grid_sha256: String,
    /// The points, in order.
    pub points: Vec<GridPoint>,
    /// Which is preferred, and why.
    pub choice: GridChoice,
}
