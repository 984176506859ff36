//! Attacks on token files, with their controls and verdicts.

use crate::accuracy::report::Proportion;

/// Results of attacks. Contains no values of persons and no ids.
#[derive(Debug, Clone, PartialEq)]
pub struct PrivacyReport {
    /// Heading of the page.
    pub title: String,
    /// Program and version.
    pub generated_by: String,
    /// Name of the schema.
    pub schema: String,
    /// Its SHA-256.
    pub digest: String,
    /// Its profile.
    pub profile: String,
    /// How much was tried: the tier.
    pub tier: String,
    /// Seed of all choices.
    pub seed: u64,
    /// Where the people come from.
    pub origin: String,
    /// People of the attacked file.
    pub people: u64,
    /// People of the other file of the run, if there is one.
    pub partner_people: Option<u64>,
    /// People in both.
    pub linked: u64,
    /// What is permitted.
    pub permitted: Vec<PermittedSuccess>,
    /// Attackers, from the weakest to the strongest.
    pub attackers: Vec<AttackerSection>,
    /// Attacks that this tier leaves out.
    pub left_out: Vec<String>,
    /// What no tier tries.
    pub not_tried: Vec<String>,
    /// Figures of other people's papers.
    pub published: Vec<PublishedFigure>,
    /// People per second whom somebody with the linkage key can try.
    pub tries_per_second: f64,
}

/// The limit of one goal.
#[derive(Debug, Clone, PartialEq)]
pub struct PermittedSuccess {
    /// What attacks are after.
    pub goal: String,
    /// What they may reach.
    pub most: String,
}

/// What somebody with certain means tried.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackerSection {
    /// Who such an attacker could be.
    pub who: String,
    /// What this attacker has.
    pub has: String,
    /// The attacks.
    pub attacks: Vec<AttackSection>,
}

/// All results of one attack.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackSection {
    /// The attack.
    pub name: String,
    /// Its results, by setting.
    pub outcomes: Vec<AttackOutcome>,
}

/// An attack in one setting.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackOutcome {
    /// The verdict.
    pub verdict: AttackVerdict,
    /// Its result; `None` where there was nothing to attack.
    pub result: Option<AttackRate>,
    /// The maximum that is permitted, if there is one.
    pub limit: Option<f64>,
    /// The same attack on an encoding that is known to be weak.
    pub control: Option<AttackRate>,
    /// What it must reach there.
    pub control_needs: f64,
    /// Whether it does.
    pub control_works: bool,
}

/// How successful an attack was.
#[derive(Debug, Clone, PartialEq)]
pub struct AttackRate {
    /// Overlap of lists, number of known pairs, attribute.
    pub setting: String,
    /// What the attack is after.
    pub goal: String,
    /// Its success, 0..=1.
    pub found: Proportion,
    /// Number of trials.
    pub trials: u64,
    /// The same by chance, 0..=1.
    pub chance: f64,
    /// Whether the success is the size of a correlation, not a share of trials.
    pub is_correlation: bool,
    /// What else is to be said; mostly empty.
    pub remark: String,
}

/// What a result means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttackVerdict {
    /// Within the limit, and the control shows that the attack works.
    Within,
    /// Beyond the limit, and more than chance explains.
    Exceeds,
    /// Within the limit, but the control failed, or there is none.
    Unproven,
    /// There was nothing to attack.
    Nothing,
    /// The threat model discloses it.
    Disclosed,
}

/// A figure of a paper beside an attack of the same kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFigure {
    /// The attack of this report.
    pub attack: String,
    /// What was published.
    pub figure: String,
    /// Where.
    pub source: String,
}
