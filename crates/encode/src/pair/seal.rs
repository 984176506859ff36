//! Tags and filters under the key of a link.

use mizuhiki_exchange::{ComparisonLayout, PAIR_FILTER_BYTES};

use super::mac::Mac;
use super::values::Prepared;

/// Bits that a complete value sets, over all its features: −ln(1 − .45) · 256.
const BUDGET: usize = 153;

const FILTER_BITS: usize = PAIR_FILTER_BYTES * 8;

/// K_h, taken in.
pub(super) struct LinkKey(Mac);

impl LinkKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Mac::new(key))
    }

    /// Tags of a text; level l has bytes 2l and 2l + 1.
    pub(super) fn tag(&self, name: &str, text: &str) -> [u8; 32] {
        self.0.of(&[b"t", &be16(name.len()), name.as_bytes(), text.as_bytes()])
    }

    /// Sets the first `count` positions of a feature in a filter.
    fn set(&self, name: &str, feature: &[u8], count: usize, filter: &mut [u8]) {
        let mut seen = [0_u64; PAIR_FILTER_BYTES / 8];
        let (mut left, mut block) = (count.min(FILTER_BITS), 0_u32);
        while left > 0 {
            let (name_length, length) = (be16(name.len()), be16(feature.len()));
            let parts: [&[u8]; 6] =
                [b"f", &name_length, name.as_bytes(), &length, feature, &block.to_be_bytes()];
            for position in self.0.of(&parts) {
                let (word, bit) = (usize::from(position / 64), 1_u64 << (63 - position % 64));
                let new = seen[word] & bit == 0;
                if left > 0 && new {
                    seen[word] |= bit;
                    left -= 1;
                }
            }
            block += 1;
        }
        for (bytes, seen) in filter.chunks_exact_mut(8).zip(seen) {
            bytes.iter_mut().zip(seen.to_be_bytes()).for_each(|(byte, seen)| *byte |= seen);
        }
    }
}

const fn be16(length: usize) -> [u8; 2] {
    (length as u16).to_be_bytes()
}

/// Writes a comparison's part of a row, which is zero.
pub(super) fn seal(
    key: &LinkKey,
    name: &str,
    layout: &ComparisonLayout,
    prepared: &Prepared,
    row: &mut [u8],
) {
    row[layout.start] = prepared.slots.len() as u8;
    for (number, slot) in prepared.slots.iter().enumerate() {
        let at = layout.slot(number);
        row[at] = slot.source;
        // Levels often have one text.
        let mut last: Option<(&str, [u8; 32])> = None;
        for tag in 0..layout.levels + layout.slips {
            let Some(text) = prepared.tag_text(number, tag) else { continue };
            let bytes = match last {
                Some((earlier, bytes)) if earlier == text => bytes,
                _ => key.tag(name, text),
            };
            last = Some((text, bytes));
            row[at + 1] |= 1 << tag;
            let from = if tag < layout.levels { 2 * tag } else { 0 };
            row[layout.tag(number, tag)].copy_from_slice(&bytes[from..from + 2]);
        }
        if number < layout.filters && slot.total > 0 {
            let filter = &mut row[layout.filter(number)];
            let (each, extra) = (BUDGET / slot.total, BUDGET % slot.total);
            for (index, feature) in prepared.features(number).enumerate() {
                let count = each + usize::from(index < extra);
                key.set(name, feature, count, filter);
            }
        }
    }
}
