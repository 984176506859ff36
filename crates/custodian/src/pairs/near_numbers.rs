//! Records whose number differs by one typo from another record's (`protocols/03-tokens.md` §12).

use std::hash::{BuildHasher as _, BuildHasherDefault};

use rustc_hash::FxHasher;
use zeroize::Zeroize as _;

/// Numbers of records, in the order of rows.
#[derive(Default)]
pub(crate) struct NearNumbers {
    numbers: Vec<Box<[u8]>>,
}

/// A number without the characters that a typo changes: its length, and the parts before and after two
/// adjacent characters.
type Rest<'n> = (usize, &'n [u8], &'n [u8]);

impl NearNumbers {
    /// Adds the number of the next record, without characters other than ASCII letters and digits.
    pub(crate) fn push(&mut self, number: &str) {
        self.numbers.push(number.bytes().filter(u8::is_ascii_alphanumeric).collect());
    }

    /// For each record, whether another record's number has the same length and differs in one character or
    /// in two adjacent ones.
    pub(crate) fn near(mut self) -> Vec<bool> {
        let mut near = vec![false; self.numbers.len()];
        let longest = self.numbers.iter().map(|number| number.len()).max().unwrap_or(0);
        for place in 0..longest {
            self.mark(&mut near, |number| {
                let (before, window) = number.split_at_checked(place)?;
                // The last window has one character.
                (!window.is_empty()).then(|| (number.len(), before, &window[window.len().min(2)..]))
            });
        }
        self.numbers.iter_mut().for_each(|number| number.zeroize());
        near
    }

    /// Marks records with equal `rest` and different numbers.
    fn mark(&self, near: &mut [bool], rest: impl Fn(&[u8]) -> Option<Rest<'_>>) {
        let hasher = BuildHasherDefault::<FxHasher>::default();
        let keys = self.numbers.iter().zip(0_u32..);
        let mut keys: Vec<(u64, u32)> =
            keys.filter_map(|(number, record)| Some((hasher.hash_one(rest(number)?), record))).collect();
        keys.sort_unstable();
        let number = |record: u32| &*self.numbers[record as usize];
        for group in keys.chunk_by_mut(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            // Hashes may be equal by chance.
            group.sort_unstable_by_key(|(_, record)| rest(number(*record)));
            for equal in group.chunk_by(|a, b| rest(number(a.1)) == rest(number(b.1))) {
                if equal.iter().any(|(_, record)| number(*record) != number(equal[0].1)) {
                    equal.iter().for_each(|(_, record)| near[*record as usize] = true);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(numbers: &[String]) -> Vec<bool> {
        let mut all = NearNumbers::default();
        numbers.iter().for_each(|number| all.push(number));
        all.near()
    }

    fn one_typo(a: &str, b: &str) -> bool {
        let (a, b) = (a.as_bytes(), b.as_bytes());
        let differ: Vec<usize> = (0..a.len().min(b.len())).filter(|&at| a[at] != b[at]).collect();
        a.len() == b.len()
            && match differ[..] {
                [_] => true,
                [p, q] => q == p + 1,
                _ => false,
            }
    }

    proptest! {
        #[test]
        fn slips_are_found_as_by_comparing_all(numbers in prop::collection::vec("[0-2]{3,4}", 0..30)) {
            let expected: Vec<bool> = numbers
                .iter()
                .map(|a| numbers.iter().any(|b| one_typo(a, b)))
                .collect();
            prop_assert_eq!(near(&numbers), expected);
        }
    }
}
