//! Similarity of records within one file: that of different people, if the file has no duplicates.

use mizuhiki_exchange::{Comparable, RecordIds, TokenSet};
use mizuhiki_schema::Similarity;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::scale::Scale;
use crate::blocks::BlockOrder;
use crate::error::MatchError;
use crate::plan::{Plan, PlanKind};
use crate::search::Scorer;

/// Minimum number of records on each side for calibration.
const MIN_RECORDS: usize = 50;

/// Checks that both sides have enough records for calibration.
///
/// # Errors
/// [`MatchError::TooFewRecords`] below 50 records on a side.
pub fn can_calibrate(comparable: &Comparable<'_>) -> Result<(), MatchError> {
    let records = comparable.left().len().min(comparable.right().len());
    if records < MIN_RECORDS { Err(MatchError::TooFewRecords { records }) } else { Ok(()) }
}

/// Candidates are searched down to this share of the median similarity of best partners.
const SEARCH_SHARE: f64 = 0.9;

/// Pairs of records without a link are searched down to this share: in small files, true pairs stand out even
/// if, in large files, many non-matches would exceed them.
const FAR_SHARE: f64 = 0.5;

/// Partners per record for the search within one file, where most of the best may be the same person.
const PARTNERS: f64 = 30.0;

/// Limits of the number of sampled records per side.
const MAX_SAMPLE: usize = 2_000;
const MIN_SAMPLE: usize = 50;

/// Maximum number of comparisons of views for the sample, per side.
const MAX_COMPARISONS: usize = 2_000_000_000;

/// Pairs of records within a file, by level.
#[derive(Debug, Clone, PartialEq)]
pub struct WithinFile {
    /// Pairs of each level that were counted.
    pairs: Vec<f64>,
    /// The number of pairs considered.
    pub(super) of: f64,
}

impl WithinFile {
    /// Numbers of pairs by level, of `of` pairs considered.
    #[must_use]
    pub const fn new(pairs: Vec<f64>, of: f64) -> Self {
        Self { pairs, of }
    }

    /// All pairs of a file of `records` records, from the number of pairs for each number of common symbols.
    #[must_use]
    pub fn of_symbols(scale: &Scale, common: &[(u32, u64)], records: usize) -> Self {
        let mut pairs = vec![0.0; scale.levels()];
        for &(common, count) in common {
            pairs[(common as usize).min(scale.levels() - 1)] += count as f64;
        }
        let records = records as f64;
        Self { pairs, of: records * (records - 1.0).max(0.0) / 2.0 }
    }

    /// Pairs of the levels `start..end`.
    pub(super) fn between(&self, start: usize, end: usize) -> f64 {
        self.pairs[start.min(self.pairs.len())..end.min(self.pairs.len())].iter().sum()
    }
}

/// A sample of records of filter files, compared with all others of their file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Counts within each of two files; empty within one file.
    pub files: Vec<WithinFile>,
    /// The similarity down to which candidates are searched.
    pub lowest: Similarity,
    /// The same for pairs of records without another link; far lower.
    pub far: Similarity,
}

impl Sample {
    /// Samples the pairs that `plan` compares.
    ///
    /// # Errors
    /// [`MatchError::TooFewRecords`] below 50 records on a side.
    pub fn take(plan: &Plan<'_>) -> Result<Self, MatchError> {
        let comparable = &plan.comparable;
        can_calibrate(comparable)?;
        let scale = Scale::of(comparable);
        let blocked = plan.kind() == PlanKind::Blocked;
        let within = comparable.is_within();
        let mut sides = vec![partners(comparable.left(), &scale, blocked)];
        if !within {
            sides.push(partners(comparable.right(), &scale, blocked));
        }
        let mut best: Vec<f64> = sides
            .iter()
            .flat_map(|side| &side.nearest)
            .map(|two| if within { two.1 } else { two.0 })
            .collect();
        best.sort_by(f64::total_cmp);
        let median = best[best.len() / 2];
        let similarity =
            |number: f64| Similarity::new(number).unwrap_or_else(|| comparable.thresholds().borderline());
        let mut lowest = SEARCH_SHARE * median;
        if within {
            lowest = lowest.min(sides[0].floor_of(&scale, PARTNERS));
        }
        let far = similarity(FAR_SHARE * median);
        let files = if within { Vec::new() } else { sides.into_iter().map(|side| side.file).collect() };
        Ok(Self { files, lowest: similarity(lowest), far })
    }
}

