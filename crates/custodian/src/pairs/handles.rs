//! Links, with their handles, records and labels.

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};
use mizuhiki_exchange::{RecordId, RecordIds};

use rustc_hash::FxHashMap;

use crate::error::CustodianError;

/// No link.
const NONE: u32 = u32::MAX;

/// A label with fewer links singles out people.
const FEW: usize = 5;

/// Minimum number of links for refusing labels that single out people.
const MIN_LINKS_FOR_LIMIT: usize = 1_000;

/// The location of the handles of links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandleSource {
    /// In the table of people: one link per row.
    Table {
        /// Column of the handles.
        handle: String,
        /// Column of the records' ids, if rows of one record are to be marked as shared.
        id: Option<String>,
    },
    /// In a table of links.
    Links {
        /// The table.
        links: Source,
        /// Its column of handles.
        handle: String,
        /// Its column of this custodian's record ids.
        record: String,
        /// The column of record ids in the table of people.
        id: String,
    },
}

impl HandleSource {
    /// The column of ids in the table of people, if it is read.
    pub(crate) fn id_column(&self) -> Option<&str> {
        match self {
            Self::Table { id, .. } => id.as_deref(),
            Self::Links { id, .. } => Some(id),
        }
    }
}

/// Links in the order of their handles.
pub(crate) struct LinkTable {
    pub(crate) handles: RecordIds,
    /// First link of each record, by its id or row number.
    first: Records,
    /// For each link, the next of the same record.
    next: Vec<u32>,
    shared: Vec<(Box<str>, Vec<u32>)>,
    /// For each label, its distinct values, and the number of each link's value.
    pub(crate) labels: Vec<(Vec<String>, Vec<u32>)>,
}

enum Records {
    /// By row number, from 0.
    Rows(Vec<u32>),
    Ids(FxHashMap<Box<str>, u32>),
}

/// The links of a table, row by row.
struct Read {
    file: String,
    column: String,
    handles: RecordIds,
    records: Vec<Box<str>>,
    labels: Vec<(Vec<String>, Vec<u32>)>,
}

impl LinkTable {
    /// Reads all links; `labels` are the label columns.
    pub(crate) fn read(
        source: &HandleSource,
        people: &Source,
        options: &ReadOptions,
        labels: &[String],
    ) -> Result<Self, CustodianError> {
        let (table, handle, record) = match source {
            HandleSource::Table { handle, id } => (people, handle, id.as_ref()),
            HandleSource::Links { links, handle, record, .. } => (links, handle, Some(record)),
        };
        let read = Read::new(table, options, handle, record.map(String::as_str), labels)?;
        let by_row = matches!(source, HandleSource::Table { .. });
        read.ordered(by_row)
    }

    /// Links of the record in `row` (from 1) with `id`.
    pub(crate) fn of(&self, row: u64, id: &str) -> impl Iterator<Item = u32> + '_ {
        let first = match &self.first {
            Records::Rows(rows) => rows.get(row as usize - 1).copied(),
            Records::Ids(ids) => ids.get(id.trim()).copied(),
        };
        std::iter::successors(first.filter(|first| *first != NONE), |link| {
            Some(self.next[*link as usize]).filter(|next| *next != NONE)
        })
    }

    /// Ids of records with several links, and their links.
    pub(crate) fn of_shared_records(&self) -> &[(Box<str>, Vec<u32>)] {
        &self.shared
    }

    /// Number of links.
    pub(crate) const fn len(&self) -> usize {
        self.handles.len()
    }
}

