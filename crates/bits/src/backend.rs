//! Exhaustive comparison of one row with many: safe entry points and run-time dispatch.

use crate::{BitRows, arch};

/// A row of the right-hand side that passed, with its count (common bits, or differing bits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index of the row on the right-hand side.
    pub row: u32,
    /// Number of common bits ([`Scan::common`]) or of differing bits ([`Scan::differing`]).
    pub count: u32,
}

/// Which implementation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Portable code; the naive twin that the others are tested against.
    Scalar,
    /// x86-64 with AVX2 and POPCNT.
    Avx2,
    /// x86-64 with AVX-512 VPOPCNTDQ.
    Avx512,
}

impl Backend {
    /// The fastest back end of this processor.
    #[must_use]
    pub fn detect() -> Self {
        arch::detect()
    }

    /// Every back end that this processor can run, the scalar twin first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut all = vec![Self::Scalar];
        if arch::has_avx2() {
            all.push(Self::Avx2);
        }
        if arch::has_avx512() {
            all.push(Self::Avx512);
        }
        all
    }
}

/// The right-hand side of a comparison: rows with what pruning needs to know of them.
///
/// Every scan is exact: a pair is left out only when its count cannot reach the limit.
#[derive(Debug, Clone)]
pub struct Scan<'a> {
    rows: &'a BitRows,
    weights: Vec<u32>,
    /// Weight of each row beyond its first chunk: an upper bound for what the rest can still add.
    rest: Vec<u32>,
    backend: Backend,
}

impl<'a> Scan<'a> {
    /// Prepares `rows` for the fastest back end.
    #[must_use]
    pub fn new(rows: &'a BitRows) -> Self {
        Self::with_backend(rows, Backend::detect())
    }

    /// Prepares `rows` for a given back end.
    ///
    /// # Panics
    /// If this processor cannot run `backend`.
    #[must_use]
    pub fn with_backend(rows: &'a BitRows, backend: Backend) -> Self {
        assert!(Backend::available().contains(&backend), "this processor cannot run {backend:?}");
        let (mut weights, mut rest) = (Vec::with_capacity(rows.len()), Vec::with_capacity(rows.len()));
        for row in 0..rows.len() {
            let beyond = beyond_first_chunk(rows.row(row));
            weights.push(rows.weight(row));
            rest.push(beyond);
        }
        Self { rows, weights, rest, backend }
    }

    /// Number of set bits of each row.
    #[must_use]
    pub fn weights(&self) -> &[u32] {
        &self.weights
    }

    /// The rows behind this scan.
    #[must_use]
    pub const fn rows(&self) -> &'a BitRows {
        self.rows
    }

    /// Appends to `hits` each row of `range` that has at least `need[weight of the row]` bits in common with
    /// `query`.
    ///
    /// # Panics
    /// If `query` has another stride than the rows, `range` exceeds them, or `need` has no entry for a
    /// weight that occurs.
    pub fn common(&self, query: &[u64], need: &[u32], range: std::ops::Range<usize>, hits: &mut Vec<Hit>) {
        let stride = self.rows.stride();
        assert_eq!(query.len(), stride, "both sides have one width");
        let task = Common {
            query,
            query_rest: beyond_first_chunk(query),
            words: &self.rows.words()[range.start * stride..range.end * stride],
            weights: &self.weights[range.clone()],
            rest: &self.rest[range.clone()],
            need,
            first: range.start as u32,
        };
        arch::common(self.backend, &task, hits);
    }

    /// Appends to `hits` each row of `range` that differs from `query` in at most `limit` bits.
    ///
    /// # Panics
    /// If `query` has another stride than the rows or `range` exceeds them.
    pub fn differing(&self, query: &[u64], limit: u32, range: std::ops::Range<usize>, hits: &mut Vec<Hit>) {
        let stride = self.rows.stride();
        assert_eq!(query.len(), stride, "both sides have one width");
        let task = Differing {
            query,
            words: &self.rows.words()[range.start * stride..range.end * stride],
            limit,
            first: range.start as u32,
        };
        arch::differing(self.backend, &task, hits);
    }
}

fn beyond_first_chunk(row: &[u64]) -> u32 {
    row[crate::CHUNK_WORDS..].iter().map(|word| word.count_ones()).sum()
}

/// One query row against a run of rows, by common bits.
pub(crate) struct Common<'a> {
    pub(crate) query: &'a [u64],
    pub(crate) query_rest: u32,
    pub(crate) words: &'a [u64],
    pub(crate) weights: &'a [u32],
    pub(crate) rest: &'a [u32],
    pub(crate) need: &'a [u32],
    pub(crate) first: u32,
}

/// One query row against a run of rows, by differing bits.
pub(crate) struct Differing<'a> {
    pub(crate) query: &'a [u64],
    pub(crate) words: &'a [u64],
    pub(crate) limit: u32,
    pub(crate) first: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(width: usize, seeds: &[(u64, u8)]) -> BitRows {
        let mut rows = BitRows::new(width);
        for &(seed, fill) in seeds {
            let mut state = seed;
            let bytes: Vec<u8> = (0..width / 8)
                .map(|_| {
                    (0..8).fold(0, |byte, bit| {
                        state = state
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        byte | (u8::from((state >> 56) as u8 <= fill) << bit)
                    })
                })
                .collect();
            rows.push_bytes(&bytes).unwrap();
        }
        rows
    }

    proptest! {
        /// Every back end finds exactly what counting bit by bit finds, at any width, fill and limit.
        #[test]
        fn back_ends_agree_with_the_naive_twin(
            words in 1_usize..70,
            left in (any::<u64>(), prop::sample::select(vec![0, 20, 105, 128, 255_u8])),
            right in prop::collection::vec((0_u64..6, prop::sample::select(vec![0, 20, 105, 128, 255_u8])), 0..23),
            limit in 0_u32..1200,
            skip in 0_usize..3,
        ) {
            let width = words * 64 - if words % 3 == 0 { 8 } else { 0 };
            let (left, right) = (rows(width, &[left]), rows(width, &right));
            let need: Vec<u32> = (0..=width as u32).map(|weight| (limit / 3 + weight / 4).min(limit)).collect();
            let range = skip.min(right.len())..right.len();
            let pairs = range.clone().map(|row| {
                let both: u32 = left.row(0).iter().zip(right.row(row)).map(|(a, b)| (a & b).count_ones()).sum();
                (row as u32, both, left.weight(0) + right.weight(row) - 2 * both)
            });
            let mut common = Vec::new();
            let mut differing = Vec::new();
            for (row, both, differs) in pairs {
                if both >= need[right.weight(row as usize) as usize] { common.push(Hit { row, count: both }); }
                if differs <= limit { differing.push(Hit { row, count: differs }); }
            }
            for backend in Backend::available() {
                let scan = Scan::with_backend(&right, backend);
                let (mut found, mut found_differing) = (Vec::new(), Vec::new());
                scan.common(left.row(0), &need, range.clone(), &mut found);
                scan.differing(left.row(0), limit, range.clone(), &mut found_differing);
                prop_assert_eq!(&found, &common, "{:?}", backend);
                prop_assert_eq!(&found_differing, &differing, "{:?}", backend);
            }
        }
    }
}
