//! The files of a synthetic population.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use mizuhiki_columnar::Format;
use mizuhiki_files::Target;

use super::figures::figures;
use super::holders::Kind;
use super::links::{Cause, Members, Tie, class, tie};
use super::rates::Rates;
use super::world::World;
use super::write::Causes;
use crate::draw::Draw;
use crate::manifest::{GENERATOR, Manifest, ManifestFile, SynthError, make_folder};
use crate::table::TextTable;

/// What to generate.
#[derive(Debug, Clone)]
pub struct JapanSpec {
    /// Number of people, 1 to 20,000,000; a million takes about 0.4 GB of memory.
    pub people: u32,
    /// Random seed: the same seed gives the same bytes on every machine.
    pub seed: u64,
    /// Frequencies of events.
    pub rates: Rates,
    /// Code of the only municipality (JIS X 0402, five digits); `None` for all of Japan.
    pub municipality: Option<String>,
    /// Format of the tables.
    pub format: Format,
}

/// Streams of draws: the world, then five for each holder.
const WORLD: u64 = 0;
const MEMBERS: u64 = 1;
const TIES: u64 = 2;
const ENTRIES: u64 = 3;
const ORDER: u64 = 4;
const IDS: u64 = 5;

/// Rows between two reports of progress.
const REPORT_ROWS: u64 = 4096;

/// Generates people of Japan and writes to `folder`, which is created if needed:
///
/// - a table for each of five custodians: `registry`, `insurer`, `bank`, `hospital`, `handbook`;
/// - `links-X-registry` for insurer, bank and handbook: links as made by institutions, some of them wrong;
/// - the ground truth: `truth-X-registry` (pairs of records of one person), `truth-links-X-registry` (cause
///   and class of each link) and `truth-entries-X` (person and errors of each record);
/// - `manifest.json`.
///
/// `progress` receives the rows written and the total, from any thread.
///
/// # Errors
/// [`SynthError`]. Files that were complete before the error stay.
pub fn make_japan(
    spec: &JapanSpec,
    folder: &Path,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Manifest, SynthError> {
    if !(1..=20_000_000).contains(&spec.people) {
        return Err(SynthError::People { people: spec.people });
    }
    let draw = |purpose, kind| spec.draw(purpose, kind);
    let mut world = World::make(
        spec.people as usize,
        spec.rates,
        spec.municipality.as_deref(),
        &mut Draw::new(spec.seed, WORLD),
    )
    .ok_or_else(|| SynthError::Municipality { code: spec.municipality.clone().unwrap_or_default() })?;
    make_folder(folder, Kind::ALL.map(Kind::name), spec.format)?;
    let figures = figures(&world, spec.people as usize);

    let holders = draw_holders(spec, &mut world);
    let mut everybody: Members = (0..world.people.len() as u32).collect();
    draw(ORDER, Kind::Registry).shuffle(&mut everybody);
    let registry_ids = ids(everybody.len(), &mut draw(IDS, Kind::Registry));
    let mut registry_id_of = vec![0; everybody.len()];
    for (&person, &id) in everybody.iter().zip(&registry_ids) {
        registry_id_of[person as usize] = id;
    }
    let total =
        everybody.len() + holders.iter().map(|(_, members, ties)| members.len() + ties.len()).sum::<usize>();

    let output = Output {
        world: &world,
        folder,
        format: spec.format,
        registry_ids: &registry_id_of,
        written: AtomicU64::new(0),
        total: total as u64,
        progress,
        files: Mutex::new(Vec::new()),
    };
    output.write_all(spec, &holders, (&everybody, &registry_ids))?;
    let mut files = output.files.into_inner().unwrap_or_default();
    files.sort_by(|a, b| a.file.cmp(&b.file));
    let manifest = Manifest {
        generator: GENERATOR,
        locale: "ja",
        people: spec.people,
        seed: spec.seed,
        municipality: spec.municipality.clone(),
        files,
        rates: spec.rates.list(),
        figures,
    };
    manifest.write(folder)?;
    Ok(manifest)
}

/// A custodian, its people and its links.
type Holding = (Kind, Members, Vec<Tie>);

impl JapanSpec {
    /// The stream of draws of a purpose.
    fn draw(&self, purpose: u64, kind: Kind) -> Draw {
        Draw::new(self.seed, purpose + 5 * kind as u64)
    }
}

/// The custodians but the registry. Links come first: people picked by mistake must be in the registry.
fn draw_holders(spec: &JapanSpec, world: &mut World) -> Vec<Holding> {
    let mut holders = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Registry) {
        let mut members = spec.draw(MEMBERS, kind);
        let mut members: Members = (0..spec.people)
            .filter(|&person| kind.knows(&world.people[person as usize], world, &mut members))
            .collect();
        spec.draw(ORDER, kind).shuffle(&mut members);
        let ties = if kind == Kind::Hospital {
            Vec::new()
        } else {
            tie(kind, &mut members, world, &mut spec.draw(TIES, kind))
        };
        holders.push((kind, members, ties));
    }
    holders
}

/// Record numbers 1 to `count`, in random order.
fn ids(count: usize, draw: &mut Draw) -> Vec<u32> {
    let mut numbers: Vec<u32> = (1..=count as u32).collect();
    draw.shuffle(&mut numbers);
    numbers
}

fn record_id(kind: Kind, number: u32) -> String {
    format!("{}{number:07}", kind.letter())
}

/// Where the tables go.
struct Output<'a> {
    world: &'a World,
    folder: &'a Path,
    format: Format,
    /// Number of the registry's record of each person.
    registry_ids: &'a [u32],
    written: AtomicU64,
    total: u64,
    progress: &'a (dyn Fn(u64, u64) + Sync),
    files: Mutex<Vec<ManifestFile>>,
}

