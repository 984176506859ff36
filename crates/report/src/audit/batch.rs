//! Findings on many links at once: shifted rows, groups, shared records.

use serde::Serialize;

use crate::audit::report::{AuditReport, GroupRow, SharedRow, ShiftRow};
use crate::chart::{Tick, units};
use crate::number;
use crate::shorten::shorten;

/// Maximum number of groups in the chart.
const DRAWN: usize = 20;
/// Maximum number of rows of a table; omitted rows are counted.
const LISTED: usize = 200;

const WIDTH: f64 = 760.0;
const ROW: f64 = 22.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 46.0;
const LEFT: f64 = 200.0;
const RIGHT: f64 = 24.0;
const PLOT_WIDTH: f64 = WIDTH - LEFT - RIGHT;
const NAME_WIDTH: usize = 27;

/// Minimum share that is drawn.
const LEAST_SHARE: f64 = 1e-7;

#[derive(Debug, Serialize)]
pub(super) struct Batches<'a> {
    shifts: Vec<Shift<'a>>,
    shifts_left: Option<String>,
    shifted_links: String,
    /// What a group is; absent if links have no groups.
    label: Option<&'a str>,
    groups: Vec<Group<'a>>,
    groups_left: Option<String>,
    chart: Option<Whiskers<'a>>,
    shared: Vec<Shared<'a>>,
}

#[derive(Debug, Serialize)]
struct Shift<'a> {
    first: &'a str,
    last: &'a str,
    links: String,
    offset: String,
    label: &'a str,
}

#[derive(Debug, Serialize)]
struct Group<'a> {
    label: &'a str,
    links: String,
    wrong: String,
    share: String,
    range: String,
    findings: &'a [String],
}

#[derive(Debug, Serialize)]
struct Shared<'a> {
    side: String,
    custodian: &'a str,
    records: String,
    links: String,
    most: String,
    wrong: String,
}

#[derive(Debug, Serialize)]
struct Whiskers<'a> {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    base: f64,
    middle: f64,
    rows: Vec<Whisker<'a>>,
    ticks: Vec<Tick>,
    /// Share of wrong links among all: position and label of its line.
    all: Option<Tick>,
}

#[derive(Debug, Serialize)]
struct Whisker<'a> {
    full: &'a str,
    name: String,
    share: String,
    range: String,
    y: String,
    line: String,
    dot: String,
    low: String,
    high: String,
    /// The interval extends beyond the plot.
    cut: bool,
}

impl<'a> Batches<'a> {
    pub(super) fn new(report: &'a AuditReport) -> Self {
        let mut groups: Vec<&GroupRow> = report.groups.iter().collect();
        groups.sort_by(|a, b| {
            let low = |group: &GroupRow| (finite(group.share.low), finite(group.share.value));
            let ((a_low, a_value), (b_low, b_value)) = (low(a), low(b));
            b_low.total_cmp(&a_low).then(b_value.total_cmp(&a_value)).then(a.label.cmp(&b.label))
        });
        let listed: Vec<Group<'_>> = groups
            .iter()
            .enumerate()
            .filter(|(place, group)| *place < DRAWN || !group.findings.is_empty())
            .map(|(_, group)| Group::new(group))
            .take(LISTED)
            .collect();
        let left = |all: usize, shown: usize| (all > shown).then(|| number::count((all - shown) as u64));
        let shifted = report.shifts.iter().fold(0_u64, |sum, shift| sum.saturating_add(shift.links));
        let all = report.expected_wrong.value / report.links as f64;
        Self {
            shifts: report.shifts.iter().take(LISTED).map(Shift::new).collect(),
            shifts_left: left(report.shifts.len(), report.shifts.len().min(LISTED)),
            shifted_links: number::count(shifted),
            label: report.label.as_deref(),
            groups_left: left(groups.len(), listed.len()),
            groups: listed,
            chart: Whiskers::new(&groups, all),
            shared: report.shared.iter().map(|row| Shared::new(row, report)).collect(),
        }
    }
}

fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { -1.0 }
}

impl<'a> Shift<'a> {
    fn new(shift: &'a ShiftRow) -> Self {
        let rows = number::count(shift.offset.unsigned_abs());
        let noun = if shift.offset.unsigned_abs() == 1 { "row" } else { "rows" };
        Self {
            first: &shift.first_handle,
            last: &shift.last_handle,
            links: number::count(shift.links),
            offset: match shift.offset {
                0 => "the same row".to_owned(),
                1.. => format!("{rows} {noun} later"),
                _ => format!("{rows} {noun} earlier"),
            },
            label: &shift.label,
        }
    }
}

impl<'a> Group<'a> {
    fn new(group: &'a GroupRow) -> Self {
        Self {
            label: &group.label,
            links: number::count(group.links),
            wrong: number::expected(group.expected_wrong),
            share: number::per_ten_thousand(group.share.value),
            range: number::range(group.share.low, group.share.high, number::per_ten_thousand),
            findings: &group.findings,
        }
    }
}

impl<'a> Shared<'a> {
    fn new(row: &'a SharedRow, report: &'a AuditReport) -> Self {
        let (side, custodian) = match row.side.as_str() {
            "left" => ("Left".to_owned(), report.left.custodian.as_str()),
            "right" => ("Right".to_owned(), report.right.custodian.as_str()),
            other => (other.to_owned(), ""),
        };
        Self {
            side,
            custodian,
            records: number::count(row.records),
            links: number::count(row.links),
            most: number::count(row.most_links),
            wrong: number::expected(row.expected_wrong),
        }
    }
}

