//! Records of several files under one numbering.

use mizuhiki_columnar::TokenFile;
use mizuhiki_match::Candidate;

use crate::candidates::error::SearchError;
use crate::candidates::runs::{BoxedKey, Key};

/// Records of all files, numbered one file after the other.
pub(crate) struct Numbering {
    /// First number of each file, then the number of all records.
    pub(crate) starts: Vec<u32>,
}

impl Numbering {
    pub(crate) fn new(files: &[TokenFile]) -> Result<Self, SearchError> {
        let mut starts = vec![0_u32];
        for file in files {
            let next = starts.last().copied().unwrap_or(0).checked_add(file.set.len() as u32);
            starts.push(next.ok_or(SearchError::TooManyRecords)?);
        }
        Ok(Self { starts })
    }

    /// Number of all records.
    pub(crate) fn records(&self) -> usize {
        self.starts.last().copied().unwrap_or(0) as usize
    }

    /// File and row of a record.
    pub(crate) fn place(&self, record: u32) -> (usize, u32) {
        let file = self.starts.partition_point(|&start| start <= record) - 1;
        (file, record - self.starts[file])
    }

    /// [`Numbering::key`], as a store takes it.
    pub(crate) fn boxed_key(&self) -> BoxedKey<'_> {
        Box::new(|candidate| self.key(candidate))
    }

    /// By falling similarity, then files, then records: anonlink's order.
    pub(crate) fn key(&self, candidate: &Candidate) -> Key {
        let ((a, left), (b, right)) = (self.place(candidate.left), self.place(candidate.right));
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        (!candidate.similarity.to_bits(), pair(a as u32, b as u32), pair(left, right))
    }
}
