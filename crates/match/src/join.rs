//! Pairs of records with common symbols, and how many: an equi-join, partitioned by prefix (`protocols/04-matching.md`
//! §5).
//!
//! A unit of work is a range of symbols. Its entries (symbol, record) of both sides are sorted and merged; every equal
//! pair of symbols is one common symbol of a pair of records. Counts of units add up, whatever their order.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicU64, Ordering};

use mizuhiki_exchange::{Comparable, SymbolReader, TokenSet};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::calibrate::sample;
use crate::common::CommonLaw;
use crate::entry::{Entry, entry, sort, symbol};
use crate::search::{Candidate, UnitResult};

/// Maximum number of symbols of a unit: its entries fit 192 MiB.
const UNIT_SYMBOLS: u64 = 1 << 24;

/// Smaller files are cut into this number of units if each has enough symbols, so that progress can be shown
/// and work resumed.
const FEW_UNITS: u64 = 8;
const FEW_SYMBOLS: u64 = 1 << 20;

/// Ranges into which a unit's entries are gathered; each fits a processor's cache.
const SLICES: usize = 256;

/// Maximum bytes of an entry and of its results in a unit.
const ENTRY_BYTES: u64 = 12 + 8;

/// A symbol that more records of one file share is skipped. In files of task `link`, no two records share
/// one.
pub const HEAVY: usize = 256;

/// Number of left records whose pairs are counted a second time, to measure search recall.
const SAMPLE: usize = 256;

/// A planned join of the symbols of two files, or of one.
pub struct Join<'a, R> {
    comparable: Comparable<'a>,
    law: CommonLaw,
    left: &'a R,
    /// `None` within one file.
    right: Option<&'a R>,
    units: u64,
    symbols: u64,
    heavy: AtomicU64,
    heaviest: AtomicU64,
}

/// Entries of a small range of symbols.
type Slice = Vec<Entry>;

/// A pair of records with their number of common symbols in one or more units.
type Counted = (u64, u32);

impl<'a, R: SymbolReader> Join<'a, R> {
    /// Plans the join of two files, or of one with itself.
    #[must_use]
    pub fn new(comparable: &Comparable<'a>, left: &'a R, right: &'a R) -> Option<Self> {
        let law = CommonLaw::of(comparable)?;
        let right = (!comparable.is_within()).then_some(right);
        let of = |set: &TokenSet, reader: &R| set.len() as u64 * reader.per_record() as u64;
        let symbols = of(comparable.left(), left) + right.map_or(0, |right| of(comparable.right(), right));
        let units = symbols.div_ceil(UNIT_SYMBOLS).max((symbols / FEW_SYMBOLS).min(FEW_UNITS)).max(1);
        let (heavy, heaviest) = (AtomicU64::new(0), AtomicU64::new(0));
        Some(Self { comparable: *comparable, law, left, right, units, symbols, heavy, heaviest })
    }

    /// The same join in this number of units, at least one; results do not depend on it.
    #[must_use]
    pub fn in_units(mut self, units: usize) -> Self {
        self.units = units.max(1) as u64;
        self
    }

