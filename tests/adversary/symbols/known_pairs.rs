//! Known-plaintext attack with known pairs of a person and a token: regression, then the best-fitting people.

use std::collections::HashSet;
use std::thread;

use mizuhiki_evaluate::gf2::weight;

use super::kit::{JAPAN, PER_VIEW, filters, kanji_schema, labelled};

/// Number of known plaintext–token pairs, of attacked tokens, and of candidate people.
const KNOWN: usize = 800;
const ATTACKED: usize = 1_000;
const CANDIDATES: usize = 2_000;

/// Similarity of two tokens or two people.
type Alike<'k> = &'k (dyn Fn(usize, usize) -> f64 + Sync);

/// A table of numbers, row by row.
struct Numbers {
    width: usize,
    values: Vec<f64>,
}

impl Numbers {
    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// Similarities to each known one, centered over the known ones, as if every bit had mean zero.
    fn centred(rows: std::ops::Range<usize>, alike: Alike<'_>, means: &[f64]) -> Self {
        let mean = means.iter().sum::<f64>() / KNOWN as f64;
        let mut values = vec![0.0; rows.len() * KNOWN];
        in_halves(&mut values, KNOWN, &|at, out| {
            for (known, out) in out.iter_mut().enumerate() {
                *out = alike(rows.start + at, known);
            }
            let own = out.iter().sum::<f64>() / KNOWN as f64;
            for (out, known) in out.iter_mut().zip(means) {
                *out += mean - own - known;
            }
        });
        Self { width: KNOWN, values }
    }
}

/// Mean similarity of each known one to all of them.
fn means(alike: Alike<'_>) -> Vec<f64> {
    (0..KNOWN).map(|a| (0..KNOWN).map(|b| alike(a, b)).sum::<f64>() / KNOWN as f64).collect()
}

/// Fills rows on two threads.
fn in_halves(values: &mut [f64], width: usize, fill: &(dyn Fn(usize, &mut [f64]) + Sync)) {
    let half = values.len() / width / 2;
    let (first, second) = values.split_at_mut(half * width);
    let fill_from = |start: usize, part: &mut [f64]| {
        part.chunks_exact_mut(width).enumerate().for_each(|(at, row)| fill(start + at, row));
    };
    thread::scope(|scope| {
        scope.spawn(|| fill_from(0, first));
        fill_from(half, second);
    });
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
        for at in 0..4 {
            sums[at] += a[at] * b[at];
        }
    }
    sums.iter().sum()
}

/// The lower triangle whose product with itself is `square` (Cholesky).
fn triangle(mut square: Numbers) -> Numbers {
    let n = square.width;
    for row in 0..n {
        let (done, rest) = square.values.split_at_mut(row * n);
        let this = &mut rest[..n];
        for column in 0..row {
            let other = &done[column * n..column * n + n];
            let sum: f64 = this[..column].iter().zip(&other[..column]).map(|(a, b)| a * b).sum();
            this[column] = (this[column] - sum) / other[column];
        }
        let sum: f64 = this[..row].iter().map(|a| a * a).sum();
        this[row] = (this[row] - sum).sqrt();
        this[row + 1..].fill(0.0);
    }
    square
}

/// Solves for the weights of the known pairs for a token.
fn weights(triangle: &Numbers, token: &mut [f64]) {
    let n = triangle.width;
    for row in 0..n {
        let line = triangle.row(row);
        let sum: f64 = line[..row].iter().zip(&token[..row]).map(|(a, b)| a * b).sum();
        token[row] = (token[row] - sum) / line[row];
    }
    for row in (0..n).rev() {
        let line = triangle.row(row);
        let value = token[row] / line[row];
        token[row] = value;
        token[..row].iter_mut().zip(line).for_each(|(token, line)| *token -= value * line);
    }
}

