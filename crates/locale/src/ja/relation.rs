//! How two values are related (`protocols/02-ja.md` §8).

use super::date::code_book;
use super::{account, address, date, prepare};
use crate::outcome::{Normalization, WILDCARD};
use crate::pack::{Pack, UNEQUAL};

/// The relation of two values of a kind, neither too long.
pub(super) fn relation(pack: &dyn Pack, kind: &str, a: &str, b: &str) -> &'static str {
    if let Some(book) = code_book(kind) {
        let mut scratch = String::new();
        let mut read = |value: &str| date::read(book, value, &mut scratch).ok();
        let dates = read(a).zip(read(b));
        return dates.and_then(|(a, b)| date::relation(a, b)).unwrap_or(UNEQUAL);
    }
    let found = match kind {
        "sex" => Some(
            both(pack, kind, "code", a, b).map_or("unknown", |(a, b)| if a == b { "eq" } else { UNEQUAL }),
        ),
        "address" => both(pack, kind, "eq", a, b).and_then(|_| {
            let (mut left, mut right) = (String::new(), String::new());
            prepare::prepare(a, &mut left).and_then(|()| prepare::prepare(b, &mut right)).ok()?;
            Some(address::relation(&left, &right))
        }),
        "zengin_name" => both(pack, kind, "eq", a, b).map(|(a, b)| account::relation(&a, &b)),
        "postal" => both(pack, kind, "eq", a, b).and_then(|(a, b)| begins(&a, &b)),
        "phone" => both(pack, kind, "eq", a, b).and_then(|(a, b)| extended(&a, &b)),
        _ => at_levels(pack, kind, a, b),
    };
    found.unwrap_or(UNEQUAL)
}

/// Both values at a level, if both have one.
fn both(pack: &dyn Pack, kind: &str, level: &str, a: &str, b: &str) -> Option<(String, String)> {
    let at_level = |value: &str| {
        let mut out = String::new();
        (pack.normalize(kind, level, value, &mut out) == Normalization::Value).then_some(out)
    };
    at_level(a).zip(at_level(b))
}

/// Equal postal codes, or an old one that is a prefix of the other.
fn begins(a: &str, b: &str) -> Option<&'static str> {
    let begins = |short: &str, long: &str| short.len() < long.len() && long.starts_with(short);
    if a == b { Some("eq") } else { (begins(a, b) || begins(b, a)).then_some("prefix") }
}

/// Equal telephone numbers, or one of them with an extension.
fn extended(a: &str, b: &str) -> Option<&'static str> {
    fn parts(number: &str) -> (&str, Option<&str>) {
        number.split_once('x').map_or((number, None), |(number, extension)| (number, Some(extension)))
    }
    let (a, b) = (parts(a), parts(b));
    if a == b { Some("eq") } else { (a.0 == b.0 && (a.1.is_none() || b.1.is_none())).then_some("prefix") }
}

/// The tightest level at which two values are equal; for names also whether they differ in unknown characters only.
fn at_levels(pack: &dyn Pack, kind: &str, a: &str, b: &str) -> Option<&'static str> {
    let wild = kind.starts_with("kana") || kind.starts_with("kanji");
    // A different word order is not a separate relation.
    let levels = pack.kind(kind)?.levels.iter().copied().filter(|level| *level != "sorted");
    let mut fit = false;
    for (level, place) in levels.zip(0..) {
        let values = both(pack, kind, level, a, b);
        // A looser level may treat as missing what a tighter one treats as a name.
        let Some((left, right)) = values else {
            if place == 0 {
                return None;
            }
            continue;
        };
        if wild && (left.contains(WILDCARD) || right.contains(WILDCARD)) {
            fit |= fits(&left, &right);
        } else if left == right {
            return Some(level);
        }
    }
    fit.then_some("wild")
}

/// Whether two texts differ only where one of them has an unknown character.
fn fits(a: &str, b: &str) -> bool {
    a.chars().count() == b.chars().count()
        && a.chars().zip(b.chars()).all(|(a, b)| a == b || a == WILDCARD || b == WILDCARD)
}
