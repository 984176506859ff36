//! Sizes of blocks: which ids are suppressed, and what is reported of the others (`protocols/03-tokens.md`
//! §10).

use std::collections::HashMap;

use mizuhiki_exchange::BlockId;
use mizuhiki_schema::{LinkageSchema, SchemaBody};
use serde::Serialize;

/// Minimum number of records for enforcing shares; a share of few records means little.
const MIN_RECORDS_FOR_SHARE: u64 = 1_000;

/// Number of records with each id in each pass, counted while records are encoded.
#[derive(Default)]
pub(crate) struct BlockCounts {
    sizes: Vec<HashMap<BlockId, u32>>,
    /// Records by the number of passes that give them an id.
    passes_of_record: Vec<u64>,
}

/// Final block sizes of a file.
pub(crate) struct SettledBlocks {
    report: BlockingReport,
    min_block: u64,
    /// Maximum size of a disclosed block.
    max_block: u64,
    sizes: Vec<HashMap<BlockId, u32>>,
}

/// Report on the blocks of a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BlockingReport {
    /// One report per pass.
    pub passes: Vec<PassReport>,
    /// Share of records with an id in at least one pass, before rare and frequent ids are suppressed, 0..=1.
    pub covered_once: f64,
    /// Share of records with an id in at least two passes, likewise.
    pub covered_twice: f64,
}

/// Report on a pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PassReport {
    /// Name of the pass.
    pub pass: String,
    /// Records that have an id.
    pub records: u64,
    /// Records whose id was suppressed, because fewer than `minBlock` records had it.
    pub rare_records: u64,
    /// Records whose id was suppressed, because more than `maxBlockShare` of the records had it.
    pub frequent_records: u64,
    /// Disclosed blocks.
    pub blocks: u64,
    /// Records in the smallest, the median (by records) and the largest of them; 0 without blocks.
    pub smallest: u64,
    /// See `smallest`.
    pub median: u64,
    /// See `smallest`.
    pub largest: u64,
    /// Records by the size of their block: entry `i` is for blocks of 2^i to 2^(i+1) − 1 records.
    pub histogram: Vec<u64>,
    /// Share of all pairs that would be compared with a file like this one, 0..=1.
    pub pair_share: f64,
}

impl BlockCounts {
    pub(crate) fn new(schema: &LinkageSchema) -> Self {
        let passes = schema.pass_names().len();
        Self { sizes: vec![HashMap::new(); passes], passes_of_record: vec![0; passes + 1] }
    }

    /// Counts records in each pass; `records` are those of the rows, ascending. A record whose alternatives
    /// share an id counts once in its block.
    pub(crate) fn add(&mut self, blocks: &[Vec<Option<BlockId>>], records: &[u32]) {
        let mut first = 0;
        for rows in records.chunk_by(|a, b| a == b) {
            let rows = first..first + rows.len();
            first = rows.end;
            let mut passes = 0;
            for (pass, sizes) in blocks.iter().zip(&mut self.sizes) {
                let ids = &pass[rows.clone()];
                for (at, id) in ids.iter().enumerate().filter_map(|(at, id)| Some((at, (*id)?))) {
                    if !ids[..at].contains(&Some(id)) {
                        *sizes.entry(id).or_insert(0) += 1;
                    }
                }
                passes += usize::from(ids.iter().any(Option::is_some));
            }
            if !blocks.is_empty() {
                self.passes_of_record[passes] += 1;
            }
        }
    }

    /// Decides which ids are disclosed.
    pub(crate) fn settle(self, schema: &LinkageSchema, records: u64) -> SettledBlocks {
        let blocking = match schema.body() {
            SchemaBody::Tokens(body) => body.blocking.as_ref(),
            SchemaBody::Clkhash(_) => None,
        };
        let (min_block, share) =
            blocking.map_or((1, 1.0), |blocking| (blocking.min_block, blocking.max_block_share));
        let max_block =
            if records < MIN_RECORDS_FOR_SHARE { u64::MAX } else { (records as f64 * share).floor() as u64 };
        let report = |(pass, sizes): (String, &HashMap<BlockId, u32>)| {
            PassReport::new(pass, sizes, min_block, max_block, records)
        };
        let at_least = |passes: usize| {
            let count: u64 = self.passes_of_record.iter().skip(passes).sum();
            count as f64 / records.max(1) as f64
        };
        SettledBlocks {
            report: BlockingReport {
                passes: schema.pass_names().into_iter().zip(&self.sizes).map(report).collect(),
                covered_once: at_least(1),
                covered_twice: at_least(2),
            },
            min_block,
            max_block,
            sizes: self.sizes,
        }
    }
}

