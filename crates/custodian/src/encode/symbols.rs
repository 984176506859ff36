//! From the symbols of records to the tokens that are sent (`protocols/03-tokens.md` §8): symbols that
//! several records of the file have are suppressed, random ones fill up, and the order reveals nothing.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use mizuhiki_encode::SymbolLists;
use mizuhiki_exchange::PairsWithin;
use mizuhiki_schema::Symbols;
use rand::RngExt as _;
use rand_chacha::ChaCha20Rng;
use rustc_hash::FxHashMap;
use serde::Serialize;

/// Parts by the first byte of a symbol.
const PARTS: usize = 256;

/// Maximum number of symbols in memory, 192 MiB; beyond it, all parts go to files.
const IN_MEMORY: usize = 1 << 24;

/// A symbol that more records share is skipped when pairs are counted, as the linkage unit does.
const HEAVY: usize = 256;

/// Bits of the sieve for each suppressed symbol.
const SIEVE_BITS: usize = 16;

/// Figures of sealed symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct SymbolReport {
    /// Symbols in a record's token.
    pub per_record: u64,
    /// Symbols of all records before suppression.
    pub real: u64,
    /// Of these, symbols that were suppressed because another record of the file has them too.
    pub suppressed: u64,
    /// Records with a suppressed symbol.
    pub records_touched: u64,
    /// Records without any real symbol left.
    pub records_empty: u64,
}

impl SymbolReport {
    pub(crate) const fn add(&mut self, other: &Self) {
        self.real += other.real;
        self.suppressed += other.suppressed;
        self.records_touched += other.records_touched;
        self.records_empty += other.records_empty;
    }
}

/// Finds the symbols that several records of a file have, and counts the common symbols of pairs of records.
pub(crate) struct Finder {
    parts: Vec<Part>,
    /// Number of common symbols at which two records with a single row are taken for one person's, and number
    /// of symbols of a row.
    solid: (usize, usize),
    /// Number of symbols of each record, and their sum, which identifies the record.
    records: Vec<(u32, u64)>,
    in_memory: usize,
    most: usize,
}

/// A symbol's upper and lower half, and a record that has it: 12 bytes.
type Entry = [u32; 3];

#[derive(Default)]
struct Part {
    entries: Vec<Entry>,
    file: Option<BufWriter<File>>,
}

/// A symbol that several records have, and these records; none are kept for a heavy symbol.
struct Holders {
    symbol: u64,
    records: Vec<u32>,
}

/// Groups of records that are taken for one person's, as connected by solid pairs; for each record the first
/// of its group.
struct Persons(Vec<u32>);

impl Persons {
    fn new<'c>(records: usize, solid: impl Iterator<Item = (&'c (u32, u32), &'c u32)>) -> Self {
        let mut persons = Self((0..records as u32).collect());
        for (&(a, b), _) in solid {
            let (a, b) = (persons.first(a), persons.first(b));
            persons.0[a.max(b) as usize] = a.min(b);
        }
        // Point every record directly at the first one.
        for record in 0..records {
            persons.0[record] = persons.first(record as u32);
        }
        persons
    }

    fn first(&mut self, mut record: u32) -> u32 {
        while self.0[record as usize] != record {
            let next = self.0[record as usize];
            self.0[record as usize] = self.0[next as usize];
            record = next;
        }
        record
    }

    /// Whether records are of one person; false for no records.
    fn are_one(&self, records: &[u32]) -> bool {
        let person = |record: &u32| self.0[*record as usize];
        records
            .split_first()
            .is_some_and(|(first, rest)| rest.iter().all(|other| person(other) == person(first)))
    }
}

/// Common symbols of pairs of records.
type Common = FxHashMap<(u32, u32), u32>;

impl Finder {
    /// Two records of one person have `solid` common symbols out of `per_row`.
    pub(crate) fn new(solid: usize, per_row: usize) -> Self {
        let parts = (0..PARTS).map(|_| Part::default()).collect();
        Self { parts, solid: (solid, per_row), records: Vec::new(), in_memory: 0, most: IN_MEMORY }
    }

    /// Adds the symbols of records, distinct within each record.
    pub(crate) fn push(&mut self, lists: &SymbolLists) -> io::Result<()> {
        for list in lists.iter() {
            let record = self.records.len() as u32;
            for &symbol in list {
                let entry = [(symbol >> 32) as u32, symbol as u32, record];
                self.parts[(symbol >> 56) as usize].entries.push(entry);
            }
            self.records.push((list.len() as u32, sum_of(list)));
            self.in_memory += list.len();
        }
        if self.in_memory >= self.most {
            self.parts.iter_mut().try_for_each(Part::spill)?;
            self.in_memory = 0;
        }
        Ok(())
    }

