//! The yield of a review list by its length: a curve and its numbers.

use serde::Serialize;

use crate::audit::report::{AuditReport, ReviewPoint};
use crate::chart::{Tick, units};
use crate::number;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 48.0;
const PLOT_WIDTH: f64 = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT: f64 = HEIGHT - TOP - BOTTOM;

#[derive(Debug, Serialize)]
pub(super) struct Review {
    chart: Option<ReviewChart>,
    rows: Vec<ReviewRow>,
    /// Expected yield of the list that was written.
    summary: Option<String>,
}

#[derive(Debug, Serialize)]
struct ReviewRow {
    entries: String,
    found: String,
    share: String,
    left: String,
    each: String,
}

#[derive(Debug, Serialize)]
struct ReviewChart {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    base: f64,
    middle: f64,
    /// Vertices of the line.
    line: String,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    marker: Option<Marker>,
    longest: String,
    first_left: String,
    last_left: String,
}

/// The end of the list that was written.
#[derive(Debug, Serialize)]
struct Marker {
    x: String,
    top: f64,
    label: String,
    label_x: String,
    anchor: &'static str,
}

impl Review {
    pub(super) fn new(report: &AuditReport) -> Self {
        let points = usable(&report.review);
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Self { chart: None, rows: Vec::new(), summary: None };
        };
        let nobody = ReviewPoint {
            entries: 0,
            expected_found: 0.0,
            expected_left: first.expected_found + first.expected_left,
        };
        let mut rows = vec![nobody];
        let powers = (1..=19).map(|power| 10_u64.pow(power)).take_while(|power| *power < last.entries);
        for power in powers {
            rows.extend(points.iter().rfind(|point| point.entries <= power).copied());
        }
        rows.push(*last);
        rows.dedup_by_key(|point| point.entries);
        let reached = points.iter().rfind(|point| point.entries <= report.review_length);
        Self {
            chart: ReviewChart::new(&points, report.review_length),
            rows: rows.iter().map(ReviewRow::new).collect(),
            summary: reached.filter(|point| point.entries > 0).map(summary),
        }
    }
}

/// The points that can be drawn, by length, one point per length.
fn usable(review: &[ReviewPoint]) -> Vec<ReviewPoint> {
    let good = |value: f64| value.is_finite() && value >= 0.0;
    let mut points: Vec<ReviewPoint> = review
        .iter()
        .filter(|point| good(point.expected_found) && good(point.expected_left))
        .copied()
        .collect();
    points.sort_by_key(|point| point.entries);
    points.dedup_by_key(|point| point.entries);
    points
}

fn summary(point: &ReviewPoint) -> String {
    let total = point.expected_found + point.expected_left;
    format!(
        "The first {} entries of the list are expected to contain {} of {} wrong links ({}). About {} would remain \
         among all others.",
        number::count(point.entries),
        number::expected(point.expected_found),
        number::expected(total),
        number::percent(point.expected_found / total),
        number::expected(point.expected_left),
    )
}

impl ReviewRow {
    fn new(point: &ReviewPoint) -> Self {
        let found = point.expected_found;
        Self {
            entries: number::count(point.entries),
            found: number::expected(found),
            share: number::percent(found / (found + point.expected_left)),
            left: number::expected(point.expected_left),
            each: if point.entries == 0 || found <= 0.0 {
                number::NONE.to_owned()
            } else {
                number::expected(point.entries as f64 / found)
            },
        }
    }
}

