//! A table of people to a file of tokens, in bounded memory, on several threads.

use std::collections::BTreeMap;

use mizuhiki_columnar::{
    ColumnarError, Format, ReadOptions, Source, TableReader, TextChunk, TokenRows, TokenWriter,
    UnreadableValues,
};
use mizuhiki_encode::{EncodedRows, Encoder, Issue, LinkageKey, ViewStats, Worker};
use mizuhiki_exchange::{CustodianId, Run, Task, TokenMeta};
use mizuhiki_files::Target;
use mizuhiki_schema::{LinkageSchema, SchemaBody, Symbols, TokenSchema, View};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::blocks::{BlockCounts, SettledBlocks};
use crate::chunks::{ChunkWorker, work_chunks};
use crate::ids::{IdSource, is_id_header};
use crate::shuffle::Shuffle;
use crate::spill::SpillOr;
use crate::summary::{Alternatives, ViewReport};
use crate::symbols::{Finder, Sealer, Shared, SymbolReport, pack};
use crate::{CustodianError, EncodeSummary, IdPolicy};

/// Records from which the limit on repeated tokens is enforced; a share of a few records says little.
const MIN_RECORDS_FOR_LIMIT: u64 = 1_000;

/// Views without a field in which duplicates differ often repeat more than others: up to so many times what is in half.
const AS_DUPLICATES: f64 = 2.0;

/// A file of which nearly every record repeats in most views holds something else than persons.
const MOST_DUPLICATES: f64 = 0.9;

/// Share of suppressed symbols from which it is said that linkage suffers.
const MUCH_SUPPRESSED: f64 = 0.05;

/// What is done when a shuffle in temporary files fails.
const SHUFFLE: &str = "shuffle in temporary files for it";

/// Encoding work.
pub struct EncodeJob<'a> {
    /// The people.
    pub input: Source,
    /// How they are read.
    pub options: ReadOptions,
    /// The linkage schema.
    pub schema: &'a LinkageSchema,
    /// The linkage key.
    pub key: &'a LinkageKey,
    /// Where the tokens go.
    pub output: Target,
    /// Who encodes.
    pub custodian: CustodianId,
    /// What the tokens are for; of no meaning where they are filters.
    pub run: Run,
    /// Column of the input's ids; found by its name if `None`.
    pub id_column: Option<String>,
    /// Which ids the tokens get.
    pub ids: IdPolicy,
    /// Encoding threads, at least 1.
    pub threads: usize,
}

/// Told of progress: records so far, and the share of the input that was read, if known.
pub type OnProgress<'p> = &'p (dyn Fn(u64, Option<f64>) + Sync);

