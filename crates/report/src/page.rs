//! What the template shows: every number as text, every judgement made.

use serde::Serialize;

use crate::chart::Chart;
use crate::{ExpectedAt, FileSummary, LinkReport, PassFigures, ReportError, ViewSummary, number};

/// Diffused tokens have half their bits set, give or take this.
const FILL_TOLERANCE: f64 = 0.03;

#[derive(Debug, Serialize)]
pub(crate) struct Page<'a> {
    report: &'a LinkReport,
    within: bool,
    figures: Vec<Figure>,
    accept: String,
    borderline: String,
    has_borderline: bool,
    matches: String,
    borderline_links: String,
    below: String,
    candidates: String,
    links: String,
    expectation: Option<Expectation<'a>>,
    many: bool,
    chart: Option<Chart>,
    passes: Vec<PassRow<'a>>,
    household: String,
    files: Vec<File<'a>>,
    diffused: bool,
    odd_fill: bool,
    assignment_note: &'static str,
    profile_note: &'static str,
}

/// A headline number.
#[derive(Debug, Serialize)]
struct Figure {
    label: &'static str,
    value: String,
    note: String,
}

#[derive(Debug, Serialize)]
struct Expectation<'a> {
    precision: String,
    recall: String,
    prior: String,
    m: String,
    u: String,
    curve: Vec<ExpectedRow>,
    method: &'a str,
}

#[derive(Debug, Serialize)]
struct File<'a> {
    side: &'static str,
    name: &'a str,
    custodian: &'a str,
    records: String,
    views: Vec<View<'a>>,
}

#[derive(Debug, Serialize)]
struct View<'a> {
    name: &'a str,
    bits: String,
    tokens: String,
    token_share: String,
    fill: String,
    /// Length of the bar, 0..=100; absent without tokens.
    fill_bar: Option<String>,
    odd_fill: bool,
    distinct: String,
}

/// A row of the table of thresholds.
#[derive(Debug, Serialize)]
struct ExpectedRow {
    threshold: String,
    links: String,
    precision: String,
    recall: String,
    probability: String,
}

impl ExpectedRow {
    fn new(expected: &ExpectedAt) -> Self {
        Self {
            threshold: number::similarity(expected.threshold),
            links: number::count(expected.links),
            precision: number::percent(expected.precision),
            recall: number::percent(expected.recall),
            probability: number::percent(expected.probability),
        }
    }
}

/// A row of the table of passes.
#[derive(Debug, Serialize)]
struct PassRow<'a> {
    name: &'a str,
    blocks: String,
    pairs: String,
    largest: String,
}

impl<'a> PassRow<'a> {
    fn new(pass: &'a PassFigures) -> Self {
        Self {
            name: &pass.name,
            blocks: number::count(pass.blocks),
            pairs: number::count(pass.pairs),
            largest: number::count(pass.largest),
        }
    }
}

impl<'a> Page<'a> {
    pub(crate) fn new(report: &'a LinkReport) -> Result<Self, ReportError> {
        let diffused = !matches!(report.profile.as_str(), "plain" | "clkhash");
        let files = files(report, diffused);
        let thresholds = &report.thresholds;
        let links = report.matches.saturating_add(report.borderline);
        Ok(Self {
            report,
            within: report.right.is_none(),
            figures: figures(report),
            accept: number::similarity(thresholds.accept),
            borderline: number::similarity(thresholds.borderline),
            has_borderline: thresholds.borderline < thresholds.accept || report.borderline > 0,
            matches: number::count(report.matches),
            borderline_links: number::count(report.borderline),
            below: number::count(report.compared.saturating_sub(report.candidates)),
            candidates: number::count(report.candidates),
            links: number::count(links),
            expectation: report.expectation.as_ref().map(|expectation| Expectation {
                precision: number::percent(expectation.precision),
                recall: number::percent(expectation.recall),
                prior: number::scientific(expectation.prior),
                m: number::percent(expectation.recall),
                u: number::scientific(expectation.u),
                curve: expectation.curve.iter().map(ExpectedRow::new).collect(),
                method: &expectation.method,
            }),
            passes: report.passes.iter().map(PassRow::new).collect(),
            household: number::count(report.household),
            many: report.assignment.starts_with("many"),
            chart: Chart::new(&report.histogram, &report.links_histogram, thresholds)?,
            odd_fill: files.iter().flat_map(|file| &file.views).any(|view| view.odd_fill),
            files,
            diffused,
            assignment_note: assignment_note(&report.assignment),
            profile_note: profile_note(&report.profile),
        })
    }
}