impl Output<'_> {
    /// Writes every custodian's tables, each on a thread of its own.
    fn write_all(
        &self,
        spec: &JapanSpec,
        holders: &[Holding],
        (everybody, registry_ids): (&Members, &[u32]),
    ) -> Result<(), SynthError> {
        thread::scope(|scope| {
            let mut workers = Vec::new();
            for (kind, members, ties) in holders {
                let (mut entries, mut order) = (spec.draw(ENTRIES, *kind), spec.draw(IDS, *kind));
                workers.push(scope.spawn(move || {
                    let ids = ids(members.len(), &mut order);
                    let causes = self.records(*kind, members, &ids, &mut entries)?;
                    self.truth(*kind, members, &ids)?;
                    self.ties(*kind, members, &ids, ties, &causes)
                }));
            }
            let registry = self
                .records(Kind::Registry, everybody, registry_ids, &mut spec.draw(ENTRIES, Kind::Registry))
                .map(|_| ());
            workers
                .into_iter()
                .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .fold(registry, Result::and)
        })
    }

    /// A custodian's table and the ground truth of its entries; returns the errors of each.
    fn records(
        &self,
        kind: Kind,
        members: &[u32],
        ids: &[u32],
        draw: &mut Draw,
    ) -> Result<Vec<Causes>, SynthError> {
        let columns: Vec<&str> = ["record_id"].into_iter().chain(kind.columns().iter().copied()).collect();
        let mut table = self.table(kind.name(), &columns)?;
        let mut truth =
            self.table(&format!("truth-entries-{}", kind.name()), &["record_id", "person", "causes"])?;
        let mut all = Vec::with_capacity(members.len());
        for (&person, &id) in members.iter().zip(ids) {
            let id = record_id(kind, id);
            let (values, mut causes) = kind.write(person, self.world, draw);
            causes.sort_unstable();
            causes.dedup();
            table.push(std::iter::once(&id).chain(&values).map(String::as_str), &causes)?;
            truth.push([id.as_str(), &person.to_string(), &causes.join(" ")], &causes)?;
            all.push(causes);
            self.report(1);
        }
        self.finish(table)?;
        self.finish(truth)?;
        Ok(all)
    }

    /// Pairs of records of a custodian and the registry that belong to the same person.
    fn truth(&self, kind: Kind, members: &[u32], ids: &[u32]) -> Result<(), SynthError> {
        let mut table = self.table(&format!("truth-{}-registry", kind.name()), &["left_id", "right_id"])?;
        for (&person, &id) in members.iter().zip(ids) {
            let (left, right) = (record_id(kind, id), self.registry_id(person));
            table.push([left.as_str(), &right], &[])?;
        }
        self.finish(table)
    }

    /// The links of an institution, and their ground truth.
    fn ties(
        &self,
        kind: Kind,
        members: &[u32],
        ids: &[u32],
        ties: &[Tie],
        causes: &[Causes],
    ) -> Result<(), SynthError> {
        if ties.is_empty() {
            return Ok(());
        }
        let name = kind.name();
        let mut table =
            self.table(&format!("links-{name}-registry"), &["handle", "left_id", "right_id", "batch"])?;
        let mut truth = self
            .table(&format!("truth-links-{name}-registry"), &["handle", "cause", "class", "true_right_id"])?;
        for (tie, number) in ties.iter().zip(1..) {
            let record = tie.record as usize;
            let person = members[record];
            let handle = format!("{}L{number:07}", kind.letter());
            let (left, right) = (record_id(kind, ids[record]), self.registry_id(tie.tied));
            table.push([handle.as_str(), &left, &right, &format!("{:05}", tie.batch)], &[])?;
            let people = &self.world.people;
            let class =
                class(tie.cause, &people[person as usize], &people[tie.tied as usize], &causes[record]);
            let cause = Some(tie.cause).filter(|cause| *cause != Cause::None).map(Cause::name);
            truth.push(
                [handle.as_str(), cause.unwrap_or_default(), class, &self.registry_id(person)],
                cause.as_slice(),
            )?;
            self.report(1);
        }
        self.finish(table)?;
        self.finish(truth)
    }

    fn registry_id(&self, person: u32) -> String {
        record_id(Kind::Registry, self.registry_ids[person as usize])
    }

    fn table(&self, name: &str, columns: &[&str]) -> Result<Table, SynthError> {
        let file = format!("{name}.{}", self.format.extension());
        let rows = TextTable::create(&Target::Path(self.folder.join(&file)), columns)?;
        Ok(Table { rows, made: ManifestFile { file, rows: 0, causes: BTreeMap::new() } })
    }

    fn finish(&self, table: Table) -> Result<(), SynthError> {
        table.rows.finish()?;
        if let Ok(mut files) = self.files.lock() {
            files.push(table.made);
        }
        Ok(())
    }

    fn report(&self, rows: u64) {
        let done = self.written.fetch_add(rows, Ordering::Relaxed) + rows;
        if done.is_multiple_of(REPORT_ROWS) {
            (self.progress)(done, self.total);
        }
    }
}

/// A table under construction.
struct Table {
    rows: TextTable,
    made: ManifestFile,
}

impl Table {
    fn push<'a>(
        &mut self,
        values: impl IntoIterator<Item = &'a str>,
        causes: &[&'static str],
    ) -> Result<(), SynthError> {
        self.rows.push(values)?;
        self.made.rows += 1;
        for cause in causes {
            *self.made.causes.entry(cause).or_insert(0) += 1;
        }
        Ok(())
    }
}
