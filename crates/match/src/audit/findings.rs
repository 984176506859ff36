//! Findings of an audit: grades patterns, finds shifted rows and conspicuous batches, and sorts the list
//! (`protocols/05-audit.md` §5 to §7).

use std::cmp::Ordering;
use std::collections::HashMap;

use mizuhiki_exchange::AuditClass;
use mizuhiki_schema::AuditSchema;

use super::grade::{Grade, grade};
use super::groups::{GroupSums, LinkGroup};
use super::links::{ComparedLinks, HandleState};
use super::model::Model;
use super::shift::Shift;

/// Minimum probability of being wrong of a hit in a run of shifted rows.
const WRONG: f64 = 0.5;

/// Minimum probability of a wrong link in a shifted run.
const SHIFTED: f64 = 0.9999;

/// At and above this probability of being wrong, a link is a finding whatever its class.
const NOTABLE: f64 = 0.001;

/// The finding of a handle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// Position of the handle in the order of handles.
    pub row: u32,
    /// The class.
    pub class: AuditClass,
    /// Probability that the link is wrong, 0..=1; 0 for handles of one side.
    pub probability: f64,
    /// Number of the pattern; `None` for handles of one side.
    pub pattern: Option<u32>,
    /// Number of the shift.
    pub shift: Option<u32>,
}

/// All results of an audit.
pub struct AuditFindings {
    /// Grades by pattern.
    pub grades: Vec<Grade>,
    /// Runs of rows that were linked with an offset.
    pub shifts: Vec<Shift>,
    /// Wrong rows outside runs, by position in the order of handles, and the offset of the left row with
    /// which their right record agrees.
    pub neighbors: HashMap<u32, i8>,
    /// Rows of the left file, as positions in the order of handles.
    pub left_rows: Vec<u32>,
    /// The findings, most urgent first.
    pub findings: Vec<Finding>,
    /// Links by label, and what stands out in each group.
    pub groups: Vec<LinkGroup>,
    /// Number of links and expected number of wrong ones per class, in the order of [`AuditClass::ALL`].
    pub classes: [(u64, f64); AuditClass::ALL.len()],
}

impl AuditFindings {
    /// Grades links. With `all`, right links are listed too.
    #[must_use]
    pub fn new(schema: &AuditSchema, model: &Model, links: &mut ComparedLinks<'_>, all: bool) -> Self {
        let grades: Vec<Grade> = (0..links.patterns().len() as u32)
            .map(|pattern| {
                let (vector, hints) = links.patterns().pattern(pattern);
                grade(schema, model, vector, hints)
            })
            .collect();
        let left_rows: Vec<u32> =
            (0..links.len() as u32).filter(|row| links.state(*row) != HandleState::RightOnly).collect();
        let search = links.take_shifts();
        let is_wrong = |row: u32| match links.state(left_rows[row as usize]) {
            HandleState::Compared(pattern) => grades[pattern as usize].probability >= WRONG,
            HandleState::LeftOnly | HandleState::RightOnly => false,
        };
        let (found, neighbors) = search.map(|search| search.finish(|row| !is_wrong(row))).unwrap_or_default();
        let shifts = found.into_iter().map(|shift| widen(shift, left_rows.len(), &is_wrong)).collect();
        let mut graded = Self {
            grades,
            shifts,
            neighbors: neighbors.into_iter().map(|(row, offset)| (left_rows[row as usize], offset)).collect(),
            left_rows,
            findings: Vec::new(),
            groups: Vec::new(),
            classes: [(0, 0.0); AuditClass::ALL.len()],
        };
        graded.look(schema, links, |finding| {
            all || finding.class != AuditClass::Match || finding.probability >= NOTABLE
        });
        graded.findings.sort_by(by_urgency);
        graded
    }

    /// Visits every handle in order: adds it to its class and group, and lists it if it is a finding.
    fn look(&mut self, schema: &AuditSchema, links: &ComparedLinks<'_>, listed: impl Fn(&Finding) -> bool) {
        let mut shift_of: HashMap<u32, u32> = HashMap::new();
        for (shift, number) in self.shifts.iter().zip(0_u32..) {
            shift_of.extend((shift.first..=shift.last).map(|row| (self.left_rows[row as usize], number)));
        }
        let mut sums = GroupSums::new(schema, links);
        for row in 0..links.len() as u32 {
            let finding = self.find(row, links.state(row), shift_of.get(&row).copied());
            let (count, wrong) = &mut self.classes[finding.class as usize];
            *count += 1;
            *wrong += finding.probability;
            if let (Some(pattern), Some(label)) = (finding.pattern, links.label_of(row)) {
                sums.add(pattern, label, finding.probability);
            }
            if listed(&finding) {
                self.findings.push(finding);
            }
        }
        self.groups = sums.finish(schema, links);
    }

    fn find(&self, row: u32, state: HandleState, shift: Option<u32>) -> Finding {
        let of_one_side = |class| Finding { row, class, probability: 0.0, pattern: None, shift: None };
        let pattern = match state {
            HandleState::LeftOnly => return of_one_side(AuditClass::LeftOnly),
            HandleState::RightOnly => return of_one_side(AuditClass::RightOnly),
            HandleState::Compared(pattern) => pattern,
        };
        let grade = &self.grades[pattern as usize];
        let shift = shift.filter(|_| grade.probability >= WRONG);
        let class = match grade.class {
            _ if shift.is_some() => AuditClass::BlockShift,
            // The linked record belongs to a neighboring row's person: it was entered in the wrong row.
            AuditClass::PriorHolder if self.neighbors.contains_key(&row) => AuditClass::Unrelated,
            class => class,
        };
        let probability = if shift.is_some() { grade.probability.max(SHIFTED) } else { grade.probability };
        Finding { row, class, probability, pattern: Some(pattern), shift }
    }

    /// Probability that a link is wrong; 0 for handles of one side.
    #[must_use]
    pub fn probability(&self, state: HandleState) -> f64 {
        match state {
            HandleState::Compared(pattern) => self.grades[pattern as usize].probability,
            HandleState::LeftOnly | HandleState::RightOnly => 0.0,
        }
    }

    /// Length of the longest list, from the top, of which a third is expected to be wrong.
    #[must_use]
    pub fn auto_length(&self) -> u64 {
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

/// Extends a run by the wrong rows at its ends, which may be linked to a row without a counterpart.
fn widen(shift: Shift, rows: usize, is_wrong: &impl Fn(u32) -> bool) -> Shift {
    let first = shift.first.checked_sub(1).filter(|row| is_wrong(*row)).unwrap_or(shift.first);
    let next = Some(shift.last + 1).filter(|row| (*row as usize) < rows && is_wrong(*row));
    Shift { first, last: next.unwrap_or(shift.last), ..shift }
}

/// The order of the list: compared links before handles of one side, then by descending probability; of
/// equals, links with insufficient evidence last.
fn by_urgency(a: &Finding, b: &Finding) -> Ordering {
    let unchecked = |finding: &Finding| finding.pattern.is_none();
    let insufficient = |finding: &Finding| finding.class == AuditClass::Insufficient;
    (unchecked(a).cmp(&unchecked(b)))
        .then_with(|| b.probability.total_cmp(&a.probability))
        .then_with(|| insufficient(a).cmp(&insufficient(b)))
        .then_with(|| a.row.cmp(&b.row))
}
