//! From a table of people and the handles of their links to a file of pair tokens, in bounded memory.

use std::collections::BTreeMap;

use mizuhiki_columnar::{
    ColumnarError, PairTokenWriter, ReadOptions, Source, TableReader, TextChunk, UnreadableValues,
};
use mizuhiki_encode::{Decoys, Issue, LinkageKey, PairEncoder, PairWorker};
use mizuhiki_exchange::{CustodianId, PairMeta, PairRows, Run, Side};
use mizuhiki_files::Target;
use mizuhiki_schema::AuditSchema;
use serde::Serialize;

use crate::encode::summary::FieldIssue;
use crate::error::CustodianError;
use crate::pairs::handles::{HandleSource, LinkTable};
use crate::pairs::near_numbers::NearNumbers;
use crate::pairs::places::Places;
use crate::people::chunks::{ChunkWorker, work_chunks};
use crate::people::columns::columns_by_name;
use crate::people::progress::OnRecords;
use crate::people::spill::SpillOr;

/// Rows that are written at once.
const BATCH_ROWS: usize = 8_192;

/// Settings for encoding an audit.
pub struct PairJob<'a> {
    /// The table of people; read twice, so it cannot be standard input.
    pub input: Source,
    /// How the table is read.
    pub options: ReadOptions,
    /// The audit schema.
    pub schema: &'a AuditSchema,
    /// The linkage key.
    pub key: &'a LinkageKey,
    /// Output for the pair tokens.
    pub output: Target,
    /// The custodian who encodes.
    pub custodian: CustodianId,
    /// Project and run; the task is the audit.
    pub run: Run,
    /// The side of the links to which the people belong.
    pub side: Side,
    /// The location of the handles.
    pub handles: HandleSource,
    /// Columns with labels of links, in the table with the handles.
    pub labels: Vec<String>,
    /// Column of the numbers by which records were linked; only whether a number differs by one typo from
    /// another is disclosed.
    pub number_column: Option<String>,
    /// Encoding threads, at least 1.
    pub threads: usize,
}

/// Figures of a file of pair tokens.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairSummary {
    /// Records of the table.
    pub records: u64,
    /// Links with pair tokens.
    pub links: u64,
    /// Handles without a record in the table; they have no pair tokens.
    pub links_without_record: u64,
    /// Records without a link.
    pub records_without_link: u64,
    /// Links whose record has another link.
    pub shared: u64,
    /// Links whose record's number differs by one typo from another's; absent without a column of numbers.
    pub near_numbers: Option<u64>,
    /// Decoys.
    pub decoys: u64,
    /// Bytes of a row.
    pub row_bytes: u64,
    /// The side of the links.
    pub side: &'static str,
    /// Name of the project; empty if none was given.
    pub project: String,
    /// Name of the run; empty if none was given.
    pub run: String,
    /// Digest of the audit schema.
    pub schema_digest: String,
    /// Fingerprint of the key.
    pub key_id: String,
    /// Values that are not compared, by comparison and reason.
    pub masked: Vec<FieldIssue>,
    /// Values that could not be read and were masked, by column.
    pub unreadable: Vec<UnreadableValues>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// Encodes pair tokens. The output appears complete, or not at all.
