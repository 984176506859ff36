//! Exhaustive candidate search: every pair is compared in every view.

use std::sync::atomic::{AtomicUsize, Ordering};

use mizuhiki_bits::Hit;
use mizuhiki_exchange::Comparable;
use mizuhiki_schema::Similarity;
use rayon::prelude::*;

use crate::MatchError;
use crate::measure::{ViewScan, rms, similarity};

/// Left rows that share a pass over the right-hand side.
const LEFT_ROWS: usize = 128;

/// Bytes of right-hand rows that stay in cache while the left rows pass.
const TILE_BYTES: usize = 1 << 18;

/// A pair of rows with its similarity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Row of the left token set.
    pub left: u32,
    /// Row of the right token set.
    pub right: u32,
    /// Similarity over all views.
    pub similarity: f64,
}

/// Bounds on what matching keeps in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Candidate pairs that are kept at most, 16 bytes each.
    pub candidates: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { candidates: 100_000_000 }
    }
}

/// All pairs of at least `threshold`, ordered by left row, then right row. `advance` is told how many pairs
/// were compared since its last call, from any thread.
///
/// # Errors
/// [`MatchError::TooManyCandidates`] past the limit.
pub fn candidates(
    comparable: &Comparable<'_>,
    threshold: Similarity,
    limits: Limits,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<Vec<Candidate>, MatchError> {
    let search = Search::new(comparable, threshold.get());
    let kept = AtomicUsize::new(0);
    let left = comparable.left().len();
    let chunks: Vec<Vec<Candidate>> = (0..left.div_ceil(LEFT_ROWS))
        .into_par_iter()
        .map(|chunk| {
            let first = chunk * LEFT_ROWS;
            let rows: Vec<usize> = (first..(first + LEFT_ROWS).min(left)).collect();
            let found = search.rows(&rows);
            advance(rows.len() as u64 * comparable.right().len() as u64);
            let kept = kept.fetch_add(found.len(), Ordering::Relaxed) + found.len();
            if kept > limits.candidates {
                return Err(MatchError::TooManyCandidates {
                    limit: limits.candidates,
                    borderline: threshold.get(),
                });
            }
            Ok(found)
        })
        .collect::<Result<_, _>>()?;
    Ok(chunks.concat())
}

/// Similarity of a left and a right row (`protocols/04-matching.md` §3).
///
/// # Panics
/// If there is no such row.
#[must_use]
pub fn similarity_of(comparable: &Comparable<'_>, left: usize, right: u32) -> f64 {
    Search::new(comparable, 0.0).similarity(left, right)
}

/// A prepared comparison of two token sets at one threshold.
pub(crate) struct Search<'a> {
    comparable: Comparable<'a>,
    threshold: f64,
    views: Vec<ViewScan<'a>>,
    /// Of each view, left rows' weights.
    weights: Vec<Vec<u32>>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(comparable: &Comparable<'a>, threshold: f64) -> Self {
        let measure = comparable.measure();
        // If every view stays below the wanted root mean square, so does the pair: a pair that reaches it
        // has a view that does. The margin covers rounding; the pair itself is decided by its similarity.
        let least = rms(measure, threshold) * (1.0 - 1e-9);
        let views =
            comparable.right().views().iter().map(|view| ViewScan::new(&view.rows, measure, least)).collect();
        let weights = comparable
            .left()
            .views()
            .iter()
            .map(|view| (0..view.rows.len()).map(|row| view.rows.weight(row)).collect())
            .collect();
        Self { comparable: *comparable, threshold, views, weights }
    }

    /// Candidates of the left rows `rows`, in that order, each by right row.
    pub(crate) fn rows(&self, rows: &[usize]) -> Vec<Candidate> {
        let mut found: Vec<Vec<u32>> = vec![Vec::new(); rows.len()];
        let mut hits: Vec<Hit> = Vec::new();
        for (index, view) in self.views.iter().enumerate() {
            let left = &self.comparable.left().views()[index];
            let present = &self.comparable.right().views()[index].present;
            let tile = (TILE_BYTES / (view.rows().stride() * 8)).max(1);
            for start in (0..view.rows().len()).step_by(tile) {
                let end = (start + tile).min(view.rows().len());
                for (&row, found) in rows.iter().zip(&mut found).filter(|(row, _)| left.present[**row]) {
                    let start = if self.comparable.is_within() { start.max(row + 1) } else { start };
                    if start < end {
                        hits.clear();
                        view.hits(left.rows.row(row), self.weights[index][row], start..end, &mut hits);
                        found.extend(hits.iter().map(|hit| hit.row).filter(|&right| present[right as usize]));
                    }
                }
            }
        }
        rows.iter().zip(found).flat_map(|(&row, rights)| self.decide(row, rights)).collect()
    }

    /// Of the rows that reached the threshold in some view, those that reach it in all views together.
    fn decide(&self, row: usize, mut rights: Vec<u32>) -> impl Iterator<Item = Candidate> {
        rights.sort_unstable();
        rights.dedup();
        rights.into_iter().filter_map(move |right| {
            let similarity = self.similarity(row, right);
            (similarity >= self.threshold).then_some(Candidate { left: row as u32, right, similarity })
        })
    }

    /// Similarity of two rows over all views; a view that one of them has not agrees by 0.
    pub(crate) fn similarity(&self, row: usize, right: u32) -> f64 {
        let agreement = |index: usize| {
            let left = &self.comparable.left().views()[index];
            if left.present[row] && self.comparable.right().views()[index].present[right as usize] {
                self.views[index].agreement_with(left.rows.row(row), self.weights[index][row], right)
            } else {
                0.0
            }
        };
        let rms = match self.views.len() {
            1 => agreement(0),
            count => ((0..count).map(|index| agreement(index).powi(2)).sum::<f64>() / count as f64).sqrt(),
        };
        similarity(self.comparable.measure(), rms)
    }
}