/// Encodes a file. The output appears whole, or not at all.
///
/// # Errors
/// [`CustodianError`]; nothing is written then.
pub fn encode_file(job: EncodeJob<'_>, on_progress: OnProgress<'_>) -> Result<EncodeSummary, CustodianError> {
    let encoder = Encoder::new(job.schema, job.key, &job.run, &job.custodian)
        .map_err(|reason| CustodianError::Encode { file: "linkage schema".to_owned(), reason })?;
    let reader = TableReader::open(&job.input, &job.options)?;
    let name = reader.name().to_owned();
    let clk_list = Format::of_target(&job.output, Format::Arrow)? == Format::Json;
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
    let ids = IdSource::new(&name, policy, id_place, random()?)?;
    let shuffle = (!clk_list).then(random).transpose()?.map(|random| Shuffle::new(job.schema, random));
    let mut sink = Sink {
        ids,
        shuffle,
        writer: TokenWriter::create(&job.output, &meta)?,
        blocks: BlockCounts::new(job.schema),
        symbols: job.schema.symbols(),
        finder: solid.zip(job.schema.symbols()).map(|(solid, symbols)| Finder::new(solid, symbols.per_row)),
        threads: job.threads.max(1),
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
    summary.symbols = sink.finish(&blocks)?;
    warn_of_suppressed(&mut summary);
    summary.blocking = blocks.into_report();
    Ok(summary)
}

pub(crate) fn random() -> Result<ChaCha20Rng, CustodianError> {
    // A fresh linkage key is 32 bytes from the system's source, which is what a generator needs too.
    let seed = LinkageKey::random().ok_or(CustodianError::NoRandomness)?;
    let mut bytes = [0; 32];
    bytes.copy_from_slice(seed.expose());
    Ok(ChaCha20Rng::from_seed(bytes))
}

/// Where each column of the encoder stands among the columns that are read; `None` for one that the table has
/// not, and need not have.
pub(crate) type Places = Vec<Option<usize>>;

/// Indices of the columns to read, and the places of the encoder's among them.
fn wanted_columns(encoder: &Encoder, reader: &TableReader) -> Result<(Vec<usize>, Places), CustodianError> {
    let columns = encoder.columns();
    if !encoder.takes_columns_by_position() {
        return columns_by_name(columns, &encoder.column_groups(), reader);
    }
    if columns != reader.columns() {
        let problem = match columns.iter().zip(reader.columns()).position(|(a, b)| a != b) {
            // Not what it is named: without a header that would be a value.
            Some(at) => format!("column {} is not named {:?} as the schema says", at + 1, columns[at]),
            None => format!("{} columns, the schema has {}", reader.columns().len(), columns.len()),
        };
        let fix = "a clkhash schema names all columns in order; mark unused ones as ignored";
        return Err(
            ColumnarError::File { file: reader.name().to_owned(), problem, fix: fix.to_owned() }.into()
        );
    }
    Ok(((0..columns.len()).collect(), (0..columns.len()).map(Some).collect()))
}

/// Indices of the columns to read, of each group at least one, and the places of all of them among these.
pub(crate) fn columns_by_name(
    columns: &[String],
    groups: &[Vec<usize>],
    reader: &TableReader,
) -> Result<(Vec<usize>, Places), CustodianError> {
    let there = |column: &usize| reader.columns().contains(&columns[*column]);
    let mut read: Vec<usize> = Vec::new();
    for group in groups {
        let found: Vec<usize> = group.iter().copied().filter(there).collect();
        // None of them: the first is named as missing.
        read.extend(if found.is_empty() { &group[..1] } else { &found });
    }
    read.sort_unstable();
    read.dedup();
    let names: Vec<&str> = read.iter().map(|&column| columns[column].as_str()).collect();
    let places = (0..columns.len()).map(|column| read.binary_search(&column).ok()).collect();
    Ok((reader.columns_named(&names)?, places))
}

pub(crate) fn find_id_column(
    reader: &TableReader,
    given: Option<&str>,
    policy: &IdPolicy,
) -> Result<Option<(String, usize)>, CustodianError> {
    if let Some(column) = given {
        return Ok(Some((column.to_owned(), reader.column(column)?)));
    }
    let found = reader.columns().iter().position(|column| is_id_header(column));
    match (found, policy) {
        (Some(index), _) => Ok(Some((reader.columns()[index].clone(), index))),
        (None, IdPolicy::Keep) => Err(ColumnarError::File {
            file: reader.name().to_owned(),
            problem: "no column is named like a record id".to_owned(),
            fix: "name it with --id-column, or leave --keep-ids away".to_owned(),
        }
        .into()),
        (None, _) => Ok(None),
    }
}

/// Where encoded records go, in row order.
struct Sink {
    ids: IdSource,
    shuffle: Option<Shuffle>,
    writer: TokenWriter,
    blocks: BlockCounts,
    symbols: Option<Symbols>,
    finder: Option<Finder>,
    threads: usize,
    records: u64,
    rows: u64,
    file: String,
}

impl Sink {
    fn push(&mut self, chunk: &TextChunk, encoded: EncodedRows) -> Result<(), CustodianError> {
        let EncodedRows { views, present, blocks, records, symbols } = encoded;
        self.blocks.add(&blocks, &records);
        let ids = self.ids.ids(chunk)?;
        self.records += chunk.rows() as u64;
        self.rows += records.len() as u64;
        let rows = match &self.symbols {
            Some(shape) => {
                if let Some(finder) = &mut self.finder {
                    finder.push(&symbols).map_err(|error| SpillOr::from(error).of(&self.file, SHUFFLE))?;
                }
                let present = vec![vec![true; chunk.rows()]];
                TokenRows { ids, views: vec![pack(&symbols, shape)], present, blocks }
            }
            None => TokenRows { ids: ids.repeated(&records), views, present, blocks },
        };
        match &mut self.shuffle {
            Some(shuffle) => {
                shuffle.push(&rows).map_err(|error| SpillOr::from(error).of(&self.file, SHUFFLE))
            }
            None => Ok(self.writer.write(&rows)?),
        }
    }

    fn finish(mut self, blocks: &SettledBlocks) -> Result<Option<SymbolReport>, CustodianError> {
        let map = self.ids.finish()?;
        let shuffle = |error: SpillOr| error.of(&self.file, SHUFFLE);
        let mut sealer = match &self.symbols {
            Some(symbols) => {
                let mut shared = Shared::none();
                if let Some(finder) = self.finder {
                    let found = finder.finish(self.threads).map_err(|error| shuffle(error.into()))?;
                    shared = found.0;
                    self.writer.state_pairs_within(found.1);
                }
                let random = (0..self.threads).map(|_| random()).collect::<Result<_, _>>()?;
                Some(Sealer::new(symbols, shared, random))
            }
            None => None,
        };
        let mut report = SymbolReport::default();
        if let Some(shuffled) = self.shuffle {
            let write = |rows: &mut TokenRows| {
                blocks.take_away(&mut rows.blocks);
                if let Some(sealer) = &mut sealer {
                    report.add(&sealer.seal(&mut rows.views[0]));
                }
                self.writer.write(rows).map_err(SpillOr::from)
            };
            shuffled.finish(write).map_err(shuffle)?;
        }
        // The map first, as tokens without their map could not be led back; but not before the tokens are safe on the
        // disk, as the tokens of an earlier run need the map that this one replaces.
        let tokens = self.writer.complete()?;
        if let Some(map) = map {
            map.commit()?;
        }
        tokens.commit()?;
        Ok(sealer.map(|sealer| SymbolReport { per_record: sealer.per_record(), ..report }))
    }
}

/// What the threads counted.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) views: Vec<ViewStats>,
    pub(crate) issues: BTreeMap<Issue, u64>,
    /// Records of which not all alternatives were taken.
    pub(crate) cut: u64,
}