/// Partners of sampled records within their own file.
struct Partners {
    file: WithinFile,
    /// Similarities of the two nearest partners of each record.
    nearest: Vec<(f64, f64)>,
}

impl Partners {
    /// The similarity that `many` partners per record reach.
    fn floor_of(&self, scale: &Scale, many: f64) -> f64 {
        let wanted = many * self.nearest.len() as f64;
        let mut count = 0.0;
        let levels = self.file.pairs.iter().enumerate().rev();
        let mut down = levels.skip_while(|(_, pairs)| {
            count += **pairs;
            count < wanted
        });
        down.next().map_or(0.0, |(level, _)| scale.floor(level))
    }
}

/// Compares sampled records with the records that share a block with them, or with all.
fn partners(set: &TokenSet, scale: &Scale, blocked: bool) -> Partners {
    let within = Comparable::within(set);
    let scorer = Scorer::new(&within);
    let passes: Vec<BlockOrder> =
        if blocked { set.blocks().iter().map(|ids| BlockOrder::new(ids)).collect() } else { Vec::new() };
    let all: Vec<u32> = if blocked { Vec::new() } else { (0..set.rows() as u32).collect() };
    let count = if blocked {
        MAX_SAMPLE
    } else {
        (MAX_COMPARISONS / (set.rows() * set.views().len()).max(1)).clamp(MIN_SAMPLE, MAX_SAMPLE)
    };
    let of = |&record: &u32| {
        // The most similar alternatives of each other record.
        let mut similarity_of: FxHashMap<u32, f64> = FxHashMap::default();
        for row in set.rows_of(record) {
            let met: Vec<u32> = if blocked { neighbors(set, &passes, row) } else { Vec::new() };
            let others = if blocked { &met } else { &all };
            for (&other, similarity) in others.iter().zip(scorer.similarities(row, others)) {
                let other = set.record_of(other);
                if other != record {
                    let best = similarity_of.entry(other).or_insert(0.0);
                    *best = best.max(similarity);
                }
            }
        }
        let (mut pairs, mut nearest) = (vec![0_u32; scale.levels()], (0.0_f64, 0.0_f64));
        for &similarity in similarity_of.values() {
            pairs[scale.level(similarity)] += 1;
            nearest = match nearest {
                (first, _) if similarity > first => (similarity, first),
                (first, second) => (first, second.max(similarity)),
            };
        }
        (pairs, nearest)
    };
    let found: Vec<(Vec<u32>, (f64, f64))> = sample(set.ids(), count).par_iter().map(of).collect();
    let mut pairs = vec![0.0; scale.levels()];
    for (counted, _) in &found {
        pairs.iter_mut().zip(counted).for_each(|(sum, count)| *sum += f64::from(*count));
    }
    let looked_at = found.len() as f64 * (set.len() as f64 - 1.0);
    let nearest = found.into_iter().map(|(_, nearest)| nearest).collect();
    Partners { file: WithinFile { pairs, of: looked_at }, nearest }
}

/// Rows that share a block with `row` in some pass, without repetition.
fn neighbors(set: &TokenSet, passes: &[BlockOrder], row: u32) -> Vec<u32> {
    let mut met: Vec<u32> = passes
        .iter()
        .zip(set.blocks())
        .filter_map(|(pass, ids)| ids[row as usize].map(|id| pass.of(id)))
        .flatten()
        .copied()
        .collect();
    met.sort_unstable();
    met.dedup();
    met
}

/// `count` rows, chosen by a hash of their ids and so independent of the order of rows.
pub(crate) fn sample(ids: &RecordIds, count: usize) -> Vec<u32> {
    let mut rows: Vec<(u64, u32)> = (0..ids.len()).map(|row| (spread(ids.get(row)), row as u32)).collect();
    if rows.len() > count {
        rows.sort_unstable_by(|a, b| (a.0, ids.get(a.1 as usize)).cmp(&(b.0, ids.get(b.1 as usize))));
        rows.truncate(count);
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// FNV-1a with a final multiplication: distributes ids evenly, and is not cryptographic.
fn spread(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
