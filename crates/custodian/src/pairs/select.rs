//! Selects the records whose links an audit found wrong from a table of people.

use std::collections::HashSet;

use mizuhiki_columnar::{
    Cell, ColumnKind, ColumnarError, Format, ReadOptions, ResultColumn, ResultWriter, Source, TableReader,
};
use mizuhiki_files::Target;
use serde::Serialize;

use crate::error::CustodianError;
use crate::pairs::handles::{HandleSource, LinkTable};
use crate::people::progress::OnRecords;

/// Minimum probability of a wrong link for selecting its record, as in `protocols/05-audit.md` §4. After a
/// verdict the probability is 1 or 0, whatever the class.
const SUSPECTED: f64 = 0.1;

/// Name of the column that precedes the table's own.
const HANDLE: &str = "handle";

/// Selection of records.
#[derive(Debug, Clone)]
pub struct SelectJob {
    /// The findings of an audit.
    pub findings: Source,
    /// The table of people.
    pub people: Source,
    /// How the table is read.
    pub options: ReadOptions,
    /// The location of the handles.
    pub handles: HandleSource,
    /// Output for the records.
    pub output: Target,
}

/// Results of a selection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SelectSummary {
    /// Findings of links that are probably wrong.
    pub findings: u64,
    /// Records written: one for each of these links with a record in the table.
    pub records: u64,
}

/// Writes the records whose links are probably wrong, each under its link's handle.
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn select_records(job: &SelectJob, on_progress: OnRecords<'_>) -> Result<SelectSummary, CustodianError> {
    let wanted = wrong_handles(&job.findings)?;
    let links = LinkTable::read(&job.handles, &job.people, &job.options, &[])?;
    let mut reader = TableReader::open(&job.people, &job.options)?;
    let columns: Vec<String> = reader.columns().to_vec();
    if matches!(job.handles, HandleSource::Links { .. }) && columns.iter().any(|column| column == HANDLE) {
        let problem = format!("the table already has a column {HANDLE:?}, and the output would have two");
        let fix = "rename it".to_owned();
        return Err(ColumnarError::File { file: reader.name().to_owned(), problem, fix }.into());
    }
    let own = matches!(&job.handles, HandleSource::Table { handle, .. } if handle == HANDLE);
    let id_place = match &job.handles {
        HandleSource::Links { id, .. } => Some(reader.column(id)?),
        HandleSource::Table { .. } => None,
    };
    let places: Vec<usize> = (0..columns.len()).filter(|&at| !own || columns[at] != HANDLE).collect();
    let names: Vec<ResultColumn<'_>> = std::iter::once(HANDLE)
        .chain(places.iter().map(|&at| columns[at].as_str()))
        .map(|name| (name, ColumnKind::Text))
        .collect();
    let mut writer = ResultWriter::create(&job.output, Format::Csv, &names)?;
    let all: Vec<usize> = (0..columns.len()).collect();
    let mut summary = SelectSummary { findings: wanted.len() as u64, records: 0 };
    let mut read = 0;
    while let Some(chunk) = reader.next_chunk(&all)? {
        for index in 0..chunk.rows() {
            let row = chunk.first_row() + index as u64;
            let id = id_place.map_or("", |place| chunk.get(index, place));
            for link in links.of(row, id) {
                let handle = links.handles.get(link as usize);
                if wanted.contains(handle) {
                    let own = places.iter().map(|&at| Cell::Text(chunk.get(index, at)));
                    writer.push(&std::iter::once(Cell::Text(handle)).chain(own).collect::<Vec<_>>())?;
                    summary.records += 1;
                }
            }
        }
        read += chunk.rows() as u64;
        on_progress(read, reader.progress());
    }
    writer.finish()?;
    Ok(summary)
}

fn wrong_handles(findings: &Source) -> Result<HashSet<String>, CustodianError> {
    let mut reader = TableReader::open(findings, &ReadOptions::default())?;
    let columns = reader.columns_named(&[HANDLE, "probability"])?;
    let name = reader.name().to_owned();
    let mut handles = HashSet::new();
    while let Some(chunk) = reader.next_chunk(&columns)? {
        for row in 0..chunk.rows() {
            let text = chunk.get(row, 1).trim();
            // Handles of only one file have no probability.
            let probability = if text.is_empty() { Ok(0.0) } else { text.parse::<f64>() };
            let probability = probability.map_err(|_| ColumnarError::Cell {
                file: name.clone(),
                row: chunk.first_row() + row as u64,
                column: "probability".to_owned(),
                problem: "not a probability".to_owned(),
                fix: "use the findings that `mizuhiki audit` wrote".to_owned(),
            })?;
            if probability >= SUSPECTED {
                handles.insert(chunk.get(row, 0).to_owned());
            }
        }
    }
    Ok(handles)
}
