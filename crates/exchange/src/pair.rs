//! Pair tokens, which cross a trust boundary in an audit (`protocols/03-tokens.md` §12).

use std::ops::Range;

use mizuhiki_schema::{AuditComparison, AuditSchema, Side};

use crate::comparable::{IncomparableError, Terms, agree};
use crate::id::{CustodianId, KeyId, RecordIds};
use crate::meta::Run;

/// Bytes of a filter.
pub const PAIR_FILTER_BYTES: usize = 56;

/// Entries of a filter, of four bits each.
pub const PAIR_FILTER_ENTRIES: usize = 2 * PAIR_FILTER_BYTES;

/// Bytes of a tag.
pub const TAG_BYTES: usize = 3;

/// Metadata of a file of pair tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct PairMeta {
    /// The schema that the custodians agreed on.
    pub schema: AuditSchema,
    /// Fingerprint of the linkage key.
    pub key_id: KeyId,
    /// The custodian who made the tokens.
    pub custodian: CustodianId,
    /// Their purpose.
    pub run: Run,
    /// Their side of the links.
    pub side: Side,
}

impl PairMeta {
    /// Whether this file, the left one, can be audited against `right`.
    ///
    /// # Errors
    /// [`IncomparableError`] if schema, project, run or key differ, if both files come from one custodian, or
    /// if a file is of the wrong side.
    pub fn comparable_with(&self, right: &Self) -> Result<(), IncomparableError> {
        let (left_digest, right_digest) = (self.schema.digest(), right.schema.digest());
        agree(
            Terms::new(&left_digest, self.schema.canonical(), &self.run, self.key_id, &self.custodian),
            Terms::new(&right_digest, right.schema.canonical(), &right.run, right.key_id, &right.custodian),
        )?;
        for (meta, expected) in [(self, Side::Left), (right, Side::Right)] {
            if meta.side != expected {
                let custodian = meta.custodian.to_string();
                return Err(IncomparableError::Side {
                    custodian,
                    found: meta.side.name(),
                    expected: expected.name(),
                });
            }
        }
        Ok(())
    }
}

/// The layout of a row of pair tokens of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairLayout {
    /// The comparisons, in order.
    pub comparisons: Vec<ComparisonLayout>,
    /// Rows on either side that neighbor tags cover; 0 for none.
    pub reach: usize,
}

/// The layout of a comparison's part of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComparisonLayout {
    /// First byte in the row: the tag that says a value is present.
    pub start: usize,
    /// Slots.
    pub values: usize,
    /// Number of filters. A left row holds filters of its first value only; filter i is compared with that of
    /// the right row's value i.
    pub filters: usize,
    /// Levels, each with a tag in every slot.
    pub levels: usize,
    /// Error variants, each with two tags.
    pub error_variants: usize,
    /// Whether a slot has a completeness tag for each level except the tightest.
    pub partial: bool,
}

impl ComparisonLayout {
    fn of(comparison: &AuditComparison, side: Side, start: usize) -> Self {
        let values = match side {
            Side::Left => comparison.left_values,
            Side::Right => comparison.values,
        };
        Self {
            start,
            values,
            filters: comparison.filters,
            levels: comparison.levels.len(),
            error_variants: comparison.error_variants.len(),
            partial: comparison.partial,
        }
    }

    /// Tags of a slot.
    const fn slot_tags(&self) -> usize {
        self.levels + if self.partial { self.levels - 1 } else { 0 }
    }

    const fn tag_at(start: usize) -> Range<usize> {
        start..start + TAG_BYTES
    }

    /// Equal on both sides where both have a value.
    #[must_use]
    pub const fn present(&self) -> Range<usize> {
        Self::tag_at(self.start)
    }

    /// Equal on both sides where both have values without unknown characters; only where there are filters.
    #[must_use]
    pub const fn known(&self) -> Range<usize> {
        Self::tag_at(self.start + TAG_BYTES)
    }

    const fn slots_start(&self) -> usize {
        self.start + if self.filters > 0 { 2 * TAG_BYTES } else { TAG_BYTES }
    }

    /// The tag of a slot at a level.
    #[must_use]
    pub const fn tag(&self, slot: usize, level: usize) -> Range<usize> {
        Self::tag_at(self.slots_start() + (slot * self.slot_tags() + level) * TAG_BYTES)
    }

    /// The completeness tag of a slot at `level`, at least 1, where `partial`.
    #[must_use]
    pub const fn complete(&self, slot: usize, level: usize) -> Range<usize> {
        self.tag(slot, self.levels + level - 1)
    }

    /// The error variant of the first value, to be compared with the other side's
    /// [`ComparisonLayout::variant_target`].
    #[must_use]
    pub const fn variant(&self, error: usize) -> Range<usize> {
        Self::tag_at(self.tag(self.values, 0).start + 2 * error * TAG_BYTES)
    }

