//! Thresholds and expected accuracy without labels (`protocols/04-matching.md` §6).
//!
//! Records of one file are sure strangers to each other, so the best partner of a record within its own file
//! tells how similar strangers get. Candidate links are added from the most similar down; each step adds the
//! false links that strangers of that similarity are expected to give among the records not linked yet.

use mizuhiki_exchange::{Comparable, RecordIds, TokenSet};
use mizuhiki_schema::Similarity;
use rayon::prelude::*;

use crate::MatchError;
use crate::blocks::BlockOrder;
use crate::plan::{Plan, PlanKind};
use crate::search::Scorer;

/// Bins of [`Calibration::histogram`], over similarities 0..=1.
pub const HISTOGRAM_BINS: usize = 200;

/// Records that calibration needs on each side.
const MIN_RECORDS: usize = 50;

/// Candidates are searched from this share of strangers' median agreement on.
const SEARCH_SHARE: f64 = 0.9;

/// Pairs of records without a link are looked at from this share on: among few records, true links stand out that many
/// strangers would outdo.
const FAR_SHARE: f64 = 0.5;

/// Records whose strangers are looked at, a side.
const MAX_SAMPLE: usize = 2_000;

/// Comparisons of views that the sample may cost, a side.
const MAX_COMPARISONS: usize = 2_000_000_000;

/// What a comparison promises at each threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    /// Falling similarities of one-to-one candidate links.
    scores: Vec<f64>,
    /// Expected false links among the first `k + 1`.
    false_links: Vec<f64>,
    /// Share of false ones among links like link `k + 1`, never falling.
    falsehood: Vec<f64>,
    /// One-to-one candidate links by similarity, [`HISTOGRAM_BINS`] bins over 0..=1.
    pub histogram: Vec<u64>,
}

/// What a threshold promises.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Expectation {
    /// One-to-one links at or above the threshold.
    pub links: usize,
    /// Expected true links among all candidates.
    pub true_links: f64,
    /// Expected share of true links among them, 0..=1; 1 if there is none.
    pub precision: f64,
    /// Expected share of the true links that stand out at all which reach the threshold, 0..=1.
    pub recall: f64,
}

/// Whether both sides have the records that calibration needs.
///
/// # Errors
/// [`MatchError::TooFewRecords`] below 50 records on a side.
pub fn can_calibrate(comparable: &Comparable<'_>) -> Result<(), MatchError> {
    let records = comparable.left().len().min(comparable.right().len());
    if records < MIN_RECORDS { Err(MatchError::TooFewRecords { records }) } else { Ok(()) }
}

/// One-to-one candidate links of one similarity, and candidates of it that lost against another link of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// The similarity.
    pub similarity: f64,
    /// Links.
    pub links: u64,
    /// Candidates of which a record is in a link at least as similar.
    pub losers: u64,
    /// Share of pairs of unrelated records that have this similarity by chance.
    pub random_share: f64,
}

/// How similar sure strangers get, and thereby from where on pairs are worth a look.
#[derive(Debug, Clone, PartialEq)]
pub struct Strangers {
    /// Ascending similarities of sampled records' best strangers, a side; second bests within one file.
    lists: Vec<Vec<f64>>,
    records: (usize, usize),
    /// A little below what half of the records find among strangers: true links reach further down.
    pub lowest: Similarity,
    /// Far below that: where true links still stand out among records that have no other link.
    pub far: Similarity,
}

impl Strangers {
    /// Samples strangers among the pairs that `plan` compares.
    ///
    /// # Errors
    /// [`MatchError::TooFewRecords`] below 50 records on a side.
    pub fn sample(plan: &Plan<'_>) -> Result<Self, MatchError> {
        let comparable = &plan.comparable;
        let records = (comparable.left().len(), comparable.right().len());
        can_calibrate(comparable)?;
        let blocked = plan.kind() == PlanKind::Blocked;
        let lists = if comparable.is_within() {
            vec![sample_strangers(comparable.left(), Nearest::Second, blocked)]
        } else {
            vec![
                sample_strangers(comparable.left(), Nearest::Best, blocked),
                sample_strangers(comparable.right(), Nearest::Best, blocked),
            ]
        };
        let mut pooled: Vec<f64> = lists.concat();
        pooled.sort_by(f64::total_cmp);
        let below = |share: f64| {
            let similarity = Similarity::new(share * pooled[pooled.len() / 2]);
            similarity.unwrap_or_else(|| comparable.thresholds().borderline())
        };
        let (lowest, far) = (below(SEARCH_SHARE), below(FAR_SHARE));
        Ok(Self { lists, records, lowest, far })
    }

