//! Plots of shares: curves, and points with intervals.

use serde::Serialize;

use crate::accuracy::report::AccuracyReport;
use crate::chart::{Tick, units};
use crate::number;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 48.0;

/// A plot, ready to be drawn.
#[derive(Debug, Serialize)]
pub(super) struct Plot {
    id: &'static str,
    title: &'static str,
    caption: &'static str,
    x_label: &'static str,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    base: f64,
    middle: f64,
    x_ticks: Vec<Tick>,
    y_ticks: Vec<Tick>,
    curves: Vec<Curve>,
    dots: Vec<Dot>,
    /// Ends of the diagonal, if it is drawn.
    diagonal: Option<Diagonal>,
    keys: Vec<Key>,
}

#[derive(Debug, Serialize)]
struct Curve {
    class: &'static str,
    /// Vertices of the line.
    line: String,
}

#[derive(Debug, Serialize)]
struct Dot {
    x: String,
    y: String,
    low: String,
    high: String,
    text: String,
}

#[derive(Debug, Serialize)]
struct Diagonal {
    x1: String,
    y1: String,
    x2: String,
    y2: String,
}

#[derive(Debug, Serialize)]
struct Key {
    class: &'static str,
    name: &'static str,
}

/// Range of a horizontal axis.
#[derive(Clone, Copy)]
struct Range {
    from: f64,
    to: f64,
}

impl Range {
    fn x(self, value: f64) -> f64 {
        let share = (value - self.from) / (self.to - self.from);
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }
}

fn y(share: f64) -> f64 {
    HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
}

impl Plot {
    fn new(id: &'static str, title: &'static str, x_label: &'static str, range: Range) -> Self {
        let fifth = |part: i32| f64::from(part) / 5.0;
        let x_tick = |part: i32| {
            let value = range.from + (range.to - range.from) * fifth(part);
            Tick { at: units(range.x(value)), label: number::similarity(value) }
        };
        let y_tick = |part: i32| Tick { at: units(y(fifth(part))), label: number::percent(fifth(part)) };
        Self {
            id,
            title,
            caption: "",
            x_label,
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            top: TOP,
            base: HEIGHT - BOTTOM,
            middle: (LEFT + WIDTH - RIGHT) / 2.0,
            x_ticks: (0..=5).map(x_tick).collect(),
            y_ticks: (0..=5).map(y_tick).collect(),
            curves: Vec::new(),
            dots: Vec::new(),
            diagonal: None,
            keys: Vec::new(),
        }
    }

    fn add_curve(&mut self, class: &'static str, points: impl Iterator<Item = (f64, f64)>, range: Range) {
        let finite = points.filter(|(at, share)| at.is_finite() && share.is_finite());
        let corners: Vec<String> =
            finite.map(|(at, share)| format!("{},{}", units(range.x(at)), units(y(share)))).collect();
        self.curves.push(Curve { class, line: corners.join(" ") });
    }
}

/// The plots that the report has data for.
pub(super) fn plots(report: &AccuracyReport) -> Vec<Plot> {
    let mut plots = Vec::new();
    if !report.sweep.is_empty() {
        plots.push(precision_and_recall(report));
        plots.push(by_threshold(report));
    }
    if !report.reliability.is_empty() {
        plots.push(reliability(report));
    }
    plots
}

const WHOLE: Range = Range { from: 0.0, to: 1.0 };

fn precision_and_recall(report: &AccuracyReport) -> Plot {
    let mut plot = Plot::new("curve", "Precision by recall", "recall", WHOLE);
    plot.add_curve("first", report.sweep.iter().map(|point| (point.recall, point.precision)), WHOLE);
    plot.caption = "Each point is a threshold: to the right, more pairs are taken as links. The nearer the line comes to the \
                    upper right corner, the better. It ends at the recall of the whole table, because no threshold \
                    finds pairs that were not candidates.";
    plot
}

fn by_threshold(report: &AccuracyReport) -> Plot {
    let lowest = report.sweep.iter().map(|point| point.threshold).fold(1.0, f64::min);
    // A tenth at least, so that the axis has a length.
    let range = Range { from: ((lowest * 10.0).floor() / 10.0).clamp(0.0, 0.9), to: 1.0 };
    let mut plot = Plot::new("sweep", "Accuracy by threshold", "threshold of the similarity", range);
    let points = || report.sweep.iter();
    plot.add_curve("first", points().map(|point| (point.threshold, point.precision)), range);
    plot.add_curve("second", points().map(|point| (point.threshold, point.recall)), range);
    plot.add_curve("third", points().map(|point| (point.threshold, point.f1)), range);
    plot.keys = vec![
        Key { class: "first", name: "precision" },
        Key { class: "second", name: "recall" },
        Key { class: "third", name: "F1" },
    ];
    plot.caption = "All pairs of the table from a similarity upward counted as links, whatever their class.";
    plot
}

fn reliability(report: &AccuracyReport) -> Plot {
    let mut plot =
        Plot::new("reliability", "Reliability of match probabilities", "stated probability", WHOLE);
    let finite =
        report.reliability.iter().filter(|row| row.stated.is_finite() && row.right.value.is_finite());
    plot.dots = finite
        .map(|row| Dot {
            x: units(WHOLE.x(row.stated)),
            y: units(y(row.right.value)),
            low: units(y(row.right.low)),
            high: units(y(row.right.high)),
            text: format!(
                "{} links with probability {}: {} right",
                number::count(row.links),
                number::percent(row.stated),
                number::percent(row.right.value)
            ),
        })
        .collect();
    let [x1, x2] = [0.0, 1.0].map(|value| units(WHOLE.x(value)));
    let [y1, y2] = [0.0, 1.0].map(|value| units(y(value)));
    plot.diagonal = Some(Diagonal { x1, y1, x2, y2 });
    plot.caption = "Dots: the share of right links among those of about this probability. Lines: the 95% interval. On the \
                    dashed diagonal, probabilities are exact; below it, they promise too much.";
    plot
}
