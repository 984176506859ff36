//! Pair tokens: what crosses a boundary for an audit (`protocols/03-tokens.md` §10).

use std::ops::Range;

use mizuhiki_schema::{AuditComparison, AuditSchema};

use crate::comparable::agree;
use crate::{CustodianId, IncomparableError, KeyId, RecordIds};

/// Bytes of a filter.
pub const PAIR_FILTER_BYTES: usize = 32;

/// Bytes of a tag.
pub const TAG_BYTES: usize = 2;

/// Source byte: the value holds a character that nobody knows.
pub const WILD: u8 = 0x80;

/// What a file of pair tokens says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PairMeta {
    /// What the custodians agreed on.
    pub schema: AuditSchema,
    /// Fingerprint of the linkage key.
    pub key_id: KeyId,
    /// Who made the tokens.
    pub custodian: CustodianId,
}

impl PairMeta {
    /// Whether the two files can be audited against each other.
    ///
    /// # Errors
    /// [`IncomparableError`] if schema or key differ, or both are of one custodian.
    pub fn comparable_with(&self, other: &Self) -> Result<(), IncomparableError> {
        let terms = |meta: &'_ Self| (meta.schema.digest(), meta.key_id);
        let ((left, left_key), (right, right_key)) = (terms(self), terms(other));
        agree(
            (&left, self.schema.canonical(), left_key, &self.custodian),
            (&right, other.schema.canonical(), right_key, &other.custodian),
        )
    }
}

/// Where things stand in a row of pair tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairLayout {
    /// The comparisons, in order.
    pub comparisons: Vec<ComparisonLayout>,
    /// Rows on either side that neighbour tags look at.
    pub reach: usize,
    /// Comparisons that have neighbour tags, and the number of their level.
    pub neighbours: Vec<(usize, usize)>,
}

/// Where things stand in a comparison's part of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComparisonLayout {
    /// First byte in the row: the number of slots that are filled.
    pub start: usize,
    /// Slots.
    pub values: usize,
    /// Slots with a filter.
    pub filters: usize,
    /// Levels, each with a tag.
    pub levels: usize,
    /// Slips, each with a tag.
    pub slips: usize,
}

impl ComparisonLayout {
    fn of(comparison: &AuditComparison, start: usize) -> Self {
        Self {
            start,
            values: comparison.values,
            filters: comparison.filters,
            levels: comparison.levels.len(),
            slips: comparison.slips.len(),
        }
    }

    /// Bytes of source, mask and tags.
    const fn head(&self) -> usize {
        2 + TAG_BYTES * (self.levels + self.slips)
    }

    /// First byte of a slot, from the start of the row.
    #[must_use]
    pub fn slot(&self, slot: usize) -> usize {
        self.start + 1 + slot * self.head() + slot.min(self.filters) * PAIR_FILTER_BYTES
    }

    /// Tag number `tag` of a slot: levels, then slips.
    #[must_use]
    pub fn tag(&self, slot: usize, tag: usize) -> Range<usize> {
        let start = self.slot(slot) + 2 + tag * TAG_BYTES;
        start..start + TAG_BYTES
    }

    /// The filter of a slot, which must be below `filters`.
    #[must_use]
    pub fn filter(&self, slot: usize) -> Range<usize> {
        let start = self.slot(slot) + self.head();
        start..start + PAIR_FILTER_BYTES
    }

    /// The part of the row.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.slot(self.values)
    }
}

impl PairLayout {
    /// The layout that a schema gives.
    #[must_use]
    pub fn new(schema: &AuditSchema) -> Self {
        let body = schema.body();
        let mut comparisons = Vec::with_capacity(body.comparisons.len());
        let mut start = 0;
        for comparison in &body.comparisons {
            let layout = ComparisonLayout::of(comparison, start);
            start = layout.range().end;
            comparisons.push(layout);
        }
        let level = |(comparison, level): &(usize, String)| {
            let levels = &body.comparisons[*comparison].levels;
            (*comparison, levels.iter().position(|of| of == level).unwrap_or(0))
        };
        let neighbours = body.neighbours.comparisons.iter().map(level).collect();
        Self { comparisons, reach: body.neighbours.reach, neighbours }
    }

    /// First byte of the neighbour tags.
    #[must_use]
    pub fn neighbours_start(&self) -> usize {
        self.comparisons.last().map_or(0, |last| last.range().end)
    }

    /// Neighbour tag of the row `offset` places on (not 0, within reach), of neighbour comparison `number`.
    #[must_use]
    pub fn neighbour(&self, offset: isize, number: usize) -> Range<usize> {
        let place = offset + self.reach as isize - isize::from(offset > 0);
        let start = self.neighbours_start() + (place as usize * self.neighbours.len() + number) * TAG_BYTES;
        start..start + TAG_BYTES
    }

    /// Bytes of a row.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.neighbours_start() + 2 * self.reach * self.neighbours.len() * TAG_BYTES
    }
}

/// A run of rows of pair tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairRows {
    /// Handles of the links.
    pub handles: RecordIds,
    /// Whether a row is a decoy.
    pub decoys: Vec<bool>,
    /// The rows, one behind the other.
    pub tokens: Vec<u8>,
    /// What rows of one record have in common; none for records with one link.
    pub shared: Vec<Option<[u8; 8]>>,
    /// Whether another record has a number one slip away; empty if no column of numbers was named.
    pub near_number: Vec<bool>,
    /// For each label, its value by row; empty text for none.
    pub labels: Vec<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_row_follow_each_other() {
        let text = r#"{"format":"mizuhiki-audit-schema","version":1,"name":"t","locale":{"pack":"en-Latn"},
            "comparisons":[
              {"name":"a","role":"family_name","kind":"surname","levels":["latin","core"],"slips":["exchanged"],
               "values":3,"filters":2,"filter":{"level":"latin","features":[{"type":"ngram"}]}},
              {"name":"b","role":"sex","kind":"sex","levels":["code"]}],
            "neighbours":{"reach":2,"comparisons":[{"comparison":"a","level":"core"},{"comparison":"b","level":"code"}]}}"#;
        let layout = PairLayout::new(&AuditSchema::parse(text).unwrap());
        let a = layout.comparisons[0];
        assert_eq!([a.slot(0), a.slot(1), a.slot(2)], [1, 41, 81]);
        assert_eq!((a.tag(1, 2), a.filter(1), a.range()), (47..49, 49..81, 0..89));
        assert_eq!(layout.comparisons[1].range(), 89..94);
        assert_eq!(layout.neighbours, [(0, 1), (1, 0)]);
        assert_eq!(layout.neighbour(-2, 0), 94..96);
        assert_eq!(layout.neighbour(1, 1), 104..106);
        assert_eq!(layout.neighbour(2, 1).end, layout.row_bytes());
    }
}
