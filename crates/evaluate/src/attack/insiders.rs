//! What those can do who have more than files: both lists, known relatives, the key, or questions.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::attack::edges::{pairs_between, suppress};
use crate::attack::effort::Effort;
use crate::attack::encodings::{KeyOf, filters, real_symbols};
use crate::attack::finding::{Goal, Measured};
use crate::attack::people::{Attribute, NO_CLASS};
use crate::attack::scene::{AttackError, Scene, sample};
use crate::attack::sight::{FilterSight, Sight};
use crate::attack::trial::{Trial, base_rate};
use crate::attack::visible::common;

/// Re-identifies linked pairs by their numbers of common symbols, with the plaintext of both files: the
/// attacker makes both files under its own key and looks for pairs with the same number.
pub(crate) fn totals(scene: &Scene<'_>, _: &Effort) -> Result<Vec<Measured>, AttackError> {
    let Some(right) = &scene.right else { return Ok(Vec::new()) };
    let (Sight::Symbols(of_left), Sight::Symbols(of_right)) = (&scene.left.sight, &right.sight) else {
        return Ok(Vec::new());
    };
    let key = (KeyOf::Attacker, scene.seed);
    let mut own = real_symbols(scene.schema, key, &scene.left.people)?;
    let mut partner = real_symbols(scene.schema, key, &right.people)?;
    suppress(&mut own);
    suppress(&mut partner);
    let mut with_total: BTreeMap<usize, u64> = BTreeMap::new();
    let expected: Vec<usize> = scene.linked.iter().map(|&(a, b)| common(&own[a], &partner[b])).collect();
    expected.iter().for_each(|&total| *with_total.entry(total).or_default() += 1);
    // One of all pairs with the total of the token pair is guessed.
    let right = scene.linked.iter().zip(&expected).map(|(&(a, b), &expected)| {
        let seen = common(of_left.set(a), of_right.set(b));
        if seen == expected { 1.0 / with_total[&expected] as f64 } else { 0.0 }
    });
    let hits = right.sum::<f64>().round() as u64;
    let trials = scene.linked.len() as u64;
    let setting = "linked pairs by their totals";
    Ok(Measured::counted(setting, Goal::Disclosed, hits, trials, 1.0 / trials.max(1) as f64)
        .into_iter()
        .collect())
}

