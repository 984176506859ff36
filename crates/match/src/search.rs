//! Candidate search: compares the units of a plan in every view.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use mizuhiki_bits::{ColumnOrder, InstructionSet, PairHit, Queries, RowScan, Tiles};
use mizuhiki_exchange::Comparable;
use mizuhiki_schema::Similarity;
use rayon::prelude::*;

use crate::blocks::{Block, BlockOrder};
use crate::measure::{dice, need};
use crate::plan::{Plan, Scope, Unit};

/// Left rows that share a pass over the right-hand side; few enough that the list of hits stays small even if
/// every pair is one.
const LEFT_ROWS: usize = 256;

/// Minimum number of right rows for which tiles are faster.
const FEW_ROWS: usize = 96;

/// A pair of records with its similarity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Record of the left token set.
    pub left: u32,
    /// Record of the right token set.
    pub right: u32,
    /// Similarity over all views, of the most similar alternatives that are compared.
    pub similarity: f64,
}

/// Results of a unit of a plan.
#[derive(Debug)]
pub struct UnitResult {
    /// Number of the unit.
    pub unit: usize,
    /// Pairs compared, or symbols joined.
    pub pairs: u64,
    /// Candidates, by left record, then right record within a block.
    pub candidates: Vec<Candidate>,
}

/// Searches the units of `plan` for pairs at or above `threshold`, except units for which `skip` is true.
/// `take` gets each unit's results, from any thread and in any order, and may stop the search.
pub fn search<B: Send>(
    plan: &Plan<'_>,
    threshold: Similarity,
    skip: &(dyn Fn(usize) -> bool + Sync),
    take: &(dyn Fn(UnitResult) -> ControlFlow<B> + Sync),
) -> ControlFlow<B> {
    let scorer = Scorer::new(&plan.comparable);
    let views = ViewSearch::all(&scorer, threshold.get());
    for pass in 0..plan.passes().len() {
        let units: Vec<usize> = plan.units_of(pass).filter(|&unit| !skip(unit)).collect();
        if units.is_empty() {
            continue;
        }
        let orders = plan.orders(pass);
        let task = Task { plan, scorer: &scorer, views: &views, threshold: threshold.get(), orders: &orders };
        units.into_par_iter().try_for_each(|unit| take(task.run(unit)))?;
    }
    ControlFlow::Continue(())
}

/// Every pair of `scope` that reaches `threshold`, in memory, by left record, then right record.
#[must_use]
pub fn candidates(comparable: &Comparable<'_>, threshold: Similarity, scope: Scope) -> Vec<Candidate> {
    let plan = Plan::new(comparable, scope);
    let found = Mutex::new(Vec::new());
    let ended = search::<()>(&plan, threshold, &|_| false, &|mut result| {
        found.lock().unwrap_or_else(PoisonError::into_inner).append(&mut result.candidates);
        ControlFlow::Continue(())
    });
    debug_assert!(ended.is_continue(), "nothing stops this search");
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.par_sort_unstable_by_key(|candidate| (candidate.left, candidate.right));
    found
}

/// Data that every unit of a pass needs.
struct Task<'a> {
    plan: &'a Plan<'a>,
    scorer: &'a Scorer<'a>,
    views: &'a [ViewSearch<'a>],
    threshold: f64,
    orders: &'a (BlockOrder, BlockOrder),
}

