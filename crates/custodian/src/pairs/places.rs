//! Puts rows of equal size in order, in bounded memory.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};

/// Bytes that are kept in memory at once.
const MEMORY_BYTES: usize = 512 << 20;

/// Rows that are added in any order and returned by number.
pub(crate) struct Places {
    row_bytes: usize,
    places: usize,
    /// Number of places in a part.
    part: usize,
    /// Input row (from 1) that filled each place; 0 if none did.
    filled_by: Vec<u32>,
    parts: Parts,
}

enum Parts {
    Memory(Vec<u8>),
    Files(Vec<BufWriter<File>>),
}

impl Places {
    pub(crate) fn new(places: usize, row_bytes: usize) -> io::Result<Self> {
        Self::with_memory(places, row_bytes, MEMORY_BYTES)
    }

    fn with_memory(places: usize, row_bytes: usize, memory: usize) -> io::Result<Self> {
        let part = (memory / row_bytes.max(1)).max(1);
        let parts = if places <= part {
            Parts::Memory(vec![0; places * row_bytes])
        } else {
            let file = |_| tempfile::tempfile().map(|file| BufWriter::with_capacity(1 << 16, file));
            Parts::Files((0..places.div_ceil(part)).map(file).collect::<io::Result<_>>()?)
        };
        Ok(Self { row_bytes, places, part, filled_by: vec![0; places], parts })
    }

    /// Puts a row in its place. `Err` with the input row that filled it before, if one did.
    pub(crate) fn put(&mut self, place: usize, by: u64, row: &[u8]) -> io::Result<Result<(), u64>> {
        let earlier = std::mem::replace(&mut self.filled_by[place], by as u32);
        if earlier != 0 {
            return Ok(Err(u64::from(earlier)));
        }
        match &mut self.parts {
            Parts::Memory(bytes) => {
                bytes[place * self.row_bytes..(place + 1) * self.row_bytes].copy_from_slice(row);
            }
            Parts::Files(files) => {
                let file = &mut files[place / self.part];
                file.write_all(&((place % self.part) as u32).to_le_bytes())?;
                file.write_all(row)?;
            }
        }
        Ok(Ok(()))
    }

    /// Input row that filled a place, if one did.
    pub(crate) fn filled_by(&self, place: usize) -> Option<u64> {
        Some(u64::from(self.filled_by[place])).filter(|row| *row != 0)
    }

    /// Returns the rows part by part: the first place, and the rows of all places of the part.
    pub(crate) fn read<E: From<io::Error>>(
        &mut self,
        mut take: impl FnMut(usize, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        match &mut self.parts {
            Parts::Memory(bytes) => take(0, bytes),
            Parts::Files(files) => {
                let mut rows = Vec::new();
                for (number, file) in files.iter_mut().enumerate() {
                    let first = number * self.part;
                    let places = self.part.min(self.places - first);
                    rows.clear();
                    rows.resize(places * self.row_bytes, 0);
                    file.flush()?;
                    let mut read = io::BufReader::with_capacity(1 << 18, file.get_mut());
                    read.rewind()?;
                    let mut place = [0; 4];
                    for _ in 0..self.filled_by[first..first + places].iter().filter(|by| **by != 0).count() {
                        read.read_exact(&mut place)?;
                        let at = u32::from_le_bytes(place) as usize * self.row_bytes;
                        read.read_exact(&mut rows[at..at + self.row_bytes])?;
                    }
                    take(first, &rows)?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_by_number_in_memory_or_not() {
        for memory in [1 << 20, 12] {
            let mut places = Places::with_memory(10, 2, memory).unwrap();
            for place in [7_usize, 3, 9, 0, 4] {
                assert_eq!(places.put(place, place as u64 + 1, &[place as u8, 1]).unwrap(), Ok(()));
            }
            assert_eq!(places.put(9, 5, &[0, 0]).unwrap(), Err(10));
            let mut out = Vec::new();
            places
                .read::<io::Error>(|first, rows| {
                    let found = rows.chunks_exact(2).enumerate().filter(|(_, row)| row[1] == 1);
                    out.extend(found.map(|(at, row)| (first + at, row[0])));
                    Ok(())
                })
                .unwrap();
            assert_eq!(out, [(0, 0), (3, 3), (4, 4), (7, 7), (9, 9)]);
            assert_eq!((places.filled_by(3), places.filled_by(1)), (Some(4), None));
        }
    }
}
