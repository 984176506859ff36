//! All attacks on the files of a run, in order, each with its control.

use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_encode::Encoder;
use mizuhiki_schema::{AttackLimits, LinkageSchema};
use serde::Serialize;

use crate::attack::effort::{Effort, Tier};
use crate::attack::encodings::{custodian, laboratory_key, run};
use crate::attack::finding::{AttackFinding, Attacker, Measured, Tried, Verdict};
use crate::attack::judge::judged;
use crate::attack::people::{PeopleIds, PeopleList};
use crate::attack::scene::{AttackError, LEAST_PEOPLE, Scene, SceneFiles};
use crate::attack::{
    algebra, blocks, embedding, insiders, landmarks, neighbors, network, patterns, probing, ridge, rows,
    visible,
};

/// Files of a run and the people behind them. What an attacker with the key finds is measured only in files that
/// were made with [`laboratory_key`] and for the laboratory's run.
pub struct PrivacyJob<'j> {
    /// The schema of the files.
    pub schema: &'j LinkageSchema,
    /// Seed of all choices.
    pub seed: u64,
    /// How much is tried.
    pub tier: Tier,
    /// What is permitted.
    pub limits: AttackLimits,
    /// Whether the tokens were made with [`laboratory_key`]. If not, whoever has their key is not tried.
    pub laboratory_key: bool,
    /// Only attacks whose name has one of these in it; all if empty.
    pub only: Vec<String>,
    /// The attacked file.
    pub left: PeopleFile,
    /// The other file of the run.
    pub right: Option<PeopleFile>,
    /// The true pairs of both: a table with columns left_id and right_id.
    pub truth: Option<Source>,
}