///
/// # Examples
/// The handles of the links are in the table itself.
///
/// ```
/// use mizuhiki_columnar::{ReadOptions, Source};
/// use mizuhiki_custodian::{HandleSource, LinkageKey, PairJob, encode_pairs};
/// use mizuhiki_exchange::{CustodianId, Run, RunName, Side, Task};
/// use mizuhiki_files::Target;
/// use mizuhiki_schema::AuditSchema;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = |name: &str| folder.path().join(name);
/// std::fs::write(
///     path("people.csv"),
///     "link,given_name,surname,date_of_birth,suburb,postcode\n\
///      L1,Ada,Byron,18151210,London,1815\n\
///      L2,Grace,Hopper,19061209,New York,1906\n",
/// )?;
/// # let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../protocols/schema/examples/audit-people-en.json");
/// let schema = AuditSchema::parse(&std::fs::read_to_string(shipped)?)?;
/// let key = LinkageKey::random().ok_or("the system has no randomness")?;
/// let job = PairJob {
///     input: Source::Path(path("people.csv")),
///     options: ReadOptions::default(),
///     schema: &schema,
///     key: &key,
///     output: Target::Path(path("people.pairs.arrow")),
///     custodian: CustodianId::new("hospital")?,
///     run: Run { task: Task::Audit, name: RunName::new("2026-11")?, ..Run::default() },
///     side: Side::Left,
///     handles: HandleSource::Table { handle: "link".to_owned(), id: None },
///     labels: Vec::new(),
///     number_column: None,
///     threads: 1,
/// };
/// let summary = encode_pairs(job, &|_records, _share| ())?;
/// assert_eq!(summary.links, 2);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn encode_pairs(job: PairJob<'_>, on_progress: OnRecords<'_>) -> Result<PairSummary, CustodianError> {
    let in_schema = |reason| CustodianError::Encode { file: "audit schema".to_owned(), reason };
    let encoder = PairEncoder::new(job.schema, job.key, &job.run, (job.custodian.as_str(), job.side))
        .map_err(in_schema)?;
    refuse_columns(&job, encoder.columns())?;
    let links = LinkTable::read(&job.handles, &job.input, &job.options, &job.labels)?;
    let near = job
        .number_column
        .as_ref()
        .map(|column| near_numbers(&job.input, &job.options, column))
        .transpose()?;
    let decoys = Decoys::draw(&encoder, job.custodian.as_str(), &links.handles);
    let reader = TableReader::open(&job.input, &job.options)?;
    let file = reader.name().to_owned();
    let (mut wanted, places) = columns_by_name(encoder.columns(), &encoder.column_groups(), &reader)?;
    let id_column = job.handles.id_column();
    let id_place = id_column.map(|column| also_read(column, &reader, &mut wanted)).transpose()?;
    let plan = Plan {
        links: &links,
        decoys: &decoys,
        decoy_handles: decoys.handles(),
        places: &places,
        id_place,
        file: &file,
    };
    let row_bytes = encoder.layout().row_bytes();
    let output = job.output.name();
    let spill = |error: SpillOr| error.of(&output, "order in temporary files for it");
    let mut rows = Places::new(links.len() + plan.decoy_handles.len(), row_bytes)
        .map_err(|error| spill(error.into()))?;
    let mut summary = PairSummary::new(&job, &encoder);
    let workers: Vec<Sealer<'_>> =
        (0..job.threads.max(1)).map(|_| Sealer { plan: &plan, worker: encoder.worker() }).collect();
    let take = |chunk: &TextChunk, made: Sealed| {
        summary.records += chunk.rows() as u64;
        summary.records_without_link += made.without_link;
        for ((place, row), bytes) in made.places.iter().zip(made.rows.chunks_exact(row_bytes)) {
            if let Err(first) = rows.put(*place as usize, *row, bytes).map_err(|error| spill(error.into()))? {
                let column = id_column.unwrap_or_default().to_owned();
                return Err(CustodianError::RepeatedId { file: file.clone(), column, first, second: *row });
            }
        }
        Ok(summary.records)
    };
    let (workers, unreadable) = work_chunks(reader, &wanted, workers, take, on_progress)?;
    if summary.records > 0 && summary.records_without_link == summary.records {
        return Err(CustodianError::NoLinks { file });
    }
    summary.unreadable = unreadable;
    summary.masked = masked(job.schema, &workers);
    let meta = PairMeta {
        schema: job.schema.clone(),
        key_id: encoder.key_id(),
        custodian: job.custodian,
        run: job.run,
        side: job.side,
    };
    let out = Output {
        plan: &plan,
        shared: Shared::new(&encoder, &links),
        writer: PairTokenWriter::create(&job.output, &meta, &job.labels, near.is_some())?,
        near,
        row_bytes,
        batch: PairRows::default(),
        near_links: 0,
    };
    out.write(&mut rows, &mut summary).map_err(spill)?;
    summary.warn();
    Ok(summary)
}

/// Adds a column to those that are read; its place among them.
fn also_read(column: &str, reader: &TableReader, wanted: &mut Vec<usize>) -> Result<usize, CustodianError> {
    wanted.push(reader.column(column)?);
    Ok(wanted.len() - 1)
}

