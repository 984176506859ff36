//! Linear and quadratic relations between the bits of tokens, which broke diffusion
//! (`protocols/threat-model.md`).

use std::collections::HashSet;

use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured, Tried};
use crate::attack::gf2::{BitRow, Systematic, add, bit, differences, light_words, parity, rank};
use crate::attack::people::NO_CLASS;
use crate::attack::scene::Scene;
use crate::attack::sight::{FilterSight, Sight, SymbolSight};
use crate::draw::Draw;

/// Dimension and length of the searched codes.
const DIMENSION: usize = 1_024;
const LENGTH: usize = 2_048;
/// Maximum weight of words searched for; columns of the control have about 14.
const LIGHT: u32 = 24;
/// Bits among which quadratic relations are searched, and their monomials.
const WINDOW: usize = 40;
/// Filter bits of the control.
const HIDDEN: usize = 8;
const MONOMIALS: usize = 1 + WINDOW + WINDOW * (WINDOW - 1) / 2;

/// Columns that the searched tokens leave free: the words of a random code have half of them on average, which is far
/// from light.
const FREE: usize = 500;
/// Upper bits of a symbol that the order of a set makes uneven.
const ORDERED: usize = 16;

/// Tokens as rows of bits.
struct Bits {
    rows: Vec<BitRow>,
    /// Number of columns that have a bit.
    columns: usize,
}

/// The lowest bits of each symbol: as many as fill the rows, but not those that the order of a set makes uneven.
fn bits_of(symbols: &SymbolSight, width: usize) -> Bits {
    let part = LENGTH.div_ceil(symbols.each.max(1)).clamp(16, width - ORDERED);
    let count = (LENGTH / part).min(symbols.each);
    let row = |record: usize| {
        let mut row = vec![0_u64; LENGTH / 64];
        for (at, symbol) in symbols.set(record)[..count].iter().enumerate() {
            let low = symbol >> (64 - width) & ((1 << part) - 1);
            let start = at * part;
            row[start / 64] |= low << (start % 64);
            if start % 64 + part > 64 {
                row[start / 64 + 1] |= low >> (64 - start % 64);
            }
        }
        row
    };
    Bits { rows: (0..symbols.len()).map(row).collect(), columns: count * part }
}

/// Linear diffusion as in releases before sealed symbols: each of 2,048 token bits is the sum of seven of
/// 1,024 filter bits, taken from shuffles of all bits. Returns its columns: the effect of one filter bit.
fn diffusion(draw: &mut Draw) -> Vec<BitRow> {
    let mut columns = vec![vec![0; LENGTH / 64]; DIMENSION];
    let mut pool: Vec<usize> = Vec::new();
    for token_bit in 0..LENGTH {
        let mut taken = Vec::new();
        while taken.len() < 7 {
            let Some(position) = pool.pop() else {
                pool = (0..DIMENSION).collect();
                draw.shuffle(&mut pool);
                continue;
            };
            if !taken.contains(&position) {
                taken.push(position);
                columns[position][token_bit / 64] |= 1_u64 << (token_bit % 64);
            }
        }
    }
    columns
}

fn diffused(filters: &FilterSight, columns: &[BitRow]) -> Vec<BitRow> {
    let token = |record: usize| {
        let mut token = vec![0; LENGTH / 64];
        for (position, column) in columns.iter().enumerate() {
            if bit(filters.row(record), position) {
                add(&mut token, column);
            }
        }
        token
    };
    (0..filters.len()).map(token).collect()
}

/// Tokens of the left file, as rows of bits; `None` for filters, which need no algebra.
fn tokens(scene: &Scene<'_>) -> Option<Bits> {
    match &scene.left.sight {
        Sight::Symbols(symbols) => {
            Some(bits_of(symbols, scene.schema.symbols().map_or(64, |symbols| symbols.bits)))
        }
        Sight::Filters(_) => None,
    }
}

/// The control: diffused plain filters of the schema.
fn diffused_tokens(scene: &Scene<'_>) -> (Bits, Vec<BitRow>) {
    let columns = diffusion(&mut scene.draw(1));
    (Bits { rows: diffused(&scene.plaintext, &columns), columns: LENGTH }, columns)
}

