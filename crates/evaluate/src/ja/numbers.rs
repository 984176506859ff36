//! Synthetic twelve-digit personal numbers with a check digit.

use crate::draw::Draw;

/// The number of a synthetic person, unrelated to those before and after.
pub(crate) fn number(person: u32, offset: u64) -> String {
    // Coprime with the number of possible bodies, so no two are equal.
    const STEP: u64 = 61_803_398_873;
    const BODIES: u64 = 100_000_000_000;
    let body = ((u128::from(person) * u128::from(STEP) + u128::from(offset)) % u128::from(BODIES)) as u64;
    let digits = format!("{body:011}");
    format!("{digits}{}", check_digit(digits.as_bytes()))
}

/// Check digit of eleven digits (Ministerial Ordinance No. 85 of 2014, art. 5).
fn check_digit(digits: &[u8]) -> u32 {
    let weights = (2..=7).chain(2..=6);
    let sum: u32 =
        digits.iter().rev().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Another number with a valid check digit: one digit mistyped or two neighboring digits exchanged. If the
/// check digit detects all of these, two neighboring digits mistyped.
pub(crate) fn mistyped(number: &str, draw: &mut Draw) -> Option<String> {
    let digits = number.as_bytes();
    let mut one = Vec::new();
    let mut two = Vec::new();
    for at in 0..digits.len() {
        for first in b'0'..=b'9' {
            one.push(changed(digits, &[(at, first)]));
            if at + 1 < digits.len() {
                two.extend((b'0'..=b'9').map(|second| changed(digits, &[(at, first), (at + 1, second)])));
            }
        }
        if at + 1 < digits.len() {
            one.push(changed(digits, &[(at, digits[at + 1]), (at + 1, digits[at])]));
        }
    }
    let passes = |changed_value: &Vec<u8>| {
        changed_value != digits && u32::from(changed_value[11] - b'0') == check_digit(&changed_value[..11])
    };
    one.retain(passes);
    two.retain(passes);
    let passing = if one.is_empty() { &two } else { &one };
    (!passing.is_empty())
        .then(|| passing[draw.position(passing.len())].iter().map(|&digit| char::from(digit)).collect())
}

fn changed(digits: &[u8], changes: &[(usize, u8)]) -> Vec<u8> {
    let mut changed = digits.to_vec();
    for &(at, digit) in changes {
        changed[at] = digit;
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_differ_and_slips_pass() {
        let numbers: std::collections::BTreeSet<String> =
            (0..10_000).map(|person| number(person, 12_345)).collect();
        assert_eq!(numbers.len(), 10_000);
        assert_eq!(check_digit(b"12345678901"), 8);
        let mut draw = Draw::new(1, 0);
        for number in numbers.iter().take(1000) {
            let other = mistyped(number, &mut draw).unwrap();
            assert_ne!(other, *number);
            assert_eq!(check_digit(&other.as_bytes()[..11]), u32::from(other.as_bytes()[11] - b'0'));
            assert!(number.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count() <= 2);
        }
    }
}
