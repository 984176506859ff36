//! A table of people to a file of tokens, in bounded memory, on several threads.

use mizuhiki_columnar::{
    ColumnarError, Format, ReadOptions, Source, TableReader, TextChunk, TokenWriter, UnreadableValues,
};
use mizuhiki_encode::{EncodedRows, Encoder, LinkageKey, Worker};
use mizuhiki_exchange::{CustodianId, Run, Task, TokenMeta};
use mizuhiki_files::Target;
use mizuhiki_schema::LinkageSchema;

use crate::encode::blocks::BlockCounts;
use crate::encode::counts::Counts;
use crate::encode::draft::EncodedDraft;
use crate::encode::shuffle::Shuffle;
use crate::encode::sink::{Finished, Sink};
use crate::encode::summary::{Alternatives, EncodeSummary};
use crate::encode::symbols::Finder;
use crate::encode::warnings::{check_repeats, warn_of_blocks, warn_of_population, warn_of_suppressed};
use crate::error::CustodianError;
use crate::people::chunks::{ChunkWorker, work_chunks};
use crate::people::columns::{Places, columns_by_name, find_id_column};
use crate::people::ids::{IdPolicy, IdSource};
use crate::people::progress::OnRecords;
use crate::people::random::Randomness;

/// Settings for encoding.
pub struct EncodeJob<'a> {
    /// The table of people.
    pub input: Source,
    /// How the table is read.
    pub options: ReadOptions,
    /// The linkage schema.
    pub schema: &'a LinkageSchema,
    /// The linkage key.
    pub key: &'a LinkageKey,
    /// Output for the tokens.
    pub output: Target,
    /// The custodian who encodes.
    pub custodian: CustodianId,
    /// The task, project and run of the tokens; the task has no effect on filters.
    pub run: Run,
    /// Column of the input's ids; found by its name if `None`.
    pub id_column: Option<String>,
    /// Ids of the token file.
    pub ids: IdPolicy,
    /// Encoding threads, at least 1.
    pub threads: usize,
}

/// Encodes a file. The output appears complete, or not at all.
///
/// # Examples
/// ```
/// use mizuhiki_columnar::{ReadOptions, Source};
/// use mizuhiki_custodian::{EncodeJob, IdPolicy, LinkageKey, encode_file};
/// use mizuhiki_exchange::{CustodianId, Run};
/// use mizuhiki_files::Target;
/// use mizuhiki_schema::LinkageSchema;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let folder = tempfile::tempdir()?;
/// let path = |name: &str| folder.path().join(name);
/// std::fs::write(
///     path("people.csv"),
///     "id,given_name,surname,date_of_birth,suburb,postcode\n\
///      1,Ada,Byron,18151210,London,1815\n\
///      2,Grace,Hopper,19061209,New York,1906\n",
/// )?;
/// # let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../protocols/schema/examples/people-five-fields.json");
/// let schema = LinkageSchema::parse(&std::fs::read_to_string(shipped)?)?;
/// let key = LinkageKey::random().ok_or("the system has no randomness")?;
/// let job = EncodeJob {
///     input: Source::Path(path("people.csv")),
///     options: ReadOptions::default(),
///     schema: &schema,
///     key: &key,
///     output: Target::Path(path("people.parquet")),
///     custodian: CustodianId::new("hospital")?,
///     run: Run::default(),
///     id_column: None,
///     ids: IdPolicy::Random { map: Some(Target::Path(path("ids.csv"))) },
///     threads: 1,
/// };
/// let summary = encode_file(job, &|_records, _share| ())?;
/// assert_eq!(summary.records, 2);
/// assert!(path("people.parquet").exists() && path("ids.csv").exists());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn encode_file(job: EncodeJob<'_>, on_progress: OnRecords<'_>) -> Result<EncodeSummary, CustodianError> {
    encode_with(job, (Randomness::System, false), on_progress)?.commit()
}

/// Encodes a file as [`encode_file`] does, but does not make it visible: it can be examined first. All ids are
/// kept in memory.
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn encode_draft(job: EncodeJob<'_>, on_progress: OnRecords<'_>) -> Result<EncodedDraft, CustodianError> {
    encode_with(job, (Randomness::System, true), on_progress)
}

/// Encodes a file for the laboratory: as [`encode_file`], on one thread, with order, ids and padding from a seed, so
/// that an evaluation can be repeated. Whoever knows the seed sees which symbols are real: never send such a
/// file.
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn encode_predictably(
    job: EncodeJob<'_>,
    seed: u64,
    on_progress: OnRecords<'_>,
) -> Result<EncodeSummary, CustodianError> {
    let randomness = Randomness::seeded(seed, &job.custodian);
    // Each thread pads with its own stream.
    encode_with(EncodeJob { threads: 1, ..job }, (randomness, false), on_progress)?.commit()
}