    /// Calibrates from falling similarities of one-to-one candidate links from [`Strangers::lowest`] on.
    #[must_use]
    pub fn calibrate(&self, scores: Vec<f64>) -> Calibration {
        Calibration::from_scores(scores, &self.lists, self.records.0, self.records.1)
    }
}

impl Calibration {
    /// Calibrates from falling similarities of one-to-one candidate links, for files of `left` and `right`
    /// records. `strangers` holds an ascending list of best strangers a side, or one list of second bests
    /// within one file.
    #[must_use]
    pub fn from_scores(scores: Vec<f64>, strangers: &[Vec<f64>], left: usize, right: usize) -> Self {
        let false_links = match strangers {
            [first, second] => {
                let rate = |s: f64| 0.5 * (best_rate(first, s, left) + best_rate(second, s, right));
                accumulate(&scores, rate, |taken| {
                    (left as f64 - taken).max(0.0) * (right as f64 - taken).max(0.0)
                })
            }
            _ => within(&scores, strangers.first().map_or(&[], Vec::as_slice), left),
        };
        Self::new(scores, false_links)
    }

    fn new(scores: Vec<f64>, false_links: Vec<f64>) -> Self {
        let mut histogram = vec![0; HISTOGRAM_BINS];
        for score in &scores {
            histogram[((score * HISTOGRAM_BINS as f64) as usize).min(HISTOGRAM_BINS - 1)] += 1;
        }
        let falsehood = smoothed_steps(&false_links);
        Self { scores, false_links, falsehood, histogram }
    }

    /// Calibrates tokens of sealed symbols, of which no two of one file can be compared: what a record that is linked
    /// already shares with others is what non-matches share (`protocols/04-matching.md` §6a). `levels` fall by
    /// similarity; `left` and `right` are numbers of records, of which one file has `left` alone.
    #[must_use]
    pub fn from_losers(levels: &[Level], left: usize, right: Option<usize>) -> Self {
        let (a, b) = (left as f64, right.unwrap_or(left) as f64);
        let free = |links: f64| match right {
            Some(_) => (a - links).max(0.0) * (b - links).max(0.0),
            None => (a - 2.0 * links).max(0.0) * (a - 2.0 * links - 1.0).max(0.0) / 2.0,
        };
        let all = free(0.0);
        let (mut scores, mut false_links) = (Vec::new(), Vec::new());
        let (mut links, mut sum) = (0.0, 0.0);
        for level in levels {
            links += level.links as f64;
            let exposed = all - free(links) - links;
            let lost = if exposed > 0.0 { level.losers as f64 / exposed } else { 0.0 };
            sum += free(links) * lost.max(level.random_share);
            for _ in 0..level.links {
                scores.push(level.similarity);
                false_links.push(sum.min(scores.len() as f64));
            }
        }
        Self::new(scores, false_links)
    }

    /// Expected false links among the first 1, 2, … candidate links.
    #[must_use]
    pub fn false_links(&self) -> &[f64] {
        &self.false_links
    }

    /// The threshold up to which each further link is more likely true than false: the largest expected
    /// number of true less false links. 1 if no pair stands out.
    #[must_use]
    pub fn accept(&self) -> f64 {
        self.best(2.0)
    }

    /// The threshold below which no further true link is expected; at most [`Calibration::accept`].
    #[must_use]
    pub fn borderline(&self) -> f64 {
        self.best(1.0).min(self.accept())
    }

    /// The score of the `k` that maximises `k − cost · false_links(k)`, the smallest such `k`.
    fn best(&self, cost: f64) -> f64 {
        let (mut best, mut threshold) = (0.0, 1.0);
        for (index, (&score, &false_links)) in self.scores.iter().zip(&self.false_links).enumerate() {
            let gain = (index + 1) as f64 - cost * false_links;
            if gain > best {
                (best, threshold) = (gain, score);
            }
        }
        threshold
    }

    /// Probability that a link of this similarity is true, 0..=1: what the links around it promise. It never
    /// falls as the similarity rises.
    #[must_use]
    pub fn probability(&self, similarity: f64) -> f64 {
        let links = self.scores.partition_point(|&score| score >= similarity);
        match self.falsehood.get(links.saturating_sub(1)) {
            Some(share) if links > 0 => (1.0 - share).clamp(0.0, 1.0),
            // More similar than every candidate link.
            _ => self.falsehood.first().map_or(0.0, |share| (1.0 - share).clamp(0.0, 1.0)),
        }
    }