pub(crate) fn light(scene: &Scene<'_>, effort: &Effort) -> Tried {
    let Some(tokens) = tokens(scene) else { return Tried::Nothing };
    // A code of fewer tokens than the dimension lacks some of the words that are searched for, and so do short tokens.
    if tokens.rows.len() <= DIMENSION || tokens.columns <= DIMENSION + FREE {
        return Tried::TooFew;
    }
    let found = decode(tokens, effort, &mut scene.draw(2)).len() as u64;
    let setting = format!("{} rounds", effort.decoding_rounds);
    let counted =
        Measured::counted(setting, Goal::Structure, found.min(DIMENSION as u64), DIMENSION as u64, 0.0);
    counted.into_iter().collect::<Vec<_>>().into()
}

pub(crate) fn light_control(scene: &Scene<'_>, effort: &Effort) -> Vec<Measured> {
    let (tokens, columns) = diffused_tokens(scene);
    let known: HashSet<&BitRow> = columns.iter().collect();
    let words = decode(tokens, effort, &mut scene.draw(2));
    let right = words.iter().filter(|word| known.contains(word)).count() as u64;
    let setting = "columns of a diffusion, from diffused filters";
    Measured::counted(setting, Goal::Structure, right, DIMENSION as u64, 0.0).into_iter().collect()
}

/// Light words of the code that at most 1,500 tokens span.
fn decode(mut tokens: Bits, effort: &Effort, draw: &mut Draw) -> Vec<BitRow> {
    tokens.rows.truncate(1_500.min(tokens.columns.saturating_sub(FREE)));
    let code = Systematic::new(tokens.rows, 0..LENGTH).rows;
    light_words(&code[..code.len().min(DIMENSION)], LIGHT, effort.decoding_rounds, &mut |order| {
        draw.shuffle(order);
    })
    .0
}

/// Attributes read by parity checks that all known holders of the most frequent value satisfy.
pub(crate) fn checks(scene: &Scene<'_>, _: &Effort) -> Tried {
    tokens(scene).map_or(Tried::Nothing, |tokens| Tried::or_too_few(read_attributes(scene, &tokens.rows)))
}

pub(crate) fn checks_control(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    read_attributes(scene, &diffused_tokens(scene).0.rows)
}

fn read_attributes(scene: &Scene<'_>, tokens: &[BitRow]) -> Vec<Measured> {
    // Checks need more known holders than the dimension of their common space.
    let of_attribute = |attribute: &crate::attack::people::Attribute| {
        let mut counts = vec![0_usize; attribute.count];
        attribute
            .classes
            .iter()
            .filter(|&&class| class != NO_CLASS)
            .for_each(|&class| counts[class as usize] += 1);
        let (class, most) =
            counts.iter().enumerate().max_by_key(|&(class, count)| (*count, usize::MAX - class))?;
        let holds: Vec<bool> = attribute.classes.iter().map(|&found| found as usize == class).collect();
        (*most > 2 * DIMENSION + 200).then(|| read_by_checks(tokens, &holds, &attribute.name)).flatten()
    };
    scene.left.attributes.iter().filter_map(of_attribute).collect()
}

/// Detects a value in half of the tokens by checks that hold for all known holders in the other half, and not
/// for everybody.
fn read_by_checks(tokens: &[BitRow], holds: &[bool], name: &str) -> Option<Measured> {
    let half = tokens.len() / 2;
    let known = (0..half).filter(|&row| holds[row]).take(3_000).map(|row| &tokens[row]);
    let reference = known.clone().next()?;
    let space = Systematic::new(differences(known), 0..LENGTH);
    let others: Vec<&BitRow> =
        (0..half).filter(|&row| !holds[row]).take(200).map(|row| &tokens[row]).collect();
    let checks: Vec<BitRow> = space
        .checks(LENGTH)
        .into_iter()
        .filter(|check| others.iter().any(|other| parity(check, other) != parity(check, reference)))
        .collect();
    let holders = holds[half..].iter().filter(|&&holds| holds).count();
    let rest = tokens.len() - half;
    // Without a check, the more frequent answer.
    let most = holders * 2 >= rest;
    let read = |token: &BitRow| {
        if checks.is_empty() {
            return most;
        }
        checks.iter().all(|check| parity(check, token) == parity(check, reference))
    };
    let right = (half..tokens.len()).filter(|&row| read(&tokens[row]) == holds[row]).count();
    let base = holders.max(rest - holders) as f64 / rest.max(1) as f64;
    Measured::counted(format!("most frequent {name}"), Goal::Inference, right as u64, rest as u64, base)
}