    /// The symbols that were added more than once, found on `threads` threads, and the number of pairs of
    /// records by common symbols.
    pub(crate) fn finish(self, threads: usize) -> io::Result<(Shared, PairsWithin)> {
        let parts: Vec<Mutex<Option<Part>>> =
            self.parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut found, mut common) = (Vec::<Holders>::new(), Common::default());
            while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let part = part.lock().ok().and_then(|mut part| part.take()).unwrap_or_default();
                part.repeated(&mut found, &mut common)?;
            }
            Ok::<_, io::Error>((found, common))
        };
        let (mut shared, common) = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let (mut all, mut sums) = (Vec::new(), Common::default());
            for thread in threads {
                let gave_up = || io::Error::other("a thread gave up");
                let (mut found, common) = thread.join().map_err(|_| gave_up())??;
                all.append(&mut found);
                common.into_iter().for_each(|(pair, count)| *sums.entry(pair).or_default() += count);
            }
            Ok::<_, io::Error>((all, sums))
        })?;
        shared.sort_unstable_by_key(|holders| holders.symbol);
        let persons = {
            let (solid, per_row) = self.solid;
            // For records with several rows the same share is needed, because household members may share a
            // row.
            let is_solid = |&(&(a, b), count): &(&(u32, u32), &u32)| {
                let fewer = self.records[a as usize].0.min(self.records[b as usize].0) as usize;
                *count as usize * per_row >= solid * fewer.max(per_row)
            };
            Persons::new(self.records.len(), common.iter().filter(is_solid))
        };
        // The record of a person that has the most symbols keeps them, whatever the order of records.
        let keeper = |holders: &Holders| {
            let of_one = persons.are_one(&holders.records);
            let records =
                holders.records.iter().filter(|_| of_one).map(|record| self.records[*record as usize]);
            records.min_by_key(|&(size, sum)| (Reverse(size), sum)).map(|(_, sum)| sum)
        };
        let shared: Vec<_> = shared.iter().map(|holders| (holders.symbol, keeper(holders))).collect();
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        common.into_values().for_each(|common| *counts.entry(common).or_default() += 1);
        let pairs = PairsWithin::new(counts.into_iter().collect()).unwrap_or_default();
        Ok((Shared::new(shared), pairs))
    }
}

impl Part {
    fn spill(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(BufWriter::with_capacity(1 << 16, tempfile::tempfile()?)),
        };
        for entry in self.entries.drain(..) {
            entry.iter().try_for_each(|word| file.write_all(&word.to_le_bytes()))?;
        }
        Ok(())
    }

    /// Appends the symbols that occur more than once in the part, and counts them for the pairs of records
    /// that have them.
    fn repeated(mut self, found: &mut Vec<Holders>, common: &mut Common) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            let mut bytes = Vec::new();
            file.rewind()?;
            file.read_to_end(&mut bytes)?;
            let words = bytes.as_chunks::<4>().0.as_chunks::<3>().0;
            self.entries.extend(words.iter().map(|words| words.map(u32::from_le_bytes)));
        }
        self.entries.sort_unstable();
        for run in self.entries.chunk_by(|a, b| a[..2] == b[..2]).filter(|run| run.len() > 1) {
            let symbol = u64::from(run[0][0]) << 32 | u64::from(run[0][1]);
            let records =
                if run.len() > HEAVY { Vec::new() } else { run.iter().map(|entry| entry[2]).collect() };
            found.push(Holders { symbol, records });
            if run.len() > HEAVY {
                continue;
            }
            for (at, a) in run.iter().enumerate() {
                run[at + 1..].iter().for_each(|b| *common.entry((a[2], b[2])).or_default() += 1);
            }
        }
        Ok(())
    }
}

/// The sum of a record's symbols.
fn sum_of(symbols: &[u64]) -> u64 {
    symbols.iter().fold(0, |sum: u64, symbol| sum.wrapping_add(*symbol))
}

/// Symbols that several records of a file have.
pub(crate) struct Shared {
    /// Ascending.
    symbols: Vec<u64>,
    /// The sum of the symbols of the record that keeps a symbol, if one does, and whether it is already kept,
    /// because several records may be equal.
    keepers: Vec<(Option<u64>, AtomicBool)>,
    /// A Bloom-like sieve: most symbols are not in the list, and one bit shows it without a search.
    sieve: Vec<u64>,
    shift: u32,
}

