//! First reading of an audit: every link compared, decoys too, rows remembered by the number of their pattern.

use std::collections::HashMap;

use mizuhiki_columnar::{PairTokenBatch, PairTokenReader};
use mizuhiki_exchange::Side;
use mizuhiki_match::audit::{
    Hints, Model, PairComparison, Patterns, Sharing, ShiftSearch, Strangers, holders,
};
use rustc_hash::FxHashMap;

use crate::audit_merge::{Cursor, Merge, Sides};
use crate::{AuditStage, LinkError, OnAuditProgress};

/// A row that the other side lacks, in place of a pattern.
pub(crate) const LEFT_ONLY: u32 = u32::MAX;
pub(crate) const RIGHT_ONLY: u32 = u32::MAX - 1;

/// Rows between two reports of progress.
const REPORT_ROWS: u64 = 1 << 14;

/// What was read.
pub(crate) struct Links<'c> {
    /// Pattern of each handle, in the order of handles, or which side alone has it.
    pub(crate) rows: Vec<u32>,
    pub(crate) patterns: Patterns,
    pub(crate) strangers: Strangers,
    pub(crate) decoys: u64,
    /// None where the schema has no neighbour tags.
    pub(crate) shifts: Option<ShiftSearch<'c>>,
    /// Distinct labels, and the number of each row's; empty if none was asked for.
    pub(crate) labels: Vec<String>,
    pub(crate) label_of: Vec<u32>,
    pub(crate) shared_left: Shared,
    pub(crate) shared_right: Shared,
}

/// Rows by the record that they share: its mark, and the rows.
#[derive(Default)]
pub(crate) struct Shared(FxHashMap<[u8; 8], Vec<u32>>);

impl Shared {
    fn note(&mut self, mark: Option<[u8; 8]>, row: u32) {
        if let Some(mark) = mark {
            self.0.entry(mark).or_default().push(row);
        }
    }

    /// Rows of each record, in the order of their first.
    pub(crate) fn groups(&self) -> Vec<&[u32]> {
        let mut groups: Vec<&[u32]> = self.0.values().map(Vec::as_slice).collect();
        groups.sort_unstable_by_key(|rows| rows[0]);
        groups
    }
}

/// Which column of labels of which side.
struct Label {
    of_left: bool,
    column: usize,
}

pub(crate) fn read<'c>(
    comparison: &'c PairComparison,
    left: PairTokenReader,
    right: PairTokenReader,
    label: Option<&str>,
    on_progress: OnAuditProgress<'_>,
) -> Result<Links<'c>, LinkError> {
    let total = left.stated_rows().max(right.stated_rows());
    let label = label.map(|label| find_label(&left, &right, label)).transpose()?;
    let mut links = Links {
        rows: Vec::new(),
        patterns: Patterns::default(),
        strangers: Strangers::new(comparison),
        decoys: 0,
        shifts: (comparison.layout(Side::Left).reach > 0).then(|| ShiftSearch::new(comparison)),
        labels: Vec::new(),
        label_of: Vec::new(),
        shared_left: Shared::default(),
        shared_right: Shared::default(),
    };
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut seen = 0_u64;
    Merge::new(left, right)?.run::<LinkError>(|sides, left, right| {
        seen += 1;
        if seen.is_multiple_of(REPORT_ROWS) {
            on_progress(AuditStage::Compare, seen, total);
        }
        links.take(comparison, sides, left, right);
        if let Some(label) = &label
            && links.label_of.len() < links.rows.len()
        {
            let text = label.text(sides, left, right);
            let next = links.labels.len() as u32;
            let number = numbers.get(text).copied().unwrap_or_else(|| {
                numbers.insert(text.to_owned(), next);
                links.labels.push(text.to_owned());
                next
            });
            links.label_of.push(number);
        }
        if links.rows.len() >= RIGHT_ONLY as usize { Err(LinkError::TooManyRecords) } else { Ok(()) }
    })?;
    Ok(links)
}

