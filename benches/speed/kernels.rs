//! Pairs compared per second, one thread, by back end: tiles, and rows one by one as their baseline; and the
//! cost of storing rows as tiles and of preparing queries.

use std::collections::BTreeSet;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use mizuhiki_bits::{BitRows, ColumnOrder, InstructionSet, Queries, RowScan, Tiles};

const RIGHT: usize = 10_000;
const LEFT: usize = 512;
/// Left rows of the baseline, which is much slower.
const FEW: usize = 64;

/// SplitMix64: the same people and the same noise on every machine.
struct Random(u64);

impl Random {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A rank of `ranks`, rank `n` about as often as `1 / (n + 1)`.
    fn zipf(&mut self, ranks: usize) -> usize {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        (((ranks + 1) as f64).powf(unit) as usize - 1).min(ranks - 1)
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.zipf(of.len())]
    }
}

/// The name of rank `rank` in list `list`.
fn name(list: u64, rank: usize, syllables: u64) -> String {
    let mut random = Random(list << 32 | rank as u64);
    let mut name = String::new();
    for _ in 0..syllables + random.below(2) {
        name += random.pick(&[
            "s", "t", "n", "r", "l", "m", "d", "k", "b", "h", "g", "p", "f", "w", "v", "ch", "st", "th",
        ]);
        name += random.pick(&["a", "e", "i", "o", "u", "ie", "ea", "ou"]);
    }
    name + random.pick(&["n", "s", "r", "", "t", "l"])
}

/// Filters of 1,024 bits of people with Zipf-distributed names: ten bits for each of about 53 distinct pairs
/// of letters, 40 % of the bits set. Common pairs give common columns.
fn people(count: usize, seed: u64) -> BitRows {
    let mut random = Random(seed);
    let mut rows = BitRows::with_capacity(1024, count);
    for _ in 0..count {
        let town = random.zipf(600);
        let fields = [
            name(1, random.zipf(800), 2),
            name(2, random.zipf(20_000), 2),
            format!("{}{:02}{:02}", 1930 + random.below(80), 1 + random.below(12), 1 + random.below(28)),
            format!("{} {}", 1 + random.below(99), name(3, random.zipf(3_000), 3)),
            name(4, town, 3),
            format!("{}", 10_000 + town as u64 * 7 + random.below(7)),
            random.pick(&["m", "f"]).to_owned(),
        ];
        let mut grams = BTreeSet::new();
        for (field, value) in fields.iter().enumerate() {
            let padded = format!(" {value} ").into_bytes();
            grams.extend(padded.windows(2).map(|pair| [field as u8, pair[0], pair[1]]));
        }
        let mut bytes = [0_u8; 128];
        for [field, first, second] in grams {
            let mut hash = Random(u64::from_le_bytes([field, first, second, 1, 0, 0, 0, 0]));
            for _ in 0..10 {
                let bit = hash.below(1024) as usize;
                bytes[bit / 8] |= 0x80 >> (bit % 8);
            }
        }
        push(&mut rows, &bytes);
    }
    rows
}

fn push(rows: &mut BitRows, bytes: &[u8]) {
    assert!(rows.push_bytes(bytes).is_ok(), "rows have the width they are made for");
}

fn all(rows: &BitRows) -> Vec<u32> {
    (0..rows.len() as u32).collect()
}

/// Tiles and rows with one measure. Hits are counted, to show that all back ends agree.
fn compare(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    left: &BitRows,
    right: &BitRows,
    need: &[u32],
) {
    let order = ColumnOrder::by_density(right);
    for backend in InstructionSet::available() {
        let tiles = Tiles::new(right, &all(right), &order, backend);
        let mut queries = Queries::new(left, &order, backend);
        queries.prepare(&all(left));
        let mut hits = Vec::new();
        group.throughput(Throughput::Elements((left.len() * right.len()) as u64));
        group.bench_function(format!("{name}, tiles, {backend:?}"), |bencher| {
            bencher.iter(|| {
                hits.clear();
                tiles.common(&queries, need, &mut hits);
                hits.len()
            });
        });
        let scan = RowScan::new(right, backend);
        let mut hits = Vec::new();
        group.throughput(Throughput::Elements((FEW * right.len()) as u64));
        group.bench_function(format!("{name}, rows, {backend:?}"), |bencher| {
            bencher.iter(|| {
                hits.clear();
                for row in 0..FEW {
                    scan.common(left.row(row), left.weight(row), tiles.members(), need, &mut hits);
                }
                hits.len()
            });
        });
    }
}

/// Rows per second into tiles, and into queries.
fn store(group: &mut BenchmarkGroup<'_, WallTime>, rows: &BitRows) {
    let order = ColumnOrder::by_density(rows);
    let width = rows.width();
    for backend in InstructionSet::available() {
        group.throughput(Throughput::Elements(rows.len() as u64));
        group.bench_function(format!("{width} bits to tiles, {backend:?}"), |bencher| {
            bencher.iter(|| Tiles::new(rows, &all(rows), &order, backend).len());
        });
        let mut queries = Queries::new(rows, &order, backend);
        let chosen: Vec<u32> = (0..LEFT as u32).collect();
        group.throughput(Throughput::Elements(LEFT as u64));
        group.bench_function(format!("{width} bits to queries, {backend:?}"), |bencher| {
            bencher.iter(|| queries.prepare(&chosen));
        });
    }
}

fn kernels(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("kernels");
    group.sample_size(20);
    let (left, right) = (people(LEFT, 1), people(RIGHT, 2));
    for least in [0.7, 0.8, 0.9] {
        let need: Vec<u32> = (0..=2048).map(|sum| (f64::from(sum) * least / 2.0).ceil() as u32).collect();
        compare(&mut group, &format!("Dice {least}, 1024 bits"), &left, &right, &need);
    }
    store(&mut group, &right);
    group.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
