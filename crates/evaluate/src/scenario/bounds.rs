//! What was measured, and whether bounds are kept.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::clusters::ClusterAccuracy;
use crate::links::LinkEvaluation;
use crate::scenario::measure::{Bound, ScenarioMeasure};

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
}
