//! Linear relations between the bits of tokens, which broke diffusion (`protocols/03-tokens.md` §8).

use std::collections::{BTreeMap, HashSet};

use mizuhiki_evaluate::gf2::{BitRow, Systematic, add, bit, differences, light_words, parity, rank};

use super::kit::{ONE_ROW, Table, common, filters};
use crate::Draw;

/// Maximum weight of words searched for; those of the diffusion have 14.
const LIGHT: u32 = 24;
/// Number of random column orders that the search tries.
const ROUNDS: usize = 45;
/// Dimension and length of the searched codes.
const DIMENSION: usize = 1_024;
const LENGTH: usize = 2_048;

/// The diffusion of releases before sealed symbols: each of 2,048 token bits is the sum of seven of 1,024
/// filter bits, taken from shuffles of all bits. Returns its columns: the effect of one filter bit on a
/// token.
fn diffusion(draw: &mut Draw) -> Vec<BitRow> {
    let mut columns = vec![vec![0; LENGTH / 64]; DIMENSION];
    let mut pool: Vec<usize> = Vec::new();
    for token_bit in 0..LENGTH {
        let mut taken = Vec::new();
        while taken.len() < 7 {
            let Some(position) = pool.pop() else {
                pool = (0..DIMENSION).collect();
                for at in (1..DIMENSION).rev() {
                    pool.swap(at, draw.below(at + 1));
                }
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

fn diffused(filters: &[BitRow], columns: &[BitRow]) -> Vec<BitRow> {
    let token = |filter: &BitRow| {
        let mut token = vec![0; LENGTH / 64];
        for (position, column) in columns.iter().enumerate() {
            if bit(filter, position) {
                add(&mut token, column);
            }
        }
        token
    };
    filters.iter().map(token).collect()
}

/// Features that several people share and an attacker wants to learn.
fn features(table: &Table, row: usize) -> [String; 4] {
    let address = table.get(row, "address");
    [
        format!("sex {}", table.get(row, "sex")),
        format!("decade {}", table.get(row, "birth_date").get(..3).unwrap_or_default()),
        format!("prefecture {}", address.chars().take(3).collect::<String>()),
        format!("surname {}", table.surname(row)),
    ]
}

/// The holders of each feature that more than 1 % of people have.
fn holders(table: &Table, people: &[usize]) -> BTreeMap<String, Vec<usize>> {
    let mut holders: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for &row in people {
        for feature in features(table, row) {
            holders.entry(feature).or_default().push(row);
        }
    }
    holders.retain(|_, rows| rows.len() * 100 > people.len() && rows.len() < people.len());
    holders
}

/// The first symbols of a view as bits, one row per person, for people whose symbols there are unique: others
/// are suppressed before sending.
fn symbol_bits(view: usize) -> (Table, Vec<BitRow>) {
    let (table, rows) = &*ONE_ROW;
    let mut count: BTreeMap<u64, usize> = BTreeMap::new();
    let of_view = || rows.iter().map(|views| views[view].as_deref().unwrap_or_default());
    of_view().flatten().for_each(|symbol| *count.entry(*symbol).or_default() += 1);
    let alone = |symbols: &[u64]| !symbols.is_empty() && symbols.iter().all(|symbol| count[symbol] == 1);
    let people: Vec<usize> =
        of_view().enumerate().filter(|(_, symbols)| alone(symbols)).map(|(row, _)| row).collect();
    let first = |row: usize| rows[row][view].as_ref().unwrap()[..LENGTH / 64].to_vec();
    let bits = people.iter().map(|&row| first(row)).collect();
    (table.take(people), bits)
}

#[test]
fn decoding_finds_the_diffusion_of_old_tokens_and_nothing_in_symbols() {
    let mut draw = Draw(1);
    let columns = diffusion(&mut draw);
    let people = ONE_ROW.0.take(0..1_500);
    let code = diffused(&filters(&people, 9), &columns);
    let found = Systematic::new(code, 0..LENGTH).rows;
    let (words, _) = light_words(&found, LIGHT, ROUNDS, &mut |order| draw.shuffle(order));
    let known: HashSet<&BitRow> = columns.iter().collect();
    let right = words.iter().filter(|word| known.contains(word)).count();
    assert!(right >= 200, "diffused tokens: {right} of 1,024 columns of the diffusion were found");
    assert!(words.len() - right <= 20, "diffused tokens: {} light words are no column", words.len() - right);

    // The same number of tokens of symbols, of the same length, and of random bits.
    let random: Vec<BitRow> = (0..DIMENSION).map(|_| random_row(&mut draw)).collect();
    let (_, by_chance) = light_words(&random, LIGHT, ROUNDS, &mut |order| draw.shuffle(order));
    let (_, bits) = symbol_bits(0);
    let (words, least) = light_words(&bits[..DIMENSION], LIGHT, ROUNDS, &mut |order| draw.shuffle(order));
    assert!(words.is_empty(), "symbols: {} light words", words.len());
    assert!(least > 400, "symbols: a word of weight {least}; among random bits the lightest has {by_chance}");
}

fn random_row(draw: &mut Draw) -> BitRow {
    (0..LENGTH / 64).map(|_| (draw.below(1 << 32) << 32 | draw.below(1 << 32)) as u64).collect()
}

#[test]
fn no_parity_check_holds_for_those_who_share_a_feature() {
    let mut features = 0;
    for view in [0, 4] {
        let (table, bits) = symbol_bits(view);
        let everybody: Vec<usize> = (0..table.len()).collect();
        let full = rank(bits.iter().take(3_000).cloned().collect());
        let most = (bits[0].len() * 64).min(3_000);
        assert_eq!(full, most, "view {view}: rank of 3,000 tokens");
        for (feature, people) in holders(&table, &everybody) {
            let tokens: Vec<BitRow> = people.iter().take(3_000).map(|&row| bits[row].clone()).collect();
            // As many whole symbols as there are enough holders for. If a sum of their bits were the same for
            // all holders, the rank would be less than the number of bits.
            let words = ((tokens.len() - 1) / 64 - 1).min(LENGTH / 64);
            let some: Vec<BitRow> = tokens.iter().map(|row| row[..words].to_vec()).collect();
            let found = rank(differences(&some));
            assert_eq!(found, words * 64, "view {view}, {feature}: rank of {} holders", people.len());
            let all = rank(differences(&tokens));
            let most = (tokens.len() - 1).min(LENGTH);
            assert!(all + 4 >= most, "view {view}, {feature}: rank {all} of {most}");
            features += 1;
        }
    }
    assert!(features > 40, "{features} features were tested");
}

/// An attacker who knows some holders of a feature detects it in other tokens, by checks that hold for all
/// known holders and not for other people. Returns the number of checks and the accuracy on other tokens.
fn read_by_checks(tokens: &[BitRow], holds: &[bool]) -> (usize, f64) {
    let half = tokens.len() / 2;
    let known: Vec<&BitRow> = (0..half).filter(|&row| holds[row]).map(|row| &tokens[row]).collect();
    let space = Systematic::new(differences(known.iter().copied()), 0..LENGTH);
    let others: Vec<&BitRow> =
        (0..half).filter(|&row| !holds[row]).take(200).map(|row| &tokens[row]).collect();
    let reference = known[0];
    let checks: Vec<BitRow> = space
        .checks(LENGTH)
        .into_iter()
        .filter(|check| others.iter().any(|other| parity(check, other) != parity(check, reference)))
        .collect();
    let read = |token: &BitRow| checks.iter().all(|check| parity(check, token) == parity(check, reference));
    let right = (half..tokens.len()).filter(|&row| read(&tokens[row]) == holds[row]).count();
    (checks.len(), right as f64 / (tokens.len() - half) as f64)
}

#[test]
fn parity_checks_read_features_from_old_tokens() {
    let columns = diffusion(&mut Draw(1));
    let people = &ONE_ROW.0;
    let tokens = diffused(&filters(people, 9), &columns);
    let everybody: Vec<usize> = (0..people.len()).collect();
    let mut classes: Vec<(String, Vec<usize>)> = holders(people, &everybody).into_iter().collect();
    classes.sort_by_key(|(feature, rows)| (std::cmp::Reverse(rows.len()), feature.clone()));
    // Checks need more known holders than the dimension of their common space.
    for (feature, rows) in classes.iter().take(2) {
        let mut holds = vec![false; people.len()];
        rows.iter().for_each(|&row| holds[row] = true);
        let (checks, right) = read_by_checks(&tokens, &holds);
        assert!(right > 0.98, "diffused tokens, {feature}: {checks} checks read {right} of the others");
    }
}

/// Symbols shared between views or numbers would be a relation, too.
#[test]
fn symbols_of_different_views_have_nothing_in_common() {
    let (_, whole) = symbol_bits(0);
    let (_, other) = symbol_bits(4);
    let mut whole: Vec<u64> = whole.into_iter().flatten().collect();
    let mut other: Vec<u64> = other.into_iter().flatten().collect();
    whole.sort_unstable();
    other.sort_unstable();
    let found = common(&whole, &other).len();
    assert_eq!(found, 0, "{found} symbols occur in two views");
}
