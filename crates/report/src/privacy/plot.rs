//! Success of every attack beside chance, limit and control, on a logarithmic axis.

use serde::Serialize;

use crate::chart::{Tick, units};
use crate::privacy::report::{AttackOutcome, AttackRate, AttackVerdict, AttackerSection};
use crate::privacy::share::{in_unit_of, share};
use crate::shorten::shorten;

const WIDTH: f64 = 760.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 16.0;
const ROW: f64 = 26.0;
const BOTTOM: f64 = 48.0;
/// Where 0 is drawn, to the left of the axis, which has none.
const ZERO: f64 = LEFT + 14.0;
/// Start of the logarithmic axis.
const START: f64 = LEFT + 40.0;
/// The least share of the axis; less counts as 0.
const LEAST: f64 = 1e-5;
/// Maximum width of a name.
const NAME: usize = 50;

/// The plot, ready to be drawn.
#[derive(Debug, Serialize)]
pub(super) struct SuccessPlot {
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    top: f64,
    base: f64,
    middle: f64,
    ticks: Vec<Tick>,
    rows: Vec<PlotRow>,
}

#[derive(Debug, Serialize)]
struct PlotRow {
    name: String,
    /// All figures in words.
    text: String,
    y: f64,
    low: String,
    high: String,
    found: String,
    chance: String,
    limit: Option<String>,
    control: Option<String>,
    beyond: bool,
}

/// Position of a share.
fn x(value: f64) -> String {
    if value.is_nan() || value < LEAST {
        return units(ZERO);
    }
    let decades = -LEAST.log10();
    units(START + (value.min(1.0).log10() + decades) / decades * (WIDTH - RIGHT - START))
}

impl SuccessPlot {
    /// The most successful outcome of each attack; `None` if no attack had anything to work on.
    pub(super) fn new(attackers: &[AttackerSection]) -> Option<Self> {
        let attacks = attackers.iter().flat_map(|attacker| &attacker.attacks);
        let rows: Vec<PlotRow> = attacks
            .filter_map(|attack| worst(&attack.outcomes).map(|worst| (attack.name.as_str(), worst)))
            .enumerate()
            .map(|(at, (name, (outcome, result)))| row(at, name, outcome, result))
            .collect();
        if rows.is_empty() {
            return None;
        }
        let base = TOP + ROW * rows.len() as f64;
        let tick = |value: f64| Tick { at: x(value), label: share(value) };
        let mut ticks: Vec<Tick> = [0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0].map(tick).into();
        ticks[0].label = "0".to_owned();
        Some(Self {
            width: WIDTH,
            height: base + BOTTOM,
            left: LEFT,
            right: WIDTH - RIGHT,
            top: TOP,
            base,
            middle: (START + WIDTH - RIGHT) / 2.0,
            ticks,
            rows,
        })
    }
}

/// The outcome that is the farthest beyond its limit, or beyond chance where nothing is limited.
fn worst(outcomes: &[AttackOutcome]) -> Option<(&AttackOutcome, &AttackRate)> {
    let excess = |(outcome, result): &(&AttackOutcome, &AttackRate)| {
        result.found.value / outcome.limit.unwrap_or(result.chance).max(LEAST)
    };
    let rank = |of: &(&AttackOutcome, &AttackRate)| (of.0.verdict == AttackVerdict::Exceeds, excess(of));
    outcomes
        .iter()
        .filter_map(|outcome| outcome.result.as_ref().map(|result| (outcome, result)))
        .filter(|(_, result)| result.found.value.is_finite())
        .max_by(|a, b| {
            let (a, b) = (rank(a), rank(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        })
}

fn row(at: usize, name: &str, outcome: &AttackOutcome, result: &AttackRate) -> PlotRow {
    let text = |value: f64| in_unit_of(result, value);
    let mut words = format!(
        "{name}, {}: found {}, chance {}",
        result.setting,
        text(result.found.value),
        text(result.chance)
    );
    if let Some(limit) = outcome.limit {
        words.push_str(&format!(", limit {}", text(limit)));
    }
    let control = outcome.control.as_ref().filter(|control| control.found.value.is_finite());
    if let Some(control) = control {
        words.push_str(&format!(", control {}", text(control.found.value)));
    }
    PlotRow {
        name: shorten(name, NAME),
        text: words,
        y: TOP + ROW * (at as f64 + 0.5),
        low: x(result.found.low),
        high: x(result.found.high),
        found: x(result.found.value),
        chance: x(result.chance),
        limit: outcome.limit.filter(|limit| limit.is_finite()).map(x),
        control: control.map(|control| x(control.found.value)),
        beyond: outcome.verdict == AttackVerdict::Exceeds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_by_hand() {
        // Five decades over 366 units.
        assert_eq!(x(1.0), "736.00");
        assert_eq!(x(0.1), "662.80");
        assert_eq!(x(1e-5), "370.00");
        for below in [0.0, 1e-9, f64::NAN] {
            assert_eq!(x(below), "344.00");
        }
        assert_eq!(x(f64::INFINITY), "736.00");
    }
}
