//! Second step of an audit: every pattern graded, shifted rows and batches found, the list put in order.

use std::collections::HashMap;

use mizuhiki_match::audit::{AuditClass, Grade, Model, Shift, binomial_tail, grade, wilson};
use mizuhiki_match::audit::{Outcome, PairComparison};
use mizuhiki_schema::{AuditRole, AuditSchema};

use crate::audit_read::{LEFT_ONLY, Links, RIGHT_ONLY};

/// Probability of a wrong link in a shifted run.
const SHIFTED: f64 = 0.9999;

/// Probability of being wrong from which a link is a finding whatever its class.
const NOTABLE: f64 = 0.001;

/// Chance, over all groups and tests, that something stands out by itself.
const FALSE_ALARM: f64 = 1e-3;

/// Wrong links that a group must have for its rate to stand out.
const LEAST_WRONG: f64 = 3.0;

/// A handle, as it is found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finding {
    /// Place of the handle in the order of handles.
    pub(crate) row: u32,
    pub(crate) class: AuditClass,
    pub(crate) probability: f64,
    /// Number of the pattern; none for handles of one side.
    pub(crate) pattern: Option<u32>,
    /// Number of the shift.
    pub(crate) shift: Option<u32>,
}

/// What is found of a group of links.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) label: u32,
    pub(crate) links: u64,
    pub(crate) expected_wrong: f64,
    pub(crate) interval: (f64, f64),
    /// What stands out: kind, comparison concerned, links concerned.
    pub(crate) flags: Vec<(GroupFlag, Option<usize>, u64)>,
}

/// What stands out in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GroupFlag {
    /// More wrong links than elsewhere.
    ErrorRate,
    /// Addresses differ more often than elsewhere.
    Stale,
    /// Values of a comparison differ more often than elsewhere.
    Differs,
}

/// All grades of an audit.
pub(crate) struct Graded {
    /// By pattern.
    pub(crate) grades: Vec<Grade>,
    pub(crate) shifts: Vec<Shift>,
    /// Wrong rows, as places in the order of handles, whose right record agrees with the left one so many places on.
    pub(crate) neighbours: HashMap<u32, i8>,
    /// Rows of the left file, as places in the order of handles.
    pub(crate) left_rows: Vec<u32>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) groups: Vec<Group>,
    /// Links and expected wrong ones by class, in the order of [`AuditClass::ALL`].
    pub(crate) classes: [(u64, f64); 12],
}

impl Graded {
    pub(crate) fn new(
        schema: &AuditSchema,
        comparison: &PairComparison,
        model: &Model,
        links: &mut Links<'_>,
        all: bool,
    ) -> Self {
        let grades: Vec<Grade> = (0..links.patterns.len() as u32)
            .map(|pattern| {
                let (vector, hints) = links.patterns.pattern(pattern);
                grade(schema, model, vector, hints)
            })
            .collect();
        let left_rows: Vec<u32> =
            (0..links.rows.len() as u32).filter(|row| links.rows[*row as usize] != RIGHT_ONLY).collect();
        let is_wrong = |row: u32| {
            let pattern = links.rows[left_rows[row as usize] as usize];
            pattern < RIGHT_ONLY && grades[pattern as usize].probability >= 0.5
        };
        let (found, neighbours) =
            links.shifts.take().map(|search| search.finish(|row| !is_wrong(row))).unwrap_or_default();
        let shifts: Vec<Shift> = found
            .into_iter()
            .map(|shift| {
                // The ends of a run may be tied to nobody's row.
                let first = shift.first.checked_sub(1).filter(|row| is_wrong(*row)).unwrap_or(shift.first);
                let last = Some(shift.last + 1)
                    .filter(|row| (*row as usize) < left_rows.len() && is_wrong(*row))
                    .unwrap_or(shift.last);
                Shift { first, last, ..shift }
            })
            .collect();
        let mut graded = Self {
            grades,
            shifts,
            neighbours: neighbours
                .into_iter()
                .map(|(row, offset)| (left_rows[row as usize], offset))
                .collect(),
            left_rows,
            findings: Vec::new(),
            groups: Vec::new(),
            classes: [(0, 0.0); 12],
        };
        let found = graded.find(links);
        graded.groups = graded.group(schema, comparison, links, &found);
        for finding in &found {
            let (count, wrong) = &mut graded.classes[finding.class as usize];
            *count += 1;
            *wrong += finding.probability;
        }
        graded.findings = found
            .into_iter()
            .filter(|finding| all || finding.class != AuditClass::Match || finding.probability >= NOTABLE)
            .collect();
        let order =
            |finding: &Finding| (finding.pattern.is_none(), finding.class == AuditClass::Insufficient);
        graded.findings.sort_by(|a, b| {
            let first = |finding: &Finding| finding.probability;
            (order(a).0.cmp(&order(b).0))
                .then_with(|| first(b).total_cmp(&first(a)))
                .then_with(|| order(a).1.cmp(&order(b).1))
                .then_with(|| a.row.cmp(&b.row))
        });
        graded
    }

