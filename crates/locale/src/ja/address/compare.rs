//! How two addresses are related (`protocols/02-ja.md` §8).

use super::gazetteer::gazetteer;
use super::parse::{Address, Rest};
use crate::pack::UNEQUAL;

/// Verdicts from tight to loose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Equal,
    Floor,
    Room,
    Prefix,
    SameBuilding,
    Gazetteer,
    AmbiguousGazetteer,
    History,
    Ambiguous,
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::Floor => "floor",
            Self::Room => "room",
            Self::Prefix => "prefix",
            Self::SameBuilding => "same_building",
            Self::Gazetteer => "gaz",
            Self::AmbiguousGazetteer => "gaz_ambig",
            Self::History => "hist",
            Self::Ambiguous => "ambig",
        }
    }
}

/// The relation of two prepared addresses.
pub(in crate::ja) fn relation(a: &str, b: &str) -> &'static str {
    let (a, b) = (Address::parse(a), Address::parse(b));
    let verdict = || {
        let area = area(&a, &b)?;
        Some(area.max(block(&a, &b, area)?).max(rest(&a.rest, &b.rest)?))
    };
    verdict().map_or(UNEQUAL, Verdict::name)
}

fn area(a: &Address, b: &Address) -> Option<Verdict> {
    let (left, right) = (a.resolve(), b.resolve());
    let verdict = if a.area() == b.area() {
        Verdict::Equal
    } else if left.area() == right.area() {
        Verdict::Gazetteer
    } else if one_of_several(a, &right) || one_of_several(b, &left) {
        Verdict::AmbiguousGazetteer
    } else {
        let today = areas_today(b);
        areas_today(a).iter().any(|area| today.contains(area)).then_some(Verdict::History)?
    };
    let has_twin = |address: &Address| match address.municipalities[..] {
        [one] => gazetteer().has_twin(one, &address.town),
        _ => false,
    };
    // Only equal streets identify which of the two towns is meant.
    let same_street = a.has_street() && b.has_street() && a.town == b.town;
    if (has_twin(&left) || has_twin(&right)) && !same_street {
        return Some(Verdict::Ambiguous);
    }
    Some(verdict)
}

/// Whether `short` lacks its prefecture and can lie in the municipality of `other`, which is resolved.
fn one_of_several(short: &Address, other: &Address) -> bool {
    short.prefecture.is_none()
        && short.municipalities.len() > 1
        && short.municipalities.iter().any(|&municipality| {
            let settled = Address { municipalities: vec![municipality], ..short.clone() };
            settled.resolve().area() == other.area()
        })
}

/// The present areas of an address: its own, or those of the successors of a former municipality.
fn areas_today(address: &Address) -> Vec<String> {
    let mut areas = vec![address.resolve().area()];
    let text = format!("{}{}", address.written, address.town);
    if let Some((successors, length)) = gazetteer().successors(address.prefecture, &text) {
        let whole =
            Address { written: String::new(), town: text, municipalities: Vec::new(), ..address.clone() };
        areas.extend(successors.iter().map(|&successor| whole.in_successor(successor, length).area()));
    }
    areas
}

/// Compares blocks as written if the areas are equal as written, otherwise as in the gazetteer.
fn block(a: &Address, b: &Address, area: Verdict) -> Option<Verdict> {
    if area == Verdict::Equal && a.block == b.block {
        return Some(Verdict::Equal);
    }
    let (left, right) = (a.resolve(), b.resolve());
    if left.block == right.block {
        // A number at the end of one of the towns was parsed as part of the block.
        return Some(if a.block == b.block { Verdict::Equal } else { Verdict::Gazetteer });
    }
    let begins = |short: &Address, long: &Address| {
        (short.block.is_empty() || short.only_chome) && long.block.starts_with(&short.block)
    };
    let (left, right) = if area == Verdict::Equal { (a, b) } else { (&left, &right) };
    (begins(left, right) || begins(right, left)).then_some(Verdict::Prefix)
}

fn rest(a: &Rest, b: &Rest) -> Option<Verdict> {
    if a == b {
        return Some(Verdict::Equal);
    }
    if a.is_empty() || b.is_empty() {
        return Some(Verdict::Prefix);
    }
    let building = Same::of(&a.building, &b.building);
    let room = Same::of(&a.room, &b.room);
    let floor = Same::of(&a.floor_number(), &b.floor_number());
    let care_of = Same::of(&a.care_of, &b.care_of);
    let parts = [building, room, floor, care_of];
    let equal = |same: Same| matches!(same, Same::Yes | Same::Neither);
    let lacks = |side: Same| parts.into_iter().all(|same| equal(same) || same == side);
    if parts.into_iter().all(equal) {
        Some(Verdict::Floor)
    } else if room == Same::Yes {
        Some(Verdict::Room)
    } else if equal(building) && (lacks(Same::Left) || lacks(Same::Right)) {
        Some(Verdict::Prefix)
    } else if building == Same::Yes {
        Some(Verdict::SameBuilding)
    } else {
        // One side has only a building, the other only a room.
        let apart = matches!((building, room), (Same::Left, Same::Right) | (Same::Right, Same::Left));
        (apart && floor == Same::Neither && care_of == Same::Neither).then_some(Verdict::Prefix)
    }
}

/// Whether a part is present and equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Yes,
    No,
    /// The left one lacks it.
    Left,
    /// The right one lacks it.
    Right,
    Neither,
}

impl Same {
    fn of(a: &str, b: &str) -> Self {
        match (a.is_empty(), b.is_empty()) {
            (true, true) => Self::Neither,
            (true, false) => Self::Left,
            (false, true) => Self::Right,
            (false, false) if a == b => Self::Yes,
            (false, false) => Self::No,
        }
    }
}