impl Shared {
    fn new(shared: Vec<(u64, Option<u64>)>) -> Self {
        let keepers = shared.iter().map(|(_, keeper)| (*keeper, AtomicBool::new(false))).collect();
        let symbols: Vec<u64> = shared.into_iter().map(|(symbol, _)| symbol).collect();
        let bits = (symbols.len() * SIEVE_BITS).next_power_of_two().max(64);
        let shift = 64 - bits.trailing_zeros();
        let mut sieve = vec![0; bits / 64];
        for &symbol in &symbols {
            let bit = Self::bit(symbol, shift);
            sieve[bit / 64] |= 1 << (bit % 64);
        }
        Self { symbols, keepers, sieve, shift }
    }

    /// No symbols.
    pub(crate) fn none() -> Self {
        Self::new(Vec::new())
    }

    const fn bit(symbol: u64, shift: u32) -> usize {
        (symbol >> shift) as usize
    }

    /// Whether a symbol is suppressed in the record whose symbols have this sum.
    fn takes(&self, symbol: u64, sum: u64) -> bool {
        let bit = Self::bit(symbol, self.shift);
        if self.sieve[bit / 64] >> (bit % 64) & 1 == 0 {
            return false;
        }
        self.symbols.binary_search(&symbol).is_ok_and(|at| {
            let (keeper, kept) = &self.keepers[at];
            *keeper != Some(sum) || kept.swap(true, Ordering::Relaxed)
        })
    }
}

/// Turns symbols into rows of a token file that reveal nothing but equality.
pub(crate) struct Sealer {
    per_record: usize,
    bytes: usize,
    shared: Shared,
    /// One source of random symbols per thread.
    random: Vec<ChaCha20Rng>,
}

impl Sealer {
    pub(crate) fn new(symbols: &Symbols, shared: Shared, random: Vec<ChaCha20Rng>) -> Self {
        Self { per_record: symbols.per_record, bytes: symbols.bytes(), shared, random }
    }

    /// Symbols in a record's token.
    pub(crate) const fn per_record(&self) -> u64 {
        self.per_record as u64
    }

    /// Turns rows of [`pack`] into tokens.
    pub(crate) fn seal(&mut self, rows: &mut [u8]) -> SymbolReport {
        let (row_bytes, threads) = (self.per_record * self.bytes, self.random.len());
        let each = rows.len().div_ceil(row_bytes).div_ceil(threads).max(1) * row_bytes;
        let (per_record, bytes, shared) = (self.per_record, self.bytes, &self.shared);
        let mut report = SymbolReport::default();
        std::thread::scope(|scope| {
            let seal = |(rows, random): (&mut [u8], &mut ChaCha20Rng)| {
                let mut report = SymbolReport::default();
                let mut set = Vec::with_capacity(2 * per_record);
                for row in rows.chunks_exact_mut(row_bytes) {
                    seal_row(row, (per_record, bytes), shared, random, &mut set, &mut report);
                }
                report
            };
            let parts = rows.chunks_mut(each).zip(&mut self.random);
            let mut threads: Vec<_> = parts.map(|part| scope.spawn(move || seal(part))).collect();
            for thread in threads.drain(..) {
                // A panic of a thread also ends the scope with a panic.
                if let Ok(part) = thread.join() {
                    report.add(&part);
                }
            }
        });
        report
    }
}

fn seal_row(
    row: &mut [u8],
    (per_record, bytes): (usize, usize),
    shared: &Shared,
    random: &mut ChaCha20Rng,
    set: &mut Vec<u64>,
    report: &mut SymbolReport,
) {
    set.clear();
    let mut wide = [0; 8];
    for symbol in row.chunks_exact(bytes) {
        wide[..bytes].copy_from_slice(symbol);
        // Zero stands for "no symbol"; a symbol that happens to be zero (at most one in 2^32) is lost.
        set.extend(Some(u64::from_be_bytes(wide)).filter(|symbol| *symbol != 0));
    }
    let real = set.len();
    let sum = sum_of(set);
    set.retain(|&symbol| !shared.takes(symbol, sum));
    report.real += real as u64;
    report.suppressed += (real - set.len()) as u64;
    report.records_touched += u64::from(set.len() < real);
    report.records_empty += u64::from(set.is_empty());
    let mask = u64::MAX << (64 - 8 * bytes);
    while set.len() < per_record {
        let missing = per_record - set.len();
        set.extend((0..missing).map(|_| random.random::<u64>() & mask).filter(|symbol| *symbol != 0));
        set.sort_unstable();
        set.dedup();
    }
    for (place, symbol) in row.chunks_exact_mut(bytes).zip(set.iter()) {
        place.copy_from_slice(&symbol.to_be_bytes()[..bytes]);
    }
}

