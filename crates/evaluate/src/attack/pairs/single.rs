//! What one file shows of its records: bits, equal windows, sizes, and what known pairs teach about other rows.

use std::collections::HashSet;

use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::pairs::scene::{PairHolder, PairScene};
use crate::attack::ridge::ridge;
use crate::attack::sight::Sight;
use crate::attack::trial::Subjects;
use crate::attack::visible::correlation;

/// A bit depends on what rows have in common if it deviates by more standard deviations.
const DEVIATIONS: f64 = 5.5;
/// How often it does so by chance, on either side of a normal distribution.
const BY_CHANCE: f64 = 3.8e-8;
/// Bytes of a window.
const WINDOW: usize = 4;
/// Bytes of a window of rows that are near each other.
const NEAR_WINDOW: usize = 3;
/// Rows that are near each other are so many places apart at most.
const NEAR: usize = 6;

/// Results for each side.
fn of_sides(scene: &PairScene<'_>, of: &dyn Fn(&PairHolder) -> Vec<Measured>) -> Vec<Measured> {
    let named = |holder: &PairHolder| {
        let name = |found: Measured| Measured {
            setting: format!("{} file: {}", holder.side.name(), found.setting),
            ..found
        };
        of(holder).into_iter().map(name).collect::<Vec<_>>()
    };
    scene.holders().into_iter().flat_map(named).collect()
}

/// Bits in which rows that have something in common agree too often, or too rarely.
pub(crate) fn bits(scene: &PairScene<'_>, _: &Effort) -> Vec<Measured> {
    of_sides(scene, &|holder| dependent_bits(holder).into_iter().collect())
}

fn dependent_bits(holder: &PairHolder) -> Option<Measured> {
    let (alike, rows) = (holder.known.alike(), &holder.rows);
    let bits = rows.width * 8;
    // How often each bit is set in bytes of this form.
    let counts = |bytes: &mut dyn Iterator<Item = Vec<u8>>| {
        let mut counts = vec![0_u32; bits];
        for bytes in bytes {
            for (counts, byte) in counts.chunks_exact_mut(8).zip(bytes) {
                counts.iter_mut().enumerate().for_each(|(bit, count)| *count += u32::from(byte >> bit & 1));
            }
        }
        counts
    };
    let set = counts(&mut (0..rows.len()).map(|row| rows.row(row).to_vec()));
    let mut depends = vec![false; bits];
    for pairs in &alike {
        let differ =
            |&(a, b): &(usize, usize)| rows.row(a).iter().zip(rows.row(b)).map(|(a, b)| a ^ b).collect();
        let differ = counts(&mut pairs.iter().map(differ));
        for ((depends, differ), set) in depends.iter_mut().zip(differ).zip(&set) {
            let share = f64::from(*set) / rows.len() as f64;
            // How often two rows differ in the bit that have nothing in common. In a bit that is always the same,
            // there is nothing to see.
            let unlike = 2.0 * share * (1.0 - share);
            let (count, variance) = (pairs.len() as f64, pairs.len() as f64 * unlike * (1.0 - unlike));
            *depends |= (f64::from(differ) - count * unlike).abs() > DEVIATIONS * variance.sqrt();
        }
    }
    let hits = depends.iter().filter(|&&depends| depends).count() as u64;
    let setting = format!("rows alike in one of {} ways", alike.len());
    let chance = BY_CHANCE * alike.len() as f64;
    Measured::counted(setting, Goal::Structure, hits, bits as u64, chance).filter(|_| !alike.is_empty())
}

