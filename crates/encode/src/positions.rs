//! Keyed random filter positions of features (`protocols/03-tokens.md` §5).

use hmac::{Hmac, KeyInit, Mac};
use rustc_hash::FxHashMap;
use sha2::Sha256;

/// Maximum number of interned features before the memo is emptied: bounds memory on text without repetition.
const MAX_INTERNED: usize = 1 << 18;

/// Numbers features, so that a feature is looked up once for all views.
#[derive(Default)]
pub(crate) struct Interner {
    numbers: FxHashMap<Box<[u8]>, u32>,
    key: Vec<u8>,
}

impl Interner {
    /// Number of `feature` in key group `group`.
    pub(crate) fn number(&mut self, group: u8, feature: &[u8]) -> u32 {
        self.key.clear();
        self.key.push(group);
        self.key.extend_from_slice(feature);
        if let Some(&number) = self.numbers.get(self.key.as_slice()) {
            return number;
        }
        let number = self.numbers.len() as u32;
        self.numbers.insert(self.key.as_slice().into(), number);
        number
    }

    /// Whether the memo should be emptied before the next block of records.
    pub(crate) fn is_full(&self) -> bool {
        self.numbers.len() >= MAX_INTERNED
    }

    pub(crate) fn clear(&mut self) {
        self.numbers.clear();
    }
}

/// Memo of one view: positions by feature number.
#[derive(Default)]
pub(crate) struct PositionMemo {
    lists: Vec<Vec<u16>>,
}

impl PositionMemo {
    pub(crate) fn clear(&mut self) {
        self.lists.clear();
    }

    /// The first `count` positions of the feature with this number.
    pub(crate) fn get(&mut self, number: u32, count: usize, key: &PositionKey, feature: &[u8]) -> &[u16] {
        let number = number as usize;
        if number >= self.lists.len() {
            self.lists.resize_with(number + 1, Vec::new);
        }
        let list = &mut self.lists[number];
        if list.len() < count {
            // A few more than asked for: values of neighboring length need one or two more.
            *list = key.positions(feature, (count + count / 4 + 2).min(key.bits));
        }
        &list[..count.min(list.len())]
    }
}

/// The key of one view and key group.
#[derive(Clone)]
pub(crate) struct PositionKey {
    mac: Hmac<Sha256>,
    /// First position, and the number of positions.
    start: usize,
    bits: usize,
}

impl PositionKey {
    /// A key for `bits` positions of a filter, starting at `start`.
    pub(crate) fn new(key: &[u8; 32], start: usize, bits: usize) -> Self {
        Self { mac: keyed(key), start, bits }
    }

    /// The first `count` distinct positions of `feature`, at most `bits`.
    pub(crate) fn positions(&self, feature: &[u8], count: usize) -> Vec<u16> {
        let mut prefix = self.mac.clone();
        prefix.update(&(feature.len() as u16).to_be_bytes());
        prefix.update(feature);
        let mut positions = Vec::with_capacity(count);
        let mut seen = vec![0_u64; self.bits.div_ceil(64)];
        for position in KeyedStream::after(prefix).below(self.bits as u32) {
            if positions.len() == count {
                break;
            }
            let (word, bit) = (position as usize / 64, position % 64);
            if seen[word] >> bit & 1 == 0 {
                seen[word] |= 1 << bit;
                positions.push((self.start + position as usize) as u16);
            }
        }
        positions
    }
}

/// HMAC-SHA256 with a precomputed key state.
pub(crate) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    match Hmac::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

/// `HMAC(key, prefix ‖ be32(0)) ‖ HMAC(key, prefix ‖ be32(1)) ‖ …` as big-endian 32-bit words.
pub(crate) struct KeyedStream {
    prefix: Hmac<Sha256>,
    block: u32,
    words: [u32; 8],
    next: usize,
}

impl KeyedStream {
    /// The stream of a key with an empty prefix.
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self::after(keyed(key))
    }

    fn after(prefix: Hmac<Sha256>) -> Self {
        Self { prefix, block: 0, words: [0; 8], next: 8 }
    }

    fn word(&mut self) -> u32 {
        if self.next == 8 {
            let mut mac = self.prefix.clone();
            mac.update(&self.block.to_be_bytes());
            let bytes = mac.finalize().into_bytes();
            for (word, chunk) in self.words.iter_mut().zip(bytes.chunks_exact(4)) {
                *word = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
            }
            self.block += 1;
            self.next = 0;
        }
        self.next += 1;
        self.words[self.next - 1]
    }

    /// A uniform number below `limit`: words at or above the largest multiple of `limit` are rejected.
    pub(crate) fn uniform(&mut self, limit: u32) -> u32 {
        let ceiling = (1_u64 << 32) / u64::from(limit) * u64::from(limit);
        loop {
            let word = self.word();
            if u64::from(word) < ceiling {
                return word % limit;
            }
        }
    }

    /// Endless uniform numbers below `limit`.
    fn below(mut self, limit: u32) -> impl Iterator<Item = u32> {
        std::iter::repeat_with(move || self.uniform(limit))
    }
}
