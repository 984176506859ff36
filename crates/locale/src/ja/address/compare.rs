//! How two addresses are related (`protocols/02-ja.md` §8).

use super::gazetteer::gazetteer;
use super::parse::{Address, Rest};
use crate::UNEQUAL;

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
    let verdict = || Some(area(&a, &b)?.max(block(&a, &b)?).max(rest(&a.rest, &b.rest)?));
    verdict().map_or(UNEQUAL, Verdict::name)
}

fn area(a: &Address, b: &Address) -> Option<Verdict> {
    let (left, right) = (a.resolve(), b.resolve());
    let verdict = if a.area() == b.area() {
        Verdict::Equal
    } else if left.area() == right.area() {
        Verdict::Gazetteer
    } else if one_of_several(a, b) || one_of_several(b, a) {
        Verdict::AmbiguousGazetteer
    } else if moved(a, &right) || moved(b, &left) {
        Verdict::History
    } else {
        return None;
    };
    let has_twin = |address: &Address| match address.municipalities[..] {
        [one] => gazetteer().has_twin(one, &address.town),
        _ => false,
    };
    if (has_twin(&left) || has_twin(&right)) && !(a.has_street() && b.has_street()) {
        return Some(Verdict::Ambiguous);
    }
    Some(verdict)
}

/// Whether `short` lacks its prefecture and one of the municipalities that it may lie in is that of `other`.
fn one_of_several(short: &Address, other: &Address) -> bool {
    short.prefecture.is_none()
        && short.municipalities.len() > 1
        && short.municipalities.iter().any(|&municipality| {
            let mut settled = short.clone();
            settled.settle(municipality);
            settled.resolve().area() == other.resolve().area()
        })
}

/// Whether `old` has an earlier name of the municipality of `other`, which is resolved.
fn moved(old: &Address, other: &Address) -> bool {
    let text = format!("{}{}", old.written, old.town);
    let Some((successors, length)) = gazetteer().successors(old.prefecture, &text) else { return false };
    let whole =
        Address { written: String::new(), town: text.clone(), municipalities: Vec::new(), ..old.clone() };
    successors.iter().any(|&successor| whole.in_successor(successor, length).area() == other.area())
}

fn block(a: &Address, b: &Address) -> Option<Verdict> {
    if a.block == b.block {
        return Some(Verdict::Equal);
    }
    if a.resolve().block == b.resolve().block {
        return Some(Verdict::Gazetteer);
    }
    let begins = |short: &Address, long: &Address| {
        (short.block.is_empty() || short.only_chome) && long.block.starts_with(&short.block)
    };
    (begins(a, b) || begins(b, a)).then_some(Verdict::Prefix)
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
    let floor = Same::of(a.floor_number(), b.floor_number());
    let care_of = Same::of(&a.care_of, &b.care_of);
    let equal = |same: Same| matches!(same, Same::Yes | Same::Neither);
    let lacking = |same: Same| same != Same::No;
    match (building, room) {
        _ if [building, room, floor, care_of].into_iter().all(equal) => Some(Verdict::Floor),
        (_, Same::Yes) => Some(Verdict::Room),
        (Same::Yes | Same::Neither, _) if [room, floor, care_of].into_iter().all(lacking) => {
            Some(Verdict::Prefix)
        }
        (Same::Yes, _) => Some(Verdict::SameBuilding),
        // A building here and a room there.
        (Same::One, Same::One) if a.building.is_empty() != a.room.is_empty() => Some(Verdict::Prefix),
        _ => None,
    }
}

/// Whether a part is there and equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Yes,
    No,
    /// One of the two lacks it.
    One,
    Neither,
}

impl Same {
    fn of(a: &str, b: &str) -> Self {
        match (a.is_empty(), b.is_empty()) {
            (true, true) => Self::Neither,
            (false, false) if a == b => Self::Yes,
            (false, false) => Self::No,
            _ => Self::One,
        }
    }
}