    /// What `threshold` promises.
    #[must_use]
    pub fn expect(&self, threshold: f64) -> Expectation {
        let links = self.scores.partition_point(|&score| score >= threshold);
        let true_links =
            |count: usize| if count == 0 { 0.0 } else { count as f64 - self.false_links[count - 1] };
        let most = (1..=self.scores.len()).map(true_links).fold(0.0, f64::max);
        Expectation {
            links,
            true_links: most,
            precision: if links == 0 { 1.0 } else { (true_links(links) / links as f64).clamp(0.0, 1.0) },
            recall: if most == 0.0 { 0.0 } else { (true_links(links) / most).clamp(0.0, 1.0) },
        }
    }
}

/// Steps of a sum, smoothed so that they never fall: neighbours that do are pooled (isotonic regression by
/// pooling adjacent violators; Ayer et al., Ann. Math. Statist. 26, 1955).
fn smoothed_steps(sums: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    let mut last = 0.0;
    for &sum in sums {
        let mut pool = (sum - last, 1);
        last = sum;
        while let Some(&(total, count)) = pools.last() {
            if total / count as f64 <= pool.0 / pool.1 as f64 {
                break;
            }
            pool = (pool.0 + total, pool.1 + count);
            pools.pop();
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(total, count)| std::iter::repeat_n(total / count as f64, count)).collect()
}

/// Adds up expected false links: at each step the strangers' rate rises by `dq`, on the pairs still free.
fn accumulate(scores: &[f64], rate: impl Fn(f64) -> f64, free_pairs: impl Fn(f64) -> f64) -> Vec<f64> {
    let (mut sum, mut last) = (0.0_f64, 0.0_f64);
    let mut out = Vec::with_capacity(scores.len());
    for (index, &score) in scores.iter().enumerate() {
        let now = rate(score).max(last);
        sum += free_pairs(index as f64) * (now - last);
        last = now;
        out.push(sum.min((index + 1) as f64));
    }
    out
}

/// Within one file a record may have a duplicate, so second bests stand for strangers: they are the best
/// stranger of a record with a duplicate and the second-best of one without. The share of the former and the
/// false links are found in turn until they agree.
fn within(scores: &[f64], second_bests: &[f64], records: usize) -> Vec<f64> {
    let total = records as f64;
    let mut duplicates = scores.len() as f64 / 2.0;
    let mut false_links = Vec::new();
    for _ in 0..200 {
        let matched = 2.0 * duplicates / total;
        let rate = |s: f64| mixed_mean(share_at_least(second_bests, s).min(0.9999), matched) / (total - 1.0);
        false_links = accumulate(scores, rate, |taken| (total - 2.0 * taken).max(0.0).powi(2) / 2.0);
        let most = false_links.iter().zip(1..).map(|(sum, count)| f64::from(count) - sum).fold(0.0, f64::max);
        if (most - duplicates).abs() < 1e-9 {
            break;
        }
        duplicates = most;
    }
    false_links
}

/// Stranger pairs at or above `s` as a share of all pairs, from best strangers: `1 − e^(−λ)` of them are
/// there if λ strangers a record are expected.
fn best_rate(best_strangers: &[f64], s: f64, records: usize) -> f64 {
    -(1.0 - share_at_least(best_strangers, s).min(0.9999)).ln() / (records as f64 - 1.0)
}

/// λ for which a share `matched` of records has a stranger at all, and the others two, as often as observed.
fn mixed_mean(observed: f64, matched: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 64.0_f64);
    for _ in 0..200 {
        let mean = 0.5 * (low + high);
        let none = (-mean).exp();
        let reached = matched * (1.0 - none) + (1.0 - matched) * (1.0 - none * (1.0 + mean));
        if reached < observed { low = mean } else { high = mean }
    }
    low
}

/// Share of ascending `values` that are at least `s`.
fn share_at_least(values: &[f64], s: f64) -> f64 {
    let below = values.partition_point(|&value| value < s);
    (values.len() - below) as f64 / values.len().max(1) as f64
}

#[derive(Clone, Copy)]
enum Nearest {
    Best,
    Second,
}

