//! Who resembles whom: neighbors by plaintext that are neighbors by tokens, too, and who lives together.

use std::collections::BTreeMap;

use crate::attack::edges::PairGraph;
use crate::attack::effort::Effort;
use crate::attack::encodings::{KeyOf, filters, whole_filter};
use crate::attack::finding::{Goal, Measured};
use crate::attack::graphs::dice;
use crate::attack::people::NO_CLASS;
use crate::attack::scene::{AttackError, Scene, sample};
use crate::attack::sight::{FilterSight, Sight, SymbolSight};

/// Neighbors that are compared.
const NEAREST: usize = 10;

/// Similar records by tokens: for each record others with a similarity, most similar first.
struct Seen {
    similar: Vec<Vec<usize>>,
    /// The plaintext of each of them under the attacker's key.
    plaintext: FilterSight,
    households: Option<Vec<u32>>,
}

/// What tokens show of some records: within the left file, and among linked pairs of both.
fn seen(scene: &Scene<'_>, effort: &Effort) -> Result<Seen, AttackError> {
    match &scene.left.sight {
        Sight::Filters(filters) => {
            let rows = sample(scene.len(), effort.graph, &mut scene.draw(50));
            let similarity = dice(&filters.select(&rows));
            let nearest = |column: usize| {
                let mut order: Vec<usize> = (0..rows.len()).filter(|&row| row != column).collect();
                let by = |row: &usize| similarity[(*row, column)];
                order.sort_by(|a, b| by(b).total_cmp(&by(a)).then_with(|| a.cmp(b)));
                order.truncate(NEAREST);
                order
            };
            let households = scene.left.people.households();
            Ok(Seen {
                similar: (0..rows.len()).map(nearest).collect(),
                plaintext: scene.plaintext.select(&rows),
                households: households.map(|of| rows.iter().map(|&row| of[row]).collect()),
            })
        }
        Sight::Symbols(left) => seen_in_symbols(scene, left),
    }
}

fn seen_in_symbols(scene: &Scene<'_>, left: &SymbolSight) -> Result<Seen, AttackError> {
    let right = scene.right.as_ref().and_then(|right| match &right.sight {
        Sight::Symbols(sight) => Some((right, sight)),
        Sight::Filters(_) => None,
    });
    let set = |record: usize| left.set(record);
    let graph = right
        .map_or_else(|| PairGraph::within((&set, left.len())), |(_, right)| PairGraph::between(left, right));
    let mut plaintext = FilterSight { words: scene.plaintext.words, ..FilterSight::default() };
    let partner = match right {
        Some((holder, _)) => {
            Some(filters(&whole_filter(scene.schema), (KeyOf::Attacker, scene.seed), &holder.people)?)
        }
        None => None,
    };
    let of_left = scene.left.people.households();
    let mut households = of_left.is_some().then(Vec::new);
    for node in &graph.nodes {
        let bits = match (node.left, node.right, &partner) {
            (Some(record), ..) => scene.plaintext.row(record),
            (None, Some(record), Some(partner)) => partner.row(record),
            _ => continue,
        };
        plaintext.bits.extend_from_slice(bits);
        plaintext.rows.push(1);
        if let (Some(households), Some(of_left)) = (&mut households, &of_left) {
            households.push(node.left.map_or(NO_CLASS, |record| of_left[record]));
        }
    }
    let mut similar: Vec<Vec<(u32, usize)>> = vec![Vec::new(); graph.nodes.len()];
    for &(a, b, count) in &graph.edges {
        similar[a].push((count, b));
        similar[b].push((count, a));
    }
    let nearest = |mut found: Vec<(u32, usize)>| {
        found.sort_by_key(|&(count, node)| (std::cmp::Reverse(count), node));
        found.into_iter().take(NEAREST).map(|(_, node)| node).collect()
    };
    Ok(Seen { similar: similar.into_iter().map(nearest).collect(), plaintext, households })
}

/// Share of the ten nearest people by plaintext that are among the ten nearest by tokens. Where tokens show
/// fewer than ten, the rest is guessed.
pub(crate) fn nearest(scene: &Scene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let seen = seen(scene, effort)?;
    let all = seen.similar.len();
    if all <= NEAREST + 1 {
        return Ok(Vec::new());
    }
    let asked = sample(all, effort.neighbors, &mut scene.draw(51));
    let weight = |row: usize| seen.plaintext.row(row).iter().map(|word| word.count_ones()).sum::<u32>();
    let weights: Vec<u32> = (0..all).map(weight).collect();
    let chance = NEAREST as f64 / (all - 1) as f64;
    let mut hits = 0.0;
    for &row in &asked {
        let own = seen.plaintext.row(row);
        let like = |other: usize| {
            let common: u32 =
                own.iter().zip(seen.plaintext.row(other)).map(|(a, b)| (a & b).count_ones()).sum();
            2.0 * f64::from(common) / f64::from((weights[row] + weights[other]).max(1))
        };
        let mut order: Vec<(f64, usize)> =
            (0..all).filter(|&other| other != row).map(|other| (like(other), other)).collect();
        order.select_nth_unstable_by(NEAREST - 1, |a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let near: Vec<usize> = order[..NEAREST].iter().map(|&(_, other)| other).collect();
        let found = seen.similar[row].iter().filter(|other| near.contains(other)).count();
        hits += found as f64 + (NEAREST - seen.similar[row].len()) as f64 * chance;
    }
    let trials = (asked.len() * NEAREST) as u64;
    let setting = "ten nearest of a file";
    Ok(Measured::counted(setting, Goal::Neighbors, hits.round() as u64, trials, chance).into_iter().collect())
}

/// People who live with somebody in the file, and whose most similar record is one of them.
pub(crate) fn households(scene: &Scene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let seen = seen(scene, effort)?;
    let Some(households) = &seen.households else { return Ok(Vec::new()) };
    let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
    households.iter().filter(|&&household| household != NO_CLASS).for_each(|&household| {
        *sizes.entry(household).or_default() += 1;
    });
    let others = |row: usize| match households[row] {
        NO_CLASS => 0,
        household => sizes[&household] - 1,
    };
    let (mut hits, mut trials, mut expected) = (0, 0, 0.0);
    for (row, similar) in seen.similar.iter().enumerate().filter(|(row, _)| others(*row) > 0) {
        trials += 1;
        expected += others(row) as f64 / (households.len() - 1) as f64;
        hits += u64::from(similar.first().is_some_and(|&other| households[other] == households[row]));
    }
    let chance = if trials == 0 { 0.0 } else { expected / trials as f64 };
    let setting = "somebody of the household is nearest";
    Ok(Measured::counted(setting, Goal::Reidentification, hits, trials, chance).into_iter().collect())
}