    /// The first value, to be compared with the other side's [`ComparisonLayout::variant`].
    #[must_use]
    pub const fn variant_target(&self, error: usize) -> Range<usize> {
        Self::tag_at(self.variant(error).end)
    }

    /// The filter with this number, below `filters`. In a right row it is of the value with that number, in a
    /// left row of the first value.
    #[must_use]
    pub const fn filter(&self, number: usize) -> Range<usize> {
        let start = self.variant(self.error_variants).start + number * PAIR_FILTER_BYTES;
        start..start + PAIR_FILTER_BYTES
    }

    /// The part of the row.
    #[must_use]
    pub const fn range(&self) -> Range<usize> {
        self.start..self.filter(self.filters).start
    }
}

/// Position classes of alternatives: the first value; the second and third; all later ones.
#[must_use]
pub const fn alternative_class(place: usize) -> usize {
    match place {
        0 => 0,
        1 | 2 => 1,
        _ => 2,
    }
}

impl PairLayout {
    /// The layout of rows of one side under a schema.
    #[must_use]
    pub fn new(schema: &AuditSchema, side: Side) -> Self {
        let body = schema.body();
        let mut comparisons = Vec::with_capacity(body.comparisons.len());
        let mut start = 0;
        for comparison in &body.comparisons {
            let layout = ComparisonLayout::of(comparison, side, start);
            start = layout.range().end;
            comparisons.push(layout);
        }
        Self { comparisons, reach: body.neighbors.reach }
    }

    /// First byte of the neighbor tags.
    #[must_use]
    pub fn neighbours_start(&self) -> usize {
        self.comparisons.last().map_or(0, |last| last.range().end)
    }

    /// Neighbor tag for `offset` (not 0, within reach). A left row tags its record under the handle `offset`
    /// places later; a right row tags its record for comparison with the left row `offset` places earlier.
    #[must_use]
    pub fn neighbor(&self, offset: isize) -> Range<usize> {
        let place = offset + self.reach as isize - isize::from(offset > 0);
        let start = self.neighbours_start() + place as usize * TAG_BYTES;
        start..start + TAG_BYTES
    }

    /// Bytes of a row.
    #[must_use]
    pub fn row_bytes(&self) -> usize {
        self.neighbours_start() + 2 * self.reach * TAG_BYTES
    }
}

/// A run of rows of pair tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairRows {
    /// Handles of the links.
    pub handles: RecordIds,
    /// Whether a row is a decoy.
    pub decoys: Vec<bool>,
    /// The rows, concatenated.
    pub tokens: Vec<u8>,
    /// A value common to all rows of one record; none for records with one link.
    pub shared: Vec<Option<[u8; 8]>>,
    /// Whether another record has a number that differs by one error; empty if no column of numbers was
    /// named.
    pub near_number: Vec<bool>,
    /// For each label, its value per row; empty text for none.
    pub labels: Vec<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_row_follow_each_other() {
        let text = r#"{"format":"mizuhiki-audit-schema","version":2,"name":"t","locale":{"pack":"en-Latn"},
            "comparisons":[
              {"name":"a","role":"family_name","kind":"surname","levels":["latin","core"],"slips":["exchanged"],
               "values":3,"filters":3,"filter":{"level":"latin","features":[{"type":"ngram"}]}},
              {"name":"b","role":"address","kind":"text","levels":["folded","text"],"partial":true,"values":4}],
            "neighbours":{"reach":2,"comparisons":[{"comparison":"a","level":"core"}]}}"#;
        let schema = AuditSchema::parse(text).unwrap();
        let layout = PairLayout::new(&schema, Side::Right);
        let a = layout.comparisons[0];
        assert_eq!((a.present(), a.known()), (0..3, 3..6));
        assert_eq!([a.tag(0, 0), a.tag(0, 1), a.tag(2, 1)], [6..9, 9..12, 21..24]);
        assert_eq!((a.variant(0), a.variant_target(0)), (24..27, 27..30));
        assert_eq!((a.filter(0), a.filter(2), a.range()), (30..86, 142..198, 0..198));
        let b = layout.comparisons[1];
        assert_eq!((b.present(), b.tag(0, 1), b.complete(0, 1)), (198..201, 204..207, 207..210));
        assert_eq!(b.range(), 198..237);
        assert_eq!([layout.neighbor(-2), layout.neighbor(1)], [237..240, 243..246]);
        assert_eq!(layout.neighbor(2).end, layout.row_bytes());
        let left = PairLayout::new(&schema, Side::Left);
        assert_eq!(
            (left.comparisons[0].values, left.comparisons[0].filters, left.comparisons[1].values),
            (2, 3, 2)
        );
    }
}