impl Read {
    fn new(
        table: &Source,
        options: &ReadOptions,
        handle: &str,
        record: Option<&str>,
        labels: &[String],
    ) -> Result<Self, CustodianError> {
        let mut reader = TableReader::open(table, options)?;
        let names: Vec<&str> =
            std::iter::once(handle).chain(record).chain(labels.iter().map(String::as_str)).collect();
        let wanted = reader.columns_named(&names)?;
        let first_label = 1 + usize::from(record.is_some());
        let mut read = Self {
            file: reader.name().to_owned(),
            column: handle.to_owned(),
            handles: RecordIds::default(),
            records: Vec::new(),
            labels: vec![(vec![String::new()], Vec::new()); labels.len()],
        };
        let mut known: Vec<FxHashMap<String, u32>> =
            vec![std::iter::once((String::new(), 0)).collect(); labels.len()];
        while let Some(chunk) = reader.next_chunk(&wanted)? {
            for index in 0..chunk.rows() {
                let row = chunk.first_row() + index as u64;
                let cell = |column: &str, problem: String, fix: &str| {
                    CustodianError::Table(ColumnarError::Cell {
                        file: read.file.clone(),
                        row,
                        column: column.to_owned(),
                        problem,
                        fix: fix.to_owned(),
                    })
                };
                let pushed = read.handles.push(chunk.get(index, 0).trim());
                pushed.map_err(|error| {
                    cell(handle, error.to_string(), "give each link a handle of 1 to 128 bytes")
                })?;
                if record.is_some() {
                    read.records.push(chunk.get(index, 1).trim().into());
                }
                for (at, label) in labels.iter().enumerate() {
                    let text = chunk.get(index, first_label + at).trim();
                    if let Err(error) = RecordId::new(text)
                        && !text.is_empty()
                    {
                        return Err(cell(label, error.to_string(), "label links by a batch or an office"));
                    }
                    let (values, numbers) = &mut read.labels[at];
                    let number = known[at].get(text).copied().unwrap_or_else(|| {
                        values.push(text.to_owned());
                        known[at].insert(text.to_owned(), values.len() as u32 - 1);
                        values.len() as u32 - 1
                    });
                    numbers.push(number);
                }
            }
        }
        read.check_labels(labels)?;
        Ok(read)
    }

    /// Refuses a label that too few links have, because it could identify people.
    fn check_labels(&self, labels: &[String]) -> Result<(), CustodianError> {
        let links = self.handles.len();
        if links < MIN_LINKS_FOR_LIMIT {
            return Ok(());
        }
        for (label, (values, numbers)) in labels.iter().zip(&self.labels) {
            let mut of = vec![0_usize; values.len()];
            numbers.iter().for_each(|number| of[*number as usize] += 1);
            // The first value is empty and means "no label".
            let singled: usize = of.iter().skip(1).filter(|count| **count < FEW).sum();
            if singled * 100 > links {
                return Err(CustodianError::Label { file: self.file.clone(), column: label.clone() });
            }
        }
        Ok(())
    }

    fn ordered(self, by_row: bool) -> Result<LinkTable, CustodianError> {
        let order = self.handles.ranking();
        if let Some(pair) = order
            .windows(2)
            .find(|pair| self.handles.get(pair[0] as usize) == self.handles.get(pair[1] as usize))
        {
            return Err(CustodianError::RepeatedHandle {
                file: self.file,
                column: self.column,
                first: u64::from(pair[0].min(pair[1])) + 1,
                second: u64::from(pair[0].max(pair[1])) + 1,
            });
        }
        let count = order.len();
        let (mut next, mut rows) = (vec![NONE; count], vec![NONE; count]);
        let mut ids: FxHashMap<Box<str>, u32> = FxHashMap::default();
        // From last to first, so that links of a record are in the order of handles.
        for (link, &row) in order.iter().enumerate().rev() {
            rows[row as usize] = link as u32;
            let id = self.records.get(row as usize).filter(|id| !id.is_empty());
            if let Some(earlier) = id.and_then(|id| ids.insert(id.clone(), link as u32)) {
                next[link] = earlier;
            }
        }
        let links_of = |first: u32| {
            std::iter::successors(Some(first), |link| Some(next[*link as usize]).filter(|next| *next != NONE))
        };
        let mut shared: Vec<(Box<str>, Vec<u32>)> = ids
            .iter()
            .filter(|(_, first)| next[**first as usize] != NONE)
            .map(|(id, &first)| (id.clone(), links_of(first).collect()))
            .collect();
        shared.sort_unstable();
        if by_row {
            // A row is one link, whatever other links its record has.
            next.fill(NONE);
        }
        let labels = self
            .labels
            .into_iter()
            .map(|(values, numbers)| (values, order.iter().map(|&row| numbers[row as usize]).collect()));
        Ok(LinkTable {
            labels: labels.collect(),
            handles: {
                let mut handles = RecordIds::default();
                for &row in &order {
                    if handles.push(self.handles.get(row as usize)).is_err() {
                        unreachable!("handles were checked when they were added");
                    }
                }
                handles
            },
            first: if by_row { Records::Rows(rows) } else { Records::Ids(ids) },
            next,
            shared,
        })
    }
}
