//! Rows of pair tokens, and parts of them.

use std::collections::HashMap;
use std::ops::Range;

use mizuhiki_columnar::{ColumnarError, PairTokenReader, Source};
use mizuhiki_exchange::{PairLayout, TAG_BYTES};
use mizuhiki_schema::AuditSchema;

use crate::attack::sight::{FilterSight, Sight, SymbolSight};

/// Rows of equal size, one after the other.
#[derive(Clone, Default)]
pub(crate) struct PairSight {
    pub(crate) width: usize,
    pub(crate) bytes: Vec<u8>,
}

impl PairSight {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len().checked_div(self.width).unwrap_or_default()
    }

    pub(crate) fn row(&self, row: usize) -> &[u8] {
        &self.bytes[row * self.width..(row + 1) * self.width]
    }

    /// The bits of some rows.
    pub(crate) fn bits(&self, rows: &[usize]) -> Sight {
        let word = |bytes: &[u8]| bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        Sight::Filters(FilterSight {
            words: self.width.div_ceil(8),
            bits: rows.iter().flat_map(|&row| self.row(row).chunks(8).map(word)).collect(),
            rows: vec![1; rows.len()],
            blocks: Vec::new(),
        })
    }

    /// Tags and bytes of filters of some rows, each with its place, as symbols.
    pub(crate) fn tags(&self, rows: &[usize], layout: &PairLayout) -> Sight {
        let parts = parts(layout);
        let symbols = |&row: &usize| {
            let bytes = self.row(row);
            let part = |part: &Range<usize>| {
                let value = bytes[part.clone()].iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
                mixed((part.start as u64) << 24 | value)
            };
            let mut symbols: Vec<u64> = parts.iter().map(part).collect();
            symbols.sort_unstable();
            symbols
        };
        Sight::Symbols(SymbolSight { each: parts.len(), symbols: rows.iter().flat_map(symbols).collect() })
    }
}

/// Tags, and bytes of filters.
fn parts(layout: &PairLayout) -> Vec<Range<usize>> {
    let cut = |of: Range<usize>, size: usize| of.clone().step_by(size).map(move |at| at..at + size);
    let mut parts = Vec::new();
    for of in &layout.comparisons {
        let (part, filters) = (of.range(), of.filter(0).start);
        parts.extend(cut(part.start..filters, TAG_BYTES));
        parts.extend(cut(filters..part.end, 1));
    }
    parts.extend(cut(layout.neighbours_start()..layout.row_bytes(), TAG_BYTES));
    parts
}

/// A number with all bits mixed (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
const fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The rows of a file by handle, without decoys.
///
/// # Errors
/// [`ColumnarError`] if the file cannot be read, or was made with another schema.
pub(crate) fn rows_by_handle(
    source: &Source,
    schema: &AuditSchema,
) -> Result<HashMap<String, Vec<u8>>, ColumnarError> {
    let mut reader = PairTokenReader::open(source)?;
    if reader.meta().schema.digest() != schema.digest() {
        return Err(ColumnarError::File {
            file: source.name(),
            problem: "pair tokens of another schema".to_owned(),
            fix: "encode with the schema that is evaluated".to_owned(),
        });
    }
    let mut rows = HashMap::new();
    while let Some(batch) = reader.next_batch()? {
        for row in (0..batch.len()).filter(|&row| !batch.is_decoy(row)) {
            rows.insert(batch.handle(row).to_owned(), batch.pair(row).to_vec());
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::Side;

    use super::*;

    #[test]
    fn parts_fill_a_row() {
        let text = include_str!("../../../../../protocols/schema/examples/audit-ja-kanji.json");
        let schema = AuditSchema::parse(text).unwrap();
        for side in [Side::Left, Side::Right] {
            let layout = PairLayout::new(&schema, side);
            let parts = parts(&layout);
            assert_eq!(parts[0], 0..TAG_BYTES);
            assert_eq!(parts.last().unwrap().end, layout.row_bytes());
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }
}