    /// Every handle's finding, in the order of handles.
    fn find(&self, links: &Links<'_>) -> Vec<Finding> {
        let mut shift_of = vec![None; links.rows.len()];
        for (number, shift) in self.shifts.iter().enumerate() {
            for row in shift.first..=shift.last {
                shift_of[self.left_rows[row as usize] as usize] = Some(number as u32);
            }
        }
        let one = |(row, &pattern): (usize, &u32)| {
            let row_number = row as u32;
            match pattern {
                LEFT_ONLY | RIGHT_ONLY => Finding {
                    row: row_number,
                    class: if pattern == LEFT_ONLY { AuditClass::LeftOnly } else { AuditClass::RightOnly },
                    probability: 0.0,
                    pattern: None,
                    shift: None,
                },
                _ => {
                    let grade = &self.grades[pattern as usize];
                    let shift = shift_of[row].filter(|_| grade.probability >= 0.5);
                    let class = match grade.class {
                        _ if shift.is_some() => AuditClass::BlockShift,
                        // Who is tied is the next row's person: the row was entered for the wrong one.
                        AuditClass::PriorHolder if self.neighbours.contains_key(&row_number) => {
                            AuditClass::Unrelated
                        }
                        class => class,
                    };
                    let probability =
                        if shift.is_some() { grade.probability.max(SHIFTED) } else { grade.probability };
                    Finding { row: row_number, class, probability, pattern: Some(pattern), shift }
                }
            }
        };
        links.rows.iter().enumerate().map(one).collect()
    }

    /// Groups by label, and what stands out in them.
    fn group(
        &self,
        schema: &AuditSchema,
        comparison: &PairComparison,
        links: &Links<'_>,
        found: &[Finding],
    ) -> Vec<Group> {
        let comparisons = schema.body().comparisons.len();
        let differs: Vec<Vec<bool>> = (0..links.patterns.len() as u32)
            .map(|pattern| {
                let (vector, _) = links.patterns.pattern(pattern);
                let outcome = |at: usize| comparison.outcomes()[at].outcome(vector[at]);
                (0..comparisons)
                    .map(|at| matches!(outcome(at), Outcome::Different | Outcome::Similar(1 | 2)))
                    .collect()
            })
            .collect();
        let mut counts = vec![(0_u64, 0.0_f64, vec![0_u64; comparisons]); links.labels.len()];
        let mut total = (0_u64, 0.0, vec![0_u64; comparisons]);
        for (finding, &label) in found.iter().zip(&links.label_of) {
            let Some(pattern) = finding.pattern else { continue };
            for sums in [&mut counts[label as usize], &mut total] {
                sums.0 += 1;
                sums.1 += finding.probability;
                for (sum, differs) in sums.2.iter_mut().zip(&differs[pattern as usize]) {
                    *sum += u64::from(*differs);
                }
            }
        }
        let tests = links.labels.len().max(1) * (comparisons + 1);
        let level = FALSE_ALARM / tests as f64;
        let share = |part: f64| part / (total.0 as f64).max(1.0);
        counts
            .into_iter()
            .zip(0..)
            .filter(|((count, ..), label)| *count > 0 && !links.labels[*label as usize].is_empty())
            .map(|((count, wrong, differ), label)| {
                let stands_out = |part: f64, overall: f64| binomial_tail(part, count as f64, overall) < level;
                let mut flags = Vec::new();
                if wrong >= LEAST_WRONG && stands_out(wrong, share(total.1 - wrong)) {
                    flags.push((GroupFlag::ErrorRate, None, wrong.round() as u64));
                }
                for (at, &part) in differ.iter().enumerate() {
                    if part >= 3 && stands_out(part as f64, share((total.2[at] - part) as f64)) {
                        let address = schema.body().comparisons[at].role == AuditRole::Address;
                        let flag = if address { GroupFlag::Stale } else { GroupFlag::Differs };
                        flags.push((flag, Some(at), part));
                    }
                }
                Group {
                    label,
                    links: count,
                    expected_wrong: wrong,
                    interval: wilson(wrong, count as f64),
                    flags,
                }
            })
            .collect()
    }

    /// Entries of the longest list, from the top, of which a third is expected to be wrong.
    pub(crate) fn auto_length(&self) -> u64 {
        let (mut wrong, mut longest) = (0.0, 0);
        for (finding, entries) in self.findings.iter().zip(1_u64..) {
            wrong += finding.probability;
            if entries as f64 <= 3.0 * wrong {
                longest = entries;
            }
        }
        longest
    }
}
