//! Entries of a join, and how they are sorted.

/// Upper and lower half of a symbol, and the record: 12 bytes, while a pair of a 64-bit and a 32-bit number
/// takes 16.
pub(crate) type Entry = [u32; 3];

/// Bits of a digit by which entries are distributed, and the number of digits: a slice has about 2¹⁶ entries.
const DIGIT_BITS: u32 = 8;
const DIGITS: u32 = 2;

/// Fewer entries are sorted by comparison.
const FEW: usize = 1 << 8;

/// Sorts entries by symbol, then record, with `spare` as scratch space. No symbol is below `start`, and their
/// differences from it fit `width` bits.
///
/// Symbols are uniform, so distributing by their upper bits leaves almost nothing to compare. Others are
/// compared, no slower than in any other sort.
pub(crate) fn sort(entries: &mut Vec<Entry>, start: u64, width: u32, spare: &mut Vec<Entry>) {
    if entries.len() < FEW {
        entries.sort_unstable_by_key(in_order);
        return;
    }
    spare.clear();
    spare.resize(entries.len(), [0; 3]);
    let base = width.saturating_sub(DIGITS * DIGIT_BITS);
    let upper = |entry: &Entry| (symbol(entry) - start) >> base;
    for digit in 0..DIGITS {
        let digit = |entry: &Entry| (upper(entry) >> (digit * DIGIT_BITS)) as usize % (1 << DIGIT_BITS);
        let mut places = [0; 1 << DIGIT_BITS];
        entries.iter().for_each(|entry| places[digit(entry)] += 1);
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for entry in &*entries {
            let place = &mut places[digit(entry)];
            spare[*place] = *entry;
            *place += 1;
        }
        std::mem::swap(entries, spare);
    }
    for run in entries.chunk_by_mut(|a, b| upper(a) == upper(b)) {
        run.sort_unstable_by_key(in_order);
    }
}

pub(crate) const fn entry(symbol: u64, record: u32) -> Entry {
    [(symbol >> 32) as u32, symbol as u32, record]
}

pub(crate) fn symbol(entry: &Entry) -> u64 {
    u64::from(entry[0]) << 32 | u64::from(entry[1])
}

fn in_order(entry: &Entry) -> u128 {
    u128::from(symbol(entry)) << 32 | u128::from(entry[2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn as_by_comparison(
            start in any::<u64>(),
            width in 1_u32..=64,
            alike in 0_u32..64,
            seeds in prop::collection::vec((any::<u64>(), any::<u32>()), 1..200),
            repeats in 1_usize..60,
        ) {
            // Some units are uniform; others have few symbols, or a narrow range of them.
            let start = start & (u64::MAX << width.min(63));
            let within = u64::MAX >> (64 - width) >> alike.min(width - 1);
            let mut entries = Vec::new();
            for repeat in 0..repeats {
                for &(symbol, record) in &seeds {
                    let symbol = symbol.rotate_left((repeat / 2) as u32 * 11) & within;
                    entries.push(entry(start.saturating_add(symbol), record.rotate_left(repeat as u32)));
                }
            }
            let mut expected = entries.clone();
            expected.sort_unstable();
            sort(&mut entries, start, width, &mut vec![[7; 3]; 5]);
            prop_assert_eq!(entries, expected);
        }
    }
}