impl Task<'_> {
    fn run(&self, number: usize) -> UnitResult {
        let unit: &Unit = self.plan.unit(number);
        let candidates =
            unit.blocks.par_iter().flat_map_iter(|block| self.run_block(unit.pass, block)).collect();
        UnitResult { unit: number, pairs: unit.pairs, candidates }
    }

    fn run_block(&self, pass: usize, block: &Block) -> Vec<Candidate> {
        let (left, right) = (self.orders.0.rows(&block.left), self.orders.1.rows(&block.right));
        // Within one file rows are ascending in a block, and only those before the last right row count.
        let left = match right.last() {
            Some(last) if self.plan.comparable.is_within() => &left[..left.partition_point(|row| row < last)],
            _ => left,
        };
        let sides: Vec<RightSide<'_>> = self.views.par_iter().map(|view| view.right_side(right)).collect();
        let queries = || self.views.iter().map(ViewSearch::queries).collect::<Vec<_>>();
        left.par_chunks(LEFT_ROWS)
            .map_init(queries, |queries, rows| self.run_rows(pass, rows, &sides, queries))
            .flatten_iter()
            .collect()
    }

    fn run_rows(
        &self,
        pass: usize,
        rows: &[u32],
        sides: &[RightSide<'_>],
        queries: &mut [Queries<'_>],
    ) -> Vec<Candidate> {
        let mut pairs = Vec::new();
        for ((view, side), queries) in self.views.iter().zip(sides).zip(queries) {
            view.hits(side, rows, queries, &mut pairs);
        }
        pairs.sort_unstable();
        pairs.dedup();
        pairs.retain(|&(left, right)| {
            !(self.plan.comparable.is_within() && right <= left || self.plan.met_before(pass, left, right))
        });
        let mut candidates = Vec::new();
        for of_row in pairs.chunk_by(|a, b| a.0 == b.0) {
            self.decide(of_row, &mut candidates);
        }
        candidates
    }

    /// Of the pairs of one left row that reach the threshold in some view, those that reach it over all
    /// views.
    fn decide(&self, pairs: &[(u32, u32)], candidates: &mut Vec<Candidate>) {
        let comparable = &self.plan.comparable;
        let (left_set, right_set) = (comparable.left(), comparable.right());
        let left = pairs[0].0;
        let rights: Vec<u32> = pairs.iter().map(|&(_, right)| right).collect();
        let similarities = self.scorer.similarities(left, &rights);
        for (right, similarity) in rights.into_iter().zip(similarities) {
            let records = (left_set.record_of(left), right_set.record_of(right));
            let of_one_record = comparable.is_within() && records.0 == records.1;
            if similarity >= self.threshold
                && !of_one_record
                && self.is_best(records, (left, right), similarity)
            {
                candidates.push(Candidate { left: records.0, right: records.1, similarity });
            }
        }
    }

    /// Whether no other compared alternatives of the two records are more similar; of equally similar ones
    /// the first pair counts. So a pair of records is a candidate only once, whichever rows meet.
    fn is_best(&self, records: (u32, u32), rows: (u32, u32), similarity: f64) -> bool {
        let comparable = &self.plan.comparable;
        let (lefts, rights) = (comparable.left().rows_of(records.0), comparable.right().rows_of(records.1));
        if lefts.len() == 1 && rights.len() == 1 {
            return true;
        }
        let rights: Vec<u32> = rights.collect();
        lefts.into_iter().all(|left| {
            self.scorer.similarities(left, &rights).into_iter().zip(&rights).all(|(other, &right)| {
                let before = (left, right) < rows;
                (left, right) == rows
                    || other < similarity
                    || (other == similarity && !before)
                    || !self.plan.meets(left, right)
            })
        })
    }
}

/// One view, prepared for pairs of at least some agreement.
struct ViewSearch<'a> {
    left: &'a mizuhiki_exchange::ViewTokens,
    right: &'a mizuhiki_exchange::ViewTokens,
    order: ColumnOrder,
    scan: &'a RowScan<'a>,
    need: Vec<u32>,
    instructions: InstructionSet,
}

/// Right rows of a block in one view.
enum RightSide<'a> {
    Few(Vec<u32>),
    Tiles(Tiles<'a>),
}

impl<'a> ViewSearch<'a> {
    /// Every view, for pairs whose overall similarity reaches `threshold`.
    fn all(scorer: &'a Scorer<'a>, threshold: f64) -> Vec<Self> {
        let comparable = &scorer.comparable;
        // A pair that reaches the threshold in the root mean square reaches it in at least one view. The
        // margin covers rounding; the similarity of the pair itself decides.
        let least = threshold * (1.0 - 1e-9);
        let instructions = InstructionSet::detect();
        let views = comparable.left().views().iter().zip(comparable.right().views());
        views
            .zip(&scorer.scans)
            .map(|((left, right), scan)| Self {
                left,
                right,
                order: ColumnOrder::by_density(&right.rows),
                scan,
                need: need(right.rows.width(), least),
                instructions,
            })
            .collect()
    }

