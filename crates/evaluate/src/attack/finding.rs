//! What attacks found, and whether it is within limits.

use mizuhiki_schema::AttackLimits;
use serde::Serialize;

use crate::rate::Rate;

/// What an attacker has, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attacker {
    /// One file of tokens, and the schema.
    Reader,
    /// The same, with public frequencies of values.
    Statistician,
    /// Files of two runs.
    TwoRuns,
    /// Both files of a run, and a list with the values of other or the same people.
    ListHolder,
    /// Both files of a run, and both lists from which they were made.
    BothLists,
    /// Files, a list, and pairs of a person and a token.
    KnownPairs,
    /// The linkage key, a file of its own in the run, and the links of its records.
    Custodian,
    /// The linkage key.
    KeyHolder,
}

impl Attacker {
    /// What such an attacker has, in a sentence.
    #[must_use]
    pub const fn has(self) -> &'static str {
        match self {
            Self::Reader => "one file of tokens and the schema",
            Self::Statistician => "files of tokens and public frequencies of names and places",
            Self::TwoRuns => "the files of two runs",
            Self::ListHolder => {
                "the files of a run and a plaintext list of people, without knowing who is who"
            }
            Self::BothLists => "the files of a run and the plaintext of both, without knowing who is who",
            Self::KnownPairs => "the files of a run, and for some people both plaintext and token",
            Self::Custodian => "the linkage key, a file of its own in the run, and the links of its records",
            Self::KeyHolder => "the linkage key",
        }
    }
}

/// What an attack is after, and how its success is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Goal {
    /// Which person a token belongs to.
    Reidentification,
    /// A value of a person.
    Inference,
    /// Which people resemble each other.
    Neighbors,
    /// How long the values of a person are.
    Correlation,
    /// Any structure that tokens of a random function would not have.
    Structure,
    /// Something that the threat model discloses: measured, not limited.
    Disclosed,
}

/// The maximum of a rate for a goal, with a rate by chance of `chance`; `None` where nothing is limited.
fn most(limits: &AttackLimits, goal: Goal, chance: f64) -> Option<f64> {
    match goal {
        Goal::Reidentification => Some(limits.reidentification.max(chance)),
        Goal::Inference => Some((limits.inference * chance).min(1.0)),
        Goal::Neighbors => Some((limits.neighbors * chance).min(1.0)),
        Goal::Correlation => Some(limits.correlation),
        Goal::Structure => Some(chance),
        Goal::Disclosed => None,
    }
}

/// Result of one attack in one setting.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// The setting: overlap of lists, number of known pairs, attribute.
    pub setting: String,
    /// What it is after.
    pub goal: Goal,
    /// Its success: a share of trials, or the size of a correlation, with a 95 % interval.
    pub found: Rate,
    /// Number of trials.
    pub trials: u64,
    /// The same by chance.
    pub chance: f64,
    /// What else is to be said; mostly empty.
    pub remark: String,
}

impl Measured {
    /// `hits` of `trials`; `None` without trials.
    pub(crate) fn counted(
        setting: impl Into<String>,
        goal: Goal,
        hits: u64,
        trials: u64,
        chance: f64,
    ) -> Option<Self> {
        let found = Rate::of(hits, trials);
        let remark = String::new();
        (trials > 0).then(|| Self { setting: setting.into(), goal, found, trials, chance, remark })
    }

    pub(crate) fn with_remark(self, remark: String) -> Self {
        Self { remark, ..self }
    }
}

/// What an attack gave.
pub(crate) enum Tried {
    Results(Vec<Measured>),
    /// The files have nothing on which it could work.
    Nothing,
    /// There are too few people for it, or it broke off: it shows nothing.
    TooFew,
}

impl From<Vec<Measured>> for Tried {
    fn from(results: Vec<Measured>) -> Self {
        if results.is_empty() { Self::Nothing } else { Self::Results(results) }
    }
}

impl Tried {
    /// Results, of which there are none only if there are too few people.
    pub(crate) fn or_too_few(results: Vec<Measured>) -> Self {
        if results.is_empty() { Self::TooFew } else { Self::Results(results) }
    }
}

