//! Rows of pair tokens under the key of a link: tags and filters, with keyed pseudorandom bytes in place of
//! everything missing.

use std::array;

use aes::Aes256;
use aes::cipher::{Array, BlockCipherEncrypt as _, KeyInit as _};
use mizuhiki_exchange::{ComparisonLayout, PAIR_FILTER_ENTRIES, Side, TAG_BYTES, alternative_class};

use super::mac::Mac;
use super::values::Prepared;

/// Bits of an entry of a filter, and their mask.
const ENTRY_BITS: u32 = 4;
const ENTRY: u32 = 15;
const BLOCK: usize = 16;

/// HMAC under K_h.
pub(super) struct LinkKey(Mac);

impl LinkKey {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(Mac::new(key))
    }

    /// Tags of a text at all levels: level l has bytes 3l … 3l + 2. `purpose` is `t`, or `c` for completeness
    /// tags.
    fn tags(&self, purpose: &[u8; 1], name: &str, text: &str) -> [u8; 32] {
        self.0.of(&[purpose, &be16(name.len()), name.as_bytes(), text.as_bytes()])
    }

    /// Tags for "a value is present" and "no character in it is unknown".
    fn presence(&self, name: &str) -> [u8; 32] {
        self.0.of(&[b"p", name.as_bytes()])
    }

    /// The tag of a text on `side` with an error applied, or of the text it is compared with.
    fn error(&self, side: Side, error: usize, name: &str, text: &str) -> [u8; 32] {
        let head = [b's', side_byte(side), error as u8];
        self.0.of(&[&head, &be16(name.len()), name.as_bytes(), text.as_bytes()])
    }

    /// The tag of a record under the handle of a neighbor, `offset` places later.
    pub(super) fn neighbor<'t>(
        &self,
        offset: isize,
        texts: impl Iterator<Item = &'t str>,
    ) -> [u8; TAG_BYTES] {
        let mut framed = vec![b'n', offset as i8 as u8];
        for text in texts {
            framed.extend_from_slice(&be16(text.len()));
            framed.extend_from_slice(text.as_bytes());
        }
        first(&self.0.of(&[&framed]))
    }

    /// Minwise hashing: for each of 112 orders of all features, four bits of the first feature. Two values
    /// agree in an entry with probability J + (1 − J) / 16, where J is their Jaccard coefficient (Broder
    /// 1997; Li and König 2010). The entries of one value are uniform, whatever the value.
    ///
    /// A row never has two filters of one `number`: they would reveal whether two of its values are similar.
    fn filter<'f>(
        &self,
        number: usize,
        name: &str,
        features: impl Iterator<Item = &'f [u8]>,
        filter: &mut [u8],
    ) {
        let mut least = [u32::MAX; PAIR_FILTER_ENTRIES];
        let mut stream = [0; 2 * PAIR_FILTER_ENTRIES];
        let mut count = 0_u32;
        for feature in features {
            let parts: [&[u8]; 5] =
                [&[b'f', number as u8], &be16(name.len()), name.as_bytes(), &be16(feature.len()), feature];
            fill(&self.0.of(&parts), &mut stream);
            // Order, then number of the feature, so that the first of equal ones is the minimum; then the
            // entry.
            for (least, drawn) in least.iter_mut().zip(stream.as_chunks::<2>().0) {
                let drawn = u32::from(u16::from_be_bytes(*drawn));
                *least = (*least).min((drawn >> ENTRY_BITS) << 20 | count << ENTRY_BITS | drawn & ENTRY);
            }
            count += 1;
        }
        if count > 0 {
            for (byte, [upper, lower]) in filter.iter_mut().zip(least.as_chunks::<2>().0) {
                *byte = ((upper & ENTRY) << ENTRY_BITS | lower & ENTRY) as u8;
            }
        }
    }
}

const fn side_byte(side: Side) -> u8 {
    match side {
        Side::Left => 0,
        Side::Right => 1,
    }
}

