//! The data for the template and for Markdown: every number as text, every decision made.

use serde::Serialize;

use crate::number;
use crate::privacy::plot::SuccessPlot;
use crate::privacy::report::{
    AttackOutcome, AttackRate, AttackSection, AttackVerdict, AttackerSection, PrivacyReport,
};
use crate::privacy::share::in_unit_of;

#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    pub(super) report: Head<'a>,
    pub(super) schema: &'a str,
    pub(super) profile: &'a str,
    pub(super) summary: Summary,
    pub(super) figures: Vec<Figure>,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) permitted: Vec<(&'a str, &'a str)>,
    pub(super) verdicts: Vec<(&'static str, &'static str)>,
    pub(super) attackers: Vec<Attacker<'a>>,
    pub(super) plot: Option<SuccessPlot>,
    pub(super) controls: Vec<Control<'a>>,
    pub(super) published: Vec<[&'a str; 3]>,
    pub(super) left_out: &'a [String],
    pub(super) not_tried: &'a [String],
    pub(super) method: &'static str,
    pub(super) about_controls: &'static str,
    pub(super) about_published: &'static str,
    pub(super) about_key: String,
    pub(super) about_contents: &'static str,
}

/// What the head of every page shows.
#[derive(Debug, Serialize)]
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) generated_by: &'a str,
}

/// The result in two sentences or three.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) is_good: bool,
    pub(super) result: String,
    pub(super) beyond: Vec<String>,
    pub(super) rest: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Figure {
    pub(super) label: &'static str,
    pub(super) value: String,
    pub(super) note: &'static str,
}

#[derive(Debug, Serialize)]
pub(super) struct Attacker<'a> {
    pub(super) id: String,
    pub(super) who: &'a str,
    pub(super) has: &'a str,
    pub(super) tables: Vec<Table<'a>>,
}

/// One attack in several settings, or several attacks with one result each.
#[derive(Debug, Serialize)]
pub(super) struct Table<'a> {
    /// The attack, if it is one.
    pub(super) attack: Option<&'a str>,
    pub(super) rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Row<'a> {
    pub(super) name: &'a str,
    pub(super) detail: String,
    pub(super) verdict: &'static str,
    pub(super) is_bad: bool,
    pub(super) found: String,
    pub(super) range: String,
    pub(super) trials: String,
    pub(super) chance: String,
    pub(super) limit: String,
    pub(super) control: String,
}

/// What the controls of an attack show.
#[derive(Debug, Serialize)]
pub(super) struct Control<'a> {
    pub(super) attack: &'a str,
    pub(super) setting: &'a str,
    pub(super) found: String,
    pub(super) needs: String,
    pub(super) shows: String,
    pub(super) is_bad: bool,
}

impl<'a> Page<'a> {
    pub(super) fn new(report: &'a PrivacyReport) -> Self {
        let attackers = report.attackers.iter().enumerate().map(|(at, section)| attacker(at, section));
        let published = report
            .published
            .iter()
            .map(|row| [row.attack.as_str(), row.figure.as_str(), row.source.as_str()]);
        Self {
            report: Head { title: &report.title, generated_by: &report.generated_by },
            schema: &report.schema,
            profile: &report.profile,
            figures: figures(report),
            facts: facts(report),
            permitted: report.permitted.iter().map(|row| (row.goal.as_str(), row.most.as_str())).collect(),
            verdicts: VERDICTS.map(|verdict| (word(verdict), meaning(verdict))).into(),
            attackers: attackers.collect(),
            plot: SuccessPlot::new(&report.attackers),
            controls: attacks(report).map(control).collect(),
            published: published.collect(),
            left_out: &report.left_out,
            not_tried: &report.not_tried,
            method: METHOD,
            about_controls: ABOUT_CONTROLS,
            about_published: ABOUT_PUBLISHED,
            about_key: about_key(report.tries_per_second),
            about_contents: ABOUT_CONTENTS,
            summary: summary(report),
        }
    }
}

