//! Accuracy, leakage and cost by the parameters of a schema.

/// A grid. Contains no values of persons.
#[derive(Debug, Clone, PartialEq)]
pub struct GridReport {
    /// Name of the grid.
    pub name: String,
    /// Program and version.
    pub generated_by: String,
    /// SHA-256 of the file of the grid.
    pub digest: String,
    /// Where the people come from.
    pub origin: String,
    /// What was tried against the files; `None`: no attacks.
    pub tier: Option<String>,
    /// Seed of keys and attacks.
    pub seed: u64,
    /// The points, in order.
    pub rows: Vec<GridRow>,
    /// The preferred point, by number.
    pub preferred: Option<usize>,
    /// Why it is preferred, or why none is.
    pub reason: String,
}

/// A point.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// From 1.
    pub number: usize,
    /// Values of [`GridReport`]'s parameters: profile, views, t, n, w, fill, alternatives, C.
    pub settings: [String; 8],
    /// Whether no other point is better in F1, leakage and size together.
    pub efficient: bool,
    /// The figures, or why there are none.
    pub figures: Result<GridRowFigures, String>,
}

/// Figures of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct GridRowFigures {
    /// Precision, 0..=1.
    pub precision: f64,
    /// Recall, 0..=1.
    pub recall: f64,
    /// F1, 0..=1.
    pub f1: f64,
    /// F1 at the threshold that is best by the ground truth, 0..=1.
    pub best_f1: f64,
    /// Bytes of both files, per record.
    pub bytes_per_record: f64,
    /// Seconds for encoding both files on one thread.
    pub encode_seconds: f64,
    /// Seconds for linking.
    pub link_seconds: f64,
    /// Leak index, from 0, if attacks were run.
    pub index: Option<f64>,
    /// Results of attacks beyond the limits.
    pub beyond: u64,
    /// Results that show nothing, because the attack failed on its control or had too few people.
    pub unproven: u64,
    /// The attack with the leak index; may be empty.
    pub worst: String,
    /// Share of records that share a symbol with another person of the other file.
    pub shared: Option<f64>,
}
