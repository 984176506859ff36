//! What whoever has both files of an audit learns from how links compare, and what the key gives.

use std::collections::BTreeMap;
use std::time::Instant;

use mizuhiki_encode::LinkageKey;
use mizuhiki_match::audit::PairComparison;

use crate::attack::effort::Effort;
use crate::attack::encodings::{attacker_key, laboratory_key};
use crate::attack::finding::{Goal, Measured};
use crate::attack::pairs::rows::PairSight;
use crate::attack::pairs::scene::{PairHolder, PairScene, encoder, sealed};
use crate::attack::scene::{AttackError, sample};

/// People who are encoded to measure the speed of guesses.
const TIMED: usize = 2_000;

/// Re-identifies links by how their rows compare, with the plaintext of both sides: the attacker makes both rows
/// of each link under its own key, and looks for links that compare in the same way.
pub(crate) fn comparisons(scene: &PairScene<'_>, _: &Effort) -> Result<Vec<Measured>, AttackError> {
    let key = attacker_key(scene.seed)?;
    let own = |holder: &PairHolder| under_handles(scene, holder, &key);
    let (left, right) = (own(&scene.left)?, own(&scene.right)?);
    let comparison = PairComparison::new(scene.schema);
    let of_own = |link: usize| seen(scene, &comparison, (&left, &right), link);
    let expected: Vec<Vec<u8>> = scene.first.iter().map(|&link| of_own(link)).collect();
    let mut alike: BTreeMap<&[u8], u64> = BTreeMap::new();
    expected.iter().for_each(|ways| *alike.entry(ways).or_default() += 1);
    let (mut one_of, mut alone) = (0.0, 0);
    for (&link, expected) in scene.first.iter().zip(&expected) {
        let count = alike[expected.as_slice()];
        // One of all links that compare like this is guessed.
        if seen(scene, &comparison, (&scene.left.rows, &scene.right.rows), link) == *expected {
            one_of += 1.0 / count as f64;
            alone += u64::from(count == 1);
        }
    }
    let trials = scene.first.len() as u64;
    let chance = 1.0 / trials.max(1) as f64;
    let most = alike.values().max().copied().unwrap_or_default();
    let remark = format!("{} distinct comparisons; the most common has {most} links", alike.len());
    let one_of = Measured::counted(
        "one of all links that compare alike",
        Goal::Disclosed,
        one_of.round() as u64,
        trials,
        chance,
    );
    let alone =
        Measured::counted("links that alone compare as they do", Goal::Disclosed, alone, trials, chance);
    Ok(one_of.map(|found| found.with_remark(remark)).into_iter().chain(alone).collect())
}

/// The rows of people under their handles.
fn under_handles(
    scene: &PairScene<'_>,
    holder: &PairHolder,
    key: &LinkageKey,
) -> Result<PairSight, AttackError> {
    let encoder = encoder(scene.schema, key, holder.side)?;
    Ok(sealed(&encoder, &holder.known.values, &|row| scene.handles[row].as_str())?)
}

/// All that the two rows of a link show, but for neighbors: outcomes, and which tags agree in which class of
/// places.
fn seen(
    scene: &PairScene<'_>,
    comparison: &PairComparison,
    (left, right): (&PairSight, &PairSight),
    link: usize,
) -> Vec<u8> {
    let (left, right) = (left.row(link), right.row(link));
    let mut seen = comparison.compare(left, right).to_vec();
    let layouts = scene.left.layout.comparisons.iter().zip(&scene.right.layout.comparisons);
    for (l, r) in layouts {
        let equal = |a: std::ops::Range<usize>, b: std::ops::Range<usize>| left[a] == right[b];
        seen.push(u8::from(l.filters > 0 && equal(l.known(), r.known())));
        for level in 0..l.levels {
            for i in 0..l.values {
                let agree = (0..r.values).filter(|&j| equal(l.tag(i, level), r.tag(j, level)));
                seen.push(agree.count() as u8);
                if l.partial && level > 0 {
                    let complete =
                        (0..r.values).filter(|&j| equal(l.complete(i, level), r.complete(j, level)));
                    seen.push(complete.count() as u8);
                }
            }
        }
        for error in 0..l.error_variants {
            seen.push(u8::from(equal(l.variant(error), r.variant_target(error))));
            seen.push(u8::from(equal(l.variant_target(error), r.variant(error))));
        }
    }
    seen
}

/// Rows that whoever has the key makes again from a list, but for neighbors.
pub(crate) fn dictionary(scene: &PairScene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let asked = sample(scene.len(), effort.attacked, &mut scene.draw(2));
    let key = laboratory_key(scene.seed)?;
    let mut found = Vec::new();
    for holder in scene.holders() {
        let own = under_handles(scene, holder, &key)?;
        let end = holder.layout.neighbours_start();
        let hits = asked.iter().filter(|&&row| own.row(row)[..end] == holder.rows.row(row)[..end]).count();
        let setting = format!("{} file: a list of candidates, encoded with the key", holder.side.name());
        found.extend(Measured::counted(setting, Goal::Disclosed, hits as u64, asked.len() as u64, 0.0));
    }
    Ok(found)
}

/// How many people per second whoever has the key can try for one handle; a figure of this machine.
///
/// # Errors
/// [`AttackError`] if people cannot be encoded.
pub(crate) fn tries_per_second(scene: &PairScene<'_>) -> Result<f64, AttackError> {
    let people = &scene.right.known.values[..scene.len().min(TIMED)];
    let encoder = encoder(scene.schema, &attacker_key(scene.seed)?, scene.right.side)?;
    let started = Instant::now();
    sealed(&encoder, people, &|_| "a handle")?;
    Ok(people.len() as f64 / started.elapsed().as_secs_f64().max(1e-9))
}