/// Attributes of people by the known person who is nearest: whose token in the other file shares most symbols with
/// theirs (relatives, namesakes, twins), or whose filter is most similar. The attacker says that they have the
/// same value. All attacked people count; of those without such a known person the most frequent value is
/// guessed.
pub(crate) fn relatives(scene: &Scene<'_>, effort: &Effort) -> Vec<Measured> {
    let pairs = match (&scene.left.sight, scene.right.as_ref().map(|right| &right.sight)) {
        (Sight::Symbols(left), Some(Sight::Symbols(right))) => {
            let (of_left, of_right) = (|record: usize| left.set(record), |record: usize| right.set(record));
            pairs_between((&of_left, left.len()), (&of_right, right.len()))
        }
        (Sight::Filters(_), _) => BTreeMap::new(),
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    for trial in Trial::all(scene.subjects(), effort) {
        let nearest = match &scene.left.sight {
            Sight::Filters(filters) => nearest_filters(filters, &trial),
            Sight::Symbols(_) => nearest_sets(scene, &pairs, &trial),
        };
        let all = trial.attacked.len();
        let remark = format!("{} of {all} attacked people are near a known one", nearest.len());
        let judge = |attribute: &Attribute| {
            Some(judge_nearest(attribute, &trial, &nearest)?.with_remark(remark.clone()))
        };
        found.extend(scene.left.attributes.iter().filter_map(judge));
    }
    found
}

/// For attacked rows, the known row whose partner in the other file shares most symbols with them.
fn nearest_sets(
    scene: &Scene<'_>,
    pairs: &BTreeMap<(u32, u32), u32>,
    trial: &Trial,
) -> BTreeMap<usize, usize> {
    let partner: BTreeMap<usize, usize> = scene.linked.iter().copied().collect();
    let known: BTreeMap<u32, usize> =
        trial.known.iter().filter_map(|row| Some((*partner.get(row)? as u32, *row))).collect();
    let mut best: BTreeMap<usize, (u32, usize)> = BTreeMap::new();
    for (&(a, b), &count) in pairs {
        let (Some(&row), attacked) = (known.get(&b), a as usize) else { continue };
        if row != attacked && best.get(&attacked).is_none_or(|&(most, _)| count > most) {
            best.insert(attacked, (count, row));
        }
    }
    trial.attacked.iter().filter_map(|row| Some((*row, best.get(row)?.1))).collect()
}

fn nearest_filters(filters: &FilterSight, trial: &Trial) -> BTreeMap<usize, usize> {
    let like = |a: usize, b: usize| {
        let common: u32 = filters.row(a).iter().zip(filters.row(b)).map(|(a, b)| (a & b).count_ones()).sum();
        let both: u32 = filters.row(a).iter().chain(filters.row(b)).map(|word| word.count_ones()).sum();
        f64::from(common) / f64::from(both.max(1))
    };
    let nearest = |&row: &usize| {
        let known = trial.known.iter().copied();
        let best = known
            .map(|known| (like(row, known), known))
            .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
        best.map(|(_, known)| (row, known))
    };
    trial.attacked.iter().filter_map(nearest).collect()
}

fn judge_nearest(attribute: &Attribute, trial: &Trial, nearest: &BTreeMap<usize, usize>) -> Option<Measured> {
    let mut counts = vec![0_usize; attribute.count];
    let class = |row: usize| attribute.classes[row];
    let known = trial.known.iter().map(|&row| class(row)).filter(|&class| class != NO_CLASS);
    known.for_each(|class| counts[class as usize] += 1);
    let most = (0..counts.len()).max_by_key(|&class| (counts[class], usize::MAX - class))? as u32;
    let asked: Vec<usize> = trial.attacked.iter().copied().filter(|&row| class(row) != NO_CLASS).collect();
    let guess = |row: usize| nearest.get(&row).map_or(most, |&known| class(known));
    let right = asked.iter().filter(|&&row| guess(row) == class(row)).count() as u64;
    let base = base_rate(attribute, &asked);
    let setting = format!("{}, {} known pairs", attribute.name, trial.known.len());
    Measured::counted(setting, Goal::Inference, right, asked.len() as u64, base)
}

/// Records re-identified by whoever has the key and a list: the attacker encodes the list and compares.
pub(crate) fn dictionary(scene: &Scene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let rows = sample(scene.len(), effort.attacked, &mut scene.draw(60));
    let people = scene.left.people.select(&rows);
    let key = (KeyOf::Custodians, scene.seed);
    let hits = match &scene.left.sight {
        Sight::Symbols(tokens) => {
            let sets = real_symbols(scene.schema, key, &people)?;
            let least = sets.iter().map(Vec::len).max().unwrap_or_default() / 4;
            rows.iter().zip(&sets).filter(|(row, set)| common(tokens.set(**row), set) > least).count()
        }
        Sight::Filters(tokens) => {
            let own = filters(scene.schema, key, &people)?;
            rows.iter()
                .enumerate()
                .filter(|(at, row)| own.words == tokens.words && own.row(*at) == tokens.row(**row))
                .count()
        }
    };
    let setting = "a list of candidates, encoded with the key";
    Ok(Measured::counted(setting, Goal::Disclosed, hits as u64, rows.len() as u64, 0.0).into_iter().collect())
}

/// How many people per second whoever has the key can try; a figure of this machine.
///
/// # Errors
/// [`AttackError`] if people cannot be encoded.
pub(crate) fn tries_per_second(scene: &Scene<'_>) -> Result<f64, AttackError> {
    let rows = sample(scene.len(), 2_000, &mut scene.draw(61));
    let people = scene.left.people.select(&rows);
    let started = Instant::now();
    match scene.schema.symbols() {
        Some(_) => drop(real_symbols(scene.schema, (KeyOf::Attacker, scene.seed), &people)?),
        None => drop(filters(scene.schema, (KeyOf::Attacker, scene.seed), &people)?),
    }
    Ok(rows.len() as f64 / started.elapsed().as_secs_f64().max(1e-9))
}