fn figures(report: &LinkReport) -> Vec<Figure> {
    let accept = number::similarity(report.thresholds.accept);
    let borderline = number::similarity(report.thresholds.borderline);
    let (records, note) = match &report.right {
        None => (report.left.records, "in one file".to_owned()),
        Some(right) => (
            report.left.records.saturating_add(right.records),
            format!("{} left, {} right", number::count(report.left.records), number::count(right.records)),
        ),
    };
    let compared = match report.compared {
        pairs if number::short_count(pairs) == number::count(pairs) => "every one a similarity".to_owned(),
        pairs => number::count(pairs),
    };
    let between = if borderline == accept {
        "no range between the thresholds".to_owned()
    } else {
        format!("similarity {borderline} up to {accept}")
    };
    let figure = |label, value, note| Figure { label, value: number::short_count(value), note };
    vec![
        figure("Records", records, note),
        figure("Pairs compared", report.compared, compared),
        figure("Links: match", report.matches, format!("similarity {accept} or above")),
        figure("Links: borderline", report.borderline, between),
    ]
}

fn files(report: &LinkReport, diffused: bool) -> Vec<File<'_>> {
    match &report.right {
        None => vec![File::new("Linked with itself", &report.left, diffused)],
        Some(right) => {
            vec![File::new("Left", &report.left, diffused), File::new("Right", right, diffused)]
        }
    }
}

impl<'a> File<'a> {
    fn new(side: &'static str, file: &'a FileSummary, diffused: bool) -> Self {
        Self {
            side,
            name: &file.name,
            custodian: &file.custodian,
            records: number::count(file.records),
            views: file.views.iter().map(|view| View::new(view, file.records, diffused)).collect(),
        }
    }
}

impl<'a> View<'a> {
    fn new(view: &'a ViewSummary, records: u64, diffused: bool) -> Self {
        let share =
            |share: f64| if view.tokens == 0 { number::NONE.to_owned() } else { number::percent(share) };
        let known_fill = view.tokens > 0 && view.fill.is_finite();
        Self {
            name: &view.name,
            bits: number::count(view.bits),
            tokens: number::count(view.tokens),
            token_share: if records == 0 {
                number::NONE.to_owned()
            } else {
                number::percent(view.tokens as f64 / records as f64)
            },
            fill: share(view.fill),
            fill_bar: known_fill.then(|| format!("{:.1}", 100.0 * view.fill.clamp(0.0, 1.0))),
            odd_fill: diffused && known_fill && (view.fill - 0.5).abs() > FILL_TOLERANCE,
            distinct: share(view.distinct_share),
        }
    }
}

fn assignment_note(assignment: &str) -> &'static str {
    match assignment.split([' ', '-']).next() {
        Some("greedy") => {
            "Candidate pairs were taken from the most similar down; a pair became a link if neither of its \
             records was in one yet."
        }
        Some("optimal") => {
            "Of all sets of candidate pairs with no record in two of them, the one with the largest sum of \
             similarities, each counted from the lower threshold and one more for every link, was written."
        }
        Some("many") => "Every candidate pair became a link, so a record can be in several.",
        _ => "",
    }
}

fn profile_note(profile: &str) -> &'static str {
    match profile {
        "hardened" => {
            "Records came as several tokens each, one a view, with diffused bits: a token bit mixes several \
             filter bits and stands for no single feature of a value."
        }
        "max-privacy" => {
            "Records came as one token each, with strongly diffused bits: a token bit mixes many filter bits \
             and stands for no single feature of a value."
        }
        "plain" | "clkhash" => {
            "Tokens are undiffused filters. Whoever holds a file of similar people can re-identify many of \
             them, so they need the protection that the data itself would need."
        }
        _ => "",
    }
}
