//! anonlink's binary files of candidate pairs (`protocols/08-file-formats.md` §8).

use std::fs::File;
use std::io::{BufReader, Read, Write as _};
use std::path::Path;

use crate::error::ColumnarError;
use mizuhiki_files::{Access, Target, WriteFile};

const VERSION: u8 = 1;

/// A candidate pair in anonlink's form, with numbers of data sets and records from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CandidatePair {
    /// Similarity, 0..=1.
    pub similarity: f64,
    /// Data sets of the two records.
    pub sets: (u32, u32),
    /// The two records.
    pub records: (u32, u32),
}

/// An unfinished file of candidate pairs; [`PairWriter::finish`] makes it visible.
pub struct PairWriter {
    file: WriteFile,
}

impl PairWriter {
    /// Starts a file, with 8 bytes per similarity and 4 per number.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the file cannot be created.
    pub fn create(target: &Target) -> Result<Self, ColumnarError> {
        let mut file = WriteFile::create(target, Access::Shared)?;
        let written = file.write_all(&[VERSION, 8, 4, 4]);
        written.map_err(ColumnarError::io(&target.name(), "write"))?;
        Ok(Self { file })
    }

    /// Appends a pair; anonlink expects descending similarity, then sets, then records.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if it cannot be written.
    pub fn push(&mut self, pair: &CandidatePair) -> Result<(), ColumnarError> {
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&pair.similarity.to_le_bytes());
        let numbers = [pair.sets.0, pair.sets.1, pair.records.0, pair.records.1];
        for (slot, number) in bytes[8..].chunks_exact_mut(4).zip(numbers) {
            slot.copy_from_slice(&number.to_le_bytes());
        }
        let name = self.file.name().to_owned();
        self.file.write_all(&bytes).map_err(ColumnarError::io(&name, "write"))
    }

    /// Makes the file durable and visible.
    ///
    /// # Errors
    /// [`ColumnarError::Io`] if the system reports an error; no file is left then.
    pub fn finish(self) -> Result<(), ColumnarError> {
        Ok(self.file.commit()?)
    }
}

/// Reads the candidate pairs of a file one by one, with the number sizes that its header states.
pub struct PairReader {
    name: String,
    file: BufReader<File>,
    similarity_bytes: usize,
    set_bytes: usize,
    record_bytes: usize,
    number: u64,
}

impl PairReader {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// [`ColumnarError`] if it cannot be read or is not a file of candidate pairs.
    pub fn open(path: &Path) -> Result<Self, ColumnarError> {
        let name = path.display().to_string();
        let mut file = BufReader::new(File::open(path).map_err(ColumnarError::io(&name, "open"))?);
        let mut head = [0; 4];
        let whole = file.read_exact(&mut head).is_ok();
        let [version, similarity, set, record] = head.map(usize::from);
        let number = |size: usize| matches!(size, 1 | 2 | 4 | 8);
        let fine = whole
            && version == usize::from(VERSION)
            && matches!(similarity, 2 | 4 | 8)
            && number(set)
            && number(record);
        if !fine {
            let problem = "this is not a file of candidate pairs in anonlink's format";
            let fix = "use a file of anonlink's serialization, version 1";
            return Err(ColumnarError::file(&name, problem, fix));
        }
        Ok(Self { name, file, similarity_bytes: similarity, set_bytes: set, record_bytes: record, number: 0 })
    }

    fn pair(&mut self) -> Result<Option<CandidatePair>, ColumnarError> {
        let size = self.similarity_bytes + 2 * (self.set_bytes + self.record_bytes);
        let mut bytes = [0; 40];
        let mut filled = 0;
        while filled < size {
            match self.file.read(&mut bytes[filled..size]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => {
                    let problem = format!("it ends within candidate pair {}", self.number + 1);
                    return Err(ColumnarError::file(&self.name, problem, "copy the file again"));
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ColumnarError::io(&self.name, "read")(error)),
            }
        }
        self.number += 1;
        let (similarity, numbers) = bytes[..size].split_at(self.similarity_bytes);
        let similarity = float(similarity);
        let (sets, records) = numbers.split_at(2 * self.set_bytes);
        let number = |bytes: &[u8]| {
            let value = bytes.iter().rev().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
            u32::try_from(value).ok()
        };
        let both = |bytes: &[u8]| {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            number(first).zip(number(second))
        };
        match (both(sets), both(records)) {
            (Some(sets), Some(records)) if (0.0..=1.0).contains(&similarity) => {
                Ok(Some(CandidatePair { similarity, sets, records }))
            }
            _ => {
                let problem = format!(
                    "candidate pair {}: a similarity outside 0..1 or a number above 4294967295",
                    self.number
                );
                Err(ColumnarError::file(&self.name, problem, "write the file again"))
            }
        }
    }
}

impl Iterator for PairReader {
    type Item = Result<CandidatePair, ColumnarError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.pair().transpose()
    }
}

/// A little-endian IEEE 754 number of 2, 4 or 8 bytes.
fn float(bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b] => {
            let bits = u16::from_le_bytes([a, b]);
            let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023) / 1024.0);
            let size = match exponent {
                0 => fraction * 2_f64.powi(-14),
                31 => f64::NAN,
                _ => (1.0 + fraction) * 2_f64.powi(exponent - 15),
            };
            if bits >> 15 == 1 { -size } else { size }
        }
        [a, b, c, d] => f64::from(f32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn half_numbers_are_read() {
        for (bits, value) in
            [(0x3C00_u16, 1.0), (0x3800, 0.5), (0x3A66, 0.799_804_687_5), (0x0001, 2_f64.powi(-24))]
        {
            assert_eq!(float(&bits.to_le_bytes()), value);
        }
    }

    proptest! {
        #[test]
        fn pairs_round_trip(pairs in prop::collection::vec((0.0_f64..=1.0, any::<[u32; 4]>()), 0..20)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pairs.bin");
            let mut writer = PairWriter::create(&Target::Path(path.clone())).unwrap();
            let pairs: Vec<CandidatePair> = pairs
                .into_iter()
                .map(|(similarity, [a, b, c, d])| CandidatePair { similarity, sets: (a, b), records: (c, d) })
                .collect();
            pairs.iter().for_each(|pair| writer.push(pair).unwrap());
            writer.finish().unwrap();
            let read: Vec<CandidatePair> = PairReader::open(&path).unwrap().map(Result::unwrap).collect();
            prop_assert_eq!(read, pairs);
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), header: bool) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pairs.bin");
            let start: &[u8] = if header { &[1, 2, 1, 2] } else { &[] };
            std::fs::write(&path, [start, &bytes].concat()).unwrap();
            if let Ok(reader) = PairReader::open(&path) {
                prop_assert!(reader.take(1000).count() <= bytes.len());
            }
        }
    }
}
