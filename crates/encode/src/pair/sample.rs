//! Decoys: which links get one, and which record it holds.

use mizuhiki_exchange::RecordIds;

use super::encoder::{PairEncoder, first_eight};

/// Approximate number of decoys per file: enough to estimate how non-matching pairs compare.
const WANTED: u64 = 32_768;

/// Which records are sealed as decoys, and under which handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoys {
    /// (number of the link whose record it is, number of the link whose handle it goes under), by the first.
    pairs: Vec<(u32, u32)>,
}

impl Decoys {
    /// Draws the decoys of a custodian for its handles.
    #[must_use]
    pub fn draw(encoder: &PairEncoder, custodian: &str, handles: &RecordIds) -> Self {
        let count = handles.len() as u64;
        // min(1, WANTED / n) · (2⁶⁴ − 1), rounded down.
        let limit = match WANTED >= count {
            true => u64::MAX,
            false => (u128::from(u64::MAX) * u128::from(WANTED) / u128::from(count)) as u64,
        };
        let length = (custodian.len() as u16).to_be_bytes();
        let mut under: Vec<(u64, u32)> = (0..handles.len() as u32)
            .map(|link| {
                let handle = handles.get(link as usize).as_bytes();
                (u64::from_be_bytes(first_eight(&encoder.pair_key, &[b"e", handle])), link)
            })
            .filter(|(draw, _)| *draw <= limit)
            .collect();
        let mut of: Vec<([u8; 32], u32)> = under
            .iter()
            .map(|&(_, link)| {
                let handle = handles.get(link as usize).as_bytes();
                (encoder.pair_key.of(&[b"c", &length, custodian.as_bytes(), handle]), link)
            })
            .collect();
        under.sort_unstable();
        of.sort_unstable();
        let mut pairs: Vec<(u32, u32)> =
            of.iter().zip(&under).map(|((_, record), (_, handle))| (*record, *handle)).collect();
        pairs.sort_unstable();
        Self { pairs: if pairs.len() < 2 { Vec::new() } else { pairs } }
    }

    /// Numbers of the links whose handles have decoys, ascending.
    #[must_use]
    pub fn handles(&self) -> Vec<u32> {
        let mut handles: Vec<u32> = self.pairs.iter().map(|(_, handle)| *handle).collect();
        handles.sort_unstable();
        handles
    }

    /// The link under whose handle the record of link `of` is sealed as a decoy.
    #[must_use]
    pub fn under(&self, of: u32) -> Option<u32> {
        self.pairs.binary_search_by_key(&of, |(of, _)| *of).ok().map(|at| self.pairs[at].1)
    }
}