impl Counts {
    fn merge(&mut self, other: Self) {
        self.views.resize_with(other.views.len(), ViewStats::default);
        self.views.iter_mut().zip(&other.views).for_each(|(sum, part)| sum.merge(part));
        other.issues.into_iter().for_each(|(issue, count)| *self.issues.entry(issue).or_insert(0) += count);
        self.cut += other.cut;
    }
}

/// Columns of the table that are read, and where the encoder finds its own among them.
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
    type Made = EncodedRows;

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
    on_progress: OnProgress<'_>,
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

/// Says aloud what was taken away.
fn warn_of_blocks(blocks: &SettledBlocks, summary: &mut EncodeSummary) {
    for pass in blocks.passes() {
        let all = pass.records + pass.rare_records + pass.frequent_records;
        if 2 * pass.rare_records > all {
            summary.warnings.push(format!(
                "blocking pass {:?}: {:.0} % of its ids were rare and are not given away; the pass finds little \
                 in a file of this size, unless the linkage unit compares every pair, as it does with small files",
                pass.pass,
                pass.rare_records as f64 / all as f64 * 100.0
            ));
        }
        if pass.frequent_records > 0 {
            summary.warnings.push(format!(
                "blocking pass {:?}: {} records lost their id, because their block held more than the schema's \
                 maxBlockShare; look for a placeholder that the schema should list as missing",
                pass.pass, pass.frequent_records
            ));
        }
    }
}

