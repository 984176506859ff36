//! Inputs to ciphertexts, under the public key.

use mizuhiki_confirm::{BackendError, Circuit, Encryptor, LeftInput, RightInput};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroize as _;

use crate::keys::PublicKey;
use crate::pack::{pack, packed_bytes};
use crate::params::{COEFFICIENTS, FINE, LEFT_BITS, RIGHT_BITS};
use crate::plans::Plans;

/// Bytes of a row of a left ciphertext.
pub(crate) const LEFT_ROW_BYTES: usize = packed_bytes(2 * COEFFICIENTS, LEFT_BITS);
/// Polynomial ciphertexts in a right ciphertext: two per level of the gadget.
pub(crate) const RIGHT_ROWS: usize = 2 * FINE.levels.0;
/// Bytes of a right ciphertext.
pub(crate) const RIGHT_BYTES: usize = packed_bytes(RIGHT_ROWS * 2 * COEFFICIENTS, RIGHT_BITS);

/// Encrypts for one circuit.
pub struct TfheEncryptor {
    key: PublicKey,
    plans: Plans,
}

impl TfheEncryptor {
    pub(crate) fn new(circuit: &Circuit, public: &[u8]) -> Result<Self, BackendError> {
        Ok(Self { key: PublicKey::read(public)?, plans: Plans::of(circuit)? })
    }
}

impl Encryptor for TfheEncryptor {
    fn encrypt_left(&self, input: &LeftInput, random: &mut ChaCha20Rng) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(input.rows().len() * LEFT_ROW_BYTES);
        for (row, decision) in input.rows().zip(self.plans.units()) {
            let mut ciphertext = self.key.zero(random);
            for (coefficient, &number) in ciphertext[COEFFICIENTS..].iter_mut().zip(row) {
                *coefficient = coefficient.wrapping_add(decision.torus(number));
            }
            centre(&mut ciphertext, LEFT_BITS);
            pack(&ciphertext, LEFT_BITS, &mut bytes);
        }
        bytes
    }

    fn encrypt_right(&self, input: &RightInput, random: &mut ChaCha20Rng) -> Vec<u8> {
        // Coefficient N − 1 of a product with the reversed polynomial is the inner product.
        let mut reversed = vec![0_u64; COEFFICIENTS];
        for (at, &bit) in input.bits().iter().enumerate() {
            reversed[COEFFICIENTS - 1 - at] = u64::from(bit);
        }
        let mut bytes = Vec::with_capacity(RIGHT_BYTES);
        // The library keeps the finest level first.
        for level in (1..=FINE.levels.0).rev() {
            let factor = 1_u64 << (64 - FINE.base.0 * level);
            for half in 0..2 {
                let mut ciphertext = self.key.zero(random);
                let part = &mut ciphertext[half * COEFFICIENTS..(half + 1) * COEFFICIENTS];
                for (coefficient, &bit) in part.iter_mut().zip(&reversed) {
                    *coefficient = coefficient.wrapping_add(bit * factor);
                }
                centre(&mut ciphertext, RIGHT_BITS);
                pack(&ciphertext, RIGHT_BITS, &mut bytes);
            }
        }
        reversed.zeroize();
        bytes
    }
}

/// Adds to the body what rounding the mask to `bits` subtracts on average. A rounding error e changes the
/// phase by −e·S; S is 1/2 on average in every coefficient, and without this its mean would add up.
fn centre(ciphertext: &mut [u64], bits: u32) {
    let (mask, body) = ciphertext.split_at_mut(COEFFICIENTS);
    let error = |number: u64| {
        let rounded = number.wrapping_add(1 << (63 - bits)) >> (64 - bits) << (64 - bits);
        rounded.wrapping_sub(number) as i64
    };
    let total: i64 = mask.iter().map(|&number| error(number)).sum();
    // Coefficient k of e times the polynomial of ones, modulo X^N + 1: the sum up to k, minus the sum after
    // it.
    let mut before = 0;
    for (number, coefficient) in mask.iter().zip(body) {
        before += error(*number);
        *coefficient = coefficient.wrapping_add((before - total / 2) as u64);
    }
}