/// Values that were masked, over all threads.
fn masked(schema: &AuditSchema, workers: &[Sealer<'_>]) -> Vec<FieldIssue> {
    let mut issues: BTreeMap<Issue, u64> = BTreeMap::new();
    for sealer in workers {
        sealer.worker.issues().iter().for_each(|(issue, count)| *issues.entry(*issue).or_insert(0) += count);
    }
    let compared: Vec<&str> = schema.body().comparisons.iter().map(|of| of.name.as_str()).collect();
    FieldIssue::all(&issues, &compared)
}

/// Refuses columns of people's values as plaintext columns of the tokens.
fn refuse_columns(job: &PairJob<'_>, compared: &[String]) -> Result<(), CustodianError> {
    let (file, handle) = match &job.handles {
        HandleSource::Table { handle, .. } => (&job.input, handle),
        HandleSource::Links { links, handle, .. } => (links, handle),
    };
    let in_plain = std::iter::once(handle).chain(&job.labels);
    for (at, column) in in_plain.clone().enumerate() {
        if compared.contains(column) || job.number_column.as_ref() == Some(column) {
            return Err(CustodianError::InPlain { file: file.name(), column: column.clone() });
        }
        if in_plain.clone().take(at).any(|earlier| earlier == column) {
            let problem = format!("column {column:?} is named twice as handle or label");
            return Err(
                ColumnarError::File { file: file.name(), problem, fix: "name it once".to_owned() }.into()
            );
        }
    }
    Ok(())
}

fn near_numbers(input: &Source, options: &ReadOptions, column: &str) -> Result<Vec<bool>, CustodianError> {
    let mut reader = TableReader::open(input, options)?;
    let wanted = [reader.column(column)?];
    let mut numbers = NearNumbers::default();
    while let Some(chunk) = reader.next_chunk(&wanted)? {
        (0..chunk.rows()).for_each(|row| numbers.push(chunk.get(row, 0)));
    }
    Ok(numbers.near())
}

/// Everything that is known before records are read.
struct Plan<'a> {
    links: &'a LinkTable,
    decoys: &'a Decoys,
    /// Handles that have decoys; the places of decoys follow those of links.
    decoy_handles: Vec<u32>,
    /// Positions of the encoder's columns among those that are read.
    places: &'a [Option<usize>],
    id_place: Option<usize>,
    file: &'a str,
}

/// One thread's encoder.
struct Sealer<'a> {
    plan: &'a Plan<'a>,
    worker: PairWorker<'a>,
}

/// Rows of a chunk, each with its place and the input's row.
#[derive(Default)]
struct Sealed {
    places: Vec<(u32, u64)>,
    rows: Vec<u8>,
    without_link: u64,
}

impl ChunkWorker for Sealer<'_> {
    type Output = Sealed;

    fn work(&mut self, chunk: &TextChunk) -> Result<Sealed, CustodianError> {
        let plan = self.plan;
        let mut made = Sealed::default();
        for index in 0..chunk.rows() {
            let row = chunk.first_row() + index as u64;
            let id = plan.id_place.map_or("", |place| chunk.get(index, place));
            let mut links = plan.links.of(row, id).peekable();
            if links.peek().is_none() {
                made.without_link += 1;
                continue;
            }
            let value = |column: usize| plan.places[column].map_or("", |place| chunk.get(index, place));
            self.worker
                .read(row, &value)
                .map_err(|reason| CustodianError::Encode { file: plan.file.to_owned(), reason })?;
            for link in links {
                self.seal(link, row, &mut made);
            }
        }
        Ok(made)
    }
}

impl Sealer<'_> {
    /// Seals the current record under a link's handle, and as a decoy if it is one.
    fn seal(&self, link: u32, row: u64, made: &mut Sealed) {
        let (links, plan) = (self.plan.links, self.plan);
        let neighbor = |offset: isize| {
            let at = usize::try_from(link as isize + offset).ok().filter(|at| *at < links.len());
            at.map(|at| links.handles.get(at))
        };
        made.places.push((link, row));
        self.worker.seal(links.handles.get(link as usize), &neighbor, &mut made.rows);
        if let Some(under) = plan.decoys.under(link)
            && let Ok(number) = plan.decoy_handles.binary_search(&under)
        {
            made.places.push(((links.len() + number) as u32, row));
            self.worker.seal_decoy(links.handles.get(under as usize), &mut made.rows);
        }
    }
}

/// Marks of records that have several links.
struct Shared(Vec<Option<[u8; 8]>>);

