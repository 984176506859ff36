//! Runs of rows that were linked with an offset (`protocols/05-audit.md` §6).

use std::collections::VecDeque;

use mizuhiki_exchange::{Side, TAG_BYTES};

use super::outcome::PairComparison;

/// Probability that a comparison agrees between a record and the row that it belongs to.
const AGREE: f64 = 0.8;

/// Minimum probability with which different people are assumed to agree.
const LEAST_CHANCE: f64 = 1e-4;

/// A run of shifted rows is reported at this score, in bits: a chance of 2⁻⁴⁰ per possible start.
const REPORTED: f64 = 40.0;

/// Maximum number of rows from one hit of a run to the next.
const LONGEST_GAP: u32 = 12;

/// At this score, in bits, a single row is taken for another's.
const CLEAR: f64 = 8.0;

/// Score, in bits, of a row that does not agree at the offset of its run.
const MISS: f64 = -2.0;

/// Rows of the left file that were linked with an offset: the right records agree with the left ones `offset`
/// positions later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Number of positions.
    pub offset: i8,
    /// First and last row of the run, numbered from 0 in the order of the left file's handles.
    pub first: u32,
    /// See `first`.
    pub last: u32,
    /// Rows of the run that agree at the offset.
    pub agreeing: u32,
}

/// The neighbor tags of a link in the window.
struct Row {
    left: Vec<u8>,
    /// Empty if there is no right row.
    right: Vec<u8>,
}

/// Compares rows, in order, with their neighbors.
pub struct ShiftSearch<'c> {
    comparison: &'c PairComparison,
    window: VecDeque<Row>,
    rows: u32,
    /// Offset and row at which a left record agrees with the right one.
    agreeing: Vec<(i8, u32)>,
    /// Number of pairs of rows that were compared.
    compared: u64,
}

impl<'c> ShiftSearch<'c> {
    /// For rows of a comparison's schema.
    #[must_use]
    pub fn new(comparison: &'c PairComparison) -> Self {
        Self { comparison, window: VecDeque::new(), rows: 0, agreeing: Vec::new(), compared: 0 }
    }

    /// Takes the next left row and the right row of its handle, if there is one.
    pub fn push(&mut self, left: &[u8], right: Option<&[u8]>) {
        let [of_left, of_right] = [Side::Left, Side::Right].map(|side| self.comparison.layout(side));
        let left = left[of_left.neighbours_start()..].to_vec();
        let right = right.map_or_else(Vec::new, |right| right[of_right.neighbours_start()..].to_vec());
        let new = self.rows;
        self.rows += 1;
        self.window.push_back(Row { left, right });
        if self.window.len() > of_left.reach + 1 {
            self.window.pop_front();
        }
        let last = self.window.len() - 1;
        for back in 1..=last {
            // The new row's left record against the earlier row's right one, and vice versa.
            self.look(last, last - back, new - back as u32, back as i8);
            self.look(last - back, last, new, -(back as i8));
        }
    }

    /// Compares the left record of the window's row `of` with the right record of row `with`, which is row
    /// number `row` and lies `offset` positions before it.
    fn look(&mut self, of: usize, with: usize, row: u32, offset: i8) {
        let right = &self.window[with].right;
        if right.is_empty() {
            return;
        }
        let layout = self.comparison.layout(Side::Left);
        let place = layout.neighbor(-isize::from(offset)).start - layout.neighbours_start();
        let tag = place..place + TAG_BYTES;
        self.compared += 1;
        if self.window[of].left[tag.clone()] == right[tag] {
            self.agreeing.push((offset, row));
        }
    }

    /// The runs, in the order of rows, and the single rows whose right records agree with another row's left
    /// one, with the offset. `linked_right(row)` is true if the row agrees with its own right record.
    #[must_use]
    pub fn finish(mut self, linked_right: impl Fn(u32) -> bool) -> (Vec<Shift>, Vec<(u32, i8)>) {
        let chance =
            ((self.agreeing.len() as f64 + 0.5) / (self.compared as f64 + 1.0)).clamp(LEAST_CHANCE, 0.5);
        let score = (AGREE / chance).log2();
        self.agreeing.sort_unstable();
        let mut shifts: Vec<Shift> = Vec::new();
        let mut single: Vec<(u32, i8)> = Vec::new();
        for run in self.agreeing.chunk_by(|a, b| a.0 == b.0) {
            let offset = run[0].0;
            let hits: Vec<(u32, f64)> =
                run.iter().filter(|hit| !linked_right(hit.1)).map(|hit| (hit.1, score)).collect();
            if score >= CLEAR {
                single.extend(hits.iter().map(|hit| (hit.0, offset)));
            }
            shifts.extend(shift_runs(&hits).into_iter().map(|(first, last, agreeing)| Shift {
                offset,
                first,
                last,
                agreeing,
            }));
        }
        // Of overlapping runs, the one that agrees most is kept.
        shifts.sort_unstable_by_key(|shift| (std::cmp::Reverse(shift.agreeing), shift.first, shift.offset));
        let mut kept: Vec<Shift> = Vec::new();
        for shift in shifts {
            if kept.iter().all(|other| shift.last < other.first || other.last < shift.first) {
                kept.push(shift);
            }
        }
        kept.sort_unstable_by_key(|shift| shift.first);
        single.sort_unstable();
        (kept, single)
    }
}

/// Runs of hits at one offset with a sufficient score: first row, last row, number of hits. Rows between hits
/// lower the score.
#[must_use]
pub fn shift_runs(hits: &[(u32, f64)]) -> Vec<(u32, u32, u32)> {
    let hits: Vec<(u32, f64)> = hits.iter().copied().filter(|hit| hit.1 > 0.0).collect();
    hits.chunk_by(|a, b| b.0 - a.0 <= LONGEST_GAP)
        .filter_map(|run| {
            let (first, last) = (run[0].0, run[run.len() - 1].0);
            let between = f64::from(last - first + 1 - run.len() as u32);
            let weight: f64 = run.iter().map(|hit| hit.1).sum();
            (weight + MISS * between >= REPORTED).then_some((first, last, run.len() as u32))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_found_with_their_extent_and_single_hits_are_not() {
        let shifted = (100..130).filter(|row| row % 7 != 0).map(|row| (row, 12.0));
        let hits: Vec<_> = [(5, 12.0), (40, 12.0)].into_iter().chain(shifted).chain([(400, 12.0)]).collect();
        assert_eq!(shift_runs(&hits), [(100, 129, 26)]);
        assert_eq!(shift_runs(&[(1, 12.0), (2, 12.0), (3, 12.0)]), []);
    }
}
