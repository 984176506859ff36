//! All attacks on the files of an audit, in order, each with its control.

use mizuhiki_columnar::Source;
use mizuhiki_schema::{AttackLimits, AuditSchema};

use crate::attack::effort::{Effort, Tier};
use crate::attack::finding::{Attacker, Measured, Tried};
use crate::attack::judge::judged;
use crate::attack::pairs::scene::{PairFile, PairScene};
use crate::attack::pairs::{both, runs, single};
use crate::attack::run::{PrivacyResult, is_asked, refuse_unknown};
use crate::attack::scene::AttackError;

/// Files of an audit and the people behind them, made with the laboratory's key for its two runs by custodians
/// whose names are those of their sides.
pub struct PairPrivacyJob<'j> {
    /// The schema of the files.
    pub schema: &'j AuditSchema,
    /// Seed of all choices.
    pub seed: u64,
    /// How much is tried.
    pub tier: Tier,
    /// What is permitted.
    pub limits: AttackLimits,
    /// Only attacks whose name has one of these in it; all if empty.
    pub only: Vec<String>,
    /// The side that made the links.
    pub left: PairFile,
    /// The side whose records were linked to.
    pub right: PairFile,
    /// The links: columns `handle`, `left_id` and `right_id`.
    pub links: Source,
}

/// Kinds of attack that are not part of this laboratory.
const NOT_TRIED: [&str; 4] = [
    "agreement of neighboring rows, which both files show, and what custodians disclose beside the rows: records \
     with several links, near numbers, labels",
    "a network or another learner over rows",
    "side channels: time, memory, traffic, sizes of messages",
    "confirmation transcripts, which the suite tests/adversary attacks",
];

type Run = fn(&PairScene<'_>, &Effort) -> Result<Vec<Measured>, AttackError>;

struct PairAttack {
    name: &'static str,
    attacker: Attacker,
    run: Run,
    /// What it must reach on rows under one handle; `None` for what is disclosed, which needs no control.
    needs: Option<f64>,
    /// What having no results means.
    without: fn(Vec<Measured>) -> Tried,
}

fn attack(name: &'static str, attacker: Attacker, run: Run, needs: Option<f64>) -> PairAttack {
    PairAttack { name, attacker, run, needs, without: Tried::or_too_few }
}

fn attacks() -> [PairAttack; 9] {
    [
        attack(
            "bits of a row that depend on its record",
            Attacker::KnownPairs,
            |scene, effort| Ok(single::bits(scene, effort)),
            Some(0.25),
        ),
        attack(
            "rows of one file that are equal in a window of bytes",
            Attacker::Reader,
            |scene, effort| Ok(single::windows(scene, effort)),
            Some(0.9),
        ),
        attack(
            "rows of one record near each other",
            Attacker::Reader,
            |scene, effort| Ok(single::near(scene, effort)),
            Some(0.9),
        ),
        PairAttack {
            without: Tried::from,
            ..attack(
                "lengths of values from sizes of rows",
                Attacker::Reader,
                |scene, effort| Ok(single::lengths(scene, effort)),
                Some(0.2),
            )
        },
        attack(
            "comparisons beyond one link and one run",
            Attacker::TwoRuns,
            |scene, effort| Ok(runs::beyond_a_link(scene, effort)),
            Some(0.5),
        ),
        attack(
            "ridge regression on bits of rows",
            Attacker::KnownPairs,
            |scene, effort| Ok(single::ridge_on_bits(scene, effort)),
            Some(0.05),
        ),
        attack(
            "ridge regression on tags of rows",
            Attacker::KnownPairs,
            |scene, effort| Ok(single::ridge_on_tags(scene, effort)),
            Some(0.05),
        ),
        attack("links by how they compare", Attacker::BothLists, both::comparisons, None),
        attack("dictionary with the key", Attacker::KeyHolder, both::dictionary, None),
    ]
}

/// Attacks the files of an audit.
///
/// # Errors
/// [`AttackError`] if a file cannot be read, there are too few links, or no link has rows in all files.
pub fn evaluate_pair_privacy(
    job: &PairPrivacyJob<'_>,
    on_attack: &dyn Fn(&'static str, f64),
) -> Result<PrivacyResult, AttackError> {
    let attacks = attacks();
    let names: Vec<&str> = attacks.iter().map(|attack| attack.name).collect();
    refuse_unknown(&job.only, &names)?;
    let scene = PairScene::read(job.schema, job.seed, [&job.left, &job.right], &job.links)?;
    let (weak, effort) = (scene.weak()?, job.tier.effort());
    let (mut findings, mut left_out) = (Vec::new(), Vec::new());
    for (number, attack) in attacks.iter().enumerate() {
        if !is_asked(&job.only, attack.name) {
            left_out.push(attack.name);
            continue;
        }
        on_attack(attack.name, number as f64 / attacks.len() as f64);
        let tried = (attack.without)((attack.run)(&scene, &effort)?);
        let controls = match attack.needs {
            Some(_) => (attack.run)(&weak, &effort)?,
            None => Vec::new(),
        };
        let control = (controls.as_slice(), attack.needs.unwrap_or_default());
        findings.extend(judged((attack.name, attack.attacker), tried, control, &job.limits));
    }
    findings.sort_by_key(|finding| finding.attacker);
    let [left, right] = scene.people;
    Ok(PrivacyResult {
        version: env!("CARGO_PKG_VERSION"),
        schema: job.schema.body().name.clone(),
        digest: job.schema.digest().to_string(),
        profile: "pair tokens",
        tier: job.tier,
        seed: job.seed,
        people: left,
        partner_people: Some(right),
        linked: scene.linked,
        limits: job.limits,
        findings,
        left_out,
        not_tried: NOT_TRIED.to_vec(),
        tries_per_second: both::tries_per_second(&scene)?,
    })
}
