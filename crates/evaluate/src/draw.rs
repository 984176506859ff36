//! Random draws, the same on every machine: whole numbers only, without the platform's floating-point
//! functions.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;

/// Bands of ages: the first and last of each, and its weight in 100.
pub(crate) type Ages = [(u16, u16, u64); 3];

/// A source of draws for one purpose.
pub(crate) struct Draw(ChaCha20Rng);

impl Draw {
    /// Stream `stream` of the seed; streams do not influence each other.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// A number below `bound`, which is at least 1, by multiplication: practically uniform for bounds below
    /// 2⁴⁸.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A position in something with `len` places, at least 1.
    pub(crate) fn position(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number from `low` to `high`, inclusive; `low` if `high` is smaller.
    pub(crate) fn between(&mut self, low: u16, high: u16) -> u16 {
        low + self.below(u64::from(high.saturating_sub(low)) + 1) as u16
    }

    /// An event with probability `rate` / 10,000.
    pub(crate) fn happens(&mut self, rate: u16) -> bool {
        (u64::from(self.0.next_u32()) * 10_000) >> 32 < u64::from(rate)
    }

    /// An event with probability `rate` / 10⁹.
    pub(crate) fn chance(&mut self, rate: u64) -> bool {
        self.below(1_000_000_000) < rate
    }

    /// An age drawn from bands.
    pub(crate) fn age(&mut self, bands: &Ages) -> u16 {
        let mut point = self.below(100);
        for &(first, last, weight) in bands {
            if point < weight {
                return self.between(first, last);
            }
            point -= weight;
        }
        bands[0].0
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.position(items.len())]
    }

    /// Puts `items` in random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.position(last + 1));
        }
    }
}

/// Choice among ranked items with Zipf–Mandelbrot frequencies: item `r` (from 0) has weight 1 / (r + 1 +
/// `flatness`). `items` must not be empty.
pub(crate) fn ranked<T: Copy>(items: Vec<T>, flatness: u64) -> Weighted<T> {
    Weighted::new(
        items.into_iter().zip(1..).map(|(item, rank)| (item, (1 << 32) / (rank + flatness))).collect(),
    )
}

/// Weighted choice among items.
pub(crate) struct Weighted<T> {
    items: Vec<T>,
    ends: Vec<u64>,
}

impl<T: Copy> Weighted<T> {
    /// `items` must not be empty, and at least one weight must be positive.
    pub(crate) fn new(items: Vec<(T, u64)>) -> Self {
        let mut total = 0;
        let ends = items
            .iter()
            .map(|(_, weight)| {
                total += weight;
                total
            })
            .collect();
        Self { items: items.into_iter().map(|(item, _)| item).collect(), ends }
    }

    pub(crate) fn draw(&self, draw: &mut Draw) -> T {
        let total = self.ends.last().copied().unwrap_or(1);
        let point = draw.below(total);
        self.items[self.ends.partition_point(|&end| end <= point)]
    }
}

/// The items of a comma-separated list.
pub(crate) fn items(list: &'static str) -> Vec<&'static str> {
    list.split(',').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let take = |stream| {
            let mut draw = Draw::new(7, stream);
            (0..4).map(|_| draw.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(take(1), take(1));
        assert_ne!(take(1), take(2));
    }

    #[test]
    fn rates_and_bounds_hold() {
        let mut draw = Draw::new(1, 0);
        let happened = (0..100_000).filter(|_| draw.happens(2500)).count();
        assert!((24_000..26_000).contains(&happened), "{happened}");
        assert!((0..1000).all(|_| !draw.happens(0) && draw.happens(10_000)));
        assert!((0..1000).all(|_| (3..=5).contains(&draw.between(3, 5))));
        assert_eq!(draw.between(5, 3), 5);
    }

    #[test]
    fn earlier_ranks_are_more_frequent() {
        let ranked = ranked(vec![0, 1, 2], 0);
        let mut draw = Draw::new(1, 0);
        let mut counts = [0_u32; 3];
        for _ in 0..11_000 {
            counts[ranked.draw(&mut draw)] += 1;
        }
        // Weights 6 : 3 : 2.
        for (count, expected) in counts.into_iter().zip([6000, 3000, 2000]) {
            assert!(count.abs_diff(expected) < 250, "{counts:?}");
        }
    }

    #[test]
    fn a_shuffle_keeps_all_items() {
        let mut items: Vec<u32> = (0..1000).collect();
        Draw::new(3, 9).shuffle(&mut items);
        assert_ne!(items[..5], [0, 1, 2, 3, 4]);
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<Vec<_>>());
    }
}
