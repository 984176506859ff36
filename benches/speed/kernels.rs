//! Pairs compared a second, one thread, by back end; the scalar twin is the baseline of the ratio.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mizuhiki_bits::{Backend, BitRows, Scan};

const ROWS: usize = 2_000;

/// Rows with about `per_mille` ‰ of their bits set.
fn rows(width: usize, per_mille: u64, mut state: u64) -> BitRows {
    let mut rows = BitRows::new(width);
    for _ in 0..ROWS {
        let mut bytes = vec![0_u8; width / 8];
        for bit in 0..width {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if (state >> 33) % 1000 < per_mille {
                bytes[bit / 8] |= 0x80 >> (bit % 8);
            }
        }
        if rows.push_bytes(&bytes).is_err() {
            unreachable!("rows have the width they are made for");
        }
    }
    rows
}

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels");
    group.throughput(Throughput::Elements((ROWS * ROWS) as u64)).sample_size(20);
    let (left, right) = (rows(1024, 410, 1), rows(1024, 410, 2));
    // Dice ≥ 0.8: at least 0.4 of the sum of both weights.
    let need: Vec<u32> = (0..=2048_u32).map(|sum| (f64::from(sum) * 0.4).ceil() as u32).collect();
    for backend in Backend::available() {
        let scan = Scan::with_backend(&right, backend);
        group.bench_function(format!("dice 0.8, 1024 bits, {backend:?}"), |bencher| {
            bencher.iter(|| {
                let mut hits = Vec::new();
                for row in 0..left.len() {
                    scan.common(left.row(row), &need[left.weight(row) as usize..], 0..right.len(), &mut hits);
                }
                hits.len()
            });
        });
    }
    let (left, right) = (rows(2048, 500, 3), rows(2048, 500, 4));
    for backend in Backend::available() {
        let scan = Scan::with_backend(&right, backend);
        group.bench_function(format!("hamming, 2048 bits, {backend:?}"), |bencher| {
            bencher.iter(|| {
                let mut hits = Vec::new();
                for row in 0..left.len() {
                    scan.differing(left.row(row), 880, 0..right.len(), &mut hits);
                }
                hits.len()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
