//! Short words in katakana, packed for speed.

use std::hash::{BuildHasherDefault, Hasher};

/// Kana of the longest word.
const MAX_KANA: u32 = 18;
/// Bits of a kana.
const BITS: u32 = 7;
/// Before the first kana, in code points.
const BEFORE: u32 = 0x30A0;

/// Up to 18 katakana or ー, ordered as text is: seven bits each, the first one highest, none of them 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Word(u128);

impl Word {
    pub(super) const EMPTY: Self = Self(0);

    /// `None` if the text is too long or has other characters.
    pub(super) fn new(text: &str) -> Option<Self> {
        text.chars().try_fold(Self::EMPTY, |word, character| {
            let code =
                u32::from(character).checked_sub(BEFORE).filter(|code| (1..1 << BITS).contains(code))?;
            word.and(Self(u128::from(code) << (BITS * (MAX_KANA - 1))))
        })
    }

    const fn len(self) -> u32 {
        if self.0 == 0 { 0 } else { MAX_KANA - self.0.trailing_zeros() / BITS }
    }

    /// Both words, one after the other; `None` if they are too long together.
    pub(super) fn and(self, other: Self) -> Option<Self> {
        let len = self.len();
        (len + other.len() <= MAX_KANA).then(|| Self(self.0 | other.0.checked_shr(BITS * len).unwrap_or(0)))
    }

    pub(super) fn text(self) -> String {
        let code = |place: u32| (self.0 >> (BITS * (MAX_KANA - 1 - place))) as u32 & ((1 << BITS) - 1);
        (0..self.len()).filter_map(|place| char::from_u32(BEFORE + code(place))).collect()
    }
}

/// Hashes packed words. Words come from lists and from one name at a time, so an attacker cannot choose many
/// that collide.
pub(super) type Mixing = BuildHasherDefault<Mixer>;

#[derive(Default)]
pub(super) struct Mixer(u64);

impl Hasher for Mixer {
    fn write_u128(&mut self, value: u128) {
        let folded = (value >> 64) as u64 ^ (value as u64).rotate_left(29);
        let product = u128::from(folded) * 0x9E37_79B9_7F4A_7C15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("words hash as one number");
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn words_are_text(a in "[ァ-ヺー]{0,12}", b in "[ァ-ヺー]{0,12}") {
            let [word, other] = [&a, &b].map(|text| Word::new(text).unwrap());
            prop_assert_eq!(word.text(), a.clone());
            prop_assert_eq!(word.cmp(&other), a.cmp(&b));
            let both = format!("{a}{b}");
            prop_assert_eq!(word.and(other), Word::new(&both));
            prop_assert_eq!(Word::new(&both).map(Word::text), (both.chars().count() <= 18).then_some(both));
        }
    }

    #[test]
    fn other_characters_are_no_words() {
        for text in ["山", "ァ山", "ひ", " ", "\u{30A0}", "\u{3120}"] {
            assert_eq!(Word::new(text), None, "{text:?}");
        }
    }
}
