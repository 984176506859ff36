//! Candidates in sorted runs: in memory if they fit, else in files.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Seek as _, SeekFrom};

use mizuhiki_match::{Candidate, sort_candidates};

/// Bytes of a candidate in a run.
const BYTES: usize = 16;

/// Bytes read or written at once.
const BUFFER: usize = 1 << 17;

/// The sort key of candidates, ascending.
pub(crate) type Key = (u64, u64, u64);

/// A key that depends only on the candidate.
pub(crate) type KeyFn = fn(&Candidate) -> Key;

/// A key that needs more, such as the files of the records.
pub(crate) type BoxedKey<'a> = Box<dyn Fn(&Candidate) -> Key + Send + Sync + 'a>;

/// The order of candidates between two sets, or within one (`protocols/04-matching.md` §5): similarities are
/// not negative, so their bits sort in the same order.
pub(crate) fn by_similarity(candidate: &Candidate) -> Key {
    (!candidate.similarity.to_bits(), u64::from(candidate.left) << 32 | u64::from(candidate.right), 0)
}

/// Writes candidates in the given order.
pub(crate) fn write_candidates(file: &mut impl io::Write, candidates: &[Candidate]) -> io::Result<()> {
    for candidate in candidates {
        file.write_all(&candidate.similarity.to_le_bytes())?;
        file.write_all(&candidate.left.to_le_bytes())?;
        file.write_all(&candidate.right.to_le_bytes())?;
    }
    Ok(())
}

/// Sorted candidates in a file, starting at an offset.
pub(crate) struct Run {
    pub(crate) file: File,
    pub(crate) start: u64,
    pub(crate) count: u64,
}

enum Source<'a> {
    Memory(std::slice::Iter<'a, Candidate>),
    File { file: BufReader<File>, left: u64 },
}

impl Source<'_> {
    fn next(&mut self) -> io::Result<Option<Candidate>> {
        match self {
            Self::Memory(candidates) => Ok(candidates.next().copied()),
            Self::File { left: 0, .. } => Ok(None),
            Self::File { file, left } => {
                let mut bytes = [0; BYTES];
                file.read_exact(&mut bytes)?;
                *left -= 1;
                let [similarity @ .., _, _, _, _, _, _, _, _] = bytes;
                let word =
                    |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
                let similarity = f64::from_le_bytes(similarity);
                Ok(Some(Candidate { left: word(8), right: word(12), similarity }))
            }
        }
    }
}

/// Sorted runs, merged.
pub(crate) struct Merge<'a, K> {
    sources: Vec<Source<'a>>,
    heap: BinaryHeap<Reverse<(Key, usize)>>,
    heads: Vec<Option<Candidate>>,
    key: K,
}

impl<'a, K: Fn(&Candidate) -> Key> Merge<'a, K> {
    /// Merges sorted candidates in memory with sorted runs.
    pub(crate) fn new(memory: &'a [Candidate], runs: &[Run], key: K) -> io::Result<Self> {
        let mut sources = vec![Source::Memory(memory.iter())];
        for run in runs {
            let mut file = run.file.try_clone()?;
            file.seek(SeekFrom::Start(run.start))?;
            sources.push(Source::File { file: BufReader::with_capacity(BUFFER, file), left: run.count });
        }
        let mut merge = Self { heads: vec![None; sources.len()], sources, heap: BinaryHeap::new(), key };
        // A single run needs no merging.
        for source in 0..if runs.is_empty() { 0 } else { merge.sources.len() } {
            merge.advance(source)?;
        }
        Ok(merge)
    }

    fn advance(&mut self, source: usize) -> io::Result<()> {
        self.heads[source] = self.sources[source].next()?;
        if let Some(candidate) = &self.heads[source] {
            self.heap.push(Reverse(((self.key)(candidate), source)));
        }
        Ok(())
    }
}

impl<K: Fn(&Candidate) -> Key + Sync> Iterator for Merge<'_, K> {
    type Item = io::Result<Candidate>;

    fn next(&mut self) -> Option<Self::Item> {
        if let [Source::Memory(candidates)] = self.sources.as_mut_slice() {
            return candidates.next().copied().map(Ok);
        }
        let Reverse((_, source)) = self.heap.pop()?;
        let candidate = self.heads[source].take()?;
        match self.advance(source) {
            Ok(()) => Some(Ok(candidate)),
            Err(error) => Some(Err(error)),
        }
    }
}

/// Sorts candidates by another key, with unnamed files beyond a limit.
pub(crate) struct Sorter<K> {
    memory: Vec<Candidate>,
    most: usize,
    runs: Vec<Run>,
    key: K,
}

impl<K: Fn(&Candidate) -> Key + Sync> Sorter<K> {
    /// Keeps at most `most` candidates in memory.
    pub(crate) const fn new(most: usize, key: K) -> Self {
        Self { memory: Vec::new(), most, runs: Vec::new(), key }
    }

    pub(crate) fn push(&mut self, candidate: Candidate, folder: &std::path::Path) -> io::Result<()> {
        self.memory.push(candidate);
        if self.memory.len() >= self.most {
            sort_candidates(&mut self.memory, &self.key);
            let mut file = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(folder)?);
            write_candidates(&mut file, &self.memory)?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            self.runs.push(Run { file, start: 0, count: self.memory.len() as u64 });
            self.memory.clear();
        }
        Ok(())
    }

    /// The candidates in order.
    pub(crate) fn sorted(&mut self) -> io::Result<Merge<'_, &K>> {
        sort_candidates(&mut self.memory, &self.key);
        Merge::new(&self.memory, &self.runs, &self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_come_back_in_order_spilled_or_not() {
        let candidates: Vec<Candidate> = (0..1000_u32)
            .map(|i| Candidate { left: i * 7 % 31, right: i, similarity: f64::from(i * 13 % 97) / 97.0 })
            .collect();
        let mut expected = candidates.clone();
        expected.sort_by(mizuhiki_match::candidate_order);
        for most in [usize::MAX, 64] {
            let mut sorter = Sorter::new(most, by_similarity);
            candidates.iter().for_each(|c| sorter.push(*c, &std::env::temp_dir()).unwrap());
            let sorted: Vec<Candidate> = sorter.sorted().unwrap().map(Result::unwrap).collect();
            assert_eq!(sorted, expected);
        }
    }

    #[test]
    fn keys_are_in_the_order_of_candidates() {
        let similarities = [0.0, f64::MIN_POSITIVE, 0.5, 0.5 + f64::EPSILON, 1.0];
        let all: Vec<Candidate> = similarities
            .into_iter()
            .flat_map(|similarity| {
                let records = [(0, 0), (0, u32::MAX), (1, 0), (u32::MAX, 1)];
                records.map(|(left, right)| Candidate { left, right, similarity })
            })
            .collect();
        for a in &all {
            for b in &all {
                let order = mizuhiki_match::candidate_order(a, b);
                assert_eq!(by_similarity(a).cmp(&by_similarity(b)), order, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_candidate_in_a_run_is_sixteen_bytes_of_one_order() {
        let mut bytes = Vec::new();
        let candidates = [
            Candidate { left: 1, right: 0x0203_0405, similarity: 0.5 },
            Candidate { left: u32::MAX, right: 0, similarity: 1.0 },
        ];
        write_candidates(&mut bytes, &candidates).unwrap();
        assert_eq!(bytes.len(), 2 * BYTES);
        assert_eq!(bytes[..8], 0.5_f64.to_le_bytes());
        assert_eq!(bytes[8..BYTES], [1, 0, 0, 0, 5, 4, 3, 2]);
    }
}
