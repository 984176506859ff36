//! The parameter set and the reasons for it (`protocols/06-confirm.md` §4).
//!
//! Dimensions and noise are those of tfhe's default set `PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128` (132
//! bits by the formulas that the library ships, checked by a test); in addition to its gadget there is one of
//! two levels, for bootstraps whose result is multiplied afterwards.

use tfhe::core_crypto::prelude::{
    CiphertextModulus, DecompositionBaseLog, DecompositionLevelCount, GlweDimension, GlweSize, LweDimension,
    PolynomialSize, TUniform,
};

/// Name in files.
pub(crate) const NAME: &str = "tfhe-n918-N2048-1";

/// log₂ of the coefficients of a polynomial.
pub(crate) const LOG_COEFFICIENTS: usize = 11;
/// Coefficients of a polynomial, N.
pub(crate) const COEFFICIENTS: usize = 1 << LOG_COEFFICIENTS;
pub(crate) const POLYNOMIAL: PolynomialSize = PolynomialSize(COEFFICIENTS);
pub(crate) const GLWE_DIMENSION: GlweDimension = GlweDimension(1);
pub(crate) const GLWE_SIZE: GlweSize = GlweSize(2);
/// Dimension after the key switch, n.
pub(crate) const SMALL: LweDimension = LweDimension(918);
/// Dimension of a sample extracted from a polynomial ciphertext.
pub(crate) const BIG: LweDimension = LweDimension(COEFFICIENTS);

/// Noise of the small key: uniform up to 2^45 of 2^64.
pub(crate) const SMALL_NOISE: u32 = 45;
/// Noise of the big key: uniform up to 2^17 of 2^64.
pub(crate) const BIG_NOISE: u32 = 17;

pub(crate) const KEY_SWITCH_BASE: DecompositionBaseLog = DecompositionBaseLog(4);
pub(crate) const KEY_SWITCH_LEVELS: DecompositionLevelCount = DecompositionLevelCount(4);

/// A gadget: how numbers are decomposed before they are multiplied by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gadget {
    pub(crate) base: DecompositionBaseLog,
    pub(crate) levels: DecompositionLevelCount,
}

/// The gadget of right ciphertexts, and of bootstraps whose result is multiplied by a large factor.
pub(crate) const FINE: Gadget = Gadget { base: DecompositionBaseLog(15), levels: DecompositionLevelCount(2) };

/// The gadget of bootstraps whose result is multiplied by a small factor or not at all: two thirds of the
/// work.
pub(crate) const COARSE: Gadget =
    Gadget { base: DecompositionBaseLog(23), levels: DecompositionLevelCount(1) };

/// Bits kept of a coefficient of a left ciphertext: what the gadget decomposes, so nothing is lost.
pub(crate) const LEFT_BITS: u32 = 30;
/// Bits kept of a coefficient of a right ciphertext.
pub(crate) const RIGHT_BITS: u32 = 44;
/// Bits kept of a coefficient of an answer.
pub(crate) const ANSWER_BITS: u32 = 32;

/// log₂ of the positions that a bootstrap distinguishes, 2N.
pub(crate) const LOG_POSITIONS: usize = LOG_COEFFICIENTS + 1;

/// A position on the torus.
pub(crate) const POSITION: u64 = 1 << (64 - LOG_POSITIONS);

pub(crate) fn modulus() -> CiphertextModulus<u64> {
    CiphertextModulus::new_native()
}

pub(crate) fn small_noise() -> TUniform<u64> {
    TUniform::new(SMALL_NOISE)
}

pub(crate) fn big_noise() -> TUniform<u64> {
    TUniform::new(BIG_NOISE)
}

#[cfg(test)]
mod tests {
    use tfhe::core_crypto::commons::noise_formulas::secure_noise::{
        minimal_glwe_variance_for_132_bits_security_tuniform,
        minimal_lwe_variance_for_132_bits_security_tuniform,
    };

    use super::*;

    #[test]
    fn the_noise_is_enough_for_132_bits() {
        let modulus = 2_f64.powi(64);
        let small = minimal_lwe_variance_for_132_bits_security_tuniform(SMALL, modulus);
        let big = minimal_glwe_variance_for_132_bits_security_tuniform(GLWE_DIMENSION, POLYNOMIAL, modulus);
        assert!(small_noise().variance(modulus).0 >= small.0 * 0.999);
        assert!(big_noise().variance(modulus).0 >= big.0 * 0.999);
    }
}