/// A table of people, and the tokens made of it.
pub struct PeopleFile {
    /// The table.
    pub table: Source,
    /// How it is read.
    pub options: ReadOptions,
    /// The ids that the tokens have.
    pub ids: PeopleIds,
    /// The tokens.
    pub tokens: Source,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PrivacyResult {
    /// Version of this program.
    pub version: &'static str,
    /// Name of the schema.
    pub schema: String,
    /// Its SHA-256.
    pub digest: String,
    /// Its profile.
    pub profile: &'static str,
    /// How much was tried.
    pub tier: Tier,
    /// Seed of all choices.
    pub seed: u64,
    /// People of the attacked file.
    pub people: usize,
    /// People of the other file.
    pub partner_people: Option<usize>,
    /// People in both.
    pub linked: usize,
    /// What is permitted.
    pub limits: AttackLimits,
    /// Every attack in every setting.
    pub findings: Vec<AttackFinding>,
    /// Attacks that this tier leaves out.
    pub left_out: Vec<&'static str>,
    /// What no tier tries.
    pub not_tried: Vec<&'static str>,
    /// People per second whom somebody with the linkage key can try on one thread of this machine: the only
    /// figure that differs between machines.
    pub tries_per_second: f64,
}

impl PrivacyResult {
    /// The findings beyond the limits.
    pub fn exceeding(&self) -> impl Iterator<Item = &AttackFinding> {
        self.findings.iter().filter(|finding| finding.verdict == Verdict::Exceeds)
    }
}

/// Kinds of attack that are not part of this laboratory.
const NOT_TRIED: [&str; 3] = [
    "a network or another learner over the graph of both files",
    "side channels: time, memory, traffic, sizes of messages",
    "confirmation transcripts, which the suite tests/adversary attacks",
];

/// Name of the attack that counts what different people share.
pub(crate) const SHARED: &str = "records that share symbols across files";

type Run = fn(&Scene<'_>, &Effort) -> Result<Tried, AttackError>;

/// What shows that an attack works.
enum Control {
    /// The same attack on CLKs.
    Clks(f64),
    /// Another encoding, which this function makes and attacks.
    Own(Run, f64),
    /// None: what is disclosed needs none.
    Unneeded,
}

struct Attack {
    name: &'static str,
    attacker: Attacker,
    run: Run,
    control: Control,
    wanted: fn(&Effort) -> bool,
}

const ALWAYS: fn(&Effort) -> bool = |_| true;

fn attack(name: &'static str, attacker: Attacker, run: Run, control: Control) -> Attack {
    Attack { name, attacker, run, control, wanted: ALWAYS }
}

/// All attacks.
fn attacks() -> Vec<Attack> {
    [without_people(), with_a_list(), with_more()].into_iter().flatten().collect()
}

/// Attacks of whoever has no list of the people.
fn without_people() -> Vec<Attack> {
    vec![
        attack(
            "light words of the tokens' code (information-set decoding)",
            Attacker::Reader,
            |scene, effort| Ok(algebra::light(scene, effort)),
            Control::Own(|scene, effort| Ok(algebra::light_control(scene, effort).into()), 0.2),
        ),
        attack(
            "quadratic relations between bits",
            Attacker::Reader,
            |scene, effort| Ok(algebra::quadratic(scene, effort)),
            Control::Own(|scene, effort| Ok(algebra::quadratic_control(scene, effort).into()), 0.5),
        ),
        attack(
            "records of one file that share something",
            Attacker::Reader,
            |scene, effort| Ok(visible::repeats(scene, effort).into()),
            Control::Clks(0.99),
        ),
        attack(
            "lengths of values from sizes",
            Attacker::Reader,
            |scene, effort| Ok(visible::lengths(scene, effort).into()),
            Control::Clks(0.3),
        ),
        attack(
            "aliases and former addresses from a set",
            Attacker::Reader,
            rows::several,
            Control::Own(|scene, effort| Ok(rows::several_control(scene, effort)?.into()), 0.9),
        ),
        attack(
            "values from sizes of classes",
            Attacker::Statistician,
            |scene, effort| Ok(visible::frequencies(scene, effort).into()),
            Control::Own(|scene, effort| Ok(visible::frequencies_control(scene, effort).into()), 0.1),
        ),
        attack(
            "frequent patterns of bits",
            Attacker::Statistician,
            |scene, effort| Ok(patterns::patterns(scene, effort).into()),
            Control::Clks(0.5),
        ),
    ]
}

/// Attacks of whoever has a list of similar people.
fn with_a_list() -> Vec<Attack> {
    vec![
        attack(
            "nearest neighbors",
            Attacker::ListHolder,
            |scene, effort| Ok(Tried::or_too_few(neighbors::nearest(scene, effort)?)),
            Control::Clks(0.3),
        ),
        attack(
            "who lives together",
            Attacker::ListHolder,
            |scene, effort| Ok(neighbors::households(scene, effort)?.into()),
            Control::Clks(0.2),
        ),
        attack(
            "co-occurrence of block ids",
            Attacker::ListHolder,
            |scene, effort| Ok(blocks::blocks(scene, effort).into()),
            Control::Own(|scene, effort| Ok(blocks::blocks_control(scene, effort).into()), 0.5),
        ),
        attack(
            "graph matching by landmarks",
            Attacker::ListHolder,
            |scene, effort| Ok(landmarks::landmarks(scene, effort)?.into()),
            Control::Clks(0.9),
        ),
        Attack {
            wanted: |effort| effort.embedding > 0,
            ..attack(
                "graph matching by embeddings",
                Attacker::ListHolder,
                embedding::embeddings,
                Control::Clks(0.9),
            )
        },
    ]
}

/// Attacks of whoever has known pairs, both lists or the key.
fn with_more() -> Vec<Attack> {
    vec![
        attack(
            "parity checks of the holders of a value",
            Attacker::KnownPairs,
            |scene, effort| Ok(algebra::checks(scene, effort)),
            Control::Own(|scene, effort| Ok(algebra::checks_control(scene, effort).into()), 0.9),
        ),
        attack(
            "ridge regression",
            Attacker::KnownPairs,
            |scene, effort| Ok(Tried::or_too_few(ridge::ridge(scene.subjects(), effort))),
            Control::Clks(0.9),
        ),
        Attack {
            wanted: |effort| effort.network_steps > 0,
            ..attack(
                "neural network",
                Attacker::KnownPairs,
                |scene, effort| Ok(Tried::or_too_few(network::network(scene.subjects(), effort))),
                Control::Clks(0.5),
            )
        },
        attack(
            "values of relatives among known people",
            Attacker::KnownPairs,
            |scene, effort| Ok(insiders::relatives(scene, effort).into()),
            Control::Clks(0.0),
        ),
        attack(
            SHARED,
            Attacker::ListHolder,
            |scene, effort| Ok(visible::relatives(scene, effort).into()),
            Control::Unneeded,
        ),
        attack(
            "kinds of difference of linked pairs",
            Attacker::KnownPairs,
            |scene, effort| Ok(visible::changes(scene, effort).into()),
            Control::Unneeded,
        ),
        attack(
            "linked pairs by their totals",
            Attacker::BothLists,
            |scene, effort| Ok(insiders::totals(scene, effort)?.into()),
            Control::Unneeded,
        ),
        attack(
            "probing: values by made-up records",
            Attacker::Custodian,
            |scene, effort| Ok(probing::values(scene, effort)?.into()),
            Control::Unneeded,
        ),
        attack(
            "probing: who is in the other file",
            Attacker::Custodian,
            |scene, effort| Ok(probing::membership(scene, effort)?.into()),
            Control::Unneeded,
        ),
        attack(
            "dictionary with the key",
            Attacker::KeyHolder,
            |scene, effort| Ok(insiders::dictionary(scene, effort)?.into()),
            Control::Unneeded,
        ),
    ]
}

/// Attacks the files of a run.
///
/// # Errors
/// [`AttackError`] if a file cannot be read, people are too few or have equal ids, or no true pair is in both
/// tables.
pub fn evaluate_privacy(
    job: &PrivacyJob<'_>,
    on_attack: &dyn Fn(&'static str, f64),
) -> Result<PrivacyResult, AttackError> {
    let encoder = Encoder::new(job.schema, &laboratory_key(job.seed)?, &run(), &custodian())?;
    let read = |file: &PeopleFile| -> Result<PeopleList, AttackError> {
        let people = PeopleList::read(&file.table, &file.options, (job.schema, &encoder), &file.ids)?;
        check(&file.table.name(), &people)?;
        Ok(people)
    };
    let right =
        job.right.as_ref().map(|file| Ok::<_, AttackError>((read(file)?, &file.tokens))).transpose()?;
    let files = SceneFiles { left: (read(&job.left)?, &job.left.tokens), right, truth: job.truth.as_ref() };
    let scene = Scene::read(job.schema, job.seed, files)?;
    let effort = job.tier.effort();
    let control = scene.control(effort.control)?;
    let (mut findings, mut left_out) = (Vec::new(), Vec::new());
    let attacks = attacks();
    let names: Vec<&str> = attacks.iter().map(|attack| attack.name).collect();
    refuse_unknown(&job.only, &names)?;
    for (number, attack) in attacks.iter().enumerate() {
        let needs_key = matches!(attack.attacker, Attacker::Custodian | Attacker::KeyHolder);
        if needs_key && !job.laboratory_key {
            continue;
        }
        if !is_asked(&job.only, attack.name) || !(attack.wanted)(&effort) {
            left_out.push(attack.name);
            continue;
        }
        on_attack(attack.name, number as f64 / attacks.len() as f64);
        findings.extend(tried(attack, (&scene, &control), &effort, &job.limits)?);
    }
    findings.sort_by_key(|finding| finding.attacker);
    Ok(PrivacyResult {
        version: env!("CARGO_PKG_VERSION"),
        schema: job.schema.name().to_owned(),
        digest: job.schema.digest().to_string(),
        profile: job.schema.profile_name(),
        tier: job.tier,
        seed: job.seed,
        people: scene.len(),
        partner_people: scene.right.as_ref().map(|right| right.people.len()),
        linked: scene.linked.len(),
        limits: job.limits,
        findings,
        left_out,
        not_tried: NOT_TRIED.to_vec(),
        tries_per_second: insiders::tries_per_second(&scene)?,
    })
}

/// Whether an attack is wanted: its name has one of the texts in it, or there are none.
pub(crate) fn is_asked(only: &[String], name: &str) -> bool {
    only.is_empty() || only.iter().any(|part| name.contains(part.as_str()))
}

/// Refuses texts that no attack has in its name.
pub(crate) fn refuse_unknown(only: &[String], names: &[&str]) -> Result<(), AttackError> {
    match only.iter().find(|part| !names.iter().any(|name| name.contains(part.as_str()))) {
        Some(part) => Err(AttackError::UnknownAttack { part: part.clone(), names: names.join("; ") }),
        None => Ok(()),
    }
}

fn check(file: &str, people: &PeopleList) -> Result<(), AttackError> {
    if people.len() < LEAST_PEOPLE {
        return Err(AttackError::TooFew { file: file.to_owned(), count: people.len(), least: LEAST_PEOPLE });
    }
    let mut ids: Vec<&String> = people.ids().iter().collect();
    ids.sort_unstable();
    let count = ids.windows(2).filter(|pair| pair[0] == pair[1]).count();
    if count > 0 {
        return Err(AttackError::RepeatedIds { file: file.to_owned(), count });
    }
    Ok(())
}

/// One attack and its control.
fn tried(
    attack: &Attack,
    (scene, weak): (&Scene<'_>, &Scene<'_>),
    effort: &Effort,
    limits: &AttackLimits,
) -> Result<Vec<AttackFinding>, AttackError> {
    let tried = (attack.run)(scene, effort)?;
    let of_control = |run: Run, scene| -> Result<Vec<Measured>, AttackError> {
        match run(scene, effort)? {
            Tried::Results(results) => Ok(results),
            Tried::Nothing | Tried::TooFew => Ok(Vec::new()),
        }
    };
    let (controls, needs) = match attack.control {
        Control::Clks(needs) => (of_control(attack.run, weak)?, needs),
        Control::Own(run, needs) => (of_control(run, scene)?, needs),
        Control::Unneeded => (Vec::new(), 0.0),
    };
    Ok(judged((attack.name, attack.attacker), tried, (&controls, needs), limits))
}
