//! Which points nothing beats, and which one to prefer.

use serde::Serialize;

use crate::grid::point::GridPoint;

/// Points whose F1 is at most this much lower are as accurate: two keys differ by more.
const AS_ACCURATE: f64 = 0.001;

/// The outcome of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GridChoice {
    /// Points that no other one beats in accuracy, leakage and size together, by number.
    pub efficient: Vec<usize>,
    /// The preferred one, if any is within the limits.
    pub preferred: Option<usize>,
    /// Why.
    pub reason: String,
}

/// What counts in a comparison: F1, leak index, bytes per record.
fn figures(point: &GridPoint) -> Option<(f64, f64, f64)> {
    let (accuracy, cost, leakage) = point.measured()?;
    Some((accuracy.f1, leakage.map_or(0.0, |leakage| leakage.index), cost.bytes_per_record))
}

/// Chooses among the points within the limits: of those that are as accurate as the best, the smallest tokens, then
/// the larger t. Without attacks, leakage does not count.
#[must_use]
pub fn choose(points: &[GridPoint]) -> GridChoice {
    let beats = |a: (f64, f64, f64), b: (f64, f64, f64)| {
        a.0 >= b.0 && a.1 <= b.1 && a.2 <= b.2 && (a.0 > b.0 || a.1 < b.1 || a.2 < b.2)
    };
    let all: Vec<(&GridPoint, (f64, f64, f64))> =
        points.iter().filter_map(|point| Some((point, figures(point)?))).collect();
    let efficient = all.iter().filter(|(_, of)| !all.iter().any(|(_, other)| beats(*other, *of)));
    let efficient = efficient.map(|(point, _)| point.number).collect();
    let within: Vec<&(&GridPoint, (f64, f64, f64))> =
        all.iter().filter(|(point, _)| point.within().unwrap_or(true)).collect();
    let best = within.iter().map(|(_, of)| of.0).fold(0.0, f64::max);
    let preferred =
        within.iter().filter(|(_, of)| of.0 >= best - AS_ACCURATE).min_by(|(a, of_a), (b, of_b)| {
            of_a.2
                .total_cmp(&of_b.2)
                .then(b.settings.positions.cmp(&a.settings.positions))
                .then(a.number.cmp(&b.number))
        });
    let reason = if all.is_empty() {
        "no point could be measured".to_owned()
    } else if within.is_empty() {
        "at every point an attack succeeds beyond the limits".to_owned()
    } else {
        let attacked = all.iter().all(|(point, _)| point.within().is_some());
        let of = if attacked { "within the limits" } else { "measured without attacks" };
        format!(
            "of {} points {of}, the smallest tokens among those with an F1 of at most {AS_ACCURATE} below the best",
            within.len()
        )
    };
    GridChoice { efficient, preferred: preferred.map(|(point, _)| point.number), reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::point::{GridCost, GridLeakage, GridOutcome, GridRates};
    use crate::grid::variants::GridSettings;

    fn point(number: usize, f1: f64, leak: Option<(u64, f64)>, bytes: f64) -> GridPoint {
        let settings = GridSettings {
            profile: "hardened".to_owned(),
            views: "schema".to_owned(),
            view_count: 6,
            positions: 24 + 8 * number,
            per_view: 64,
            bits: 64,
            fill: 0.45,
            alternatives: 1,
            per_record: 384,
        };
        let outcome = GridOutcome::Measured {
            accuracy: GridRates { precision: f1, recall: f1, f1, best_f1: f1, pairs_completeness: f1 },
            cost: GridCost { bytes_per_record: bytes, encode_seconds: 1.0, link_seconds: 1.0 },
            leakage: leak.map(|(beyond, index)| GridLeakage {
                beyond,
                unproven: 0,
                index,
                worst: String::new(),
                shared: None,
            }),
        };
        GridPoint { number, schema_digest: String::new(), settings, outcome }
    }

    #[test]
    fn the_smallest_of_the_accurate_within_limits() {
        let points = [
            point(1, 0.995, Some((2, 30.0)), 1000.0),
            point(2, 0.990, Some((0, 0.4)), 3000.0),
            point(3, 0.9895, Some((0, 0.2)), 2000.0),
            point(4, 0.980, Some((0, 0.2)), 2500.0),
        ];
        let choice = choose(&points);
        assert_eq!((choice.preferred, choice.efficient), (Some(3), vec![1, 2, 3]));
        assert!(choice.reason.starts_with("of 3 points within the limits"), "{}", choice.reason);
    }

    #[test]
    fn nothing_is_preferred_beyond_the_limits() {
        let choice = choose(&[point(1, 0.9, Some((1, 2.0)), 10.0)]);
        assert_eq!(choice.preferred, None);
        assert!(choice.reason.starts_with("at every point"), "{}", choice.reason);
        let refused = GridPoint {
            outcome: GridOutcome::Refused { reason: "a view repeats".to_owned() },
            ..point(1, 0.9, None, 1.0)
        };
        assert_eq!(choose(&[refused]).reason, "no point could be measured");
        let without = choose(&[point(1, 0.9, None, 10.0), point(2, 0.9, None, 10.0)]);
        assert_eq!((without.preferred, without.efficient), (Some(2), vec![1, 2]));
    }
}