/// Says that a file is larger than what the schema was measured for.
fn warn_of_population(schema: &LinkageSchema, summary: &mut EncodeSummary) {
    if let Some(symbols) = schema.symbols().filter(|symbols| summary.records > symbols.population) {
        summary.warnings.push(format!(
            "{} records, but the schema's symbols are for a population of at most {}: more people share a symbol by \
             their names alone; agree on more positions per symbol (protocols/03-tokens.md §6)",
            summary.records, symbols.population
        ));
    }
}

/// Says that much was suppressed.
fn warn_of_suppressed(summary: &mut EncodeSummary) {
    let Some(symbols) = summary.symbols else { return };
    let share = symbols.suppressed as f64 / symbols.real.max(1) as f64;
    if share > MUCH_SUPPRESSED {
        summary.warnings.push(format!(
            "{:.1} % of the symbols are suppressed, because several records of this file have them: such records are \
             found less well; deduplicate the file first (--for dedupe), and look for a placeholder that the schema \
             should list as missing",
            share * 100.0
        ));
    }
}

fn check_repeats(
    name: &str,
    schema: &LinkageSchema,
    summary: &mut EncodeSummary,
) -> Result<(), CustodianError> {
    let SchemaBody::Tokens(body) = schema.body() else { return Ok(()) };
    let duplicates = duplicates(body, &summary.views);
    for view in &summary.views {
        let limit = body.limits.max_repeated_share;
        if view.repeated_share <= limit {
            continue;
        }
        let (share, percent) = (view.repeated_share * 100.0, limit * 100.0);
        if view.repeated_share - AS_DUPLICATES * duplicates <= limit {
            summary.warnings.push(format!(
                "view {:?} repeats: {share:.1} % of the records share their token with another record (limit {percent:.1} \
                 %), as in most views, so they are taken for duplicates of persons",
                view.view
            ));
        } else if summary.records >= MIN_RECORDS_FOR_LIMIT {
            return Err(CustodianError::RepeatedView {
                file: name.to_owned(),
                view: view.view.clone(),
                share,
                limit: percent,
            });
        } else {
            summary.warnings.push(format!(
                "view {:?} repeats: {share:.1} % of the records share their token with another record (limit {percent:.1} \
                 %, enforced from {MIN_RECORDS_FOR_LIMIT} records on)",
                view.view
            ));
        }
    }
    Ok(())
}

/// The share of records that are there several times: what repeats in at least half of the views, as duplicates of a person
/// repeat in all views but those with the field in which they differ, and members of a household in the views that name it. 0 if no view tells the members of a
/// household and namesakes apart, which a given name does together with a field that is no name.
fn duplicates(schema: &TokenSchema, views: &[ViewReport]) -> f64 {
    let name = |kind: &str| ["given", "surname", "family", "name"].iter().any(|part| kind.contains(part));
    let kinds =
        |view: &View| view.fields.iter().map(|&field| schema.fields[field].kind.as_str()).collect::<Vec<_>>();
    let tells = |view: &View| {
        let kinds = kinds(view);
        kinds.iter().any(|kind| kind.contains("given"))
            && kinds.iter().any(|kind| !name(kind) && *kind != "sex")
    };
    let made = views.iter().filter(|view| view.tokens > 0);
    let mut shares: Vec<f64> = made.map(|view| view.repeated_share).collect();
    shares.sort_by(f64::total_cmp);
    let median = shares.len().checked_sub(1).map_or(0.0, |last| shares[last / 2]);
    if schema.views.iter().any(tells) && median <= MOST_DUPLICATES { median } else { 0.0 }
}
