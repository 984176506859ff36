//! Candidates of a search, with checkpoints: a killed run continues from its last complete unit.
//!
//! A checkpoint is a file of sorted candidates that names their units. Results are the merge of all
//! checkpoints, so they do not depend on when those were written.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mizuhiki_match::{Candidate, UnitResult, sort_candidates};

use crate::candidates::error::SearchError;
use crate::candidates::runs::{Key, Merge, Run, write_candidates};

const MAGIC: &[u8; 16] = b"mizuhiki-run\x01\0\0\0";

/// Bytes before the list of units: magic, digest, counts of units and candidates.
const HEAD: usize = 16 + 32 + 8 + 8;

/// Options of a store.
pub(crate) struct StoreOptions<'a> {
    /// Folder of the checkpoints; a temporary one if `None`, for results that cannot be resumed.
    pub(crate) folder: Option<PathBuf>,
    /// Whether to continue what is in the folder.
    pub(crate) resume: bool,
    /// Maximum number of candidates in memory.
    pub(crate) most: usize,
    /// Time between checkpoints.
    pub(crate) every: Duration,
    /// Whether similarities are counts, which are added up for equal keys.
    pub(crate) adds_up: bool,
    /// Computes the digest of everything that the candidates depend on; called when the first checkpoint is
    /// written or read.
    pub(crate) digest: &'a (dyn Fn() -> [u8; 32] + Sync),
}

/// Candidates of a search.
pub(crate) struct Store<'a, K> {
    options: StoreOptions<'a>,
    digest: OnceCell<[u8; 32]>,
    key: K,
    memory: Vec<Candidate>,
    /// Whether the candidates in memory are sorted.
    sorted: bool,
    /// Units whose candidates are in memory.
    units: Vec<u32>,
    runs: Vec<Run>,
    done: BTreeSet<u32>,
    last: Instant,
    /// Folder of runs, created with the first.
    folder: Option<PathBuf>,
    temporary: Option<tempfile::TempDir>,
}