const METHOD: &str = "People were encoded as custodians would encode them, with a key made for this evaluation and used for nothing \
     else. The files were then attacked as they would be sent. Every attack had only what its attacker has, and its \
     success was counted by the ground truth, which no attacker has. Every attack that needs proof was also run on a \
     control: an encoding that is known to be weak, mostly CLKs (cryptographic long-term keys) of the same people; for \
     pair tokens, their rows under one handle. An attack that fails there shows nothing about these files.";

const ABOUT_CONTROLS: &str = "A control shows that the attack, as it is programmed here, succeeds where an encoding is weak. Where there are \
     several settings, the one with the worst control is listed.";

const ABOUT_PUBLISHED: &str = "These figures come from papers of others, on their data and mostly on other encodings. They were not measured \
     here. They show what attacks of the same kind have reached elsewhere.";

const ABOUT_CONTENTS: &str = "This report has no names, dates, addresses or other values of persons, and no ids of records. The same people, \
     schema, seed, tier and version give the same results; only the speed of guesses depends on the machine. Results \
     hold for these people and these attacks: better attacks may exist, and tokens remain personal data.";

fn about_key(tries_per_second: f64) -> String {
    format!(
        "Whoever has the linkage key can encode guesses and compare them: about {} people per second on each thread of \
         the machine that made this report. No setting prevents this. Only keeping the key from others does.",
        tries(tries_per_second)
    )
}

const VERDICTS: [AttackVerdict; 5] = [
    AttackVerdict::Within,
    AttackVerdict::Exceeds,
    AttackVerdict::Unproven,
    AttackVerdict::Nothing,
    AttackVerdict::Disclosed,
];

/// A verdict in a table.
const fn word(verdict: AttackVerdict) -> &'static str {
    match verdict {
        AttackVerdict::Within => "within",
        AttackVerdict::Exceeds => "beyond the limit",
        AttackVerdict::Unproven => "unproven",
        AttackVerdict::Nothing => "nothing there",
        AttackVerdict::Disclosed => "disclosed",
    }
}

const fn meaning(verdict: AttackVerdict) -> &'static str {
    match verdict {
        AttackVerdict::Within => {
            "The attack found no more than the limit permits, or so little more that chance explains it. On its control it \
             succeeded, so it does work."
        }
        AttackVerdict::Exceeds => {
            "The attack found more than the limit permits, and more than chance explains. Files like these need \
             other settings, or other safeguards."
        }
        AttackVerdict::Unproven => {
            "The attack found no more than the limit permits, but it also failed on its control. The result is no \
             evidence of protection. More people or a higher tier may help."
        }
        AttackVerdict::Nothing => "The files do not contain what this attack works on.",
        AttackVerdict::Disclosed => {
            "The threat model says that this attacker learns it. It is measured so that you can weigh it, and has no \
             limit."
        }
    }
}

fn attacks(report: &PrivacyReport) -> impl Iterator<Item = &AttackSection> {
    report.attackers.iter().flat_map(|attacker| &attacker.attacks)
}

fn outcomes(report: &PrivacyReport) -> impl Iterator<Item = &AttackOutcome> {
    attacks(report).flat_map(|attack| &attack.outcomes)
}

fn number_of(report: &PrivacyReport, verdict: AttackVerdict) -> u64 {
    outcomes(report).filter(|outcome| outcome.verdict == verdict).count() as u64
}

/// A count with a noun.
fn of(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", number::count(count), if count == 1 { "" } else { "s" })
}

