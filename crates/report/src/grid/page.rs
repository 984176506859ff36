//! The data for the template: every number as text, every decision made.

use serde::Serialize;

use crate::grid::plot::GridPlot;
use crate::grid::report::{GridReport, GridRow, GridRowFigures};
use crate::number;

/// Names of the parameters.
pub(super) const PARAMETERS: [&str; 8] = ["profile", "views", "t", "n", "w", "fill", "alternatives", "C"];

pub(super) const ABOUT: &str = "Every point is the same schema with other parameters: both tables are encoded and \
    linked, and the links are compared with the ground truth. F1 is that of thresholds estimated without labels; best \
    F1 is that of the threshold that is best by the ground truth. The leak index is the largest success of an attack \
    that chance does not explain, divided by the limit of the schema: 0 if chance explains everything, above 1 if an \
    attack exceeds its limit. It says nothing of unproven results, whose attack failed on its control. Keys and attacks have seeds, so that a grid can be repeated; only the times differ.";

pub(super) const ABOUT_CONTENTS: &str =
    "Sums over records, and the names of attacks. No value of a person, no token and no key.";

#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    pub(super) report: Head<'a>,
    pub(super) about: &'static str,
    pub(super) about_contents: &'static str,
    pub(super) preferred: String,
    pub(super) is_good: bool,
    pub(super) facts: Vec<(&'static str, String)>,
    plot: Option<GridPlot>,
    /// Parameters that differ between points.
    pub(super) varied: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
    pub(super) refused: Vec<String>,
}

/// What the head of every page shows.
#[derive(Debug, Serialize)]
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) generated_by: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Row {
    pub(super) number: String,
    pub(super) mark: &'static str,
    pub(super) settings: Vec<String>,
    pub(super) figures: Vec<String>,
    pub(super) worst: String,
    is_bad: bool,
}

/// Headings of a row's figures.
pub(super) const FIGURES: [&str; 10] = [
    "F1",
    "best F1",
    "precision",
    "recall",
    "leak index",
    "beyond",
    "unproven",
    "shared",
    "bytes",
    "encode, link",
];

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a GridReport) -> Self {
        let differs =
            |at: &usize| report.rows.windows(2).any(|pair| pair[0].settings[*at] != pair[1].settings[*at]);
        let varied: Vec<usize> = (0..PARAMETERS.len()).filter(differs).collect();
        let told = |row: &GridRow| {
            let values = PARAMETERS.iter().zip(&row.settings).map(|(name, value)| format!("{name} {value}"));
            values.collect::<Vec<_>>().join(", ")
        };
        let of_number = |number: usize| {
            report.rows.iter().find(|row| row.number == number).map_or_else(String::new, told)
        };
        let preferred = match report.preferred {
            Some(number) => {
                format!("Preferred: point {number} ({}): {}.", of_number(number), report.reason)
            }
            None => format!("No point is preferred: {}.", report.reason),
        };
        let refused = report.rows.iter().filter_map(|row| {
            let reason = row.figures.as_ref().err()?;
            Some(format!("point {} ({}): {reason}", row.number, told(row)))
        });
        Self {
            report: Head { title: &report.name, generated_by: &report.generated_by },
            about: ABOUT,
            about_contents: ABOUT_CONTENTS,
            preferred,
            is_good: report.preferred.is_some(),
            facts: vec![
                ("People", report.origin.clone()),
                ("Points", number::count(report.rows.len() as u64)),
                ("Attacks", report.tier.clone().unwrap_or_else(|| "none".to_owned())),
                ("Seed", report.seed.to_string()),
                ("SHA-256 of the grid", report.digest.clone()),
            ],
            plot: GridPlot::new(report),
            varied: varied.iter().map(|&at| PARAMETERS[at]).collect(),
            rows: report.rows.iter().filter_map(|row| Row::new(row, report.preferred, &varied)).collect(),
            refused: refused.collect(),
        }
    }
}

impl Row {
    fn new(row: &GridRow, preferred: Option<usize>, varied: &[usize]) -> Option<Self> {
        let figures = row.figures.as_ref().ok()?;
        Some(Self {
            number: row.number.to_string(),
            mark: match (preferred == Some(row.number), row.efficient) {
                (true, _) => "preferred",
                (false, true) => "efficient",
                (false, false) => "",
            },
            settings: varied.iter().map(|&at| row.settings[at].clone()).collect(),
            figures: texts(figures).into(),
            worst: figures.worst.clone(),
            is_bad: figures.beyond > 0,
        })
    }
}

fn texts(of: &GridRowFigures) -> [String; 10] {
    let none = || number::NONE.to_owned();
    let share = |value: f64| if value.is_finite() { format!("{value:.4}") } else { none() };
    [
        share(of.f1),
        share(of.best_f1),
        share(of.precision),
        share(of.recall),
        of.index.map_or_else(none, |index| format!("{index:.2}")),
        of.index.map_or_else(none, |_| number::count(of.beyond)),
        of.index.map_or_else(none, |_| number::count(of.unproven)),
        of.shared.map_or_else(none, number::percent),
        number::count(of.bytes_per_record.round() as u64),
        format!("{:.1} s, {:.1} s", of.encode_seconds, of.link_seconds),
    ]
}