const fn be16(length: usize) -> [u8; 2] {
    (length as u16).to_be_bytes()
}

fn first(code: &[u8; 32]) -> [u8; TAG_BYTES] {
    array::from_fn(|at| code[at])
}

/// The tag at byte `TAG_BYTES · number` of a code.
fn nth(code: &[u8; 32], number: usize) -> [u8; TAG_BYTES] {
    array::from_fn(|at| code[TAG_BYTES * number + at])
}

/// Fills `out` with AES-256 of 0, 1, … under `key`.
pub(super) fn fill(key: &[u8; 32], out: &mut [u8]) {
    /// Blocks encrypted at once.
    const WIDE: usize = 8;
    let cipher = Aes256::new(&Array::from(*key));
    for (first, out) in (0_u128..).step_by(WIDE).zip(out.chunks_mut(WIDE * BLOCK)) {
        let mut blocks: [Array<u8, _>; WIDE] =
            array::from_fn(|number| Array::from((first + number as u128).to_be_bytes()));
        cipher.encrypt_blocks(&mut blocks);
        for (out, block) in out.chunks_mut(BLOCK).zip(&blocks) {
            out.copy_from_slice(&block[..out.len()]);
        }
    }
}

/// Slots of a level's values: a keyed order within each class of alternatives. `draw` has a byte for each
/// slot.
pub(super) fn places(draw: &[u8]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..draw.len()).collect();
    places.sort_by_key(|&place| (alternative_class(place), draw[place], place));
    places
}

/// Writes a comparison's part of a row over the dummies in it; `draw` has a byte for each slot of each level.
pub(super) fn seal(
    (key, side): (&LinkKey, Side),
    name: &str,
    layout: &ComparisonLayout,
    prepared: &Prepared,
    draw: &[u8],
    row: &mut [u8],
) {
    let filtered = if side == Side::Left { layout.filters.min(1) } else { layout.filters };
    if !prepared.is_compared(layout.levels, filtered) {
        return;
    }
    let presence = key.presence(name);
    row[layout.present()].copy_from_slice(&nth(&presence, 0));
    if layout.filters > 0 && !prepared.slots[0].wild {
        row[layout.known()].copy_from_slice(&nth(&presence, 1));
    }
    let places: Vec<Vec<usize>> = draw.chunks_exact(layout.values).map(places).collect();
    for number in 0..prepared.slots.len() {
        // Several levels often have the same text.
        let mut last: Option<(&str, [u8; 32])> = None;
        let mut complete = true;
        for (level, places) in places.iter().enumerate() {
            let text = prepared.tag_text(number, level);
            if let Some(text) = text
                && !(0..number).any(|earlier| prepared.tag_text(earlier, level) == Some(text))
            {
                let tags = match last {
                    Some((earlier, tags)) if earlier == text => tags,
                    _ => key.tags(b"t", name, text),
                };
                last = Some((text, tags));
                row[layout.tag(places[number], level)].copy_from_slice(&nth(&tags, level));
                if layout.partial && level > 0 && complete {
                    let tags = key.tags(b"c", name, text);
                    row[layout.complete(places[number], level)].copy_from_slice(&nth(&tags, level));
                }
            }
            complete &= text.is_some();
        }
        if number == 0 {
            for error in 0..layout.error_variants {
                if let Some(text) = prepared.tag_text(0, layout.levels + error) {
                    row[layout.variant(error)].copy_from_slice(&first(&key.error(side, error, name, text)));
                }
                if let Some(text) = prepared.tag_text(0, 0) {
                    let tag = key.error(side.other(), error, name, text);
                    row[layout.variant_target(error)].copy_from_slice(&first(&tag));
                }
            }
        }
    }
    for number in 0..layout.filters {
        let value = if side == Side::Left { 0 } else { number };
        if value < prepared.slots.len() {
            key.filter(number, name, prepared.features(value), &mut row[layout.filter(number)]);
        }
    }
}
