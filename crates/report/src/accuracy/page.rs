//! The data for the template: every number as text, every decision made.

use serde::Serialize;

use crate::accuracy::plot::{Plot, plots};
use crate::accuracy::report::{
    AccuracyReport, ClassAccuracy, GroupFigures, GroupTable, Proportion, SweepFigures, WrongPairRow,
};
use crate::number;

/// Maximum number of rows of the table of thresholds.
const SWEEP_ROWS: usize = 25;

#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    report: Head<'a>,
    links: &'a str,
    truth: &'a str,
    notes: &'a [String],
    figures: Vec<Figure>,
    classes: Vec<ClassRow<'a>>,
    candidates: String,
    completeness: String,
    reduction: Option<String>,
    plots: Vec<Plot>,
    sweep: Vec<SweepRow>,
    best: Option<SweepRow>,
    average_precision: String,
    calibration_error: Option<String>,
    groups: Vec<Groups<'a>>,
    lists: Vec<List<'a>>,
    not_candidates: String,
}

/// What the head of every page shows.
#[derive(Debug, Serialize)]
struct Head<'a> {
    title: &'a str,
    generated_by: &'a str,
}

#[derive(Debug, Serialize)]
struct Figure {
    label: &'static str,
    value: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct ClassRow<'a> {
    name: &'a str,
    found: String,
    correct: String,
    precision: String,
    recall: String,
    f1: String,
    f_star: String,
}

#[derive(Debug, Serialize)]
struct SweepRow {
    threshold: String,
    found: String,
    precision: String,
    recall: String,
    f1: String,
    f_star: String,
}

#[derive(Debug, Serialize)]
struct Groups<'a> {
    attribute: &'a str,
    rows: Vec<GroupRow<'a>>,
}

#[derive(Debug, Serialize)]
struct GroupRow<'a> {
    group: &'a str,
    records: String,
    true_links: String,
    recall: String,
    precision: String,
    f1: String,
    p_value: String,
    differs: bool,
}

#[derive(Debug, Serialize)]
struct List<'a> {
    id: &'static str,
    title: &'static str,
    empty: &'static str,
    rows: Vec<WrongRow<'a>>,
}

#[derive(Debug, Serialize)]
struct WrongRow<'a> {
    left: &'a str,
    right: &'a str,
    similarity: String,
    class: &'a str,
    probability: String,
    evidence: &'a str,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a AccuracyReport) -> Self {
        // The highest threshold comes first; the last one is the whole table.
        let (step, last) =
            (report.sweep.len().div_ceil(SWEEP_ROWS).max(1), report.sweep.len().saturating_sub(1));
        let shown = report.sweep.iter().enumerate().filter(|(at, _)| (last - at).is_multiple_of(step));
        Self {
            report: Head { title: &report.title, generated_by: &report.generated_by },
            links: &report.links,
            truth: &report.truth,
            notes: &report.notes,
            figures: figures(report),
            classes: report.classes.iter().map(ClassRow::new).collect(),
            candidates: number::count(report.candidates),
            completeness: with_range(report.pairs_completeness),
            reduction: report.reduction_ratio.map(four),
            plots: plots(report),
            sweep: shown.map(|(_, point)| SweepRow::new(point)).collect(),
            best: report.best.as_ref().map(SweepRow::new),
            average_precision: four(report.average_precision),
            calibration_error: report.calibration_error.map(four),
            groups: report.groups.iter().map(Groups::new).collect(),
            not_candidates: number::count(report.not_candidates),
            lists: vec![
                List {
                    id: "false-links",
                    title: "False links",
                    empty: "No false link is of class match.",
                    rows: report.false_links.iter().map(WrongRow::new).collect(),
                },
                List {
                    id: "missed",
                    title: "Missed true pairs",
                    empty: "No true pair is missed.",
                    rows: report.missed.iter().map(WrongRow::new).collect(),
                },
            ],
        }
    }
}

fn figures(report: &AccuracyReport) -> Vec<Figure> {
    let figure = |label, value, note| Figure { label, value, note };
    let true_links = number::count(report.true_links);
    let mut figures = vec![figure("True pairs", true_links, "in the ground truth".to_owned())];
    if let Some(first) = report.classes.first() {
        let interval = |of: Proportion| format!("95% interval {}", range(of));
        figures.push(figure("Precision", number::percent(first.precision.value), interval(first.precision)));
        figures.push(figure("Recall", number::percent(first.recall.value), interval(first.recall)));
        figures.push(figure("F1", four(first.f1.value), format!("F* {}", four(first.f_star.value))));
    }
    figures
}

impl<'a> ClassRow<'a> {
    fn new(class: &'a ClassAccuracy) -> Self {
        Self {
            name: &class.name,
            found: number::count(class.found),
            correct: number::count(class.correct),
            precision: with_range(class.precision),
            recall: with_range(class.recall),
            f1: with_range(class.f1),
            f_star: with_range(class.f_star),
        }
    }
}

impl SweepRow {
    fn new(point: &SweepFigures) -> Self {
        Self {
            threshold: number::similarity(point.threshold),
            found: number::count(point.found),
            precision: four(point.precision),
            recall: four(point.recall),
            f1: four(point.f1),
            f_star: four(point.f_star),
        }
    }
}

impl<'a> Groups<'a> {
    fn new(table: &'a GroupTable) -> Self {
        Self { attribute: &table.attribute, rows: table.rows.iter().map(GroupRow::new).collect() }
    }
}

impl<'a> GroupRow<'a> {
    fn new(group: &'a GroupFigures) -> Self {
        Self {
            group: &group.group,
            records: number::count(group.records),
            true_links: number::count(group.true_links),
            recall: group.recall.map_or_else(none, with_range),
            precision: group.precision.map_or_else(none, with_range),
            f1: four(group.f1),
            p_value: group.p_value.map_or_else(none, p_value),
            differs: group.differs,
        }
    }
}

impl<'a> WrongRow<'a> {
    fn new(pair: &'a WrongPairRow) -> Self {
        Self {
            left: &pair.left,
            right: &pair.right,
            similarity: pair.similarity.map_or_else(none, number::similarity),
            class: &pair.class,
            probability: pair.probability.map_or_else(none, number::percent),
            evidence: &pair.evidence,
        }
    }
}

fn none() -> String {
    number::NONE.to_owned()
}

/// A P value with four decimals; none is rounded to 0.
fn p_value(value: f64) -> String {
    if value < 5e-5 { "< 0.0001".to_owned() } else { four(value) }
}

/// A share with four decimals.
fn four(value: f64) -> String {
    if value.is_finite() { format!("{value:.4}") } else { number::NONE.to_owned() }
}

fn range(of: Proportion) -> String {
    number::range(of.low, of.high, four)
}

fn with_range(of: Proportion) -> String {
    format!("{} ({})", four(of.value), range(of))
}