impl<'a, K: Fn(&Candidate) -> Key + Sync> Store<'a, K> {
    /// Opens a store. With `resume`, it continues from the checkpoints of a killed run.
    pub(crate) fn open(options: StoreOptions<'a>, key: K) -> Result<Self, SearchError> {
        let mut store = Self {
            key,
            digest: OnceCell::new(),
            memory: Vec::new(),
            sorted: true,
            units: Vec::new(),
            runs: Vec::new(),
            done: BTreeSet::new(),
            last: Instant::now(),
            folder: None,
            temporary: None,
            options,
        };
        let Some(folder) = store.options.folder.clone().filter(|folder| folder.exists()) else {
            return Ok(store);
        };
        if !store.options.resume {
            return Err(SearchError::Unfinished { folder: folder.display().to_string() });
        }
        let failed = |error| SearchError::spill(&folder, error);
        let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(failed)?;
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|name| name == "run")) {
            store.take_in(path)?;
        }
        store.folder = Some(folder);
        Ok(store)
    }

    /// The store, to which no candidates will be added, without the borrowed digest function.
    pub(crate) fn settled<'s>(self) -> Store<'s, K> {
        let Self { options, digest, key, memory, sorted, units, runs, done, last, folder, temporary } = self;
        let options = StoreOptions { digest: &|| [0; 32], ..options };
        Store { options, digest, key, memory, sorted, units, runs, done, last, folder, temporary }
    }

    /// Whether a unit is already done.
    pub(crate) fn has(&self, unit: usize) -> bool {
        self.done.contains(&(unit as u32))
    }

    /// Number of units that are done.
    pub(crate) fn resumed(&self) -> usize {
        self.done.len()
    }

    /// Adds a unit's candidates.
    pub(crate) fn add(&mut self, result: UnitResult) -> Result<(), SearchError> {
        if self.options.adds_up {
            // Units give pairs in order, and many pairs recur.
            self.memory = self.added_up(&result.candidates);
        } else {
            self.memory.extend(result.candidates);
            self.sorted = false;
        }
        self.units.push(result.unit as u32);
        let due = self.options.folder.is_some() && self.last.elapsed() >= self.options.every;
        if self.memory.len() >= self.options.most || due { self.checkpoint() } else { Ok(()) }
    }

    /// Merges sorted candidates into those in memory, adding up equal keys.
    fn added_up(&self, more: &[Candidate]) -> Vec<Candidate> {
        let mut sums: Vec<Candidate> = Vec::with_capacity(self.memory.len() + more.len() / 8);
        let (mut old, mut new) = (self.memory.iter().peekable(), more.iter().peekable());
        loop {
            let order = match (old.peek(), new.peek()) {
                (Some(a), Some(b)) => (self.key)(a).cmp(&(self.key)(b)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return sums,
            };
            let (a, b) = (old.next_if(|_| order.is_le()), new.next_if(|_| order.is_ge()));
            let sum = a.into_iter().chain(b).copied();
            sums.extend(sum.reduce(|a, b| Candidate { similarity: a.similarity + b.similarity, ..a }));
        }
    }

    /// Whether a run can continue after the units that are done.
    pub(crate) const fn is_resumable(&self) -> bool {
        self.options.folder.is_some()
    }

    /// Writes everything to disk; returns the error that ends the run.
    pub(crate) fn interrupt(&mut self) -> Result<SearchError, SearchError> {
        if !self.units.is_empty() {
            self.checkpoint()?;
        }
        let folder = self.folder()?.display().to_string();
        Ok(SearchError::Interrupted { folder })
    }

    /// The candidates in order.
    pub(crate) fn sorted(&mut self) -> Result<Merge<'_, &K>, SearchError> {
        if !self.sorted {
            sort_candidates(&mut self.memory, &self.key);
            self.sorted = true;
        }
        Merge::new(&self.memory, &self.runs, &self.key).map_err(SearchError::lost)
    }

    /// Maximum number of candidates in memory.
    pub(crate) const fn most(&self) -> usize {
        self.options.most
    }

    /// Folder for files of other sorting.
    pub(crate) fn place(&self) -> PathBuf {
        let beside = self.options.folder.as_deref().and_then(Path::parent);
        beside.filter(|place| place.is_dir()).map_or_else(std::env::temp_dir, Path::to_owned)
    }

    /// Removes the checkpoints, after the results are saved.
    pub(crate) fn remove(self) -> Result<(), SearchError> {
        match &self.folder {
            Some(folder) if self.temporary.is_none() => {
                fs::remove_dir_all(folder).map_err(|error| SearchError::spill(folder, error))
            }
            _ => Ok(()),
        }
    }

    fn digest(&self) -> [u8; 32] {
        *self.digest.get_or_init(|| (self.options.digest)())
    }

    fn checkpoint(&mut self) -> Result<(), SearchError> {
        let folder = self.folder()?;
        let failed = |error| SearchError::spill(&folder, error);
        let digest = self.digest();
        sort_candidates(&mut self.memory, &self.key);
        let path = folder.join(format!("{:08}.run", self.runs.len()));
        let mut file = BufWriter::with_capacity(
            1 << 18,
            tempfile::Builder::new().prefix("unfinished-").tempfile_in(&folder).map_err(failed)?,
        );
        let write = |file: &mut BufWriter<_>| {
            file.write_all(MAGIC)?;
            file.write_all(&digest)?;
            file.write_all(&(self.units.len() as u64).to_le_bytes())?;
            file.write_all(&(self.memory.len() as u64).to_le_bytes())?;
            self.units.iter().try_for_each(|unit| file.write_all(&unit.to_le_bytes()))?;
            write_candidates(file, &self.memory)?;
            file.flush()
        };
        write(&mut file).map_err(failed)?;
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        let file = file.persist(&path).map_err(|error| failed(error.error))?;
        let start = (HEAD + 4 * self.units.len()) as u64;
        self.runs.push(Run { file, start, count: self.memory.len() as u64 });
        self.done.extend(self.units.drain(..));
        self.memory.clear();
        self.last = Instant::now();
        Ok(())
    }

    fn folder(&mut self) -> Result<PathBuf, SearchError> {
        if let Some(folder) = &self.folder {
            return Ok(folder.clone());
        }
        let folder = match &self.options.folder {
            Some(folder) => {
                fs::create_dir(folder).map_err(|error| SearchError::spill(folder, error))?;
                folder.clone()
            }
            None => {
                let made =
                    tempfile::tempdir().map_err(|error| SearchError::spill(&std::env::temp_dir(), error))?;
                let folder = made.path().to_owned();
                self.temporary = Some(made);
                folder
            }
        };
        self.folder = Some(folder.clone());
        Ok(folder)
    }

    /// Adds a checkpoint of an earlier run.
    fn take_in(&mut self, path: &Path) -> Result<(), SearchError> {
        let failed = |error| SearchError::spill(path, error);
        let other = || SearchError::OtherRun { file: path.display().to_string() };
        let mut file = File::options().read(true).write(true).open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        let mut head = [0; HEAD];
        file.read_exact(&mut head).map_err(|_| other())?;
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&head[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        let (units, count) = (number(48), number(56));
        let start = units.checked_mul(4).and_then(|bytes| bytes.checked_add(HEAD as u64));
        let end = count.checked_mul(16).and_then(|bytes| start?.checked_add(bytes));
        if head[..16] != *MAGIC || head[16..48] != self.digest() || end != Some(size) {
            return Err(other());
        }
        let mut bytes = vec![0; units as usize * 4];
        file.read_exact(&mut bytes).map_err(failed)?;
        let units = bytes.as_chunks::<4>().0.iter().map(|unit| u32::from_le_bytes(*unit));
        let before = self.done.len();
        let expected = before + units.len();
        self.done.extend(units);
        if self.done.len() != expected {
            return Err(other());
        }
        self.runs.push(Run { file, start: start.unwrap_or_default(), count });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::candidates::runs::by_similarity;
    use crate::candidates::symbols::by_records;
    use crate::fixtures::{all_of, pair, store, unit};

    #[test]
    fn counts_of_units_add_up_whatever_their_order() {
        let units = [
            vec![pair(0, 0, 1.0), pair(0, 2, 1.0), pair(3, 1, 2.0)],
            vec![pair(0, 1, 1.0), pair(0, 2, 4.0)],
            vec![pair(3, 1, 1.0), pair(3, 2, 1.0)],
            Vec::new(),
        ];
        let sums = [pair(0, 0, 1.0), pair(0, 1, 1.0), pair(0, 2, 5.0), pair(3, 1, 3.0), pair(3, 2, 1.0)];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let mut counts = store(true, by_records);
            order.iter().for_each(|&at| counts.add(unit(at, &units[at])).unwrap());
            assert_eq!(all_of(&mut counts), sums, "{order:?}");
        }
    }

    #[test]
    fn candidates_come_in_order_however_often_they_are_asked_for() {
        let mut found = store(false, by_similarity);
        found.add(unit(0, &[pair(1, 0, 0.8), pair(0, 1, 0.9)])).unwrap();
        assert_eq!(all_of(&mut found), [pair(0, 1, 0.9), pair(1, 0, 0.8)]);
        // More of them, of which one is as similar as another.
        found.add(unit(1, &[pair(0, 0, 0.8), pair(2, 2, 1.0)])).unwrap();
        let all = [pair(2, 2, 1.0), pair(0, 1, 0.9), pair(0, 0, 0.8), pair(1, 0, 0.8)];
        assert_eq!(all_of(&mut found), all);
        assert_eq!(all_of(&mut found), all);
    }

    #[test]
    fn equal_pairs_stay_apart_where_they_are_no_counts() {
        let mut found = store(false, by_similarity);
        found.add(unit(0, &[pair(0, 0, 0.8)])).unwrap();
        found.add(unit(1, &[pair(0, 0, 0.8)])).unwrap();
        assert_eq!(all_of(&mut found), [pair(0, 0, 0.8), pair(0, 0, 0.8)]);
    }

    #[test]
    fn a_unit_in_memory_alone_is_not_done() {
        let mut found = store(false, by_similarity);
        found.add(unit(0, &[pair(0, 0, 0.8)])).unwrap();
        assert_eq!((found.has(0), found.has(1), found.resumed()), (false, false, 0));
        assert!(!found.is_resumable(), "it has no folder");
    }

    #[test]
    fn a_settled_store_gives_what_it_had() {
        let mut found = store(false, by_similarity);
        found.add(unit(0, &[pair(1, 0, 0.8), pair(0, 1, 0.9)])).unwrap();
        let mut settled = found.settled();
        assert_eq!(all_of(&mut settled), [pair(0, 1, 0.9), pair(1, 0, 0.8)]);
        assert_eq!(settled.most(), usize::MAX);
        settled.remove().unwrap();
    }
}
