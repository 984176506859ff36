//! Statistics of encoding: fill and repeated values.

use rustc_hash::FxHashMap;

/// Maximum number of distinct token hashes before the sample is halved.
const MAX_SAMPLE: usize = 1 << 18;

/// Counts of one view. They add up over any split of the records, so threads can count separately.
#[derive(Debug, Clone, Default)]
pub struct ViewStats {
    tokens: u64,
    /// Number of filters that have bit `i` set.
    set: Vec<u64>,
    repeats: RepeatedSample,
}

/// Figures of one view.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ViewSummary {
    /// Records with a token in this view.
    pub tokens: u64,
    /// Mean share of set filter bits, 0..=1.
    pub fill: f64,
    /// Share of records whose token repeats another record's, 0..=1 (estimated on a hash sample past
    /// 262,144 distinct tokens).
    pub repeated_share: f64,
}

impl ViewStats {
    /// Counts one block: `set[i]` filters have bit `i` set.
    pub(crate) fn add_filters(&mut self, tokens: u64, set: impl ExactSizeIterator<Item = u32>) {
        self.tokens += tokens;
        self.set.resize(set.len(), 0);
        for (sum, count) in self.set.iter_mut().zip(set) {
            *sum += u64::from(count);
        }
    }

    /// Records one token, to find repeated ones.
    pub(crate) fn add_token(&mut self, token: &[u8]) {
        self.repeats.add(hash(token));
    }

    /// Adds another thread's counts.
    pub fn merge(&mut self, other: &Self) {
        self.tokens += other.tokens;
        if self.set.len() < other.set.len() {
            self.set.resize(other.set.len(), 0);
        }
        for (sum, count) in self.set.iter_mut().zip(&other.set) {
            *sum += count;
        }
        self.repeats.merge(&other.repeats);
    }

    /// The figures.
    #[must_use]
    pub fn summary(&self) -> ViewSummary {
        let (tokens, bits) = (self.tokens.max(1) as f64, self.set.len().max(1) as f64);
        let shares = || self.set.iter().map(|&count| count as f64 / tokens);
        ViewSummary {
            tokens: self.tokens,
            // The sum of an empty iterator is −0.
            fill: shares().sum::<f64>() / bits + 0.0,
            repeated_share: self.repeats.share(),
        }
    }
}

/// Multiplicities of the tokens whose hash has `zeros` trailing zero bits. Every copy of a token falls into
/// the sample or none does, so the share of repeated records in it is unbiased.
#[derive(Debug, Clone, Default)]
struct RepeatedSample {
    zeros: u32,
    counts: FxHashMap<u64, u64>,
}

impl RepeatedSample {
    fn add(&mut self, hash: u64) {
        if hash.trailing_zeros() >= self.zeros {
            *self.counts.entry(hash).or_insert(0) += 1;
            self.shrink();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.zeros = self.zeros.max(other.zeros);
        for (&hash, &count) in &other.counts {
            if hash.trailing_zeros() >= self.zeros {
                *self.counts.entry(hash).or_insert(0) += count;
            }
        }
        self.counts.retain(|hash, _| hash.trailing_zeros() >= self.zeros);
        self.shrink();
    }

    fn shrink(&mut self) {
        while self.counts.len() > MAX_SAMPLE {
            self.zeros += 1;
            self.counts.retain(|hash, _| hash.trailing_zeros() >= self.zeros);
        }
    }

    fn share(&self) -> f64 {
        let all: u64 = self.counts.values().sum();
        let repeated: u64 = self.counts.values().filter(|&&count| count > 1).sum();
        if all == 0 { 0.0 } else { repeated as f64 / all as f64 }
    }
}

/// A 64-bit mix of the whole token (FNV-1a over words, finished as in SplitMix64): it distinguishes tokens,
/// is not secret and protects nothing.
fn hash(token: &[u8]) -> u64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for chunk in token.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state = (state ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(23);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_tokens_are_found_whatever_the_split() {
        let tokens: Vec<[u8; 16]> = (0..1000_u32).map(|i| u128::from(i % 900).to_le_bytes()).collect();
        let mut whole = ViewStats::default();
        tokens.iter().for_each(|token| whole.add_token(token));
        let mut parts = [ViewStats::default(), ViewStats::default()];
        tokens.iter().enumerate().for_each(|(i, token)| parts[i % 2].add_token(token));
        let [mut first, second] = parts;
        first.merge(&second);
        for stats in [whole, first] {
            assert!((stats.summary().repeated_share - 0.2).abs() < 1e-12);
        }
    }

    #[test]
    fn a_sample_estimates_the_share() {
        let mut stats = ViewStats::default();
        for i in 0..600_000_u64 {
            stats.add_token(&(i % 500_000).to_le_bytes());
        }
        assert!((stats.summary().repeated_share - 1.0 / 3.0).abs() < 0.01);
    }
}
