//! Uniform shuffling of records in bounded memory.
//!
//! The order of a file reveals its history, so rows are shuffled. Records that fit into memory are shuffled
//! there. Otherwise each goes to a random one of 256 bucket files, and each bucket is shuffled separately;
//! the result is uniform.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};

use mizuhiki_columnar::TokenRows;
use mizuhiki_exchange::{BlockId, RecordIds};
use mizuhiki_schema::LinkageSchema;
use rand::RngExt as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha20Rng;

/// Bytes of tokens that are kept in memory.
const MEMORY_BYTES: usize = 192 << 20;

const BUCKETS: usize = 256;

/// Bytes of a block id; all zero if there is none.
const BLOCK_BYTES: usize = 8;

/// Rows that are returned at once.
const BATCH_ROWS: usize = 4096;

/// Records to be shuffled.
pub(crate) struct Shuffle {
    views: usize,
    row_bytes: usize,
    passes: usize,
    random: ChaCha20Rng,
    memory_bytes: usize,
    memory: Vec<u8>,
    buckets: Vec<BufWriter<File>>,
}

impl Shuffle {
    pub(crate) fn new(schema: &LinkageSchema, random: ChaCha20Rng) -> Self {
        let views = schema.token_columns().len();
        Self::of_shape(views, schema.token_bytes(), schema.pass_names().len(), random)
    }

    const fn of_shape(views: usize, row_bytes: usize, passes: usize, random: ChaCha20Rng) -> Self {
        let memory_bytes = MEMORY_BYTES;
        Self { views, row_bytes, passes, random, memory_bytes, memory: Vec::new(), buckets: Vec::new() }
    }

    /// Adds records.
    pub(crate) fn push(&mut self, rows: &TokenRows) -> io::Result<()> {
        for row in 0..rows.ids.len() {
            let start = self.memory.len();
            let id = rows.ids.get(row).as_bytes();
            self.memory.push(id.len() as u8);
            self.memory.extend_from_slice(id);
            for view in 0..self.views {
                self.memory.push(u8::from(rows.present[view][row]));
                self.memory
                    .extend_from_slice(&rows.views[view][row * self.row_bytes..(row + 1) * self.row_bytes]);
            }
            for pass in &rows.blocks {
                self.memory.extend(pass[row].map_or([0; BLOCK_BYTES], BlockId::to_bytes));
            }
            if !self.buckets.is_empty() {
                let bucket = self.random.random_range(0..BUCKETS);
                self.buckets[bucket].write_all(&self.memory[start..])?;
                self.memory.truncate(start);
            }
        }
        if self.memory.len() > self.memory_bytes {
            self.spill()?;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.buckets = (0..BUCKETS)
            .map(|_| tempfile::tempfile().map(|file| BufWriter::with_capacity(1 << 15, file)))
            .collect::<io::Result<_>>()?;
        let memory = std::mem::take(&mut self.memory);
        for record in self.records(&memory) {
            let bucket = self.random.random_range(0..BUCKETS);
            self.buckets[bucket].write_all(&memory[record])?;
        }
        Ok(())
    }

    /// Byte ranges of a record in serialized form.
    fn records(&self, bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
        let mut records = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let end = start
                + 1
                + usize::from(bytes[start])
                + self.views * (1 + self.row_bytes)
                + self.passes * BLOCK_BYTES;
            records.push(start..end);
            start = end;
        }
        records
    }

    /// Returns all records in random order.
    pub(crate) fn finish<E: From<io::Error>>(
        mut self,
        mut write: impl FnMut(&mut TokenRows) -> Result<(), E>,
    ) -> Result<(), E> {
        let memory = std::mem::take(&mut self.memory);
        self.emit(&memory, &mut write)?;
        drop(memory);
        for bucket in std::mem::take(&mut self.buckets) {
            let mut file = bucket.into_inner().map_err(io::IntoInnerError::into_error)?;
            let mut bytes = Vec::new();
            file.rewind()?;
            file.read_to_end(&mut bytes)?;
            self.emit(&bytes, &mut write)?;
        }
        Ok(())
    }

    fn emit<E>(
        &mut self,
        bytes: &[u8],
        write: &mut impl FnMut(&mut TokenRows) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut records = self.records(bytes);
        records.shuffle(&mut self.random);
        for batch in records.chunks(BATCH_ROWS) {
            let mut rows = TokenRows {
                ids: RecordIds::default(),
                views: vec![Vec::with_capacity(batch.len() * self.row_bytes); self.views],
                present: vec![Vec::with_capacity(batch.len()); self.views],
                blocks: vec![Vec::with_capacity(batch.len()); self.passes],
            };
            for record in batch {
                let record = &bytes[record.clone()];
                let (id, tokens) = record[1..].split_at(usize::from(record[0]));
                let pushed = std::str::from_utf8(id).map(|id| rows.ids.push(id));
                if !matches!(pushed, Ok(Ok(()))) {
                    unreachable!("ids were checked when they were added");
                }
                let (tokens, blocks) = tokens.split_at(self.views * (1 + self.row_bytes));
                for (pass, id) in rows.blocks.iter_mut().zip(blocks.as_chunks::<BLOCK_BYTES>().0) {
                    pass.push((*id != [0; BLOCK_BYTES]).then(|| BlockId::from_bytes(*id)));
                }
                for (view, token) in tokens.chunks_exact(1 + self.row_bytes).enumerate() {
                    rows.present[view].push(token[0] != 0);
                    rows.views[view].extend_from_slice(&token[1..]);
                }
            }
            write(&mut rows)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    fn block(number: u32) -> BlockId {
        BlockId::from_bytes(u64::from(number).to_be_bytes())
    }

    fn run(memory_bytes: usize) -> Vec<(String, u8)> {
        let mut shuffle = Shuffle::of_shape(1, 2, 1, ChaCha20Rng::seed_from_u64(5));
        shuffle.memory_bytes = memory_bytes;
        for first in (0..1000_u32).step_by(100) {
            let mut rows = TokenRows::default();
            (rows.views, rows.present) = (vec![Vec::new()], vec![Vec::new()]);
            rows.blocks = vec![Vec::new()];
            for number in first..first + 100 {
                rows.ids.push(&format!("r{number}")).unwrap();
                rows.views[0].extend([number as u8, 0]);
                rows.present[0].push(number % 3 != 0);
                rows.blocks[0].push((number % 5 != 0).then(|| block(number)));
            }
            shuffle.push(&rows).unwrap();
        }
        let mut out = Vec::new();
        shuffle
            .finish::<io::Error>(|rows| {
                for row in 0..rows.ids.len() {
                    let id = rows.ids.get(row).to_owned();
                    let number: u32 = id[1..].parse().unwrap();
                    assert_eq!(
                        rows.present[0][row],
                        !number.is_multiple_of(3),
                        "the mask stays with its record"
                    );
                    let expected = (!number.is_multiple_of(5)).then(|| block(number));
                    assert_eq!(rows.blocks[0][row], expected, "the block stays with its record");
                    out.push((id, rows.views[0][row * 2]));
                }
                Ok(())
            })
            .unwrap();
        out
    }

    #[test]
    fn every_record_comes_out_once_and_moved_spilled_or_not() {
        for memory in [usize::MAX, 1000] {
            let out = run(memory);
            let moved = out.iter().enumerate().filter(|(at, (id, _))| *id != format!("r{at}")).count();
            assert!(moved > 950, "{moved} of 1000 moved");
            let mut sorted = out.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(sorted.len(), 1000);
            assert!(out.iter().all(|(id, token)| id[1..].parse::<u32>().unwrap() as u8 == *token));
        }
    }
}
