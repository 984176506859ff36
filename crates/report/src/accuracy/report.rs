//! Accuracy of a table of links against the ground truth.

/// A proportion with its 95 % interval, 0..=1 each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// The proportion.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// Results of an evaluation. Contains ids of single records in the lists of errors, but no values of persons.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyReport {
    /// Heading of the page.
    pub title: String,
    /// Program and version.
    pub generated_by: String,
    /// File of the links.
    pub links: String,
    /// File of the ground truth.
    pub truth: String,
    /// Number of true pairs.
    pub true_links: u64,
    /// Accuracy by the classes that count as found, in order.
    pub classes: Vec<ClassAccuracy>,
    /// Distinct pairs of the table.
    pub candidates: u64,
    /// Share of true pairs in the table.
    pub pairs_completeness: Proportion,
    /// 1 minus the share of all pairs that are in the table, 0..=1, if known.
    pub reduction_ratio: Option<f64>,
    /// Accuracy at thresholds, in descending order of these.
    pub sweep: Vec<SweepFigures>,
    /// The threshold with the best F1.
    pub best: Option<SweepFigures>,
    /// Average precision, 0..=1.
    pub average_precision: f64,
    /// Links by match probability; empty if the table has none.
    pub reliability: Vec<ReliabilityFigures>,
    /// Expected calibration error, 0..=1, if there are probabilities.
    pub calibration_error: Option<f64>,
    /// Accuracy by groups of people.
    pub groups: Vec<GroupTable>,
    /// False links, the most similar first.
    pub false_links: Vec<WrongPairRow>,
    /// Missed true pairs, the most similar first.
    pub missed: Vec<WrongPairRow>,
    /// Number of all true pairs that the table lacks.
    pub not_candidates: u64,
    /// Remarks.
    pub notes: Vec<String>,
}

/// Accuracy if certain classes count as found.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassAccuracy {
    /// The classes.
    pub name: String,
    /// Pairs found.
    pub found: u64,
    /// True pairs among them.
    pub correct: u64,
    /// Precision.
    pub precision: Proportion,
    /// Recall.
    pub recall: Proportion,
    /// F1.
    pub f1: Proportion,
    /// F*.
    pub f_star: Proportion,
}

/// Accuracy at a threshold, 0..=1 each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SweepFigures {
    /// The threshold.
    pub threshold: f64,
    /// Pairs at or above it.
    pub found: u64,
    /// Precision.
    pub precision: f64,
    /// Recall.
    pub recall: f64,
    /// F1.
    pub f1: f64,
    /// F*.
    pub f_star: f64,
}

/// Links of similar match probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReliabilityFigures {
    /// Links.
    pub links: u64,
    /// Their mean probability, 0..=1.
    pub stated: f64,
    /// The share of true links.
    pub right: Proportion,
}

/// Groups of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTable {
    /// The attribute.
    pub attribute: String,
    /// Its groups.
    pub rows: Vec<GroupFigures>,
}

/// Accuracy in a group of people.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupFigures {
    /// The group.
    pub group: String,
    /// Its records.
    pub records: u64,
    /// True pairs.
    pub true_links: u64,
    /// Recall; `None` without true pairs.
    pub recall: Option<Proportion>,
    /// Precision; `None` if no pair was found.
    pub precision: Option<Proportion>,
    /// F1, 0..=1.
    pub f1: f64,
    /// Corrected P value that its share of missed pairs is that of the others, 0..=1, if tested.
    pub p_value: Option<f64>,
    /// Whether it differs beyond chance.
    pub differs: bool,
}

/// A pair that was judged wrongly.
#[derive(Debug, Clone, PartialEq)]
pub struct WrongPairRow {
    /// Record on the left.
    pub left: String,
    /// Record on the right.
    pub right: String,
    /// Similarity, 0..=1; `None` if the pair was no candidate.
    pub similarity: Option<f64>,
    /// Class.
    pub class: String,
    /// Match probability, 0..=1, if known.
    pub probability: Option<f64>,
    /// Evidence, if known.
    pub evidence: String,
}
