//! A common numbering of the records of several files.

use mizuhiki_columnar::TokenFile;
use mizuhiki_match::Candidate;

use crate::candidates::error::SearchError;
use crate::candidates::runs::{BoxedKey, Key};

/// Numbers the records of all files, one file after the other.
pub(crate) struct Numbering {
    /// First number of each file, then the total number of records.
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

    /// [`Numbering::key`] as the key of a store.
    pub(crate) fn boxed_key(&self) -> BoxedKey<'_> {
        Box::new(|candidate| self.key(candidate))
    }

    /// By descending similarity, then files, then records: anonlink's order.
    pub(crate) fn key(&self, candidate: &Candidate) -> Key {
        let ((a, left), (b, right)) = (self.place(candidate.left), self.place(candidate.right));
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        (!candidate.similarity.to_bits(), pair(a as u32, b as u32), pair(left, right))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FIXED, file, many_filters, pair, schema_of_filters};

    fn numbering(records: [u8; 3]) -> Numbering {
        let schema = schema_of_filters(FIXED);
        Numbering::new(&records.map(|records| file(many_filters("clinic", &schema, records)))).unwrap()
    }

    #[test]
    fn records_are_numbered_file_after_file_past_empty_ones() {
        let numbering = numbering([3, 0, 2]);
        assert_eq!(numbering.records(), 5);
        let places = [0, 1, 2, 3, 4].map(|record| numbering.place(record));
        assert_eq!(places, [(0, 0), (0, 1), (0, 2), (2, 0), (2, 1)]);
        assert_eq!(Numbering::new(&[]).unwrap().records(), 0);
    }

    #[test]
    fn pairs_come_by_similarity_then_files_then_records() {
        let numbering = numbering([2, 2, 2]);
        let expected = [pair(2, 4, 0.95), pair(0, 3, 0.9), pair(1, 2, 0.9), pair(0, 4, 0.9), pair(2, 4, 0.9)];
        let mut pairs = expected;
        // By numbers of records alone, the first file's pair with the third would come before its second one.
        pairs.sort_by_key(|pair| (pair.left, pair.right));
        assert_ne!(pairs, expected);
        pairs.sort_by_key(|pair| numbering.key(pair));
        assert_eq!(pairs, expected);
        let boxed = numbering.boxed_key();
        assert!(pairs.iter().all(|pair| boxed(pair) == numbering.key(pair)));
    }
}