/// Kernel ridge regression of the attacker's encoding of people on tokens. Rows are the known ones, then the
/// candidates, the first of which are attacked. Returns the share whose own person fits best.
fn top_one(tokens: Alike<'_>, people: Alike<'_>) -> f64 {
    let (token_means, person_means) = (means(tokens), means(people));
    let mut square = Numbers::centred(0..KNOWN, tokens, &token_means);
    let diagonal = (0..KNOWN).map(|at| square.row(at)[at]).sum::<f64>() / KNOWN as f64;
    (0..KNOWN).for_each(|at| square.values[at * KNOWN + at] += 0.3 * diagonal);
    let triangle = triangle(square);
    let mut attacked = Numbers::centred(KNOWN..KNOWN + ATTACKED, tokens, &token_means);
    in_halves(&mut attacked.values, KNOWN, &|_, token| weights(&triangle, token));
    let candidates = Numbers::centred(KNOWN..KNOWN + CANDIDATES, people, &person_means);
    let mean = person_means.iter().sum::<f64>() / KNOWN as f64;
    let length = |at: usize| {
        let own = (0..KNOWN).map(|known| people(KNOWN + at, known)).sum::<f64>() / KNOWN as f64;
        (people(KNOWN + at, KNOWN + at) - 2.0 * own + mean).sqrt()
    };
    let lengths: Vec<f64> = (0..CANDIDATES).map(length).collect();
    let mut right = vec![0.0; ATTACKED];
    in_halves(&mut right, 1, &|at, right| {
        let token = attacked.row(at);
        let fits = |candidate: usize| dot(token, candidates.row(candidate)) / lengths[candidate];
        let own = fits(at);
        let better = (0..CANDIDATES).any(|candidate| candidate != at && fits(candidate) >= own);
        right[0] = f64::from(u8::from(!better));
    });
    right.iter().sum::<f64>() / ATTACKED as f64
}

fn agreeing(a: &[u64], b: &[u64]) -> f64 {
    let differ: u32 = a.iter().zip(b).map(|(a, b)| (a ^ b).count_ones()).sum();
    64.0 * a.len() as f64 - 2.0 * f64::from(differ)
}

#[test]
fn known_pairs_say_nothing_of_other_symbols() {
    // People with unique symbols only: a near-duplicate of a known person would be found by their common
    // symbols.
    let all = labelled(&kanji_schema(|_| ()), &JAPAN.registry);
    let mut seen = HashSet::new();
    let wanted = KNOWN + CANDIDATES;
    let alone = |row: &usize| all[*row].iter().flatten().flatten().all(|symbol| seen.insert(*symbol));
    let rows: Vec<usize> = (0..JAPAN.registry.len()).filter(alone).take(wanted).collect();
    assert_eq!(rows.len(), wanted);
    let table = JAPAN.registry.take(rows.iter().copied());

    // The attacker hashes people with its own key and regresses on bits of their features.
    let people = filters(&table, 77);
    let person = |a: usize, b: usize| agreeing(&people[a], &people[b]);
    let plain = filters(&table, 9);
    let found = top_one(&|a, b| agreeing(&plain[a], &plain[b]), &person);
    assert!(found > 0.5, "plain filters: {found} of {ATTACKED} tokens were assigned their person");

    // With labels of view and number, all bits of all symbols of the first row.
    let bits: Vec<Vec<u64>> = rows
        .iter()
        .map(|&row| {
            let of_view = |view: &Option<Vec<u64>>| view.clone().unwrap_or_else(|| vec![0; *PER_VIEW]);
            all[row].iter().flat_map(of_view).collect()
        })
        .collect();
    let found = top_one(&|a, b| agreeing(&bits[a], &bits[b]), &person);
    assert!(found <= 0.005, "bits of symbols: {found} of {ATTACKED} (chance {})", 1.0 / CANDIDATES as f64);

    // As sent: the buckets, out of 4,096, into which the symbols of the set fall.
    let buckets: Vec<Vec<u64>> = rows.iter().map(|&row| in_buckets(JAPAN.registry_tokens.of(row))).collect();
    let shared = |a: usize, b: usize| {
        let both: Vec<u64> = buckets[a].iter().zip(&buckets[b]).map(|(a, b)| a & b).collect();
        f64::from(weight(&both))
    };
    let found = top_one(&shared, &person);
    assert!(found <= 0.005, "sets of symbols: {found} of {ATTACKED} (chance {})", 1.0 / CANDIDATES as f64);
}

fn in_buckets(set: &[u64]) -> Vec<u64> {
    let mut buckets = vec![0; 64];
    for symbol in set {
        let bucket = (symbol >> 52) as usize;
        buckets[bucket / 64] |= 1_u64 << (bucket % 64);
    }
    buckets
}
