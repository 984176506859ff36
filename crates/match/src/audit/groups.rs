//! Groups of links with the same label, and what stands out in each (`protocols/05-audit.md` §7).

use mizuhiki_schema::{AuditRole, AuditSchema};

use super::links::ComparedLinks;
use super::rates::{binomial_tail, wilson};

/// Probability, over all groups and tests, that something stands out by chance.
const FALSE_ALARM: f64 = 1e-3;

/// Minimum number of wrong links, or of differing links, of a group that stands out.
const LEAST_WRONG: f64 = 3.0;
const LEAST_DIFFERENT: u64 = 3;

/// A group of links and its results.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkGroup {
    /// Number of its label.
    pub label: u32,
    /// Links in the group.
    pub links: u64,
    /// Expected number of wrong links among them.
    pub expected_wrong: f64,
    /// 95 % interval of the share of wrong links.
    pub interval: (f64, f64),
    /// What stands out: kind, comparison, number of links.
    pub flags: Vec<(GroupFlag, Option<usize>, u64)>,
}

/// The way in which a group stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupFlag {
    /// More wrong links than elsewhere.
    ErrorRate,
    /// Addresses differ more often than elsewhere.
    Stale,
    /// Values of a comparison differ more often than elsewhere.
    Differs,
}

/// Sums over the links of a group.
#[derive(Clone)]
struct Sums {
    links: u64,
    wrong: f64,
    /// Links in which each comparison differs.
    differ: Vec<u64>,
}

impl Sums {
    fn new(comparisons: usize) -> Self {
        Self { links: 0, wrong: 0.0, differ: vec![0; comparisons] }
    }

    fn add(&mut self, probability: f64, differs: &[bool]) {
        self.links += 1;
        self.wrong += probability;
        self.differ.iter_mut().zip(differs).for_each(|(sum, differs)| *sum += u64::from(*differs));
    }
}

/// Sums per group.
pub(super) struct GroupSums {
    /// Which comparisons differ, by pattern.
    differs: Vec<Vec<bool>>,
    of: Vec<Sums>,
    total: Sums,
}

impl GroupSums {
    pub(super) fn new(schema: &AuditSchema, links: &ComparedLinks<'_>) -> Self {
        let comparisons = schema.body().comparisons.len();
        // Without labels there are no groups.
        let patterns = if links.labels().is_empty() { 0 } else { links.patterns().len() as u32 };
        let differs = (0..patterns).map(|pattern| {
            let (vector, _) = links.patterns().pattern(pattern);
            let differs = |at: usize| links.comparison().outcomes()[at].differs(vector[at]);
            (0..comparisons).map(differs).collect()
        });
        Self {
            differs: differs.collect(),
            of: vec![Sums::new(comparisons); links.labels().len()],
            total: Sums::new(comparisons),
        }
    }

    /// Adds a link with its pattern, label and probability of being wrong.
    pub(super) fn add(&mut self, pattern: u32, label: u32, probability: f64) {
        let differs = &self.differs[pattern as usize];
        self.of[label as usize].add(probability, differs);
        self.total.add(probability, differs);
    }

    /// The groups with a label, and what stands out in each, compared with all others.
    pub(super) fn finish(self, schema: &AuditSchema, links: &ComparedLinks<'_>) -> Vec<LinkGroup> {
        let comparisons = &schema.body().comparisons;
        let tests = self.of.len().max(1) * (comparisons.len() + 1);
        let level = FALSE_ALARM / tests as f64;
        let mut groups = Vec::new();
        for (sums, label) in self.of.iter().zip(0_u32..) {
            if sums.links == 0 || links.labels()[label as usize].is_empty() {
                continue;
            }
            let others = (self.total.links - sums.links) as f64;
            // Count one more, so that no rate elsewhere is zero.
            let stands_out = |part: f64, total: f64| {
                let elsewhere = ((total - part + 1.0) / (others + 1.0)).min(1.0);
                others > 0.0 && binomial_tail(part, sums.links as f64, elsewhere) < level
            };
            let mut flags = Vec::new();
            if sums.wrong >= LEAST_WRONG && stands_out(sums.wrong, self.total.wrong) {
                flags.push((GroupFlag::ErrorRate, None, sums.wrong.round() as u64));
            }
            for (at, (&part, &total)) in sums.differ.iter().zip(&self.total.differ).enumerate() {
                if part >= LEAST_DIFFERENT && stands_out(part as f64, total as f64) {
                    let address = comparisons[at].role == AuditRole::Address;
                    let flag = if address { GroupFlag::Stale } else { GroupFlag::Differs };
                    flags.push((flag, Some(at), part));
                }
            }
            groups.push(LinkGroup {
                label,
                links: sums.links,
                expected_wrong: sums.wrong,
                interval: wilson(sums.wrong, sums.links as f64),
                flags,
            });
        }
        groups
    }
}