impl SettledBlocks {
    pub(crate) fn passes(&self) -> &[PassReport] {
        &self.report.passes
    }

    /// The report; `None` for a schema without blocking.
    pub(crate) fn into_report(self) -> Option<BlockingReport> {
        (!self.report.passes.is_empty()).then_some(self.report)
    }

    /// Suppresses the ids of rare and frequent blocks.
    pub(crate) fn take_away(&self, blocks: &mut [Vec<Option<BlockId>>]) {
        for (pass, sizes) in blocks.iter_mut().zip(&self.sizes) {
            let given = |id: &BlockId| {
                let size = sizes.get(id).copied().map_or(0, u64::from);
                (self.min_block..=self.max_block).contains(&size)
            };
            pass.iter_mut().for_each(|slot| *slot = slot.filter(|id| given(id)));
        }
    }
}

impl PassReport {
    fn new(
        pass: String,
        sizes: &HashMap<BlockId, u32>,
        min_block: u64,
        max_block: u64,
        records: u64,
    ) -> Self {
        let sum = |keep: &dyn Fn(u64) -> bool| -> u64 {
            sizes.values().map(|&size| u64::from(size)).filter(|&size| keep(size)).sum()
        };
        // Sorted, because reports must not depend on the order of a hash map.
        let mut given: Vec<u64> =
            sizes.values().map(|&s| u64::from(s)).filter(|s| (min_block..=max_block).contains(s)).collect();
        given.sort_unstable();
        let kept: u64 = given.iter().sum();
        let mut histogram = vec![0; given.last().map_or(0, |largest| largest.ilog2() as usize + 1)];
        given.iter().for_each(|&size| histogram[size.ilog2() as usize] += size);
        let mut passed = 0;
        let median = given.iter().find(|&&size| {
            passed += size;
            2 * passed >= kept
        });
        Self {
            pass,
            records: kept,
            rare_records: sum(&|size| size < min_block),
            frequent_records: sum(&|size| size > max_block),
            blocks: given.len() as u64,
            smallest: given.first().copied().unwrap_or(0),
            median: median.copied().unwrap_or(0),
            largest: given.last().copied().unwrap_or(0),
            histogram,
            pair_share: given
                .iter()
                .map(|&size| (size as f64 / records as f64).powi(2))
                .fold(0.0, |a, b| a + b),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_and_frequent_blocks_are_taken_away() {
        let id = |number: u64| BlockId::from_bytes(number.to_be_bytes());
        let mut sizes = HashMap::from([(id(1), 9), (id(2), 10), (id(3), 40), (id(4), 900)]);
        let report = PassReport::new("p".to_owned(), &sizes, 10, 250, 1000);
        assert_eq!((report.records, report.rare_records, report.frequent_records), (50, 9, 900));
        assert_eq!((report.blocks, report.smallest, report.median, report.largest), (2, 10, 40, 40));
        assert_eq!(report.histogram, [0, 0, 0, 10, 0, 40]);
        assert!((report.pair_share - 0.0017).abs() < 1e-12);
        sizes.insert(id(5), 250);
        let settled = SettledBlocks {
            report: BlockingReport { passes: vec![report], covered_once: 1.0, covered_twice: 0.0 },
            min_block: 10,
            max_block: 250,
            sizes: vec![sizes],
        };
        let mut blocks = [(1..=6).map(|number| Some(id(number))).collect()];
        settled.take_away(&mut blocks);
        assert_eq!(blocks[0], [None, Some(id(2)), Some(id(3)), None, Some(id(5)), None]);
    }
}