/// Ascending similarities of sampled records' nearest partners within their own file, among the records that
/// share a block with them or among all.
fn sample_strangers(set: &TokenSet, nearest: Nearest, blocked: bool) -> Vec<f64> {
    let within = Comparable::within(set);
    let scorer = Scorer::new(&within);
    let passes: Vec<BlockOrder> =
        if blocked { set.blocks().iter().map(|ids| BlockOrder::new(ids)).collect() } else { Vec::new() };
    let all: Vec<u32> = if blocked { Vec::new() } else { (0..set.rows() as u32).collect() };
    let count = if blocked {
        MAX_SAMPLE
    } else {
        (MAX_COMPARISONS / (set.rows() * set.views().len()).max(1)).clamp(MIN_RECORDS, MAX_SAMPLE)
    };
    let mut found: Vec<f64> = sample(set.ids(), count)
        .par_iter()
        .map(|&record| {
            let mut best = TwoBest::default();
            for row in set.rows_of(record) {
                let met: Vec<u32> = if blocked { neighbours(set, &passes, row) } else { Vec::new() };
                let others = if blocked { &met } else { &all };
                for (&other, similarity) in others.iter().zip(scorer.similarities(row, others)) {
                    let other = set.record_of(other);
                    if other != record {
                        best.offer(other, similarity);
                    }
                }
            }
            match nearest {
                Nearest::Best => best.first,
                Nearest::Second => best.second,
            }
        })
        .collect();
    found.sort_by(f64::total_cmp);
    found
}

/// The similarities of the two nearest records, each by its nearest alternative.
#[derive(Default)]
struct TwoBest {
    first: f64,
    second: f64,
    /// Record of the first.
    nearest: Option<u32>,
}

impl TwoBest {
    fn offer(&mut self, record: u32, similarity: f64) {
        if similarity > self.first {
            if self.nearest != Some(record) {
                self.second = self.first;
            }
            (self.first, self.nearest) = (similarity, Some(record));
        } else if self.nearest != Some(record) {
            self.second = self.second.max(similarity);
        }
    }
}

/// Rows that share a block with `row` in some pass, each once.
fn neighbours(set: &TokenSet, passes: &[BlockOrder], row: u32) -> Vec<u32> {
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

/// `count` rows, chosen by a hash of their ids, so that the order of rows does not matter.
pub(crate) fn sample(ids: &RecordIds, count: usize) -> Vec<u32> {
    let mut rows: Vec<(u64, u32)> = (0..ids.len()).map(|row| (spread(ids.get(row)), row as u32)).collect();
    if rows.len() > count {
        rows.sort_unstable_by(|a, b| (a.0, ids.get(a.1 as usize)).cmp(&(b.0, ids.get(b.1 as usize))));
        rows.truncate(count);
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// FNV-1a with a finishing multiply: spreads ids, is no secret.
fn spread(text: &str) -> u64 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_lies_between_matches_and_strangers() {
        // 60 links far above what strangers reach, 40 as similar as strangers get.
        let scores: Vec<f64> = (0..100)
            .map(|i| if i < 60 { 0.95 - f64::from(i) * 1e-4 } else { 0.505 - f64::from(i - 60) * 1e-4 })
            .collect();
        let strangers: Vec<f64> = (0..200).map(|i| 0.5 + f64::from(i) * 5e-4).collect();
        let calibration = Calibration::from_scores(scores, &[strangers.clone(), strangers], 100, 100);
        assert!((0.9..=0.95).contains(&calibration.accept()), "{}", calibration.accept());
        let expected = calibration.expect(0.8);
        assert_eq!(expected.links, 60);
        assert!(expected.precision > 0.999 && expected.recall > 0.6, "{expected:?}");
        assert!(calibration.borderline() <= calibration.accept());
    }

    #[test]
    fn probabilities_fall_with_similarity_and_add_up() {
        let scores: Vec<f64> = (0..100).map(|i| 0.99 - f64::from(i) * 4e-3).collect();
        let strangers: Vec<f64> = (0..200).map(|i| 0.5 + f64::from(i) * 1.5e-3).collect();
        let calibration = Calibration::from_scores(scores.clone(), &[strangers.clone(), strangers], 100, 100);
        let probabilities: Vec<f64> = scores.iter().map(|&score| calibration.probability(score)).collect();
        assert!(probabilities.is_sorted_by(|a, b| a >= b), "{probabilities:?}");
        let (sum, expected) = (probabilities.iter().sum::<f64>(), 100.0 - calibration.false_links()[99]);
        assert!((sum - expected).abs() < 1e-9, "{sum} {expected}");
        assert_eq!(calibration.probability(1.0), probabilities[0]);
    }

    #[test]
    fn nothing_is_accepted_where_all_are_strangers() {
        let scores: Vec<f64> = (0..100).rev().map(|i| 0.5 + f64::from(i) * 1e-3).collect();
        let calibration = Calibration::from_scores(scores, &[vec![0.9; 100], vec![0.9; 100]], 100, 100);
        assert_eq!(calibration.accept(), 1.0);
        assert_eq!(calibration.expect(1.0).links, 0);
    }
}
