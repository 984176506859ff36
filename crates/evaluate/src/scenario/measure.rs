//! Tasks, their measures, and bounds.

use serde::Serialize;

/// What is done with the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ScenarioTask {
    /// Links between two tables.
    Link,
    /// Clusters within one.
    Dedupe,
}

/// A measure, by its name in scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ScenarioMeasure {
    /// Precision of the matches, or of pairs in one cluster.
    Precision,
    /// Their recall.
    Recall,
    /// Their F1.
    F1,
    /// Their F*.
    FStar,
    /// Precision if borderline pairs count as found.
    PrecisionWithBorderline,
    /// Recall if borderline pairs count as found.
    RecallWithBorderline,
    /// F1 at the threshold that is best by the ground truth.
    BestF1,
    /// Average precision.
    AveragePrecision,
    /// Expected calibration error of the match probabilities.
    Ece,
    /// Share of true pairs in the table of links.
    PairsCompleteness,
    /// 1 minus the share of all pairs that are in the table of links.
    ReductionRatio,
    /// B-cubed precision.
    BCubedPrecision,
    /// B-cubed recall.
    BCubedRecall,
    /// B-cubed F1.
    BCubedF1,
    /// Closest-cluster precision.
    ClosestPrecision,
    /// Closest-cluster recall.
    ClosestRecall,
    /// Closest-cluster F1.
    ClosestF1,
    /// Bytes of the token files per record.
    BytesPerRecord,
    /// True pairs.
    TrueLinks,
}

impl ScenarioMeasure {
    /// All measures.
    pub const ALL: [Self; 19] = [
        Self::Precision,
        Self::Recall,
        Self::F1,
        Self::FStar,
        Self::PrecisionWithBorderline,
        Self::RecallWithBorderline,
        Self::BestF1,
        Self::AveragePrecision,
        Self::Ece,
        Self::PairsCompleteness,
        Self::ReductionRatio,
        Self::BCubedPrecision,
        Self::BCubedRecall,
        Self::BCubedF1,
        Self::ClosestPrecision,
        Self::ClosestRecall,
        Self::ClosestF1,
        Self::BytesPerRecord,
        Self::TrueLinks,
    ];

    /// The name in scenarios and results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::FStar => "f_star",
            Self::PrecisionWithBorderline => "precision_with_borderline",
            Self::RecallWithBorderline => "recall_with_borderline",
            Self::BestF1 => "best_f1",
            Self::AveragePrecision => "average_precision",
            Self::Ece => "ece",
            Self::PairsCompleteness => "pairs_completeness",
            Self::ReductionRatio => "reduction_ratio",
            Self::BCubedPrecision => "b_cubed_precision",
            Self::BCubedRecall => "b_cubed_recall",
            Self::BCubedF1 => "b_cubed_f1",
            Self::ClosestPrecision => "closest_precision",
            Self::ClosestRecall => "closest_recall",
            Self::ClosestF1 => "closest_f1",
            Self::BytesPerRecord => "bytes_per_record",
            Self::TrueLinks => "true_links",
        }
    }

    /// Whether a task has it.
    #[must_use]
    pub const fn is_of(self, task: ScenarioTask) -> bool {
        match self {
            Self::Precision
            | Self::Recall
            | Self::F1
            | Self::FStar
            | Self::BytesPerRecord
            | Self::TrueLinks => true,
            Self::PrecisionWithBorderline
            | Self::RecallWithBorderline
            | Self::BestF1
            | Self::AveragePrecision
            | Self::Ece
            | Self::PairsCompleteness
            | Self::ReductionRatio => matches!(task, ScenarioTask::Link),
            Self::BCubedPrecision
            | Self::BCubedRecall
            | Self::BCubedF1
            | Self::ClosestPrecision
            | Self::ClosestRecall
            | Self::ClosestF1 => matches!(task, ScenarioTask::Dedupe),
        }
    }

    /// Whether its values are from 0 to 1.
    #[must_use]
    pub const fn is_share(self) -> bool {
        !matches!(self, Self::BytesPerRecord | Self::TrueLinks)
    }
}

/// What is expected of a measure: at least one of the ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bound {
    /// The measure.
    pub measure: ScenarioMeasure,
    /// The smallest value that keeps the bound.
    pub min: Option<f64>,
    /// The largest one.
    pub max: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_its_name_and_task() {
        for measure in ScenarioMeasure::ALL {
            assert_eq!(serde_json::to_value(measure).unwrap(), measure.name());
            assert!(measure.is_of(ScenarioTask::Link) || measure.is_of(ScenarioTask::Dedupe));
        }
    }
}
