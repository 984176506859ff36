//! Results of attacks in the form that pages show.

use mizuhiki_report::{
    AttackOutcome, AttackRate, AttackSection, AttackVerdict, AttackerSection, PermittedSuccess,
    PrivacyReport, Proportion, ReportError, render_privacy, render_privacy_markdown,
};

use mizuhiki_schema::AttackLimits;

use crate::attack::{AttackFinding, Attacker, Goal, Measured, PrivacyResult, Tier, Verdict};
use crate::manifest::GENERATOR;
use crate::privacy::published::published;

/// The attacks as one HTML document. `origin` says where the people come from.
///
/// # Errors
/// [`ReportError`] if the page cannot be rendered, a defect.
pub fn privacy_page(result: &PrivacyResult, origin: &str) -> Result<String, ReportError> {
    render_privacy(&report(result, origin))
}

/// The same as Markdown.
#[must_use]
pub fn privacy_markdown(result: &PrivacyResult, origin: &str) -> String {
    render_privacy_markdown(&report(result, origin))
}

fn report(result: &PrivacyResult, origin: &str) -> PrivacyReport {
    let names = result.findings.iter().map(|finding| finding.attack).chain(result.left_out.iter().copied());
    PrivacyReport {
        title: "Attacks on token files".to_owned(),
        generated_by: GENERATOR.to_owned(),
        schema: result.schema.clone(),
        digest: result.digest.clone(),
        profile: result.profile.to_owned(),
        tier: tier(result.tier).to_owned(),
        seed: result.seed,
        origin: origin.to_owned(),
        people: result.people as u64,
        partner_people: result.partner_people.map(|people| people as u64),
        linked: result.linked as u64,
        permitted: permitted(&result.limits),
        attackers: result.findings.chunk_by(|a, b| a.attacker == b.attacker).map(section).collect(),
        published: published(names),
        left_out: result.left_out.iter().map(|name| (*name).to_owned()).collect(),
        not_tried: result.not_tried.iter().map(|name| (*name).to_owned()).collect(),
        tries_per_second: result.tries_per_second,
    }
}

const fn tier(of: Tier) -> &'static str {
    match of {
        Tier::Quick => "quick: few settings, no embeddings and no networks",
        Tier::Standard => "standard",
        Tier::Deep => "deep: everything in the largest sizes",
    }
}

fn permitted(limits: &AttackLimits) -> Vec<PermittedSuccess> {
    let row = |goal, most| PermittedSuccess { goal: aim(goal).to_owned(), most };
    let share = limits.reidentification * 100.0;
    vec![
        row(Goal::Reidentification, format!("{share}% of the tokens, or chance where that is more")),
        row(Goal::Inference, format!("{} times the base rate", limits.inference)),
        row(Goal::Neighbors, format!("{} times chance", limits.neighbors)),
        row(Goal::Correlation, format!("a correlation of {}", limits.correlation)),
        row(Goal::Structure, "chance".to_owned()),
        row(Goal::Disclosed, "not limited".to_owned()),
    ]
}

const fn aim(goal: Goal) -> &'static str {
    match goal {
        Goal::Reidentification => "which person a token belongs to",
        Goal::Inference => "a value of a person",
        Goal::Neighbors => "which people resemble each other",
        Goal::Correlation => "how long the values of a person are",
        Goal::Structure => "any structure that random tokens lack",
        Goal::Disclosed => "what the threat model discloses",
    }
}

/// Who could be such an attacker.
const fn who(attacker: Attacker) -> &'static str {
    match attacker {
        Attacker::Reader => "Anybody who gets hold of one file",
        Attacker::Statistician => "Anybody who gets hold of files and knows public statistics",
        Attacker::TwoRuns => "A linkage unit, or a thief of its files, that keeps those of an earlier run",
        Attacker::ListHolder => "A linkage unit, or a thief of its files, with a list of people",
        Attacker::BothLists => "A linkage unit with the lists of both custodians",
        Attacker::KnownPairs => {
            "A linkage unit that knows some people's tokens, such as with a custodian's help"
        }
        Attacker::Custodian => "A custodian that enters people whom it made up",
        Attacker::KeyHolder => "A custodian, or a thief of its key, who gets hold of files",
    }
}

/// All findings of one attacker.
fn section(findings: &[AttackFinding]) -> AttackerSection {
    let attacks = findings.chunk_by(|a, b| a.attack == b.attack).map(|of| AttackSection {
        name: of.first().map_or("", |finding| finding.attack).to_owned(),
        outcomes: of.iter().map(outcome).collect(),
    });
    let (name, has) =
        findings.first().map_or(("", ""), |finding| (who(finding.attacker), finding.attacker.has()));
    AttackerSection { who: name.to_owned(), has: has.to_owned(), attacks: attacks.collect() }
}

fn outcome(finding: &AttackFinding) -> AttackOutcome {
    let control = finding.control.as_ref();
    AttackOutcome {
        verdict: match finding.verdict {
            Verdict::Within => AttackVerdict::Within,
            Verdict::Exceeds => AttackVerdict::Exceeds,
            Verdict::Nothing => AttackVerdict::Nothing,
            Verdict::Unproven => AttackVerdict::Unproven,
            Verdict::Disclosed => AttackVerdict::Disclosed,
        },
        result: finding.result.as_ref().map(rate),
        limit: finding.limit,
        control: control.map(rate),
        control_needs: finding.control_needs,
        control_works: finding.control_works(),
    }
}

fn rate(measured: &Measured) -> AttackRate {
    let found = measured.found;
    AttackRate {
        setting: measured.setting.clone(),
        goal: aim(measured.goal).to_owned(),
        found: Proportion { value: found.value, low: found.low, high: found.high },
        trials: measured.trials,
        chance: measured.chance,
        is_correlation: measured.goal == Goal::Correlation,
        remark: measured.remark.clone(),
    }
}