/// Quadratic relations: monomials of degree at most two of some bits that depend on each other in all tokens
/// (annihilators).
pub(crate) fn quadratic(scene: &Scene<'_>, _: &Effort) -> Tried {
    tokens(scene)
        .map_or(Tried::Nothing, |tokens| Tried::or_too_few(dependent(&tokens, &mut scene.draw(3), "40 bits")))
}

/// The control: token bits that are quadratic functions of eight filter bits.
pub(crate) fn quadratic_control(scene: &Scene<'_>, _: &Effort) -> Vec<Measured> {
    let mut draw = scene.draw(4);
    let forms: Vec<[usize; 4]> =
        (0..LENGTH).map(|_| std::array::from_fn(|_| draw.position(HIDDEN))).collect();
    let token = |record: usize| {
        let filter = scene.plaintext.row(record);
        let mut token = vec![0_u64; LENGTH / 64];
        for (at, [a, b, c, d]) in forms.iter().enumerate() {
            let of = |place: usize| bit(filter, place * 80);
            let value = (of(*a) & of(*b)) ^ of(*c) ^ of(*d);
            token[at / 64] |= u64::from(value) << (at % 64);
        }
        token
    };
    let tokens: Vec<BitRow> = (0..scene.plaintext.len()).map(token).collect();
    let tokens = Bits { rows: tokens, columns: LENGTH };
    dependent(&tokens, &mut draw, "40 quadratic functions of 8 filter bits")
}

fn dependent(tokens: &Bits, draw: &mut Draw, setting: &str) -> Vec<Measured> {
    let some = tokens.rows.len().min(MONOMIALS * 2);
    let mut places: Vec<usize> = (0..tokens.columns).collect();
    draw.shuffle(&mut places);
    let monomials = |token: &BitRow| {
        let bits: Vec<bool> = places[..WINDOW].iter().map(|&place| bit(token, place)).collect();
        let mut row = vec![0_u64; MONOMIALS.div_ceil(64)];
        let pairs = (0..WINDOW).flat_map(|a| (a + 1..WINDOW).map(move |b| (a, b)));
        let values =
            std::iter::once(true).chain(bits.iter().copied()).chain(pairs.map(|(a, b)| bits[a] && bits[b]));
        values.enumerate().for_each(|(at, value)| row[at / 64] |= u64::from(value) << (at % 64));
        row
    };
    if some < MONOMIALS + 40 || places.len() < WINDOW {
        return Vec::new();
    }
    let found = rank(tokens.rows[..some].iter().map(monomials).collect());
    let short = (MONOMIALS - found.min(MONOMIALS)) as u64;
    Measured::counted(setting, Goal::Structure, short, MONOMIALS as u64, 0.0).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attack::effort::Tier;

    /// Random sets of symbols of 64 bits, as of a random function.
    fn random_sets(records: usize, each: usize) -> SymbolSight {
        let mut draw = Draw::new(11, 0);
        let set = |draw: &mut Draw| {
            let mut set: Vec<u64> = (0..each).map(|_| draw.below(u64::MAX)).collect();
            set.sort_unstable();
            set
        };
        let symbols = (0..records).flat_map(|_| set(&mut draw)).collect();
        SymbolSight { symbols, each }
    }

    #[test]
    fn short_random_tokens_have_no_structure() {
        let effort = Tier::Quick.effort();
        // 96 symbols once filled only three quarters of the columns, and the rest looked like structure.
        for (each, columns) in [(384, 2_048), (96, 2_046), (30, 1_440)] {
            let bits = bits_of(&random_sets(1_700, each), 64);
            assert_eq!(bits.columns, columns, "{each}");
            let found = dependent(&bits, &mut Draw::new(1, 0), "");
            assert!(found.iter().all(|found| found.found.value == 0.0), "{each}");
            if bits.columns > DIMENSION + FREE {
                assert_eq!(decode(bits, &effort, &mut Draw::new(2, 0)).len(), 0, "{each}");
            }
        }
    }
}