fn summary(report: &PrivacyReport) -> Summary {
    let beyond: Vec<String> = attacks(report)
        .flat_map(|attack| attack.outcomes.iter().map(move |outcome| (attack, outcome)))
        .filter(|(_, outcome)| outcome.verdict == AttackVerdict::Exceeds)
        .map(|(attack, outcome)| sentence(attack, outcome))
        .collect();
    let number = |verdict| number_of(report, verdict);
    let result = match beyond.len() as u64 {
        0 => "No result is beyond the limits.".to_owned(),
        1 => "1 result is beyond the limits:".to_owned(),
        count => format!("{} are beyond the limits:", of(count, "result")),
    };
    let mut rest = format!("{} within the limits.", are(number(AttackVerdict::Within), "result"));
    match outcomes(report).filter(|outcome| is_coarse(outcome)).count() as u64 {
        0 => (),
        count => rest.push_str(&format!(
            " The 95% interval of {} of these reaches beyond the limit: more people would tell more.",
            number::count(count)
        )),
    }
    match number(AttackVerdict::Unproven) {
        0 => rest.push_str(" None is unproven."),
        count => rest.push_str(&format!(
            " {} unproven: the attack failed on its control, too, so nothing is shown.",
            are(count, "result")
        )),
    }
    match number(AttackVerdict::Nothing) {
        0 => (),
        count => rest.push_str(&format!(" {} found nothing to work on.", of(count, "attack"))),
    }
    match number(AttackVerdict::Disclosed) {
        0 => (),
        count => rest.push_str(&format!(" {} disclosed by design, and not limited.", are(count, "result"))),
    }
    Summary { is_good: beyond.is_empty(), result, beyond, rest }
}

/// Whether a result within its limit may, by its interval, also be beyond. A limit of 0 is below every interval.
fn is_coarse(outcome: &AttackOutcome) -> bool {
    let high = outcome.result.as_ref().map_or(0.0, |result| result.found.high);
    outcome.verdict == AttackVerdict::Within && outcome.limit.is_some_and(|limit| limit > 0.0 && high > limit)
}

fn are(count: u64, noun: &str) -> String {
    format!("{} {}", of(count, noun), if count == 1 { "is" } else { "are" })
}

fn sentence(attack: &AttackSection, outcome: &AttackOutcome) -> String {
    let Some(result) = &outcome.result else { return attack.name.clone() };
    let limit = outcome.limit.map_or_else(none, |limit| in_unit_of(result, limit));
    format!(
        "{}, {}: {}, where the limit is {limit}",
        attack.name,
        result.setting,
        in_unit_of(result, result.found.value)
    )
}

fn figures(report: &PrivacyReport) -> Vec<Figure> {
    let figure =
        |label, verdict, note| Figure { label, value: number::count(number_of(report, verdict)), note };
    vec![
        figure("Beyond the limits", AttackVerdict::Exceeds, "results"),
        figure("Within the limits", AttackVerdict::Within, "results, control succeeded"),
        figure("Unproven", AttackVerdict::Unproven, "results, control failed"),
        figure("Nothing there", AttackVerdict::Nothing, "attacks without material"),
        figure("Disclosed", AttackVerdict::Disclosed, "by design, not limited"),
    ]
}

fn facts(report: &PrivacyReport) -> Vec<(&'static str, String)> {
    let partner = match report.partner_people {
        Some(people) => {
            format!("{}, of whom {} are in both files", number::count(people), number::count(report.linked))
        }
        None => "none".to_owned(),
    };
    vec![
        ("Schema", report.schema.clone()),
        ("SHA-256 of the schema", report.digest.clone()),
        ("Profile", report.profile.clone()),
        ("Origin of the people", report.origin.clone()),
        ("People in the attacked file", number::count(report.people)),
        ("People in the other file", partner),
        ("Tier", report.tier.clone()),
        ("Seed", report.seed.to_string()),
        ("Version", report.generated_by.clone()),
    ]
}

/// The speed of guesses, to two digits: it differs from run to run.
fn tries(per_second: f64) -> String {
    if !per_second.is_finite() || per_second < 1.0 {
        return number::NONE.to_owned();
    }
    let unit = 10_f64.powf((per_second.log10().floor() - 1.0).max(0.0));
    number::short_count(((per_second / unit).round() * unit) as u64)
}

fn attacker(at: usize, section: &AttackerSection) -> Attacker<'_> {
    let (single, several): (Vec<_>, Vec<_>) =
        section.attacks.iter().partition(|attack| attack.outcomes.len() == 1);
    let single = Table { attack: None, rows: single.into_iter().flat_map(rows).collect() };
    let several = several.into_iter().map(|attack| Table { attack: Some(&attack.name), rows: rows(attack) });
    let tables = std::iter::once(single).chain(several).filter(|table| !table.rows.is_empty());
    Attacker {
        id: format!("attacker-{}", at + 1),
        who: &section.who,
        has: &section.has,
        tables: tables.collect(),
    }
}

