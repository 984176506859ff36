//! Tiles and row scans find exactly what counting bit by bit finds.

use proptest::prelude::*;

use crate::cpu::InstructionSet;
use crate::order::ColumnOrder;
use crate::queries::Queries;
use crate::row_scan::{Hit, RowScan};
use crate::rows::BitRows;
use crate::tile::PairHit;
use crate::tiles::Tiles;

const CASES: u32 = if cfg!(miri) { 3 } else { 256 };
const MOST_MEMBERS: usize = if cfg!(miri) { 5 } else { 700 };
const MOST_QUERIES: usize = if cfg!(miri) { 2 } else { 40 };

/// How full rows are.
#[derive(Debug, Clone, Copy)]
enum Fill {
    /// So many of 256 bits.
    Even(u64),
    /// Rare and common columns, as in filters of names.
    Mixed,
    /// Each row one of the above, by its number.
    Any,
}

fn fills() -> impl Strategy<Value = Fill> {
    prop_oneof![
        prop::sample::select(vec![0, 3, 105, 128, 200, 256]).prop_map(Fill::Even),
        Just(Fill::Mixed),
        Just(Fill::Any),
    ]
}

/// How many common bits a pair needs, as a function of the sum of both weights.
#[derive(Debug, Clone, Copy)]
enum Measure {
    Dice(f64),
    /// At most this share of the width differs.
    Hamming(f64),
    /// The same for every sum, as a share of the width.
    Constant(f64),
    /// The common bits of one of the pairs, so that pairs lie exactly on the threshold.
    AsPair(usize, usize),
}

fn measures() -> impl Strategy<Value = Measure> {
    prop_oneof![
        prop::sample::select(vec![0.0, 0.3, 0.7, 0.8, 0.9, 1.0]).prop_map(Measure::Dice),
        prop::sample::select(vec![0.0, 0.12, 0.3, 0.427, 0.5, 1.0]).prop_map(Measure::Hamming),
        prop::sample::select(vec![0.0, 0.01, 0.2, 0.25, 0.9, 1.5]).prop_map(Measure::Constant),
        (any::<usize>(), any::<usize>()).prop_map(|(left, right)| Measure::AsPair(left, right)),
    ]
}

impl Measure {
    fn need(self, left: &BitRows, right: &BitRows) -> Vec<u32> {
        let width = left.width() as u32;
        let table = |of: &dyn Fn(u32) -> u32| (0..=2 * width).map(of).collect();
        match self {
            Self::Dice(least) => table(&|sum| (f64::from(sum) * least / 2.0).ceil() as u32),
            Self::Hamming(share) => {
                let limit = (f64::from(width) * share) as u32;
                table(&|sum| sum.saturating_sub(limit).div_ceil(2))
            }
            Self::Constant(share) => table(&|_| (f64::from(width) * share) as u32),
            Self::AsPair(..) if left.is_empty() || right.is_empty() => table(&|_| 0),
            Self::AsPair(a, b) => {
                let count = naive(left.row(a % left.len()), right.row(b % right.len()), width);
                table(&|_| count)
            }
        }
    }
}

fn rows(width: usize, count: usize, fill: Fill, seed: u64) -> BitRows {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut rows = BitRows::with_capacity(width, count);
    for _ in 0..count {
        let mut bytes = vec![0_u8; width / 8];
        let fill = match fill {
            Fill::Any => [Fill::Even(0), Fill::Even(100), Fill::Mixed, Fill::Even(256)][next() as usize % 4],
            other => other,
        };
        for bit in 0..width {
            let of_256 = match fill {
                Fill::Even(of_256) => of_256,
                _ => (bit * 97 % 256) as u64,
            };
            if next() % 256 < of_256 {
                bytes[bit / 8] |= 0x80 >> (bit % 8);
            }
        }
        rows.push_bytes(&bytes).unwrap();
    }
    rows
}

/// Common bits, bit by bit.
fn naive(left: &[u64], right: &[u64], width: u32) -> u32 {
    let bit = |row: &[u64], at: u32| row[at as usize / 64] >> (at % 64) & 1;
    (0..width).filter(|&at| bit(left, at) == 1 && bit(right, at) == 1).count() as u32
}

