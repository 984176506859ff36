//! The amount of noise, and the clamping steps that decide a range exactly (`protocols/06-confirm.md` §4).
//!
//! Lengths are in positions: 1/4096 of the torus, the resolution of a bootstrap. Variances of a key switch, a
//! modulus switch and a bootstrap follow the formulas of the library.

use mizuhiki_confirm::Range;
use tfhe::core_crypto::commons::noise_formulas::centered_mean_shifted_modulus_switch::centered_binary_shifted_modulus_switch_additive_variance;
use tfhe::core_crypto::commons::noise_formulas::lwe_keyswitch::keyswitch_additive_variance_132_bits_security_tuniform;
use tfhe::core_crypto::commons::noise_formulas::lwe_programmable_bootstrap::pbs_variance_132_bits_security_tuniform_fft_mul;
use tfhe::core_crypto::prelude::LweDimension;

use crate::params::{
    BIG, BIG_NOISE, COARSE, COEFFICIENTS, FINE, GLWE_DIMENSION, Gadget, KEY_SWITCH_BASE, KEY_SWITCH_LEVELS,
    LOG_POSITIONS, POLYNOMIAL, RIGHT_BITS, SMALL,
};

const MODULUS: f64 = 18_446_744_073_709_551_616.0;
const MANTISSA_BITS: f64 = 53.0;
const N: f64 = COEFFICIENTS as f64;

/// Number of standard deviations exceeded with probability 2⁻¹³², which leaves room for the sum over all
/// steps.
const SURE: f64 = 13.27;

/// Maximum probability of a wrong answer.
pub(crate) const LOG2_FAILURE: f64 = -128.0;

/// Maximum number of clamping steps.
const MAX_ZOOMS: usize = 3;

fn positions(variance: f64) -> f64 {
    variance * 4_f64.powi(LOG_POSITIONS as i32)
}

/// Variance that a key switch and the rounding to positions add to a reading.
pub(crate) fn reading() -> f64 {
    let switch = keyswitch_additive_variance_132_bits_security_tuniform(
        BIG,
        SMALL,
        KEY_SWITCH_BASE,
        KEY_SWITCH_LEVELS,
        MODULUS,
        MODULUS,
    );
    let rounding = centered_binary_shifted_modulus_switch_additive_variance(
        SMALL,
        MODULUS,
        2_f64.powi(LOG_POSITIONS as i32),
    );
    positions(switch.0 + rounding.0)
}

/// Variance of a bootstrap's result.
pub(crate) fn bootstrap(gadget: Gadget) -> f64 {
    positions(product_variance(SMALL, gadget))
}

/// Variance of `products` external products with a fresh key, one after the other.
fn product_variance(products: LweDimension, gadget: Gadget) -> f64 {
    pbs_variance_132_bits_security_tuniform_fft_mul(
        products,
        GLWE_DIMENSION,
        POLYNOMIAL,
        gadget.base,
        gadget.levels,
        MANTISSA_BITS,
        MODULUS,
    )
    .0
}

/// Variance of the inner product of a left ciphertext with a right one of at most `ones` bits set.
pub(crate) fn inner_product(ones: usize) -> f64 {
    let ones = ones as f64;
    let unit = 2_f64.powi(2 * BIG_NOISE as i32 + 1) / 6.0 / (MODULUS * MODULUS);
    // A public-key encryption of zero: E·u + e₁·S + e₂ with binary u and S.
    let fresh = (N + 1.0) * unit;
    // Coefficients are rounded. The rounding error of a mask multiplies S − 1/2, because the body has
    // compensated its average.
    let rounded = 4_f64.powi(-(RIGHT_BITS as i32)) / 12.0 * (1.0 + N / 4.0);
    let base = 4_f64.powi(FINE.base.0 as i32);
    let rows = 2.0 * FINE.levels.0 as f64;
    let of_right = rows * N * (base + 2.0) / 12.0 * (fresh + rounded);
    // A left ciphertext is rounded to what the gadget decomposes. Its own noise multiplies up to all bits:
    // E·u and e₁·S have no mean to compensate, and are 2¹⁶ times below the rounding even if all their bits
    // add up.
    let precision = 4_f64.powi(-((FINE.base.0 * FINE.levels.0) as i32));
    let of_left = ones * ones * fresh + precision / 12.0 * (ones + N * ones / 4.0);
    // The error of the Fourier transform, which the library's formula combines with that of a fresh key.
    let transform = product_variance(LweDimension(1), FINE);
    positions(of_right + of_left + transform)
}

/// Upper bound of log₂ of the probability that a normal variable exceeds `distance`.
fn log2_tail(distance: f64, variance: f64) -> f64 {
    let sds = distance / variance.sqrt();
    if sds <= 1.0 {
        return 0.0;
    }
    // Q(x) < φ(x)/x.
    -sds * sds / 2.0 * std::f64::consts::LOG2_E - (sds * (2.0 * std::f64::consts::PI).sqrt()).log2()
}

