//! Verdicts on all results of an attack, each beside the control that is most like it.

use mizuhiki_schema::AttackLimits;

use crate::attack::finding::{AttackFinding, Attacker, Goal, Measured, Tried, Verdict};

/// The results of an attack with their verdicts. `controls` are its results where it must succeed, and `needs` is
/// what they must reach.
pub(crate) fn judged(
    who: (&'static str, Attacker),
    tried: Tried,
    (controls, needs): (&[Measured], f64),
    limits: &AttackLimits,
) -> Vec<AttackFinding> {
    let without = |verdict| {
        let control = controls.first().cloned();
        let control_needs = control.as_ref().map_or(needs, |control| needed(control, needs));
        let (attack, attacker) = who;
        vec![AttackFinding { attack, attacker, result: None, control, control_needs, limit: None, verdict }]
    };
    let results = match tried {
        Tried::Results(results) => results,
        Tried::Nothing => return without(Verdict::Nothing),
        Tried::TooFew => return without(Verdict::Unproven),
    };
    let judge = |result: Measured| {
        let control = counterpart(&result, controls);
        let needed = control.as_ref().map_or(needs, |control| needed(control, needs));
        AttackFinding::judge(who, result, (control, needed), limits)
    };
    results.into_iter().map(judge).collect()
}

/// The control's result in the same setting, or else its best one of the same attribute, or of the same goal.
fn counterpart(result: &Measured, controls: &[Measured]) -> Option<Measured> {
    let alike = || controls.iter().filter(|control| control.goal == result.goal);
    let gain = |control: &&Measured| control.found.value - control.chance;
    alike()
        .find(|control| control.setting == result.setting)
        .or_else(|| {
            alike().filter(|control| same_value(control, result)).max_by(|a, b| gain(a).total_cmp(&gain(b)))
        })
        .or_else(|| alike().max_by(|a, b| gain(a).total_cmp(&gain(b))))
        .cloned()
}

/// Whether two results are of the same attribute, with other numbers of known pairs.
fn same_value(a: &Measured, b: &Measured) -> bool {
    a.setting.split(',').next() == b.setting.split(',').next()
}

/// What a control must reach: the attack's own figure; for values twice the base rate or half of what is
/// missing to certainty, whichever is less; for neighbors ten times chance.
fn needed(control: &Measured, needs: f64) -> f64 {
    match control.goal {
        Goal::Inference => (2.0 * control.chance).min((1.0 + control.chance) / 2.0),
        Goal::Neighbors => (10.0 * control.chance).min(0.5),
        _ => needs,
    }
}