impl Shared {
    fn new(encoder: &PairEncoder, links: &LinkTable) -> Self {
        let mut marks = vec![None; links.len()];
        for (id, links) in links.of_shared_records() {
            let mark = encoder.shared(id);
            links.iter().for_each(|link| marks[*link as usize] = Some(mark));
        }
        Self(marks)
    }
}

/// The unfinished file and its counts.
struct Output<'a> {
    plan: &'a Plan<'a>,
    shared: Shared,
    /// For each record of the table, whether its number differs by one typo from another's.
    near: Option<Vec<bool>>,
    row_bytes: usize,
    writer: PairTokenWriter,
    batch: PairRows,
    near_links: u64,
}

impl Output<'_> {
    /// Writes the rows that were added: links, then decoys.
    fn write(mut self, rows: &mut Places, summary: &mut PairSummary) -> Result<(), SpillOr> {
        let links = self.plan.links.len();
        let filled: Vec<Option<u64>> =
            (0..links + self.plan.decoy_handles.len()).map(|place| rows.filled_by(place)).collect();
        self.batch = self.empty();
        rows.read::<SpillOr>(|first, bytes| {
            for (token, place) in bytes.chunks_exact(self.row_bytes.max(1)).zip(first..) {
                match filled[place] {
                    Some(row) => self.push(place, row, token, summary)?,
                    None => summary.links_without_record += u64::from(place < links),
                }
            }
            Ok(())
        })?;
        self.writer.write(&self.batch)?;
        summary.near_numbers = self.near.as_ref().map(|_| self.near_links);
        self.writer.finish()?;
        Ok(())
    }

    fn empty(&self) -> PairRows {
        PairRows { labels: vec![Vec::new(); self.plan.links.labels.len()], ..PairRows::default() }
    }

    fn push(
        &mut self,
        place: usize,
        row: u64,
        token: &[u8],
        summary: &mut PairSummary,
    ) -> Result<(), SpillOr> {
        let links = self.plan.links;
        let decoy = place >= links.len();
        let link = if decoy { self.plan.decoy_handles[place - links.len()] as usize } else { place };
        let batch = &mut self.batch;
        if batch.handles.push(links.handles.get(link)).is_err() {
            unreachable!("handles were checked when they were added");
        }
        batch.decoys.push(decoy);
        batch.tokens.extend_from_slice(token);
        let mark = self.shared.0[link].filter(|_| !decoy);
        batch.shared.push(mark);
        if let Some(near) = &self.near {
            let is_near = !decoy && near.get(row as usize - 1).copied().unwrap_or(false);
            self.near_links += u64::from(is_near);
            batch.near_number.push(is_near);
        }
        for (texts, (values, numbers)) in batch.labels.iter_mut().zip(&links.labels) {
            texts.push(if decoy { String::new() } else { values[numbers[link] as usize].clone() });
        }
        summary.links += u64::from(!decoy);
        summary.decoys += u64::from(decoy);
        summary.shared += u64::from(mark.is_some());
        if batch.handles.len() == BATCH_ROWS {
            let empty = self.empty();
            let full = std::mem::replace(&mut self.batch, empty);
            self.writer.write(&full)?;
        }
        Ok(())
    }
}

impl PairSummary {
    fn new(job: &PairJob<'_>, encoder: &PairEncoder) -> Self {
        Self {
            records: 0,
            links: 0,
            links_without_record: 0,
            records_without_link: 0,
            shared: 0,
            near_numbers: None,
            decoys: 0,
            row_bytes: encoder.layout().row_bytes() as u64,
            side: job.side.name(),
            project: job.run.project.as_str().to_owned(),
            run: job.run.name.as_str().to_owned(),
            schema_digest: job.schema.digest().to_string(),
            key_id: encoder.key_id().to_string(),
            masked: Vec::new(),
            unreadable: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn warn(&mut self) {
        if self.links_without_record > 0 {
            self.warnings.push(format!(
                "{} handles have no record in the table: they have no pair tokens, and the audit reports them as \
                 links that could not be checked",
                self.links_without_record
            ));
        }
        let linked = self.records - self.records_without_link;
        for issue in &self.masked {
            if linked > 0 && issue.count * 10 > linked * 3 {
                self.warnings.push(format!(
                    "comparison {:?}: {:.0} % of the values are not compared ({}); is the column the right one?",
                    issue.field,
                    issue.count as f64 / linked as f64 * 100.0,
                    issue.reason
                ));
            }
        }
    }
}
