//! Single findings: a chart from the prior to the posterior, with a bar for each comparison.

use serde::Serialize;

use mizuhiki_exchange::Language;

use crate::audit::report::FindingCard;
use crate::audit::review::steps;
use crate::chart::{Tick, units};
use crate::number;
use crate::shorten::shorten;

const WIDTH: f64 = 760.0;
const ROW: f64 = 21.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 24.0;
/// Names and outcomes are to the left of the plot, bits to its right.
const OUTCOME: f64 = 136.0;
const LEFT: f64 = 368.0;
const RIGHT: f64 = 58.0;
const PLOT_WIDTH: f64 = WIDTH - LEFT - RIGHT;
const BAR: f64 = 12.0;

/// Maximum number of characters that fit.
const NAME_WIDTH: usize = 20;
const OUTCOME_WIDTH: usize = 37;

/// Maximum number of bits that is drawn.
const MOST_BITS: f64 = 10_000.0;

#[derive(Debug, Serialize)]
pub(super) struct Card<'a> {
    rank: String,
    handle: &'a str,
    title: &'static str,
    japanese: &'static str,
    class: &'static str,
    probability: String,
    weight: String,
    prior: String,
    reason: &'a str,
    reason_ja: &'a str,
    proposal: Option<&'a str>,
    waterfall: Waterfall,
}

#[derive(Debug, Serialize)]
struct Waterfall {
    width: f64,
    height: f64,
    outcome: f64,
    left: f64,
    right: f64,
    top: f64,
    base: f64,
    zero: String,
    bars: Vec<Bar>,
    ticks: Vec<Tick>,
    /// The chart in words.
    text: String,
}

#[derive(Debug, Serialize)]
struct Bar {
    /// `known` for the first and the last bar, else `right` or `wrong`.
    class: &'static str,
    name: String,
    outcome: String,
    bits: String,
    x: String,
    y: String,
    width: String,
    height: f64,
    /// Position of its texts.
    line: String,
    /// Start of the next bar, if there is one.
    end: Option<String>,
    bottom: String,
    next: String,
}

impl<'a> Card<'a> {
    pub(super) fn new(card: &'a FindingCard) -> Self {
        Self {
            rank: number::count(card.rank),
            handle: &card.handle,
            title: card.class.title(Language::English),
            japanese: card.class.title(Language::Japanese),
            class: card.class.name(),
            probability: number::percent(card.probability),
            weight: number::bits(card.weight_bits),
            prior: number::bits(card.prior_bits),
            reason: &card.reason,
            reason_ja: &card.reason_ja,
            proposal: card.proposal.as_deref(),
            waterfall: Waterfall::new(card),
        }
    }
}

/// A bar without a position.
struct Step {
    class: &'static str,
    name: String,
    outcome: String,
    bits: f64,
    from: f64,
    to: f64,
}

fn drawable(bits: f64) -> f64 {
    if bits.is_nan() { 0.0 } else { bits.clamp(-MOST_BITS, MOST_BITS) }
}

fn steps_of(card: &FindingCard) -> Vec<Step> {
    let prior = drawable(card.prior_bits);
    let known = |name: &str, bits: f64, to: f64| Step {
        class: "known",
        name: name.to_owned(),
        outcome: String::new(),
        bits,
        from: 0.0,
        to,
    };
    let mut steps = vec![known("before comparing", card.prior_bits, prior)];
    let mut sum = prior;
    let mut add = |name: String, outcome: String, bits: f64| {
        let from = sum;
        sum += drawable(bits);
        let class = if bits < 0.0 { "wrong" } else { "right" };
        steps.push(Step { class, name, outcome, bits, from, to: sum });
    };
    for bar in &card.evidence {
        add(bar.comparison.clone(), bar.outcome.words(&bar.levels), bar.bits);
    }
    // The part of the weight that does not come from comparisons.
    let rest = card.weight_bits - card.evidence.iter().map(|bar| bar.bits).sum::<f64>();
    if rest.is_finite() && rest.abs() >= 0.05 {
        add("other hints".to_owned(), String::new(), rest);
    }
    let after = card.prior_bits + card.weight_bits;
    steps.push(known("after comparing", after, sum));
    steps
}

