//! Measures of a scenario, and the bounds that they are expected to keep.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clusters::ClusterAccuracy;
use crate::links::LinkEvaluation;
use crate::scenario::spec::ScenarioTask;

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

/// A bound, and whether it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BoundOutcome {
    /// The bound.
    #[serde(flatten)]
    pub bound: Bound,
    /// The measured value; `None` if it could not be measured, as without probabilities.
    pub value: Option<f64>,
    /// Whether the value is within the bound; false if there is none.
    pub kept: bool,
}

/// Compares measures with bounds; both ends belong to a bound.
#[must_use]
pub fn judge_bounds(expect: &[Bound], measures: &BTreeMap<ScenarioMeasure, f64>) -> Vec<BoundOutcome> {
    let judge = |&bound: &Bound| {
        let value = measures.get(&bound.measure).copied();
        let kept = value.is_some_and(|value| {
            bound.min.is_none_or(|min| value >= min) && bound.max.is_none_or(|max| value <= max)
        });
        BoundOutcome { bound, value, kept }
    };
    expect.iter().map(judge).collect()
}

/// The measures of a table of links.
#[must_use]
pub fn measures_of_links(judged: &LinkEvaluation, bytes_per_record: f64) -> BTreeMap<ScenarioMeasure, f64> {
    let (matches, borderline) = (&judged.table.matches, &judged.table.with_borderline);
    let mut measures = BTreeMap::from([
        (ScenarioMeasure::Precision, matches.precision.value),
        (ScenarioMeasure::Recall, matches.recall.value),
        (ScenarioMeasure::F1, matches.f1),
        (ScenarioMeasure::FStar, matches.f_star.value),
        (ScenarioMeasure::PrecisionWithBorderline, borderline.precision.value),
        (ScenarioMeasure::RecallWithBorderline, borderline.recall.value),
        (ScenarioMeasure::AveragePrecision, judged.sweep.average_precision),
        (ScenarioMeasure::PairsCompleteness, judged.candidates.pairs_completeness.value),
        (ScenarioMeasure::BytesPerRecord, bytes_per_record),
        (ScenarioMeasure::TrueLinks, matches.true_links as f64),
    ]);
    let further = [
        (ScenarioMeasure::BestF1, judged.sweep.best.map(|best| best.f1)),
        (
            ScenarioMeasure::Ece,
            judged.table.probability.as_ref().map(|known| known.expected_calibration_error),
        ),
        (ScenarioMeasure::ReductionRatio, judged.candidates.reduction_ratio),
    ];
    measures.extend(further.into_iter().filter_map(|(measure, value)| Some((measure, value?))));
    measures
}

/// The measures of a table of clusters.
#[must_use]
pub fn measures_of_clusters(
    judged: &ClusterAccuracy,
    bytes_per_record: f64,
) -> BTreeMap<ScenarioMeasure, f64> {
    let (pairs, b_cubed, closest) = (&judged.pairs, &judged.b_cubed, &judged.closest_cluster);
    BTreeMap::from([
        (ScenarioMeasure::Precision, pairs.precision.value),
        (ScenarioMeasure::Recall, pairs.recall.value),
        (ScenarioMeasure::F1, pairs.f1),
        (ScenarioMeasure::FStar, pairs.f_star.value),
        (ScenarioMeasure::BCubedPrecision, b_cubed.precision),
        (ScenarioMeasure::BCubedRecall, b_cubed.recall),
        (ScenarioMeasure::BCubedF1, b_cubed.f1),
        (ScenarioMeasure::ClosestPrecision, closest.precision),
        (ScenarioMeasure::ClosestRecall, closest.recall),
        (ScenarioMeasure::ClosestF1, closest.f1),
        (ScenarioMeasure::BytesPerRecord, bytes_per_record),
        (ScenarioMeasure::TrueLinks, pairs.true_links as f64),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_include_their_ends() {
        let measures =
            BTreeMap::from([(ScenarioMeasure::Precision, 0.9), (ScenarioMeasure::BytesPerRecord, 1500.0)]);
        let bound = |measure, min, max| Bound { measure, min, max };
        let expect = [
            bound(ScenarioMeasure::Precision, Some(0.9), Some(0.9)),
            bound(ScenarioMeasure::Precision, Some(0.91), None),
            bound(ScenarioMeasure::BytesPerRecord, None, Some(1499.0)),
            bound(ScenarioMeasure::Ece, None, Some(1.0)),
        ];
        let outcomes = judge_bounds(&expect, &measures);
        let kept: Vec<bool> = outcomes.iter().map(|outcome| outcome.kept).collect();
        assert_eq!(kept, [true, false, false, false]);
        assert_eq!(outcomes[3].value, None);
    }

    #[test]
    fn every_measure_has_its_name_and_task() {
        for measure in ScenarioMeasure::ALL {
            assert_eq!(serde_json::to_value(measure).unwrap(), measure.name());
            assert!(measure.is_of(ScenarioTask::Link) || measure.is_of(ScenarioTask::Dedupe));
        }
    }
}