fn encode_with(
    job: EncodeJob<'_>,
    (mut randomness, remember): (Randomness, bool),
    on_progress: OnRecords<'_>,
) -> Result<EncodedDraft, CustodianError> {
    let encoder = Encoder::new(job.schema, job.key, &job.run, &job.custodian)
        .map_err(|reason| CustodianError::Encode { file: "linkage schema".to_owned(), reason })?;
    let reader = TableReader::open(&job.input, &job.options)?;
    let name = reader.name().to_owned();
    let format = Format::of_target(&job.output, Format::Arrow)?;
    let clk_list = format == Format::Json;
    let policy = if clk_list { IdPolicy::RowNumbers } else { job.ids };
    let (mut wanted, places) = wanted_columns(&encoder, &reader)?;
    let id_column = find_id_column(&reader, job.id_column.as_deref(), &policy)?;
    let id_place = id_column.map(|(column, index)| {
        wanted.push(index);
        (column, wanted.len() - 1)
    });
    let solid = job.schema.solid_symbols(false).filter(|_| job.run.task == Task::Link);
    let meta = TokenMeta {
        schema: job.schema.clone(),
        key_id: encoder.key_id(),
        custodian: job.custodian,
        run: job.run,
    };
    let ids = IdSource::new(&name, policy, id_place, randomness.next()?)?;
    let ids = if remember { ids.remembering() } else { ids };
    let shuffle =
        (!clk_list).then(|| randomness.next()).transpose()?.map(|random| Shuffle::new(job.schema, random));
    let mut sink = Sink {
        ids,
        shuffle,
        writer: TokenWriter::create(&job.output, &meta)?,
        blocks: BlockCounts::new(job.schema),
        symbols: job.schema.symbols(),
        finder: solid.zip(job.schema.symbols()).map(|(solid, symbols)| Finder::new(solid, symbols.per_row)),
        threads: job.threads.max(1),
        randomness,
        records: 0,
        rows: 0,
        file: job.output.name(),
    };
    let columns = Columns { wanted: &wanted, places: &places };
    let (counts, unreadable) = run(&encoder, reader, &columns, job.threads.max(1), &mut sink, on_progress)?;
    let mut summary = EncodeSummary::new(job.schema, encoder.key_id().to_string(), sink.records, &counts);
    summary.unreadable = unreadable;
    if job.schema.max_alternatives() > 1 {
        summary.alternatives = Some(Alternatives { rows: sink.rows, cut: counts.cut });
    }
    check_repeats(&name, job.schema, &mut summary)?;
    let blocks = std::mem::take(&mut sink.blocks).settle(job.schema, sink.records);
    warn_of_blocks(&blocks, &mut summary);
    warn_of_population(job.schema, &mut summary);
    let Finished { symbols, tokens, map, ids } = sink.finish(&blocks)?;
    summary.symbols = symbols;
    warn_of_suppressed(&mut summary);
    summary.blocking = blocks.into_report();
    Ok(EncodedDraft { summary, tokens, format, map, ids })
}

/// Indices of the columns to read, and positions of the encoder's columns among them.
fn wanted_columns(encoder: &Encoder, reader: &TableReader) -> Result<(Vec<usize>, Places), CustodianError> {
    let columns = encoder.columns();
    if !encoder.takes_columns_by_position() {
        return columns_by_name(columns, &encoder.column_groups(), reader);
    }
    if columns != reader.columns() {
        let problem = match columns.iter().zip(reader.columns()).position(|(a, b)| a != b) {
            // Without the column's name: in a file without a header, it would be a value.
            Some(at) => format!("column {} is not named {:?}, as the schema requires", at + 1, columns[at]),
            None => format!("{} columns, the schema has {}", reader.columns().len(), columns.len()),
        };
        let fix = "a clkhash schema names all columns in order; mark unused ones as ignored";
        return Err(
            ColumnarError::File { file: reader.name().to_owned(), problem, fix: fix.to_owned() }.into()
        );
    }
    Ok(((0..columns.len()).collect(), (0..columns.len()).map(Some).collect()))
}

/// Columns of the table to read, and positions of the encoder's columns among them.
struct Columns<'a> {
    wanted: &'a [usize],
    places: &'a [Option<usize>],
}

/// One thread's encoder.
struct EncodeWorker<'a> {
    worker: Worker<'a>,
    columns: &'a Columns<'a>,
    file: &'a str,
}

impl ChunkWorker for EncodeWorker<'_> {
    type Output = EncodedRows;

    fn work(&mut self, chunk: &TextChunk) -> Result<EncodedRows, CustodianError> {
        let value =
            |row: usize, column: usize| self.columns.places[column].map_or("", |place| chunk.get(row, place));
        self.worker
            .encode(chunk.rows(), chunk.first_row(), &value)
            .map_err(|reason| CustodianError::Encode { file: self.file.to_owned(), reason })
    }
}

fn run(
    encoder: &Encoder,
    reader: TableReader,
    columns: &Columns<'_>,
    threads: usize,
    sink: &mut Sink,
    on_progress: OnRecords<'_>,
) -> Result<(Counts, Vec<UnreadableValues>), CustodianError> {
    let name = reader.name().to_owned();
    let worker = || EncodeWorker { worker: encoder.worker(), columns, file: &name };
    let workers = (0..threads).map(|_| worker()).collect();
    let take = |chunk: &TextChunk, rows| sink.push(chunk, rows).map(|()| sink.records);
    let (workers, unreadable) = work_chunks(reader, columns.wanted, workers, take, on_progress)?;
    let mut counts = Counts::default();
    for EncodeWorker { worker, .. } in workers {
        counts.merge(Counts {
            views: worker.stats().to_vec(),
            issues: worker.issues().clone(),
            cut: worker.cut_alternatives(),
        });
    }
    Ok((counts, unreadable))
}
