//! F1 by leak index or, without attacks, by size; the area of a dot is the size of a token.

use serde::Serialize;

use crate::chart::{Tick, units};
use crate::grid::report::{GridReport, GridRow, GridRowFigures};
use crate::number;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 66.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 48.0;
/// Start of the logarithmic axis; 0 is drawn to the left of it.
const START: f64 = LEFT + 46.0;
/// Radius of the largest token.
const RADIUS: f64 = 13.0;

/// The plot, ready to be drawn.
#[derive(Debug, Serialize)]
pub(super) struct GridPlot {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    base: f64,
    middle: f64,
    x_label: &'static str,
    caption: &'static str,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    /// Where the limit is, if attacks were run.
    limit: Option<String>,
    dots: Vec<GridDot>,
}

#[derive(Debug, Serialize)]
struct GridDot {
    x: String,
    y: String,
    radius: String,
    class: &'static str,
    number: usize,
    text: String,
}

/// A logarithmic axis of whole decades.
#[derive(Clone, Copy)]
struct Decades {
    from: i32,
    to: i32,
}

impl Decades {
    /// The decades of all positive values, at least one.
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let logs: Vec<f64> =
            values.filter(|value| value.is_finite() && *value > 0.0).map(f64::log10).collect();
        let low = logs.iter().copied().fold(f64::INFINITY, f64::min);
        let high = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if logs.is_empty() {
            return Self { from: -1, to: 1 };
        }
        let from = low.floor() as i32;
        Self { from, to: (high.ceil() as i32).max(from + 1) }
    }

    fn x(self, value: f64) -> f64 {
        if value.is_nan() || value <= 0.0 {
            return LEFT + 16.0;
        }
        let share = (value.log10() - f64::from(self.from)) / f64::from(self.to - self.from);
        START + share.clamp(0.0, 1.0) * (WIDTH - RIGHT - START)
    }

    fn ticks(self) -> Vec<Tick> {
        let tick = |decade: i32| {
            let value = 10_f64.powi(decade);
            let label = if decade >= 0 {
                number::short_count(value as u64)
            } else {
                format!("{value:.*}", -decade as usize)
            };
            Tick { at: units(self.x(value)), label }
        };
        (self.from..=self.to).map(tick).collect()
    }
}

/// The range of F1: down to a tenth of the distance from 1, or a twentieth.
fn lowest(values: impl Iterator<Item = f64>) -> f64 {
    let least = values.filter(|value| value.is_finite()).fold(1.0, f64::min);
    let step = if least > 0.95 { 0.01 } else { 0.05 };
    ((least / step).floor() * step).clamp(0.0, 1.0 - step)
}

impl GridPlot {
    /// The points with figures; `None` if there are none.
    pub(super) fn new(report: &GridReport) -> Option<Self> {
        let rows: Vec<(&GridRow, &GridRowFigures)> = report
            .rows
            .iter()
            .filter_map(|row| Some((row, row.figures.as_ref().ok()?)))
            .filter(|(_, of)| of.f1.is_finite() && of.bytes_per_record.is_finite())
            .collect();
        if rows.is_empty() {
            return None;
        }
        let attacked = rows.iter().any(|(_, of)| of.index.is_some());
        let across =
            |of: &GridRowFigures| if attacked { of.index.unwrap_or(0.0) } else { of.bytes_per_record };
        let values = rows.iter().map(|(_, of)| across(of));
        // The limit is on the axis.
        let axis = Decades::of(values.chain(attacked.then_some(1.0)));
        let low = lowest(rows.iter().map(|(_, of)| of.f1));
        let y =
            |f1: f64| HEIGHT - BOTTOM - ((f1 - low) / (1.0 - low)).clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM);
        let largest = rows.iter().map(|(_, of)| of.bytes_per_record).fold(1.0, f64::max);
        let dot = |&(row, of): &(&GridRow, &GridRowFigures)| GridDot {
            x: units(axis.x(across(of))),
            y: units(y(of.f1)),
            radius: units((RADIUS * (of.bytes_per_record / largest).sqrt()).max(3.0)),
            class: match (report.preferred == Some(row.number), row.efficient) {
                (true, _) => "preferred",
                (false, true) => "efficient",
                (false, false) => "other",
            },
            number: row.number,
            text: told(row, of),
        };
        let y_tick = |part: i32| {
            let f1 = low + (1.0 - low) * f64::from(part) / 5.0;
            Tick { at: units(y(f1)), label: number::similarity(f1) }
        };
        let mut x_ticks = axis.ticks();
        if attacked {
            x_ticks.insert(0, Tick { at: units(axis.x(0.0)), label: "0".to_owned() });
        }
        Some(Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            top: TOP,
            base: HEIGHT - BOTTOM,
            middle: (LEFT + WIDTH - RIGHT) / 2.0,
            x_label: if attacked { "leak index, on a logarithmic axis" } else { "bytes per record" },
            caption: if attacked {
                "The higher, the more accurate; the further left, the less an attacker gains. To the right of the \
                 dashed line an attack exceeds its limit."
            } else {
                "The higher, the more accurate. No attacks were run, so nothing is said about leakage."
            },
            x_ticks,
            y_ticks: (0..=5).map(y_tick).collect(),
            limit: attacked.then(|| units(axis.x(1.0))),
            dots: rows.iter().map(dot).collect(),
        })
    }
}

fn told(row: &GridRow, of: &GridRowFigures) -> String {
    let leak = of.index.map_or_else(String::new, |index| format!(", leak index {index:.2}"));
    format!(
        "point {}: F1 {:.4}{leak}, {} bytes per record",
        row.number,
        of.f1,
        number::count(of.bytes_per_record.round() as u64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_by_hand() {
        let axis = Decades::of([0.02, 30.0, 0.0].into_iter());
        assert_eq!((axis.from, axis.to), (-2, 2));
        // 620 units for four decades, from 112.
        assert_eq!((axis.x(0.01), axis.x(1.0), axis.x(100.0), axis.x(0.0)), (112.0, 422.0, 732.0, 82.0));
        let labels: Vec<String> = axis.ticks().into_iter().map(|tick| tick.label).collect();
        assert_eq!(labels, ["0.01", "0.1", "1", "10", "100"]);
        assert_eq!(Decades::of(std::iter::empty()).to, 1);
    }

    #[test]
    fn the_range_of_f1_holds_all_points() {
        for (values, expected) in
            [(&[0.981, 0.99][..], 0.98), (&[0.82][..], 0.8), (&[][..], 0.99), (&[0.0][..], 0.0)]
        {
            assert!((lowest(values.iter().copied()) - expected).abs() < 1e-9, "{values:?}");
        }
    }
}