    fn right_side(&self, rows: &[u32]) -> RightSide<'_> {
        let present: Vec<u32> =
            rows.iter().copied().filter(|&row| self.right.present[row as usize]).collect();
        if present.len() < FEW_ROWS {
            RightSide::Few(present)
        } else {
            RightSide::Tiles(Tiles::new(&self.right.rows, &present, &self.order, self.instructions))
        }
    }

    fn queries(&self) -> Queries<'_> {
        Queries::new(&self.left.rows, &self.order, self.instructions)
    }

    /// Appends the pairs of `rows` and the right side that reach the agreement.
    fn hits(
        &self,
        side: &RightSide<'_>,
        rows: &[u32],
        queries: &mut Queries<'_>,
        pairs: &mut Vec<(u32, u32)>,
    ) {
        let present: Vec<u32> = rows.iter().copied().filter(|&row| self.left.present[row as usize]).collect();
        match side {
            RightSide::Tiles(tiles) => {
                queries.prepare(&present);
                let mut hits: Vec<PairHit> = Vec::new();
                tiles.common(queries, &self.need, &mut hits);
                pairs.extend(hits.iter().map(|hit| (present[hit.query as usize], hit.row)));
            }
            RightSide::Few(members) => {
                let mut hits = Vec::new();
                for &row in &present {
                    let weight = self.left.rows.weight(row as usize);
                    hits.clear();
                    let words = self.left.rows.row(row as usize);
                    self.scan.common(words, weight, members, &self.need, &mut hits);
                    pairs.extend(hits.iter().map(|hit| (row, hit.row)));
                }
            }
        }
    }
}

/// Similarities of pairs of rows, exactly.
pub(crate) struct Scorer<'a> {
    comparable: Comparable<'a>,
    scans: Vec<RowScan<'a>>,
}

impl<'a> Scorer<'a> {
    pub(crate) fn new(comparable: &Comparable<'a>) -> Self {
        let instructions = InstructionSet::detect();
        let scan = |view: &'a mizuhiki_exchange::ViewTokens| RowScan::new(&view.rows, instructions);
        Self { comparable: *comparable, scans: comparable.right().views().iter().map(scan).collect() }
    }

    /// Agreements of `left` with each of `rights` in one view; 0 if one of the two has no token in it.
    pub(crate) fn agreements(&self, view: usize, left: u32, rights: &[u32]) -> Vec<f64> {
        let (a, b) = (&self.comparable.left().views()[view], &self.comparable.right().views()[view]);
        let mut agreements = vec![0.0; rights.len()];
        if a.present[left as usize] {
            let (weight, scan) = (a.rows.weight(left as usize), &self.scans[view]);
            scan.counts(a.rows.row(left as usize), rights, |position, common| {
                let right = rights[position] as usize;
                if b.present[right] {
                    let sum = weight + scan.weights()[right];
                    agreements[position] = dice(common, sum);
                }
            });
        }
        agreements
    }

    /// Similarity of `left` with each of `rights` over all views.
    pub(crate) fn similarities(&self, left: u32, rights: &[u32]) -> Vec<f64> {
        let views = self.scans.len();
        if views == 1 {
            return self.agreements(0, left, rights);
        }
        let mut squares = vec![0.0; rights.len()];
        for view in 0..views {
            for (square, agreement) in squares.iter_mut().zip(self.agreements(view, left, rights)) {
                *square += agreement * agreement;
            }
        }
        squares.into_iter().map(|square| (square / views as f64).sqrt()).collect()
    }
}

/// The most similar rows of each pair of records, numbered from the record's first row; of equal ones the
/// first.
///
/// # Panics
/// If there is no such record.
#[must_use]
pub fn best_rows(comparable: &Comparable<'_>, pairs: &[(u32, u32)]) -> Vec<(usize, usize)> {
    let scorer = Scorer::new(comparable);
    let best = |&(left, right): &(u32, u32)| {
        let rights: Vec<u32> = comparable.right().rows_of(right).collect();
        let mut best = (0, 0);
        let mut highest = f64::NEG_INFINITY;
        for (at, row) in comparable.left().rows_of(left).enumerate() {
            for (other, similarity) in scorer.similarities(row, &rights).into_iter().enumerate() {
                if similarity > highest {
                    (highest, best) = (similarity, (at, other));
                }
            }
        }
        best
    };
    pairs.iter().map(best).collect()
}

/// The agreement of two records in each view, 0..=1, by their most similar rows; 0 if one has no token.
///
/// # Panics
/// If there is no such record.
#[must_use]
pub fn agreements_of(comparable: &Comparable<'_>, left: u32, right: u32) -> Vec<f64> {
    let scorer = Scorer::new(comparable);
    let (row, other) = best_rows(comparable, &[(left, right)])[0];
    let row = comparable.left().rows_of(left).start + row as u32;
    let other = comparable.right().rows_of(right).start + other as u32;
    let views = 0..comparable.left().views().len();
    views.map(|view| scorer.agreements(view, row, &[other])[0]).collect()
}

/// Similarity of a left and a right row of tokens (`protocols/04-matching.md` §3).
///
/// # Panics
/// If there is no such row.
#[must_use]
pub fn similarity_of(comparable: &Comparable<'_>, left: u32, right: u32) -> f64 {
    Scorer::new(comparable).similarities(left, &[right])[0]
}