/// The verdict on an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Success is within the limit, and the control shows that the attack works.
    Within,
    /// Success is beyond the limit, and more than chance explains.
    Exceeds,
    /// Nothing to attack: files have nothing on which the attack could work.
    Nothing,
    /// Success is within the limit, but the attack failed on its control, or had none; or there are too few people for
    /// the attack. It shows nothing.
    Unproven,
    /// The threat model discloses it.
    Disclosed,
}

impl Verdict {
    /// The word in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Exceeds => "EXCEEDS",
            Self::Nothing => "nothing there",
            Self::Unproven => "unproven",
            Self::Disclosed => "disclosed",
        }
    }
}

/// One line of the result: an attack in a setting, with its control and the verdict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttackFinding {
    /// The attack.
    pub attack: &'static str,
    /// Who can run it.
    pub attacker: Attacker,
    /// Its result; absent where there is nothing to attack.
    pub result: Option<Measured>,
    /// The same attack on its control, an encoding known to be weak.
    pub control: Option<Measured>,
    /// What the control must reach at least.
    pub control_needs: f64,
    /// The maximum that the limits permit.
    pub limit: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
}

impl AttackFinding {
    pub(crate) fn judge(
        (attack, attacker): (&'static str, Attacker),
        result: Measured,
        (control, control_needs): (Option<Measured>, f64),
        limits: &AttackLimits,
    ) -> Self {
        let limit = most(limits, result.goal, result.chance);
        let exceeds = limit.is_some_and(|limit| beyond(&result, limit));
        let (result, verdict) = (Some(result), Verdict::Unproven);
        let mut finding = Self { attack, attacker, result, control, control_needs, limit, verdict };
        finding.verdict = match limit {
            None => Verdict::Disclosed,
            Some(_) if exceeds => Verdict::Exceeds,
            Some(_) if finding.control_works() => Verdict::Within,
            Some(_) => Verdict::Unproven,
        };
        finding
    }

    /// Success as a multiple of the limit: 0 if chance explains it, `None` where nothing is limited or found.
    #[must_use]
    pub fn excess(&self) -> Option<f64> {
        let (result, limit) = (self.result.as_ref()?, self.limit?);
        let explained = match result.goal {
            Goal::Correlation => result.found.low <= 0.0,
            _ => !beyond(result, result.chance),
        };
        // One trial is the least that could be found.
        let least = 1.0 / result.trials.max(1) as f64;
        Some(if explained { 0.0 } else { result.found.value / limit.max(least) })
    }

    /// Whether the attack reaches on its control what it must, and more than chance.
    #[must_use]
    pub fn control_works(&self) -> bool {
        let works = |control: &Measured| {
            control.found.value >= self.control_needs && control.found.value > control.chance
        };
        self.control.as_ref().is_some_and(works)
    }
}

/// Whether a result is above the limit, and chance does not explain it: with several hundred results in a
/// report, a 95 % interval would be exceeded every time. One result in a thousand is, by chance.
fn beyond(result: &Measured, limit: f64) -> bool {
    if result.found.value <= limit {
        return false;
    }
    match result.goal {
        Goal::Correlation => result.found.low > limit,
        _ => {
            upper_tail((result.found.value * result.trials as f64).round() as u64, result.trials, limit)
                < 1e-3
        }
    }
}

/// Probability of at least `hits` successes in `trials` with probability `rate` each, 0..=1.
fn upper_tail(hits: u64, trials: u64, rate: f64) -> f64 {
    if hits == 0 || rate >= 1.0 {
        return 1.0;
    }
    if rate <= 0.0 {
        return 0.0;
    }
    // The probability of exactly `count`, by logarithms.
    let exactly = |count: u64| {
        let choose: f64 = (0..count).map(|at| ((trials - at) as f64).ln() - ((at + 1) as f64).ln()).sum();
        (choose + count as f64 * rate.ln() + (trials - count) as f64 * (-rate).ln_1p()).exp()
    };
    let odds = rate / (1.0 - rate);
    // Terms are summed away from the mean, where each is smaller than the one before.
    if hits as f64 > trials as f64 * rate {
        let next = |(count, term): &(u64, f64)| {
            let left = trials.checked_sub(*count).filter(|left| *left > 0)?;
            Some((count + 1, term * left as f64 / (count + 1) as f64 * odds))
        };
        let terms = std::iter::successors(Some((hits, exactly(hits))), next);
        summed(terms.map(|(_, term)| term))
    } else {
        let next = |(count, term): &(u64, f64)| {
            let before = count.checked_sub(1)?;
            Some((before, term * *count as f64 / (trials - before) as f64 / odds))
        };
        let terms = std::iter::successors(Some((hits - 1, exactly(hits - 1))), next);
        1.0 - summed(terms.map(|(_, term)| term))
    }
}

/// The sum of falling terms, as far as they count; at most 1.
fn summed(terms: impl Iterator<Item = f64>) -> f64 {
    let mut sum = 0.0_f64;
    for term in terms {
        sum += term;
        if term <= sum * 1e-15 {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn tails_by_hand() {
        // Two coins: at least one head 3/4, two heads 1/4.
        assert!(
            near(upper_tail(0, 2, 0.5), 1.0)
                && near(upper_tail(1, 2, 0.5), 0.75)
                && near(upper_tail(2, 2, 0.5), 0.25)
        );
        assert_eq!((upper_tail(3, 10, 0.0), upper_tail(3, 10, 1.0)), (0.0, 1.0));
        // Far from the mean, where the first term is tiny: certain, up to rounding.
        assert!(upper_tail(1, 1_000_000, 0.01) > 0.999_999);
        // Three coins: at least one head 7/8; ten of ten dice show a six with probability 6^-10.
        assert!(near(upper_tail(1, 3, 0.5), 0.875));
        assert!((upper_tail(10, 10, 1.0 / 6.0) * 6_f64.powi(10) - 1.0).abs() < 1e-9);
    }

    fn measured(goal: Goal, hits: u64, trials: u64, chance: f64) -> Option<Measured> {
        Measured::counted("", goal, hits, trials, chance)
    }

    #[test]
    fn verdicts() {
        let limits = AttackLimits::default();
        let strong = || (measured(Goal::Reidentification, 99, 100, 0.01), 0.9);
        let judge = |result: Option<Measured>, control| {
            AttackFinding::judge(("a", Attacker::Reader), result.unwrap(), control, &limits).verdict
        };
        let attack = |hits| measured(Goal::Reidentification, hits, 2_000, 0.0005);
        assert_eq!(judge(attack(1), strong()), Verdict::Within);
        // Three of 2,000 where one is expected is luck; ten are not.
        assert_eq!(judge(attack(3), strong()), Verdict::Within);
        assert_eq!(judge(attack(10), strong()), Verdict::Exceeds);
        assert!(matches!(Tried::from(Vec::new()), Tried::Nothing));
        assert!(matches!(Tried::or_too_few(Vec::new()), Tried::TooFew));
        // A control that needs nothing, and finds nothing beyond chance, shows nothing.
        assert_eq!(judge(attack(1), (measured(Goal::Inference, 0, 100, 0.0), 0.0)), Verdict::Unproven);
        assert_eq!(
            judge(attack(1), (measured(Goal::Reidentification, 5, 100, 0.01), 0.9)),
            Verdict::Unproven
        );
        assert_eq!(judge(attack(1), (None, 0.9)), Verdict::Unproven);
        assert_eq!(judge(measured(Goal::Disclosed, 9, 10, 0.1), (None, 0.0)), Verdict::Disclosed);
        assert_eq!(judge(measured(Goal::Inference, 240, 1_000, 0.2), strong()), Verdict::Within);
        assert_eq!(judge(measured(Goal::Inference, 400, 1_000, 0.2), strong()), Verdict::Exceeds);
        assert_eq!(judge(measured(Goal::Structure, 1, 1_024, 0.0), strong()), Verdict::Exceeds);
        assert!(measured(Goal::Structure, 0, 0, 0.0).is_none());
    }
}
