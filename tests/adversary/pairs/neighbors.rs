//! Rows of one custodian with equal values: its file alone does not reveal them.

use std::collections::HashMap;

use mizuhiki_exchange::{Side, TAG_BYTES};
use sha2::{Digest as _, Sha256};

use super::pairs_kit::{KANJI, encoder, named};

const ROWS: usize = 3_000;
/// Rows on either side that neighbor tags cover.
const REACH: isize = 3;

/// Dates of birth; one in forty equals that of a row up to six rows earlier.
fn dates() -> Vec<String> {
    let mut draw = crate::Draw(5);
    let mut dates: Vec<String> = Vec::new();
    for row in 0..ROWS {
        let date = match draw.below(40) {
            0 if row > 6 => dates[row - 1 - draw.below(6)].clone(),
            _ => format!("{}-{:02}-{:02}", 1930 + draw.below(90), 1 + draw.below(12), 1 + draw.below(28)),
        };
        dates.push(date);
    }
    dates
}

/// Pairs of rows at most six apart.
fn near() -> impl Iterator<Item = (usize, usize)> {
    (0..ROWS).flat_map(|row| (row + 1..ROWS.min(row + 7)).map(move |other| (row, other)))
}

/// Number of equal pairs detected by any two common tags of `tags`, and of all equal pairs.
fn found(dates: &[String], tags: impl Fn(usize) -> Vec<Vec<u8>>) -> (usize, usize, usize) {
    let tags: Vec<Vec<Vec<u8>>> = (0..ROWS).map(tags).collect();
    let shares = |a: usize, b: usize| tags[a].iter().any(|tag| tags[b].contains(tag));
    let equal: Vec<(usize, usize)> = near().filter(|(a, b)| dates[*a] == dates[*b]).collect();
    let right = equal.iter().filter(|(a, b)| shares(*a, *b)).count();
    let wrong = near().filter(|(a, b)| dates[*a] != dates[*b] && shares(*a, *b)).count();
    (right, wrong, equal.len())
}

/// As in version 1: a row has the tag of its date under its own handle's key, and under those of its
/// neighbors.
fn old_tags(dates: &[String], row: usize) -> Vec<Vec<u8>> {
    let near = (row as isize - REACH).max(0)..=(row as isize + REACH).min(ROWS as isize - 1);
    near.map(|handle| Sha256::digest(format!("{handle}|{}", dates[row]))[..2].to_vec()).collect()
}

#[test]
fn a_custodians_file_does_not_show_which_neighbours_have_equal_values() {
    let dates = dates();
    let (right, _, all) = found(&dates, |row| old_tags(&dates, row));
    assert!(all > 60 && right == all, "version 1: {right} of {all} equal dates were detected");
    for side in [Side::Left, Side::Right] {
        let encoder = encoder(KANJI, side, &named("p", "a"));
        let mut worker = encoder.worker();
        let columns = encoder.columns().to_vec();
        let handles: Vec<String> = (0..ROWS).map(|row| format!("L{row:05}")).collect();
        let mut rows: HashMap<usize, Vec<u8>> = HashMap::new();
        for row in 0..ROWS {
            // All values by which neighbors are compared are equal if the date is.
            let value = |column: usize| match columns[column].as_str() {
                "name_kanji" => "山田　太郎",
                "birth_date" => dates[row].as_str(),
                _ => "",
            };
            worker.read(1, &value).unwrap();
            let neighbor =
                |offset: isize| handles.get(usize::try_from(row as isize + offset).ok()?).map(String::as_str);
            let mut sealed = Vec::new();
            worker.seal(&handles[row], &neighbor, &mut sealed);
            rows.insert(row, sealed);
        }
        // Any three bytes of a row at tag positions.
        let tags = |row: usize| rows[&row].chunks_exact(TAG_BYTES).map(<[u8]>::to_vec).collect();
        let (right, wrong, all) = found(&dates, tags);
        // Chance: 140² pairs of tags, 2⁻²⁴ each, for 18,000 pairs of rows.
        let chance = (right + wrong) as f64 / near().count() as f64;
        assert!(
            right <= 2 && chance < 0.005,
            "{}: {right} of {all} equal dates, {wrong} others",
            side.name()
        );
    }
}