    /// What is compared.
    #[must_use]
    pub const fn comparable(&self) -> &Comparable<'a> {
        &self.comparable
    }

    /// The law of common symbols.
    #[must_use]
    pub const fn law(&self) -> CommonLaw {
        self.law
    }

    /// Units of work.
    #[must_use]
    pub const fn units(&self) -> usize {
        self.units as usize
    }

    /// Symbols of both files.
    #[must_use]
    pub const fn symbols(&self) -> u64 {
        self.symbols
    }

    /// Number of units that can be processed in one reading of the files with `bytes` of memory; at least
    /// one.
    #[must_use]
    pub const fn units_at_once(&self, bytes: u64) -> usize {
        let units = bytes / (ENTRY_BYTES * (self.symbols / self.units + 1));
        if units == 0 { 1 } else { units as usize }
    }

    /// Number of symbols that were skipped because more than [`HEAVY`] records of one file have them, and the
    /// maximum number of records that share one.
    pub fn skipped_symbols(&self) -> (u64, u64) {
        (self.heavy.load(Ordering::Relaxed), self.heaviest.load(Ordering::Relaxed))
    }

    /// Processes `units` in one reading of the files; `on_gathered` gets the number of symbols read for them.
    /// `take` gets the pairs of each unit, by left record, then right record, with their counts in place of
    /// similarities, and may stop the work.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn run<B: Send>(
        &self,
        units: Range<usize>,
        on_gathered: &(dyn Fn(u64) + Sync),
        take: &(dyn Fn(UnitResult) -> ControlFlow<B> + Sync),
    ) -> Result<ControlFlow<B>, R::Error> {
        let sets = (self.comparable.left(), self.comparable.right());
        let gather = |set, reader: &R| self.gather(set, reader, &units, on_gathered);
        let (left, right) = rayon::join(
            || gather(sets.0, self.left),
            || self.right.map(|right| gather(sets.1, right)).transpose(),
        );
        let (left, right) = (left?, right?.unwrap_or_else(|| vec![vec![Vec::new(); SLICES]; units.len()]));
        let work = |((unit, left), right): ((usize, Vec<Slice>), Vec<Slice>)| {
            let symbols = left.iter().chain(&right).map(|slice| slice.len() as u64).sum();
            let pairs: Vec<Vec<u64>> = (0..SLICES)
                .into_par_iter()
                .zip(left)
                .zip(right)
                .map_init(Vec::new, |spare, ((slice, mut left), mut right)| {
                    let (start, width) = self.range((unit * SLICES + slice) as u64);
                    sort(&mut left, start, width, spare);
                    sort(&mut right, start, width, spare);
                    if self.right.is_some() { self.between(&left, &right) } else { self.within(&left) }
                })
                .collect();
            let mut pairs = pairs.concat();
            pairs.par_sort_unstable();
            let candidates = pairs.chunk_by(|a, b| a == b).map(|run| candidate((run[0], run.len() as u32)));
            take(UnitResult { unit, pairs: symbols, candidates: candidates.collect() })
        };
        Ok(units.into_par_iter().zip(left).zip(right).try_for_each(work))
    }

    /// Entries of a file, by unit and slice.
    fn gather(
        &self,
        set: &TokenSet,
        reader: &R,
        units: &Range<usize>,
        on_gathered: &(dyn Fn(u64) + Sync),
    ) -> Result<Vec<Vec<Slice>>, R::Error> {
        let [start, end] = [units.start, units.end].map(|unit| self.start((unit * SLICES) as u64));
        let per_record = reader.per_record();
        let (slices, first) = (self.slices(), units.start * SLICES);
        // Symbols are uniform, so there are rarely more than this.
        let expected = set.len() * per_record / slices as usize;
        let mut entries: Vec<Slice> =
            (0..units.len() * SLICES).map(|_| Slice::with_capacity(expected + expected / 32)).collect();
        reader.read(&mut |records, symbols| {
            let mut gathered = 0;
            for (&record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
                let from = symbols.partition_point(|&symbol| u128::from(symbol) < start);
                let to = symbols.partition_point(|&symbol| u128::from(symbol) < end);
                gathered += (to - from) as u64;
                for &symbol in &symbols[from..to] {
                    let slice = ((u128::from(symbol) * u128::from(slices)) >> 64) as usize;
                    entries[slice - first].push(entry(symbol, record));
                }
            }
            on_gathered(gathered);
        })?;
        let mut entries = entries.into_iter();
        Ok(units.clone().map(|_| entries.by_ref().take(SLICES).collect()).collect())
    }

    /// Slices of all units.
    const fn slices(&self) -> u64 {
        self.units * SLICES as u64
    }

    /// The first symbol of a slice; beyond all symbols for the one after the last.
    fn start(&self, slice: u64) -> u128 {
        (u128::from(slice) << 64).div_ceil(u128::from(self.slices()))
    }

    /// The first symbol of a slice, and the number of bits in which differences from it fit.
    fn range(&self, slice: u64) -> (u64, u32) {
        (self.start(slice) as u64, u64::BITS - self.slices().ilog2())
    }

    /// Pairs of records, one for each common symbol.
    fn between(&self, left: &[Entry], right: &[Entry]) -> Vec<u64> {
        let mut pairs = Vec::new();
        let mut rest = right;
        for lefts in left.chunk_by(same_symbol) {
            rest = &rest[gallop(rest, symbol(&lefts[0]))..];
            let count = rest.iter().take_while(|entry| same_symbol(entry, &lefts[0])).count();
            let rights = &rest[..count];
            if count == 0 || self.skips(lefts.len().max(count)) {
                continue;
            }
            for a in lefts {
                pairs.extend(rights.iter().map(|b| pair(a[2], b[2])));
            }
        }
        pairs
    }

    fn within(&self, entries: &[Entry]) -> Vec<u64> {
        let mut pairs = Vec::new();
        for run in entries.chunk_by(same_symbol) {
            if run.len() == 1 || self.skips(run.len()) {
                continue;
            }
            // Entries of one symbol are in the order of records.
            for (at, a) in run.iter().enumerate() {
                pairs.extend(run[at + 1..].iter().map(|b| pair(a[2], b[2])));
            }
        }
        pairs
    }

    /// Whether a symbol of so many records of one file is skipped; it is counted then.
    fn skips(&self, records: usize) -> bool {
        if records <= HEAVY {
            return false;
        }
        self.heavy.fetch_add(1, Ordering::Relaxed);
        self.heaviest.fetch_max(records as u64, Ordering::Relaxed);
        true
    }

    /// Counts the common symbols of a sample of left records with all records of the other file directly, by
    /// looking up each symbol, as a check of the join.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub fn sample(&self) -> Result<Vec<Candidate>, R::Error> {
        let set = self.comparable.left();
        let mut sampled = vec![false; set.len()];
        sample(set.ids(), SAMPLE).into_iter().for_each(|record| sampled[record as usize] = true);
        let mut owners: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        let per_record = self.left.per_record();
        self.left.read(&mut |records, symbols| {
            for (&record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
                if sampled[record as usize] {
                    symbols.iter().for_each(|&symbol| owners.entry(symbol).or_default().push(record));
                }
            }
        })?;
        // Most symbols are not in the sample, which one bit shows.
        let mut sieve = vec![false; 1 << 20];
        owners.keys().for_each(|symbol| sieve[(symbol >> 44) as usize] = true);
        let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
        let right = self.right.unwrap_or(self.left);
        let per_record = right.per_record();
        right.read(&mut |records, symbols| {
            for (&record, symbols) in records.iter().zip(symbols.chunks_exact(per_record)) {
                for symbol in symbols.iter().filter(|symbol| sieve[(**symbol >> 44) as usize]) {
                    for &owner in owners.get(symbol).into_iter().flatten() {
                        *counts.entry(pair(owner, record)).or_default() += 1;
                    }
                }
            }
        })?;
        let mut found: Vec<Candidate> = Vec::new();
        for (pair, count) in counts {
            let candidate = candidate((pair, count));
            let (a, b) = (candidate.left, candidate.right);
            if self.right.is_some() {
                found.push(candidate);
            } else if a != b && (a < b || !sampled[b as usize]) {
                found.push(Candidate { left: a.min(b), right: a.max(b), ..candidate });
            }
        }
        found.retain(|candidate| candidate.similarity >= f64::from(self.law.min_common()));
        found.sort_unstable_by_key(|candidate| (candidate.left, candidate.right));
        Ok(found)
    }
}

fn same_symbol(a: &Entry, b: &Entry) -> bool {
    symbol(a) == symbol(b)
}

const fn pair(left: u32, right: u32) -> u64 {
    (left as u64) << 32 | right as u64
}

/// Counts are stored as similarities until all units are done.
fn candidate((pair, count): Counted) -> Candidate {
    Candidate { left: (pair >> 32) as u32, right: pair as u32, similarity: f64::from(count) }
}

/// The first position at which entries are not below `least`. Steps double, because the next one is rarely
/// far.
fn gallop(entries: &[Entry], least: u64) -> usize {
    let mut step = 1;
    let mut low = 0;
    while low + step < entries.len() && symbol(&entries[low + step]) < least {
        low += step;
        step *= 2;
    }
    let high = (low + step + 1).min(entries.len());
    low + entries[low..high].partition_point(|entry| symbol(entry) < least)
}
