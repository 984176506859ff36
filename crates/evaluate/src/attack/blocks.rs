//! Block ids by their co-occurrence: ids of frequent values are recognized, and then those that occur with them.

use std::collections::BTreeMap;

use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::people::NO_CLASS;
use crate::attack::scene::Scene;
use crate::attack::sight::Sight;

/// Rounds of refinement.
const ROUNDS: usize = 8;

/// Block ids as a row of numbers per record; 0 without one.
type Ids = Vec<Vec<u64>>;

/// Re-identifies records by their block ids, with a list of the same people.
///
/// The attacker computes what the ids of its own list would be, under its own key: equal values have equal ids. It
/// gives each id of either side a color, first by size and pass, then by the colors with which it occurs,
/// until people with a unique combination of colors are found (Weisfeiler and Leman 1968).
pub(crate) fn blocks(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let Sight::Filters(filters) = &scene.left.sight else { return Vec::new() };
    if filters.blocks.is_empty() {
        return Vec::new();
    }
    let rows = |record: usize| filters.blocks.iter().map(|pass| pass[record]).collect();
    let ids: Ids = (0..filters.len()).map(rows).collect();
    reidentify(&ids)
}

/// The control: ids of the values of attributes, as rules of one part each give.
pub(crate) fn blocks_control(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let id = |row: usize| {
        scene.left.attributes.iter().map(move |attribute| match attribute.classes[row] {
            NO_CLASS => 0,
            // Any keyed permutation of the values looks like this to an attacker.
            class => (u64::from(class) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15),
        })
    };
    let mut ids: Ids = (0..scene.len()).map(|row| id(row).collect()).collect();
    // Small blocks are suppressed, as in files.
    for pass in 0..scene.left.attributes.len() {
        let mut sizes: BTreeMap<u64, usize> = BTreeMap::new();
        ids.iter().for_each(|row| *sizes.entry(row[pass]).or_default() += 1);
        ids.iter_mut().filter(|row| sizes[&row[pass]] < 10).for_each(|row| row[pass] = 0);
    }
    reidentify(&ids)
}

/// Share of records that the attacker finds. Its list gives the same partition with other ids, so that whoever has a
/// unique color in one has it in the other; a color of k records gives one of them right, on average.
fn reidentify(ids: &Ids) -> Vec<Measured> {
    let passes = ids.first().map_or(0, Vec::len);
    let mut colors: Vec<BTreeMap<u64, u64>> = (0..passes)
        .map(|pass| {
            let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
            ids.iter().for_each(|row| *sizes.entry(row[pass]).or_default() += 1);
            sizes
        })
        .collect();
    for _ in 0..ROUNDS {
        colors = (0..passes).map(|pass| refined(ids, &colors, pass)).collect();
    }
    let mut same: BTreeMap<Vec<u64>, u64> = BTreeMap::new();
    for row in ids {
        *same.entry(row.iter().zip(&colors).map(|(id, colors)| colors[id]).collect()).or_default() += 1;
    }
    let hits = same.len() as u64;
    let setting = "the same people in a list";
    let records = ids.len() as u64;
    Measured::counted(setting, Goal::Reidentification, hits, records, 1.0 / records.max(1) as f64)
        .into_iter()
        .collect()
}

/// New colors of a pass's ids: of the old color and the multiset of combinations with which the id occurs.
fn refined(ids: &Ids, colors: &[BTreeMap<u64, u64>], pass: usize) -> BTreeMap<u64, u64> {
    let mut company: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for row in ids {
        let combined = row.iter().zip(colors).fold(0, |sum, (id, colors)| mix(sum ^ colors[id]));
        company.entry(row[pass]).or_default().push(combined);
    }
    company
        .into_iter()
        .map(|(id, mut combined)| {
            combined.sort_unstable();
            (id, combined.into_iter().fold(mix(colors[pass][&id]), |sum, color| mix(sum ^ color)))
        })
        .collect()
}

/// A step of SplitMix64 (Steele, Lea and Flood 2014).
const fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_by_their_ids_company() {
        // Ids 8 and 9 have equal sizes; their company in pass 1 distinguishes them. Four kinds of people.
        let ids = [[1, 7], [1, 8], [1, 8], [2, 9], [2, 9], [2, 7], [2, 7]].map(Vec::from).to_vec();
        let found = &reidentify(&ids)[0];
        assert_eq!((found.found.value * 7.0).round() as u64, 4);
        assert!(reidentify(&Vec::new()).is_empty());
    }
}