/// Rows of different records that equal an earlier one in some window of bytes at the same place.
pub(crate) fn windows(scene: &PairScene<'_>, _: &Effort) -> Vec<Measured> {
    of_sides(scene, &|holder| {
        let (rows, first) = (&holder.rows, &scene.first);
        let places = (rows.width + 1).saturating_sub(WINDOW);
        let mut repeats = vec![false; first.len()];
        let mut windows: Vec<([u8; WINDOW], usize)> = Vec::with_capacity(first.len());
        for place in 0..places {
            windows.clear();
            let window =
                |(at, &row): (usize, &usize)| Some((*rows.row(row)[place..].first_chunk::<WINDOW>()?, at));
            windows.extend(first.iter().enumerate().filter_map(window));
            windows.sort_unstable();
            windows
                .windows(2)
                .filter(|pair| pair[0].0 == pair[1].0)
                .for_each(|pair| repeats[pair[1].1] = true);
        }
        let hits = repeats.iter().filter(|&&repeats| repeats).count() as u64;
        // On average half of the others are earlier.
        let chance = first.len() as f64 / 2.0 * places as f64 * 0.5_f64.powi(8 * WINDOW as i32);
        let setting = format!("rows that equal an earlier one in {WINDOW} bytes");
        Measured::counted(setting, Goal::Structure, hits, first.len() as u64, chance.min(1.0))
            .into_iter()
            .collect()
    })
}

/// Which rows near each other are of one record: those that have most windows in common, at any two places.
pub(crate) fn near(scene: &PairScene<'_>, _: &Effort) -> Vec<Measured> {
    of_sides(scene, &|holder| {
        let rows = &holder.rows;
        let windows = |row: usize| -> HashSet<&[u8]> { rows.row(row).windows(NEAR_WINDOW).collect() };
        let sets: Vec<HashSet<&[u8]>> = (0..rows.len()).map(windows).collect();
        let pairs: Vec<(usize, usize)> = (0..rows.len())
            .flat_map(|row| (row + 1..rows.len().min(row + 1 + NEAR)).map(move |other| (row, other)))
            .collect();
        // Ties are broken at random.
        let mut order: Vec<usize> = (0..pairs.len()).collect();
        scene.draw(1).shuffle(&mut order);
        let ranked = order.iter().map(|&at| {
            let (a, b) = pairs[at];
            (sets[a].intersection(&sets[b]).count(), (a, b))
        });
        let mut ranked: Vec<(usize, (usize, usize))> = ranked.collect();
        ranked.sort_by_key(|(common, _)| std::cmp::Reverse(*common));
        ranked.truncate(scene.twice.len());
        let hits = ranked.iter().filter(|(_, pair)| scene.twice.binary_search(pair).is_ok()).count();
        let chance = scene.twice.len() as f64 / pairs.len().max(1) as f64;
        let setting = format!("rows of one record at most {NEAR} places apart");
        Measured::counted(setting, Goal::Neighbors, hits as u64, scene.twice.len() as u64, chance)
            .into_iter()
            .collect()
    })
}

/// Correlation of the size of a row with the length of its person's values. Rows of one size have nothing to work
/// on.
pub(crate) fn lengths(scene: &PairScene<'_>, _: &Effort) -> Vec<Measured> {
    of_sides(scene, &|holder| {
        if holder.sizes.windows(2).all(|pair| pair[0] == pair[1]) {
            return Vec::new();
        }
        let points: Vec<(f64, f64)> = holder
            .sizes
            .iter()
            .zip(&holder.known.letters)
            .map(|(&size, &letters)| (size as f64, letters as f64))
            .collect();
        correlation(&points, "size of a row").into_iter().collect()
    })
}

/// Ridge regression from the bits of rows.
pub(crate) fn ridge_on_bits(scene: &PairScene<'_>, effort: &Effort) -> Vec<Measured> {
    known_pairs(scene, effort, &|holder, rows| holder.rows.bits(rows))
}

/// Ridge regression from tags, each as a whole.
pub(crate) fn ridge_on_tags(scene: &PairScene<'_>, effort: &Effort) -> Vec<Measured> {
    known_pairs(scene, effort, &|holder, rows| holder.rows.tags(rows, &holder.layout))
}

fn known_pairs(
    scene: &PairScene<'_>,
    effort: &Effort,
    sight: &dyn Fn(&PairHolder, &[usize]) -> Sight,
) -> Vec<Measured> {
    of_sides(scene, &|holder| {
        let sight = sight(holder, &scene.first);
        let attributes = holder.known.attributes_of(&scene.first);
        let plaintext = holder.known.plaintext.select(&scene.first);
        let seed = scene.seed;
        ridge(Subjects { sight: &sight, attributes: &attributes, plaintext: &plaintext, seed }, effort)
    })
}
