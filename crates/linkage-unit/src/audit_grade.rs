//! Second step of an audit: every pattern graded, shifted rows and batches found, the list put in order.

use std::collections::HashMap;

use mizuhiki_match::audit::{AuditClass, Grade, Model, PairComparison, Shift, grade};
use mizuhiki_schema::AuditSchema;

use crate::audit_groups::{Group, GroupSums};
use crate::audit_read::{LEFT_ONLY, Links, RIGHT_ONLY};

/// Probability of being wrong from which a row can be one of a run.
const WRONG: f64 = 0.5;

/// Probability of a wrong link in a shifted run.
const SHIFTED: f64 = 0.9999;

/// Probability of being wrong from which a link is a finding whatever its class.
const NOTABLE: f64 = 0.001;

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
            pattern < RIGHT_ONLY && grades[pattern as usize].probability >= WRONG
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
        graded.look(schema, comparison, links, |finding| {
            all || finding.class != AuditClass::Match || finding.probability >= NOTABLE
        });
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

    /// Looks at every handle in turn: sums by class and group, and what is listed.
    fn look(
        &mut self,
        schema: &AuditSchema,
        comparison: &PairComparison,
        links: &Links<'_>,
        listed: impl Fn(&Finding) -> bool,
    ) {
        let mut shift_of: HashMap<u32, u32> = HashMap::new();
        for (shift, number) in self.shifts.iter().zip(0_u32..) {
            shift_of.extend((shift.first..=shift.last).map(|row| (self.left_rows[row as usize], number)));
        }
        let mut sums = GroupSums::new(schema, comparison, links);
        for (row, &pattern) in (0_u32..).zip(&links.rows) {
            let finding = self.find(row, pattern, shift_of.get(&row).copied());
            let (count, wrong) = &mut self.classes[finding.class as usize];
            *count += 1;
            *wrong += finding.probability;
            sums.add(links, &finding);
            if listed(&finding) {
                self.findings.push(finding);
            }
        }
        self.groups = sums.finish(schema, links);
    }

    fn find(&self, row: u32, pattern: u32, shift: Option<u32>) -> Finding {
        if matches!(pattern, LEFT_ONLY | RIGHT_ONLY) {
            let class = if pattern == LEFT_ONLY { AuditClass::LeftOnly } else { AuditClass::RightOnly };
            return Finding { row, class, probability: 0.0, pattern: None, shift: None };
        }
        let grade = &self.grades[pattern as usize];
        let shift = shift.filter(|_| grade.probability >= WRONG);
        let class = match grade.class {
            _ if shift.is_some() => AuditClass::BlockShift,
            // Who is tied is the next row's person: the row was entered for the wrong one.
            AuditClass::PriorHolder if self.neighbours.contains_key(&row) => AuditClass::Unrelated,
            class => class,
        };
        let probability = if shift.is_some() { grade.probability.max(SHIFTED) } else { grade.probability };
        Finding { row, class, probability, pattern: Some(pattern), shift }
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