impl Waterfall {
    fn new(card: &FindingCard) -> Self {
        let steps_of = steps_of(card);
        let ends = || steps_of.iter().flat_map(|step| [step.from, step.to]);
        let (mut low, mut high) = (ends().fold(0.0, f64::min), ends().fold(0.0, f64::max));
        let margin = (0.05 * (high - low)).max(1.0);
        (low, high) = (low - margin, high + margin);
        let x = |bits: f64| LEFT + (bits - low) / (high - low) * PLOT_WIDTH;
        let top = |row: usize| TOP + ROW * row as f64;
        let count = steps_of.len();
        let bars = steps_of.iter().enumerate().map(|(row, step)| {
            let (from, to) = (x(step.from.min(step.to)), x(step.from.max(step.to)));
            let y = top(row) + (ROW - BAR) / 2.0;
            Bar {
                class: step.class,
                name: shorten(&step.name, NAME_WIDTH),
                outcome: shorten(&step.outcome, OUTCOME_WIDTH),
                bits: number::bits(step.bits),
                x: units(from),
                y: units(y),
                width: units((to - from).max(1.5)),
                height: BAR,
                line: units(y + BAR - 2.0),
                end: (row + 1 < count).then(|| units(x(step.to))),
                bottom: units(y + BAR),
                next: units(y + ROW),
            }
        });
        Self {
            width: WIDTH,
            height: top(count) + BOTTOM,
            outcome: OUTCOME,
            left: LEFT,
            right: WIDTH - RIGHT,
            top: TOP,
            base: top(count),
            zero: units(x(0.0)),
            bars: bars.collect(),
            ticks: steps(low, high, 7)
                .into_iter()
                .map(|bits| Tick { at: units(x(bits)), label: whole(bits) })
                .collect(),
            text: text(&steps_of),
        }
    }
}

/// Bits on an axis, without a decimal for whole numbers.
fn whole(bits: f64) -> String {
    let text = number::bits(bits);
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

fn text(steps: &[Step]) -> String {
    let parts: Vec<String> = steps
        .iter()
        .map(|step| {
            let outcome = if step.outcome.is_empty() { "" } else { " " };
            format!("{}{outcome}{}: {} bits.", step.name, step.outcome, number::bits(step.bits))
        })
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::{AuditClass, Outcome};

    use super::*;
    use crate::audit::report::EvidenceBar;

    fn card(bits: &[f64], weight_bits: f64) -> FindingCard {
        let bar = |&bits: &f64| EvidenceBar {
            comparison: "family".to_owned(),
            outcome: Outcome::Different,
            levels: Vec::new(),
            bits,
        };
        FindingCard {
            rank: 1,
            handle: "H-1".to_owned(),
            class: AuditClass::Unrelated,
            probability: 0.99,
            weight_bits,
            prior_bits: 13.0,
            reason: String::new(),
            reason_ja: String::new(),
            evidence: bits.iter().map(bar).collect(),
            proposal: None,
        }
    }

    #[test]
    fn each_bar_starts_where_the_last_one_ended() {
        let steps = steps_of(&card(&[-9.0, 2.0, -14.5], -21.5));
        assert_eq!(steps.len(), 5);
        assert!(steps[1..4].windows(2).all(|pair| pair[0].to == pair[1].from));
        let ends: Vec<(f64, f64)> = steps.iter().map(|step| (step.from, step.to)).collect();
        assert_eq!(ends, [(0.0, 13.0), (13.0, 4.0), (4.0, 6.0), (6.0, -8.5), (0.0, -8.5)]);
        assert_eq!(
            steps.iter().map(|step| step.class).collect::<Vec<_>>(),
            ["known", "wrong", "right", "wrong", "known"]
        );
    }

    #[test]
    fn what_the_bars_lack_becomes_a_bar() {
        let steps = steps_of(&card(&[-9.0], -12.0));
        assert_eq!((steps[2].name.as_str(), steps[2].bits), ("other hints", -3.0));
        assert_eq!(steps_of(&card(&[-9.0], -9.01)).len(), 3);
    }

    #[test]
    fn bars_stay_inside_whatever_the_bits() {
        for bits in [0.0, -21.5, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let drawn = Waterfall::new(&card(&[bits, -3.0], bits - 3.0));
            for bar in &drawn.bars {
                let (x, width): (f64, f64) = (bar.x.parse().unwrap(), bar.width.parse().unwrap());
                assert!(x >= LEFT - 0.01 && x + width <= WIDTH - RIGHT + 2.0, "{bits}: {bar:?}");
            }
            assert!(drawn.ticks.len() <= 8);
            assert!(!drawn.text.contains("inf") && !drawn.text.contains("NaN"));
        }
    }

    #[test]
    fn the_text_says_what_is_drawn() {
        let text = Waterfall::new(&card(&[-9.0], -9.0)).text;
        let said = "before comparing: +13.0 bits. family differs: −9.0 bits. after comparing: +4.0 bits.";
        assert_eq!(text, said);
        assert_eq!([whole(5.0), whole(-10.0), whole(0.0), whole(2.5)], ["+5", "−10", "0", "+2.5"]);
    }
}