fn rows(attack: &AttackSection) -> Vec<Row<'_>> {
    attack.outcomes.iter().map(|outcome| row(attack, outcome)).collect()
}

fn row<'a>(attack: &'a AttackSection, outcome: &'a AttackOutcome) -> Row<'a> {
    let result = outcome.result.as_ref();
    let text = |value: Option<f64>| match (result, value) {
        (Some(result), Some(value)) => in_unit_of(result, value),
        _ => none(),
    };
    let is_alone = attack.outcomes.len() == 1;
    let (name, mut detail) = match result {
        Some(result) if is_alone => (attack.name.as_str(), vec![result.setting.as_str()]),
        Some(result) => (result.setting.as_str(), Vec::new()),
        None => (attack.name.as_str(), Vec::new()),
    };
    let is_disclosed = outcome.verdict == AttackVerdict::Disclosed;
    detail.extend(result.filter(|_| !is_disclosed).map(|result| result.goal.as_str()));
    detail.extend(result.map(|result| result.remark.as_str()));
    detail.retain(|part| !part.is_empty() && *part != name);
    Row {
        name,
        detail: detail.join("; "),
        verdict: word(outcome.verdict),
        is_bad: matches!(outcome.verdict, AttackVerdict::Exceeds | AttackVerdict::Unproven),
        found: text(result.map(|result| result.found.value)),
        range: result.map_or_else(none, |result| {
            number::range(result.found.low, result.found.high, |value| in_unit_of(result, value))
        }),
        trials: result.map_or_else(none, |result| number::count(result.trials)),
        chance: text(result.map(|result| result.chance)),
        limit: text(outcome.limit),
        control: if is_disclosed { none() } else { control_of(outcome) },
    }
}

fn control_of(outcome: &AttackOutcome) -> String {
    let found = |control: &AttackRate| in_unit_of(control, control.found.value);
    let word = if outcome.control_works { "works" } else { "fails" };
    outcome.control.as_ref().map_or_else(none, |control| format!("{word}, {}", found(control)))
}

/// The controls of an attack: the one that came out worst stands for all.
fn control(attack: &AttackSection) -> Control<'_> {
    let margin = |outcome: &&AttackOutcome| {
        outcome.control.as_ref().map_or(0.0, |control| control.found.value - outcome.control_needs)
    };
    let controls = || attack.outcomes.iter().filter(|outcome| outcome.control.is_some());
    let worst = controls().min_by(|a, b| margin(a).total_cmp(&margin(b)));
    let works = controls().filter(|outcome| outcome.control_works).count();
    let all = controls().count();
    let all_are = |verdict| attack.outcomes.iter().all(|outcome| outcome.verdict == verdict);
    let (is_disclosed, is_idle) = (all_are(AttackVerdict::Disclosed), all_are(AttackVerdict::Nothing));
    let shows = match (works, all) {
        _ if is_disclosed => "not needed: this is disclosed by design".to_owned(),
        (works, all) if is_idle && works < all.max(1) => "not needed: there is nothing to attack".to_owned(),
        (_, 0) => "there is no control: its results prove nothing".to_owned(),
        (1, 1) => "the attack works".to_owned(),
        (works, all) if works == all => format!("the attack works, in all {all} settings"),
        (0, _) => "the attack failed where it should succeed: its results prove nothing".to_owned(),
        (works, all) => {
            format!("the attack works in {works} of {all} settings; the other results prove nothing")
        }
    };
    let rate = worst.and_then(|outcome| outcome.control.as_ref().map(|control| (outcome, control)));
    Control {
        attack: &attack.name,
        setting: rate.map_or(number::NONE, |(_, control)| &control.setting),
        found: rate.map_or_else(none, |(_, control)| in_unit_of(control, control.found.value)),
        needs: rate.map_or_else(none, |(outcome, control)| in_unit_of(control, outcome.control_needs)),
        shows,
        is_bad: works < all.max(1) && !is_disclosed && !is_idle,
    }
}

fn none() -> String {
    number::NONE.to_owned()
}
