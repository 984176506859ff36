//! Which rows are compared, decided from sizes before any work (`protocols/04-matching.md` §5).
//!
//! Without block ids, or if all pairs can be compared quickly, there is one pass with a single block of all
//! records; otherwise each blocking rule is a pass, and a pair belongs to the first pass in which its records
//! share an id. Nothing here depends on threads or on the machine.

use std::ops::Range;

use mizuhiki_exchange::Comparable;

use crate::blocks::{Block, BlockOrder};

/// Up to this number of pairs times views, every pair is compared although there are block ids.
pub const EXHAUSTIVE_WORK: u64 = 10_000_000_000;

/// Maximum number of right rows of a unit. With more, checkpoints would be rare; with fewer, preparing the
/// left rows again would dominate.
const UNIT_ROWS: u32 = 32_768;

/// Minimum number of pairs of a unit, if there are as many: small blocks are combined.
const UNIT_PAIRS: u64 = 1 << 26;

/// Which pairs are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// Every pair if there are few or no block ids, else those that share a block id.
    #[default]
    Auto,
    /// Every pair.
    Exhaustive,
    /// Pairs that share a block id, even if there are few, provided that there are block ids.
    Blocks,
}

/// Why these pairs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanKind {
    /// Every pair, because it was asked for.
    ExhaustiveAsked,
    /// Every pair, because a file has no block ids.
    ExhaustiveNoBlocks,
    /// Every pair, because they are few.
    ExhaustiveFew,
    /// Pairs that share a block id.
    Blocked,
}

/// What is compared with what.
pub struct Plan<'a> {
    pub(crate) comparable: Comparable<'a>,
    kind: PlanKind,
    passes: Vec<PlannedPass>,
    /// Units of all passes, in order.
    units: Vec<Unit>,
}

/// A pass and its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedPass {
    /// Name of the pass; `all pairs` without blocking.
    pub name: String,
    /// Blocks that both sides have.
    pub blocks: u64,
    /// Pairs that share a block.
    pub pairs: u64,
    /// Rows of the left and of the right side that are in such a block.
    pub records: (u64, u64),
    /// Pairs of the largest block.
    pub largest: u64,
}

/// A unit of work; results of units are independent of each other.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) pass: usize,
    pub(crate) blocks: Vec<Block>,
    pub(crate) pairs: u64,
}

impl<'a> Plan<'a> {
    /// Plans a comparison.
    #[must_use]
    pub fn new(comparable: &Comparable<'a>, scope: Scope) -> Self {
        let kind = kind(comparable, scope);
        let names: Vec<String> = if kind == PlanKind::Blocked {
            comparable.left().meta().map_or_else(Vec::new, |meta| meta.schema.pass_names())
        } else {
            vec!["all pairs".to_owned()]
        };
        let mut plan = Self { comparable: *comparable, kind, passes: Vec::new(), units: Vec::new() };
        for (pass, name) in names.into_iter().enumerate() {
            let (left, right) = plan.orders(pass);
            let blocks = left.common(&right);
            plan.add_pass(name, &blocks);
        }
        plan
    }

