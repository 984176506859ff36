//! Links that were compared, each stored as the number of its pattern.

use mizuhiki_exchange::Side;
use rustc_hash::FxHashMap;

use super::model::{Model, NonMatchCounts};
use super::outcome::PairComparison;
use super::patterns::{Hints, Patterns, Sharing};
use super::sharing::holders;
use super::shift::ShiftSearch;

/// Stored in place of a pattern if the other side lacks the handle.
const LEFT_ONLY: u32 = u32::MAX;
const RIGHT_ONLY: u32 = u32::MAX - 1;

/// Maximum number of handles in an audit.
pub const MAX_HANDLES: usize = RIGHT_ONLY as usize;

/// State of a handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandleState {
    /// Both sides have it; the number of the link's pattern.
    Compared(u32),
    /// Only the left file has it.
    LeftOnly,
    /// Only the right file has it.
    RightOnly,
}

/// One side's row of a handle.
#[derive(Debug, Clone, Copy)]
pub struct PairRow<'a> {
    /// The pair token.
    pub pair: &'a [u8],
    /// Mark of the record, if it has several handles.
    pub shared: Option<[u8; 8]>,
    /// Whether another record's number differs from this one's by one error.
    pub near_number: bool,
}

/// Rows by the record that they share.
#[derive(Debug, Default)]
pub struct SharedRecords(FxHashMap<[u8; 8], Vec<u32>>);

impl SharedRecords {
    fn note(&mut self, mark: Option<[u8; 8]>, row: u32) {
        if let Some(mark) = mark {
            self.0.entry(mark).or_default().push(row);
        }
    }

    /// Rows of each record, ordered by the first.
    #[must_use]
    pub fn groups(&self) -> Vec<&[u32]> {
        let mut groups: Vec<&[u32]> = self.0.values().map(Vec::as_slice).collect();
        groups.sort_unstable_by_key(|rows| rows[0]);
        groups
    }
}

/// Links in the order of their handles, numbered from 0.
pub struct ComparedLinks<'c> {
    comparison: &'c PairComparison,
    rows: Vec<u32>,
    patterns: Patterns,
    non_matches: NonMatchCounts,
    decoys: u64,
    /// `None` if the schema has no neighbor tags.
    shifts: Option<ShiftSearch<'c>>,
    labels: Vec<String>,
    label_numbers: FxHashMap<String, u32>,
    label_of: Vec<u32>,
    shared_left: SharedRecords,
    shared_right: SharedRecords,
}

impl<'c> ComparedLinks<'c> {
    /// None yet.
    #[must_use]
    pub fn new(comparison: &'c PairComparison) -> Self {
        Self {
            comparison,
            rows: Vec::new(),
            patterns: Patterns::default(),
            non_matches: NonMatchCounts::new(comparison),
            decoys: 0,
            shifts: (comparison.layout(Side::Left).reach > 0).then(|| ShiftSearch::new(comparison)),
            labels: Vec::new(),
            label_numbers: FxHashMap::default(),
            label_of: Vec::new(),
            shared_left: SharedRecords::default(),
            shared_right: SharedRecords::default(),
        }
    }

    /// Compares the rows of a decoy: two different people.
    pub fn push_decoy(&mut self, left: &[u8], right: &[u8]) {
        self.non_matches.add(&self.comparison.compare(left, right));
        self.decoys += 1;
    }

    /// Compares the rows of the next handle.
    pub fn push_link(&mut self, left: PairRow<'_>, right: PairRow<'_>) {
        let vector = self.comparison.compare(left.pair, right.pair);
        let row = self.rows.len() as u32;
        // The holder is determined after all links of the record are known.
        let sharing = |mark: Option<[u8; 8]>| mark.map_or(Sharing::Alone, |_| Sharing::Open);
        let hints = Hints {
            shared_left: sharing(left.shared),
            shared_right: sharing(right.shared),
            near_number: left.near_number || right.near_number,
        };
        self.rows.push(self.patterns.add(vector, hints));
        self.shared_left.note(left.shared, row);
        self.shared_right.note(right.shared, row);
        if let Some(shifts) = &mut self.shifts {
            shifts.push(left.pair, Some(right.pair));
        }
    }

    /// Takes the next handle, which only the left file has.
    pub fn push_left_only(&mut self, pair: &[u8]) {
        self.rows.push(LEFT_ONLY);
        if let Some(shifts) = &mut self.shifts {
            shifts.push(pair, None);
        }
    }

    /// Takes the next handle, which only the right file has.
    pub fn push_right_only(&mut self) {
        self.rows.push(RIGHT_ONLY);
    }

    /// Labels the most recent handle.
    pub fn label_last(&mut self, label: &str) {
        let next = self.labels.len() as u32;
        let number = self.label_numbers.get(label).copied().unwrap_or_else(|| {
            self.label_numbers.insert(label.to_owned(), next);
            self.labels.push(label.to_owned());
            next
        });
        self.label_of.resize(self.rows.len(), number);
    }

    /// Number of handles so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no handle.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// State of a handle.
    #[must_use]
    pub fn state(&self, row: u32) -> HandleState {
        match self.rows[row as usize] {
            LEFT_ONLY => HandleState::LeftOnly,
            RIGHT_ONLY => HandleState::RightOnly,
            pattern => HandleState::Compared(pattern),
        }
    }

    /// Patterns of the links.
    #[must_use]
    pub const fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// Non-matching pairs that were compared.
    #[must_use]
    pub const fn decoys(&self) -> u64 {
        self.decoys
    }

    /// Distinct labels in order of appearance; empty if there are none.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// Number of a handle's label, if it has one.
    #[must_use]
    pub fn label_of(&self, row: u32) -> Option<u32> {
        self.label_of.get(row as usize).copied()
    }

    /// Records of a side that have several handles.
    #[must_use]
    pub const fn shared(&self, side: Side) -> &SharedRecords {
        match side {
            Side::Left => &self.shared_left,
            Side::Right => &self.shared_right,
        }
    }

    /// The possible outcomes of each comparison.
    pub(super) const fn comparison(&self) -> &'c PairComparison {
        self.comparison
    }

    /// Takes the search for shifted rows; `None` the second time.
    pub(super) const fn take_shifts(&mut self) -> Option<ShiftSearch<'c>> {
        self.shifts.take()
    }

    /// Fits the model. If records have several handles, a first model that ignores sharing determines which
    /// link is the holder's, and the model is fitted again (`protocols/05-audit.md` §3).
    #[must_use]
    pub fn fit(&mut self, schema: &mizuhiki_schema::AuditSchema) -> Model {
        let model = Model::fit(schema, &self.patterns, &self.non_matches);
        if !self.tell_holders(&model) {
            return model;
        }
        Model::fit(schema, &self.patterns, &self.non_matches)
    }

    /// Determines which link of each shared record is its holder's. False if no record is shared.
    fn tell_holders(&mut self, model: &Model) -> bool {
        let probabilities: Vec<f64> = (0..self.patterns.len() as u32)
            .map(|pattern| {
                let (vector, hints) = self.patterns.pattern(pattern);
                model.probability(vector, hints)
            })
            .collect();
        let of = |shared: &SharedRecords| -> FxHashMap<u32, Sharing> {
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
}