impl Links<'_> {
    /// Tells which link of each shared record is its holder's, by a model that knows nothing of sharing. False if none is
    /// shared.
    pub(crate) fn tell_holders(&mut self, model: &Model) -> bool {
        let probabilities: Vec<f64> = (0..self.patterns.len() as u32)
            .map(|pattern| {
                let (vector, hints) = self.patterns.pattern(pattern);
                model.probability(vector, hints)
            })
            .collect();
        let of = |shared: &Shared| -> FxHashMap<u32, Sharing> {
            let probability = |row: u32| probabilities[self.rows[row as usize] as usize];
            shared.0.values().flat_map(|rows| holders(rows, probability)).collect()
        };
        let (left, right) = (of(&self.shared_left), of(&self.shared_right));
        let mut told: Vec<u32> = left.keys().chain(right.keys()).copied().collect();
        told.sort_unstable();
        told.dedup();
        for &row in &told {
            let pattern = &mut self.rows[row as usize];
            let (_, hints) = self.patterns.pattern(*pattern);
            let hints = Hints {
                shared_left: left.get(&row).copied().unwrap_or_default(),
                shared_right: right.get(&row).copied().unwrap_or_default(),
                ..hints
            };
            *pattern = self.patterns.change(*pattern, hints);
        }
        !told.is_empty()
    }

    fn take(&mut self, comparison: &PairComparison, sides: Sides, left: &Cursor, right: &Cursor) {
        let (of_left, of_right) = (left.current(), right.current());
        let decoy =
            |side: Option<(&PairTokenBatch, usize)>| side.is_some_and(|(batch, row)| batch.is_decoy(row));
        match (sides, of_left, of_right) {
            (Sides::Both, Some((left, i)), Some((right, j))) => {
                let vector = comparison.compare(left.pair(i), right.pair(j));
                if left.is_decoy(i) {
                    self.strangers.add(&vector);
                    self.decoys += 1;
                    return;
                }
                let row = self.rows.len() as u32;
                let (shared_left, shared_right) = (left.shared(i), right.shared(j));
                // Who holds a record is told once all links of it are seen.
                let sharing = |mark: Option<[u8; 8]>| mark.map_or(Sharing::Alone, |_| Sharing::Open);
                let hints = Hints {
                    shared_left: sharing(shared_left),
                    shared_right: sharing(shared_right),
                    near_number: left.near_number(i) == Some(true) || right.near_number(j) == Some(true),
                };
                self.rows.push(self.patterns.add(vector, hints));
                self.shared_left.note(shared_left, row);
                self.shared_right.note(shared_right, row);
                if let Some(shifts) = &mut self.shifts {
                    shifts.push(left.pair(i), Some(right.pair(j)));
                }
            }
            (Sides::Left, Some((left, i)), _) if !decoy(of_left) => {
                self.rows.push(LEFT_ONLY);
                if let Some(shifts) = &mut self.shifts {
                    shifts.push(left.pair(i), None);
                }
            }
            (Sides::Right, _, Some(_)) if !decoy(of_right) => self.rows.push(RIGHT_ONLY),
            _ => {}
        }
    }
}

fn find_label(left: &PairTokenReader, right: &PairTokenReader, wanted: &str) -> Result<Label, LinkError> {
    let place = |reader: &PairTokenReader| reader.labels().iter().position(|label| label == wanted);
    match (place(left), place(right)) {
        (Some(column), _) => Ok(Label { of_left: true, column }),
        (None, Some(column)) => Ok(Label { of_left: false, column }),
        (None, None) => {
            let mut known: Vec<&str> =
                left.labels().iter().chain(right.labels()).map(String::as_str).collect();
            known.dedup();
            Err(LinkError::NoLabel {
                wanted: wanted.to_owned(),
                known: if known.is_empty() { "none".to_owned() } else { known.join(", ") },
            })
        }
    }
}

impl Label {
    fn text<'b>(&self, sides: Sides, left: &'b Cursor, right: &'b Cursor) -> &'b str {
        let side = match (self.of_left, sides) {
            (true, Sides::Both | Sides::Left) => left.current(),
            (false, Sides::Both | Sides::Right) => right.current(),
            _ => None,
        };
        side.map_or("", |(batch, row)| batch.label(self.column, row))
    }
}