    /// What is compared.
    #[must_use]
    pub const fn comparable(&self) -> &Comparable<'a> {
        &self.comparable
    }

    /// Why these pairs are compared.
    #[must_use]
    pub const fn kind(&self) -> PlanKind {
        self.kind
    }

    /// The passes, in order.
    #[must_use]
    pub fn passes(&self) -> &[PlannedPass] {
        &self.passes
    }

    /// Number of units of work.
    #[must_use]
    pub fn units(&self) -> usize {
        self.units.len()
    }

    /// Pairs of all passes; a pair that shares several ids counts in each of them.
    #[must_use]
    pub fn pairs(&self) -> u64 {
        self.passes.iter().map(|pass| pass.pairs).sum()
    }

    /// Pairs of a unit.
    ///
    /// # Panics
    /// If there is no such unit.
    #[must_use]
    pub fn unit_pairs(&self, unit: usize) -> u64 {
        self.units[unit].pairs
    }

    /// Name of the pass that a unit belongs to.
    ///
    /// # Panics
    /// If there is no such unit.
    #[must_use]
    pub fn pass_of(&self, unit: usize) -> &str {
        &self.passes[self.units[unit].pass].name
    }

    pub(crate) fn unit(&self, unit: usize) -> &Unit {
        &self.units[unit]
    }

    /// Units of a pass.
    pub(crate) fn units_of(&self, pass: usize) -> Range<usize> {
        let start = self.units.partition_point(|unit| unit.pass < pass);
        start..self.units.partition_point(|unit| unit.pass <= pass)
    }

    /// Rows of both sides in the blocks of a pass.
    pub(crate) fn orders(&self, pass: usize) -> (BlockOrder, BlockOrder) {
        let (left, right) = (self.comparable.left(), self.comparable.right());
        if self.kind == PlanKind::Blocked {
            (BlockOrder::new(&left.blocks()[pass]), BlockOrder::new(&right.blocks()[pass]))
        } else {
            (BlockOrder::whole(left.rows()), BlockOrder::whole(right.rows()))
        }
    }

    /// Whether two rows are compared: they share an id in some pass, or every pair is compared.
    pub(crate) fn meets(&self, left: u32, right: u32) -> bool {
        self.kind != PlanKind::Blocked || self.met_before(self.passes.len(), left, right)
    }

    /// Whether two rows share an id in a pass before `pass`.
    pub(crate) fn met_before(&self, pass: usize, left: u32, right: u32) -> bool {
        let (a, b) = (self.comparable.left().blocks(), self.comparable.right().blocks());
        self.kind == PlanKind::Blocked
            && (0..pass).any(|earlier| {
                let id = a[earlier][left as usize];
                id.is_some() && id == b[earlier][right as usize]
            })
    }

    fn add_pass(&mut self, name: String, blocks: &[Block]) {
        let pass = self.passes.len();
        let mut waiting = Unit { pass, blocks: Vec::new(), pairs: 0 };
        for block in blocks {
            for right in pieces(&block.right, UNIT_ROWS) {
                let piece = Block { left: block.left.clone(), right };
                waiting.pairs += self.pairs_of(&piece);
                waiting.blocks.push(piece);
                if waiting.pairs >= UNIT_PAIRS {
                    let next = Unit { pass, blocks: Vec::new(), pairs: 0 };
                    self.units.push(std::mem::replace(&mut waiting, next));
                }
            }
        }
        if !waiting.blocks.is_empty() {
            self.units.push(waiting);
        }
        let count = |range: fn(&Block) -> &Range<u32>| blocks.iter().map(|b| range(b).len() as u64).sum();
        let pairs = || blocks.iter().map(|block| self.pairs_of(block));
        self.passes.push(PlannedPass {
            name,
            blocks: blocks.len() as u64,
            pairs: pairs().sum(),
            records: (count(|block| &block.left), count(|block| &block.right)),
            largest: pairs().max().unwrap_or(0),
        });
    }

    /// Pairs of a block, or of some of its right rows with all of its left ones; within one file a row is
    /// paired with those before it.
    fn pairs_of(&self, block: &Block) -> u64 {
        let (left, right) = (block.left.len() as u64, block.right.len() as u64);
        if self.comparable.is_within() {
            let before = u64::from(block.right.start - block.left.start);
            right * before + right * right.saturating_sub(1) / 2
        } else {
            left * right
        }
    }
}

fn kind(comparable: &Comparable<'_>, scope: Scope) -> PlanKind {
    let (left, right) = (comparable.left(), comparable.right());
    let work =
        (left.rows() as u64).saturating_mul(right.rows() as u64).saturating_mul(left.views().len() as u64);
    match scope {
        Scope::Exhaustive => PlanKind::ExhaustiveAsked,
        _ if left.blocks().is_empty() || right.blocks().is_empty() => PlanKind::ExhaustiveNoBlocks,
        Scope::Auto if work <= EXHAUSTIVE_WORK => PlanKind::ExhaustiveFew,
        _ => PlanKind::Blocked,
    }
}

/// `range` in pieces of at most `rows`.
fn pieces(range: &Range<u32>, rows: u32) -> impl Iterator<Item = Range<u32>> {
    let end = range.end;
    range.clone().step_by(rows as usize).map(move |start| start..end.min(start.saturating_add(rows)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_a_range() {
        assert_eq!(pieces(&(3..10), 3).collect::<Vec<_>>(), [3..6, 6..9, 9..10]);
        assert_eq!(pieces(&(3..3), 3).count(), 0);
    }
}