/// Rows of a token file with the symbols of each record, filled up with zeros.
pub(crate) fn pack(lists: &SymbolLists, symbols: &Symbols) -> Vec<u8> {
    let bytes = symbols.bytes();
    let row_bytes = symbols.per_record * bytes;
    let mut rows = Vec::new();
    for list in lists.iter() {
        let start = rows.len();
        list.iter().for_each(|symbol| rows.extend_from_slice(&symbol.to_be_bytes()[..bytes]));
        rows.resize(start + row_bytes, 0);
    }
    rows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;

    /// Seals the rows of a file in parts on two threads, after finding symbols in memory or in files.
    fn sealed(
        records: &[Vec<u64>],
        most: usize,
        suppress: bool,
    ) -> (Vec<Vec<u64>>, SymbolReport, PairsWithin) {
        const PER_RECORD: usize = 6;
        const SOLID: usize = 5;
        let mut finder = Finder { most, ..Finder::new(SOLID, PER_RECORD) };
        let mut rows = Vec::new();
        for record in records {
            let list: SymbolLists = [record.as_slice()].into_iter().collect();
            finder.push(&list).unwrap();
            let mut row: Vec<u8> = record.iter().flat_map(|symbol| symbol.to_be_bytes()).collect();
            row.resize(PER_RECORD * 8, 0);
            rows.extend(row);
        }
        let (shared, pairs) = finder.finish(2).unwrap();
        let shared = if suppress { shared } else { Shared::none() };
        let random = (0..2).map(ChaCha20Rng::seed_from_u64).collect();
        let mut sealer = Sealer { per_record: PER_RECORD, bytes: 8, shared, random };
        let report = sealer.seal(&mut rows);
        let row =
            |row: &[u8]| row.as_chunks::<8>().0.iter().map(|bytes| u64::from_be_bytes(*bytes)).collect();
        (rows.chunks(PER_RECORD * 8).map(row).collect(), report, pairs)
    }

    proptest! {
        #[test]
        fn what_two_records_have_is_gone_and_the_rest_stays(
            records in prop::collection::vec(prop::collection::btree_set(1_u64..90, 0..=6), 0..30), spilled: bool,
        ) {
            let wide = |record: &std::collections::BTreeSet<u64>| record.iter().map(|n| n << 57 | n << 40 | n).collect();
            let records: Vec<Vec<u64>> = records.iter().map(wide).collect();
            let mut holders: BTreeMap<u64, u64> = BTreeMap::new();
            records.iter().flatten().for_each(|&symbol| *holders.entry(symbol).or_default() += 1);
            let (tokens, report, pairs) = sealed(&records, if spilled { 10 } else { usize::MAX }, true);
            prop_assert!(tokens.iter().all(|token| token.len() == 6 && token.is_sorted_by(|a, b| a < b)));
            // Groups of records connected by solid pairs, step by step.
            let common = |a: &[u64], b: &[u64]| a.iter().filter(|symbol| b.contains(symbol)).count();
            let mut person: Vec<usize> = (0..records.len()).collect();
            for _ in &records {
                for (i, a) in records.iter().enumerate() {
                    for (j, _) in records.iter().enumerate().filter(|(_, b)| common(a, b) >= 5) {
                        let least = person[i].min(person[j]);
                        (person[i], person[j]) = (least, least);
                    }
                }
            }
            let mut kept_symbols = 0;
            for symbol in holders.keys() {
                let of: Vec<usize> = (0..records.len()).filter(|&at| records[at].contains(symbol)).collect();
                let keeps = of.len() == 1 || of.iter().all(|at| person[*at] == person[of[0]]);
                let still = of.iter().filter(|at| tokens[**at].contains(symbol)).count();
                prop_assert_eq!(still, usize::from(keeps));
                kept_symbols += still as u64;
            }
            let mut all: Vec<u64> = tokens.concat();
            all.sort_unstable();
            prop_assert!(all.is_sorted_by(|a, b| a < b), "no two records have a symbol in common");
            let mut naive: BTreeMap<u32, u64> = BTreeMap::new();
            for (at, a) in records.iter().enumerate() {
                for b in &records[at + 1..] {
                    let common = a.iter().filter(|symbol| b.contains(symbol)).count() as u32;
                    *naive.entry(common).or_default() += u64::from(common > 0);
                }
            }
            naive.retain(|_, pairs| *pairs > 0);
            prop_assert_eq!(pairs.counts(), naive.into_iter().collect::<Vec<_>>());
            let suppressed = holders.values().sum::<u64>() - kept_symbols;
            prop_assert_eq!((report.real, report.suppressed), (holders.values().sum(), suppressed));
            let (kept, report, _) = sealed(&records, usize::MAX, false);
            prop_assert_eq!(report.suppressed, 0);
            prop_assert!(records.iter().zip(&kept).all(|(r, t)| r.iter().all(|symbol| t.contains(symbol))));
        }
    }
}