/// Compares every back end with the naive count, for all rows of both sides and for every second of the right.
fn check(left: &BitRows, right: &BitRows, measure: Measure) -> Result<(), TestCaseError> {
    let width = left.width() as u32;
    let need = measure.need(left, right);
    let mut expected = Vec::new();
    for query in 0..left.len() {
        for row in 0..right.len() {
            let count = naive(left.row(query), right.row(row), width);
            if count >= need[(left.weight(query) + right.weight(row)) as usize] {
                expected.push(PairHit { query: query as u32, row: row as u32, count });
            }
        }
    }
    let all: Vec<u32> = (0..right.len() as u32).rev().collect();
    let odd: Vec<u32> = all.iter().copied().filter(|row| row % 2 == 1).collect();
    let left_rows: Vec<u32> = (0..left.len() as u32).collect();
    let order = ColumnOrder::by_density(right);
    for backend in InstructionSet::available() {
        let mut queries = Queries::new(left, &order, backend);
        let scan = RowScan::new(right, backend);
        for members in [&all, &odd] {
            let expected: Vec<PairHit> =
                expected.iter().copied().filter(|hit| members.contains(&hit.row)).collect();
            // Twice, so that buffers are used again.
            for _ in 0..2 {
                queries.prepare(&left_rows);
            }
            let tiles = Tiles::new(right, members, &order, backend);
            prop_assert_eq!((tiles.len(), queries.len()), (members.len(), left.len()));
            let mut found = Vec::new();
            tiles.common(&queries, &need, &mut found);
            found.sort_unstable();
            prop_assert_eq!(&found, &expected, "tiles, {:?}", backend);

            let (mut found, mut hits) = (Vec::new(), Vec::new());
            for query in 0..left.len() {
                scan.common(left.row(query), left.weight(query), members, &need, &mut hits);
                found.extend(hits.drain(..).map(|Hit { row, count }| PairHit {
                    query: query as u32,
                    row,
                    count,
                }));
            }
            found.sort_unstable();
            prop_assert_eq!(&found, &expected, "rows, {:?}", backend);
        }
    }
    Ok(())
}

fn widths() -> impl Strategy<Value = usize> {
    let widths: &[usize] = if cfg!(miri) { &[64, 200] } else { &[64, 200, 512, 1000, 1024, 2048, 4096] };
    prop::sample::select(widths)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn back_ends_count_as_bit_by_bit(
        width in widths(),
        queries in 0..=MOST_QUERIES,
        members in 0..=MOST_MEMBERS,
        fills in (fills(), fills()),
        seed in any::<u64>(),
        measure in measures(),
    ) {
        // The naive count is what takes time.
        let queries = queries.min(40 * 512 / width).max(usize::from(queries > 0));
        let (left, right) = (rows(width, queries, fills.0, seed), rows(width, members, fills.1, !seed));
        check(&left, &right, measure)?;
    }

    /// Rows that resemble the queries stay alive to the last column, some of them on the threshold.
    #[test]
    fn near_copies_are_found(
        width in widths(),
        members in 1..=MOST_MEMBERS.min(300),
        fill in fills(),
        seed in any::<u64>(),
        measure in measures(),
    ) {
        let left = rows(width, 4.min(MOST_QUERIES), fill, seed);
        let noise = rows(width, members, Fill::Even(30), !seed);
        let mut right = BitRows::new(width);
        for row in 0..members {
            let (mut bytes, mut flips) = (Vec::new(), Vec::new());
            left.extend_bytes(row % left.len(), &mut bytes);
            noise.extend_bytes(row, &mut flips);
            bytes.iter_mut().zip(&flips).take(row).for_each(|(byte, flip)| *byte ^= flip);
            right.push_bytes(&bytes).unwrap();
        }
        check(&left, &right, measure)?;
    }
}

#[test]
fn tile_edges_and_wide_rows_are_exact() {
    let edges: &[usize] = if cfg!(miri) { &[1] } else { &[1, 63, 64, 65, 255, 256, 257, 511, 512, 513] };
    for &members in edges {
        let (left, right) = (rows(128, 3, Fill::Mixed, 1), rows(128, members, Fill::Mixed, 2));
        check(&left, &right, Measure::Dice(0.5)).unwrap();
    }
    // Too wide for tiles, and as wide as tiles go.
    for width in if cfg!(miri) { 0..0 } else { 8184..8193 }.step_by(8) {
        let (left, right) = (rows(width, 2, Fill::Mixed, 1), rows(width, 20, Fill::Any, 2));
        check(&left, &right, Measure::Dice(0.6)).unwrap();
        check(&left, &left, Measure::Dice(1.0)).unwrap();
    }
}

#[test]
fn equally_dense_columns_keep_their_order() {
    let mut rows = BitRows::new(64);
    rows.push_bytes(&[0, 0, 0xFF, 0, 0, 0, 0, 0]).unwrap();
    let ranks = ColumnOrder::by_density(&rows).ranks().to_vec();
    let expected: Vec<u16> = (0..16).chain(56..64).chain(16..56).collect();
    assert_eq!(ranks, expected);
}

#[test]
#[should_panic(expected = "one column order")]
fn queries_of_another_order_are_refused() {
    let (left, right) = (rows(64, 8, Fill::Mixed, 1), rows(64, 8, Fill::Even(128), 2));
    let orders = [ColumnOrder::by_density(&left), ColumnOrder::by_density(&right)];
    let tiles = Tiles::new(&right, &[0], &orders[1], InstructionSet::Scalar);
    tiles.common(&Queries::new(&left, &orders[0], InstructionSet::Scalar), &[0; 129], &mut Vec::new());
}