impl ReviewChart {
    /// `None` if the list has no entries.
    fn new(points: &[ReviewPoint], length: u64) -> Option<Self> {
        let drawn: Vec<&ReviewPoint> = points.iter().filter(|point| point.entries > 0).collect();
        let (first, last) = (drawn.first()?, drawn.last()?);
        let most = points.iter().map(|point| point.expected_left).fold(1.0, f64::max);
        let decades = (last.entries.max(10) as f64).log10();
        let x = |entries: u64| LEFT + (entries.max(1) as f64).log10() / decades * PLOT_WIDTH;
        let y = |left: f64| HEIGHT - BOTTOM - left / most * PLOT_HEIGHT;
        let mut corners: Vec<String> = Vec::new();
        let mut before = f64::NEG_INFINITY;
        for point in &drawn {
            // Points less than a unit apart make no visible difference.
            if x(point.entries) - before >= 1.0 || point.entries == last.entries {
                before = x(point.entries);
                corners.push(format!("{},{}", units(before), units(y(point.expected_left))));
            }
        }
        let marker = (length > 0 && length <= last.entries).then(|| {
            let (at, share) = (x(length), (x(length) - LEFT) / PLOT_WIDTH);
            let (anchor, offset) = if share > 0.6 { ("end", -6.0) } else { ("start", 6.0) };
            Marker {
                x: units(at),
                top: TOP - 20.0,
                label: format!("review list: {} entries", number::count(length)),
                label_x: units(at + offset),
                anchor,
            }
        });
        let every = (decades / 9.0).ceil().max(1.0) as usize;
        let x_tick = |power| Tick { at: units(x(power)), label: number::short_count(power) };
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            base: HEIGHT - BOTTOM,
            middle: LEFT + PLOT_WIDTH / 2.0,
            line: corners.join(" "),
            x_ticks: (0..=decades.floor() as u32)
                .step_by(every)
                .map(|power| x_tick(10_u64.pow(power)))
                .collect(),
            y_ticks: steps(0.0, most, 5)
                .into_iter()
                .map(|left| Tick {
                    at: units(y(left)),
                    label: number::expected(left).trim_end_matches(".0").to_owned(),
                })
                .collect(),
            marker,
            longest: number::count(last.entries),
            first_left: number::expected(first.expected_left),
            last_left: number::expected(last.expected_left),
        })
    }
}

/// About `many` round numbers from `low` to `high`.
pub(super) fn steps(low: f64, high: f64, many: u32) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return vec![low];
    }
    let unit = 10_f64.powf((span / f64::from(many)).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * unit)
        .into_iter()
        .find(|step| span / step <= f64::from(many))
        .unwrap_or(10.0 * unit);
    let (from, to) = ((low / step).ceil(), (high / step).floor());
    (0..=(to - from) as u32).map(|index| (from + f64::from(index)) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(entries: u64, found: f64) -> ReviewPoint {
        ReviewPoint { entries, expected_found: found, expected_left: 96.0 - found }
    }

    #[test]
    fn the_line_falls_and_stays_inside() {
        let points: Vec<ReviewPoint> = (1..=5_000)
            .map(|entries| point(entries, 96.0 * (1.0 - (-(entries as f64) / 200.0).exp())))
            .collect();
        let chart = ReviewChart::new(&points, 1_000).unwrap();
        let corners: Vec<(f64, f64)> = chart
            .line
            .split(' ')
            .map(|corner| corner.split_once(',').unwrap())
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect();
        assert!(corners.len() <= 700, "{}", corners.len());
        assert!(corners.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1));
        assert!(
            corners.iter().all(|(x, y)| (LEFT..=WIDTH - RIGHT).contains(x) && (TOP..=HEIGHT).contains(y))
        );
        let labels: Vec<&str> = chart.x_ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["1", "10", "100", "1,000"]);
        assert_eq!(chart.marker.unwrap().label, "review list: 1,000 entries");
    }

    #[test]
    fn odd_points_are_left_out_and_few_are_drawn() {
        let points = usable(&[point(100, 90.0), point(1, f64::NAN), point(10, 60.0), point(10, 61.0)]);
        assert_eq!(points.iter().map(|point| point.entries).collect::<Vec<_>>(), [10, 100]);
        assert!(ReviewChart::new(&usable(&[point(0, 0.0)]), 0).is_none());
        let one = ReviewChart::new(&[point(1, 1.0)], 500).unwrap();
        assert!(one.marker.is_none());
        assert_eq!(one.x_ticks.len(), 2);
        let vast = ReviewChart::new(&[point(1, 1.0), point(u64::MAX, 96.0)], 1).unwrap();
        assert!(vast.x_ticks.len() <= 10);
    }

    #[test]
    fn steps_are_round() {
        assert_eq!(steps(0.0, 96.0, 5), [0.0, 20.0, 40.0, 60.0, 80.0]);
        assert_eq!(steps(-22.0, 13.0, 7), [-20.0, -15.0, -10.0, -5.0, 0.0, 5.0, 10.0]);
        assert_eq!(steps(0.0, 1.0, 5), [0.0, 0.2, 0.4, 0.600_000_000_000_000_1, 0.8, 1.0]);
        assert_eq!(steps(3.0, 3.0, 5), [3.0]);
    }
}