/// Steps that decide whether a number of a range is positive.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// A doubled score of 1, in positions.
    pub(crate) unit: f64,
    /// The window of readings begins this many positions below zero.
    pub(crate) below: usize,
    /// Clamped to ± this many positions.
    pub(crate) clamp: usize,
    /// After each clamping, multiplied by this.
    pub(crate) multipliers: Vec<u64>,
    /// log₂ of the probability of a wrong sign.
    pub(crate) log2_failure: f64,
}

impl Plan {
    /// The fewest steps that decide `range`, whose numbers have noise of variance `input` (in positions,
    /// whatever the unit), where an answer takes `decisions` decisions. `None` if three clampings are not
    /// enough.
    pub(crate) fn new(range: Range, input: f64, decisions: usize) -> Option<Self> {
        let allowed = LOG2_FAILURE - (decisions as f64).log2();
        (0..=MAX_ZOOMS).map(|zooms| Self::with(zooms, range, input)).find(|plan| plan.log2_failure <= allowed)
    }

    fn with(zooms: usize, range: Range, input: f64) -> Self {
        let error = SURE * (reading() + input).sqrt();
        // A clamped value keeps its sign after one multiplication and another reading.
        let clamp = (error * (1.0 + 1.0 / 49.0_f64).sqrt()).ceil();
        let fits = |window: f64| ((window - error) / (clamp + error)).floor();
        // The next reading's window, both sides of zero together, is as wide as the polynomial; that of the
        // last is twice as wide, because a sign needs no padding.
        let (inner, last) = (fits(N / 2.0) as u64, fits(N) as u64);
        let multipliers: Vec<u64> =
            (1..=zooms).map(|step| if step == zooms { last } else { inner }).collect();
        let width = if zooms == 0 { 2.0 * N } else { N };
        let span = (range.high - range.low) as f64 + 2.0;
        // As coarse as the window permits: values far from the threshold are read most reliably.
        let unit = if zooms == 0 {
            (N - error) / range.high.max(-range.low) as f64
        } else {
            (width - 2.0 * error) / span
        };
        let below = (error - (range.low as f64 - 1.0) * unit).ceil().clamp(0.0, N) as usize;
        let mut plan = Self { unit, below, clamp: clamp as usize, multipliers, log2_failure: 0.0 };
        plan.log2_failure = plan.failure(range, input);
        plan
    }

    /// The gadget of a clamping: the result of the last one is multiplied once, those of earlier ones
    /// repeatedly.
    pub(crate) fn gadget(&self, step: usize) -> Gadget {
        if step + 1 == self.multipliers.len() { COARSE } else { FINE }
    }

    /// log₂ of the sum over all possible errors.
    fn failure(&self, range: Range, input: f64) -> f64 {
        let reading = reading();
        let mut terms = Vec::new();
        // Read outside the window.
        let (low, high) = (range.low as f64 * self.unit, range.high as f64 * self.unit);
        if self.multipliers.is_empty() {
            terms.push(log2_tail(N - high.max(-low), reading + input));
        } else {
            terms.push(log2_tail(N - self.below as f64 - high, reading + input));
            terms.push(log2_tail(self.below as f64 + low, reading + input));
        }
        // The smallest number, through all steps: its noise grows with it, and each bootstrap adds noise.
        let product: f64 = self.multipliers.iter().map(|&m| m as f64).product();
        let mut noise = input * product * product;
        let mut rest = product;
        for (step, &multiplier) in self.multipliers.iter().enumerate() {
            noise += bootstrap(self.gadget(step)) * rest * rest;
            rest /= multiplier as f64;
        }
        terms.push(log2_tail(self.unit * product, noise + reading));
        // A number clamped at this step: clamp − error of the reading, multiplied and read again.
        let clamp = self.clamp as f64;
        for (step, &multiplier) in self.multipliers.iter().enumerate() {
            let m = multiplier as f64;
            let noise = m * m * (reading + bootstrap(self.gadget(step))) + reading;
            terms.push(log2_tail(clamp * m, noise));
            let window = if step + 1 == self.multipliers.len() { N } else { N / 2.0 };
            terms.push(log2_tail(window - clamp * m, noise));
        }
        // Both sides of each.
        1.0 + terms.into_iter().map(f64::exp2).sum::<f64>().log2()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_levels_take_more_steps() {
        let zooms = |levels: i64| {
            let range = Range { low: 1 - 2 * (levels * 7 / 10), high: 1 + 2 * (levels * 3 / 10) };
            Plan::new(range, inner_product(600), 1).map(|plan| plan.multipliers.len())
        };
        assert_eq!([15, 150, 1_230, 9_000].map(zooms), [Some(0), Some(1), Some(2), Some(3)]);
        assert_eq!(zooms(1 << 20), None);
    }

    #[test]
    fn tails_are_those_of_tables() {
        // Q(5) = 2.8665e-7, Q(13.06) ≈ 2^-127.
        assert!((log2_tail(5.0, 1.0) - 2.8665e-7_f64.log2()).abs() < 0.06);
        assert!((log2_tail(26.12, 4.0) + 128.0).abs() < 1.0);
    }
}
