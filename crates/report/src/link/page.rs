//! The data for the template: every number as text, every decision made.

use serde::Serialize;

use crate::chart::Chart;
use crate::error::ReportError;
use crate::link::report::{ExpectedAt, FileSummary, LinkReport, PassFigures, SymbolSummary, ViewSection};
use crate::number;

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
    doubtful: String,
    files: Vec<File<'a>>,
    symbols: Option<Symbols>,
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
    distinct: String,
}

/// Data about sealed symbols.
#[derive(Debug, Serialize)]
struct Symbols {
    per_record: String,
    bits: String,
    positions: String,
    least_common: u32,
    recall: Option<Recall>,
}

#[derive(Debug, Serialize)]
struct Recall {
    share: String,
    found: String,
    sampled: String,
}

impl Symbols {
    fn new(symbols: &SymbolSummary) -> Self {
        let recall = symbols.sampled.filter(|sampled| sampled.pairs > 0).map(|sampled| Recall {
            share: number::percent(sampled.found as f64 / sampled.pairs as f64),
            found: number::count(sampled.found),
            sampled: number::count(sampled.pairs),
        });
        Self {
            per_record: number::count(symbols.per_record),
            bits: number::count(symbols.bits),
            positions: number::count(symbols.positions),
            least_common: symbols.least_common,
            recall,
        }
    }
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
        let thresholds = &report.thresholds;
        let links = report.matches.saturating_add(report.borderline);
        Ok(Self {
            report,
            within: report.files.len() == 1,
            figures: figures(report),
            accept: number::similarity(thresholds.accept),
            borderline: number::similarity(thresholds.borderline),
            has_borderline: thresholds.borderline < thresholds.accept || report.borderline > 0,
            matches: number::count(report.matches),
            borderline_links: number::count(report.borderline),
            below: number::count(pairs(report).saturating_sub(report.candidates)),
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
            doubtful: number::count(report.doubtful),
            many: report.assignment.starts_with("many"),
            chart: Chart::new(&report.histogram, &report.links_histogram, thresholds)?,
            files: files(report),
            symbols: report.symbols.as_ref().map(Symbols::new),
            assignment_note: assignment_note(&report.assignment),
            profile_note: profile_note(&report.profile, report.files.len() == 1),
        })
    }
}

/// Number of pairs whose class is known: those compared, or all pairs in a join.
fn pairs(report: &LinkReport) -> u64 {
    if report.symbols.is_none() {
        return report.compared;
    }
    if let [file] = report.files.as_slice() {
        return file.records.saturating_mul(file.records.saturating_sub(1)) / 2;
    }
    let (mut pairs, mut before) = (0_u64, 0_u64);
    for file in &report.files {
        pairs = pairs.saturating_add(before.saturating_mul(file.records));
        before = before.saturating_add(file.records);
    }
    pairs
}

fn figures(report: &LinkReport) -> Vec<Figure> {
    let accept = number::similarity(report.thresholds.accept);
    let borderline = number::similarity(report.thresholds.borderline);
    let records = report.files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.records));
    let note = match report.files.as_slice() {
        [_] => "in one file".to_owned(),
        [left, right] => {
            format!("{} left, {} right", number::count(left.records), number::count(right.records))
        }
        files => format!("in {} files", files.len()),
    };
    let what = if report.symbols.is_some() { "Symbols joined" } else { "Pairs compared" };
    let exact = number::count(report.compared);
    let compared = if number::short_count(report.compared) != exact {
        exact
    } else if report.symbols.is_some() {
        "of all records".to_owned()
    } else {
        "each with a similarity".to_owned()
    };
    let between = if borderline == accept {
        "no range between the thresholds".to_owned()
    } else {
        format!("similarity {borderline} up to {accept}")
    };
    let figure = |label, value, note| Figure { label, value: number::short_count(value), note };
    vec![
        figure("Records", records, note),
        figure(what, report.compared, compared),
        figure("Links: match", report.matches, format!("similarity {accept} or above")),
        figure("Links: borderline", report.borderline, between),
    ]
}

fn files(report: &LinkReport) -> Vec<File<'_>> {
    match report.files.as_slice() {
        [file] => vec![File::new("Linked with itself", file)],
        [left, right] => vec![File::new("Left", left), File::new("Right", right)],
        files => files.iter().map(|file| File::new("One of several", file)).collect(),
    }
}

impl<'a> File<'a> {
    fn new(side: &'static str, file: &'a FileSummary) -> Self {
        Self {
            side,
            name: &file.name,
            custodian: &file.custodian,
            records: number::count(file.records),
            views: file.views.iter().map(|view| View::new(view, file.records)).collect(),
        }
    }
}

impl<'a> View<'a> {
    fn new(view: &'a ViewSection, records: u64) -> Self {
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
            distinct: share(view.distinct_share),
        }
    }
}

fn assignment_note(assignment: &str) -> &'static str {
    match assignment.split([' ', '-']).next() {
        Some("greedy") => {
            "Candidate pairs were taken in descending order of similarity; a pair became a link if neither of its \
             records had a link yet."
        }
        Some("optimal") => {
            "Of all sets of candidate pairs with no record in two of them, the one with the largest sum of \
             similarities, each counted from the lower threshold plus one per link, was written."
        }
        Some("many") => "Every candidate pair became a link, so a record can have several.",
        _ => "",
    }
}

fn profile_note(profile: &str, within: bool) -> &'static str {
    match profile {
        "hardened" | "max-privacy" if within => {
            "Records are sets of sealed symbols, equally many each: keyed pseudorandom numbers that reveal nothing but \
             whether two are equal. The file was made for deduplication: symbols that several of \
             its records share are in it, and reveal which records are similar."
        }
        "hardened" | "max-privacy" => {
            "Records are sets of sealed symbols, equally many each: keyed pseudorandom numbers that reveal nothing but \
             whether two are equal. Symbols that several records of one file have were suppressed."
        }
        "plain" | "clkhash" => {
            "Tokens are Bloom filters. Anyone with a file of similar people can re-identify many of \
             them, so they need the same protection as the data itself."
        }
        _ => "",
    }
}