impl<'a> Whiskers<'a> {
    /// The first groups that can be drawn; `None` if there is none.
    fn new(groups: &[&'a GroupRow], all: f64) -> Option<Self> {
        let shares = |group: &GroupRow| [group.share.low, group.share.value, group.share.high];
        let drawn: Vec<&GroupRow> = groups
            .iter()
            .copied()
            .filter(|group| shares(group).iter().all(|share| (0.0..=1.0).contains(share)))
            .take(DRAWN)
            .collect();
        let known: Vec<f64> = drawn
            .iter()
            .flat_map(|group| shares(group))
            .chain([all])
            .filter(|share| (LEAST_SHARE..=1.0).contains(share))
            .collect();
        if drawn.is_empty() {
            return None;
        }
        let from = known.iter().copied().fold(1e-3, f64::min).log10().floor();
        let to = known.iter().copied().fold(10_f64.powf(from + 1.0), f64::max).log10().ceil();
        let x = |share: f64| {
            LEFT + ((share.max(LEAST_SHARE).log10() - from) / (to - from)).clamp(0.0, 1.0) * PLOT_WIDTH
        };
        let rows = drawn.iter().enumerate().map(|(row, group)| {
            let y = TOP + ROW * (row as f64 + 0.5);
            Whisker {
                full: &group.label,
                name: shorten(&group.label, NAME_WIDTH),
                share: number::per_ten_thousand(group.share.value),
                range: number::range(group.share.low, group.share.high, number::per_ten_thousand),
                y: units(y),
                line: units(y + 4.0),
                dot: units(x(group.share.value)),
                low: units(x(group.share.low)),
                high: units(x(group.share.high)),
                cut: group.share.low < 10_f64.powf(from),
            }
        });
        let tick = |power: i32| {
            let share = 10_f64.powi(power);
            Tick { at: units(x(share)), label: whole(share) }
        };
        let base = TOP + ROW * drawn.len() as f64;
        Some(Self {
            width: WIDTH,
            height: base + BOTTOM,
            left: LEFT,
            right: WIDTH - RIGHT,
            top: TOP,
            base,
            middle: LEFT + PLOT_WIDTH / 2.0,
            rows: rows.collect(),
            ticks: (from as i32..=to as i32).map(tick).collect(),
            all: (LEAST_SHARE..=1.0).contains(&all).then(|| Tick {
                at: units(x(all)),
                label: format!("all links: {}", number::per_ten_thousand(all)),
            }),
        })
    }
}

/// A power of ten in parts of 10,000, without idle decimals.
fn whole(share: f64) -> String {
    let value = 1e4 * share;
    if value >= 0.95 { number::expected(value).trim_end_matches(".0").to_owned() } else { format!("{value}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::report::Interval;

    fn group(label: &str, value: f64, low: f64, high: f64) -> GroupRow {
        GroupRow {
            label: label.to_owned(),
            links: 1_000,
            expected_wrong: 1_000.0 * value,
            share: Interval { value, low, high },
            findings: Vec::new(),
        }
    }

    #[test]
    fn whiskers_hold_their_dot() {
        let groups = [group("a", 0.9, 0.88, 0.92), group("b", 1e-4, 0.0, 4e-3), group("c", 0.0, 0.0, 1.0)];
        let drawn = Whiskers::new(&groups.iter().collect::<Vec<_>>(), 9.6e-5).unwrap();
        for row in &drawn.rows {
            let [low, dot, high] = [&row.low, &row.dot, &row.high].map(|x| x.parse::<f64>().unwrap());
            assert!(LEFT <= low && low <= dot && dot <= high && high <= WIDTH - RIGHT, "{row:?}");
        }
        assert_eq!(drawn.rows.iter().map(|row| row.cut).collect::<Vec<_>>(), [false, true, true]);
        let labels: Vec<&str> = drawn.ticks.iter().map(|tick| tick.label.as_str()).collect();
        assert_eq!(labels, ["0.1", "1", "10", "100", "1,000", "10,000"]);
        assert_eq!(drawn.all.unwrap().label, "all links: 0.96");
    }

    #[test]
    fn groups_without_a_share_are_not_drawn() {
        let odd = [group("a", f64::NAN, 0.0, 1.0), group("b", 0.1, f64::NEG_INFINITY, 0.2)];
        assert!(Whiskers::new(&odd.iter().collect::<Vec<_>>(), 0.1).is_none());
        let zero = [group("a", 0.0, 0.0, 0.0)];
        let drawn = Whiskers::new(&zero.iter().collect::<Vec<_>>(), f64::NAN).unwrap();
        assert!(drawn.all.is_none() && drawn.ticks.len() >= 2);
    }

    #[test]
    fn offsets_are_said_in_words() {
        let said = [2, 1, -1, 0, i64::MIN].map(|offset| {
            let row = ShiftRow {
                first_handle: String::new(),
                last_handle: String::new(),
                links: 3,
                offset,
                label: String::new(),
            };
            Shift::new(&row).offset
        });
        assert_eq!(said[..4], ["2 rows later", "1 row later", "1 row earlier", "the same row"]);
        assert!(said[4].ends_with("808 rows earlier"));
    }
}
