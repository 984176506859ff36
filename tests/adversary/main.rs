//! Attacks on the data that leave a custodian (`protocols/threat-model.md`), each with a control on which it
//! succeeds.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed step fails the test")]

mod laboratory;
mod pairs;
mod symbols;

/// A stream of random numbers that is the same in every run.
struct Draw(u64);

impl Draw {
    /// Puts numbers in random order (Fisher and Yates).
    fn shuffle(&mut self, numbers: &mut [usize]) {
        for last in (1..numbers.len()).rev() {
            numbers.swap(last, self.below(last + 1));
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

/// Five standard deviations of a share around chance; files contain random symbols, so chance differs in each
/// run.
fn margin(chance: f64, trials: usize) -> f64 {
    5.0 * (chance * (1.0 - chance) / trials as f64).sqrt()
}
