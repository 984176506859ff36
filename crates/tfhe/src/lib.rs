//! The homomorphic back end of the confirmation, on the arithmetic of crate `tfhe` (Zama).
//!
//! Normative text: `protocols/06-confirm.md` §3 and §4. A left input is one polynomial ciphertext (GLWE) per
//! row. A right input is a gadget ciphertext (GGSW) of a polynomial. One external product gives their inner
//! product. A decision takes steps of clamping and multiplying, one bootstrap each, until one more bootstrap
//! can read the sign.
//!
//! Limits: TFHE is secure against chosen plaintexts, not chosen ciphertexts, and with exact answers
//! (IND-CPA-D); the library claims nothing about side channels; circuit privacy (flooding) is heuristic.
//! License: see `NOTICE`.

#![forbid(unsafe_code)]

mod encrypt;
mod evaluate;
mod keys;
#[cfg(test)]
mod measured;
mod noise;
mod pack;
mod params;
mod plans;

use mizuhiki_confirm::{Backend, BackendError, Circuit, Decryptor, KeySet};
use rand_chacha::ChaCha20Rng;
use tfhe::core_crypto::prelude::{LweCiphertext, decrypt_lwe_ciphertext};

pub use encrypt::TfheEncryptor;
pub use evaluate::{Scratch, TfheEvaluator};

use crate::encrypt::{LEFT_ROW_BYTES, RIGHT_BYTES};
use crate::keys::{SecretKey, check_size};
use crate::pack::{packed_bytes, unpack};
use crate::params::{ANSWER_BITS, BIG};
use crate::plans::Plans;

const ANSWER_BYTES: usize = packed_bytes(BIG.0 + 1, ANSWER_BITS);

/// The back end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tfhe;

/// The cost of a circuit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Bootstraps per pair.
    pub bootstraps: usize,
    /// Upper bound of log₂ of the probability that an answer is wrong.
    pub log2_failure: f64,
}

impl Tfhe {
    /// The cost of `circuit`.
    ///
    /// # Errors
    /// [`BackendError::TooManyLevels`].
    pub fn cost(circuit: &Circuit) -> Result<Cost, BackendError> {
        let plans = Plans::of(circuit)?;
        Ok(Cost { bootstraps: plans.bootstraps(), log2_failure: plans.log2_failure() })
    }
}

/// Opens answers; the key is wiped on drop.
pub struct TfheDecryptor(SecretKey);

impl Backend for Tfhe {
    type Encryptor = TfheEncryptor;
    type Evaluator = TfheEvaluator;
    type Decryptor = TfheDecryptor;

    fn name(&self) -> &'static str {
        params::NAME
    }

    fn generate(&self, random: &mut ChaCha20Rng) -> KeySet {
        keys::generate(random)
    }

    fn left_bytes(&self, circuit: &Circuit) -> usize {
        circuit.rows() * LEFT_ROW_BYTES
    }

    fn right_bytes(&self, _: &Circuit) -> usize {
        RIGHT_BYTES
    }

    fn answer_bytes(&self) -> usize {
        ANSWER_BYTES
    }

    fn evaluation_bytes(&self) -> usize {
        keys::EVALUATION_BYTES
    }

    fn encryptor(&self, circuit: &Circuit, public: &[u8]) -> Result<TfheEncryptor, BackendError> {
        TfheEncryptor::new(circuit, public)
    }

    fn evaluator(
        &self,
        circuit: &Circuit,
        public: &[u8],
        evaluation: &[u8],
    ) -> Result<TfheEvaluator, BackendError> {
        TfheEvaluator::new(circuit, public, evaluation)
    }

    fn decryptor(&self, secret: &[u8]) -> Result<TfheDecryptor, BackendError> {
        SecretKey::read(secret).map(TfheDecryptor)
    }
}

impl Decryptor for TfheDecryptor {
    fn open(&self, answer: &[u8]) -> Result<bool, BackendError> {
        check_size("an answer", answer, ANSWER_BYTES)?;
        let mut numbers = vec![0; BIG.0 + 1];
        unpack(answer, ANSWER_BITS, &mut numbers);
        let ciphertext = LweCiphertext::from_container(numbers, params::modulus());
        // No error depends on the content: any content opens to one bit.
        Ok(decrypt_lwe_ciphertext(&self.0.as_lwe(), &ciphertext).0 < 1 << 63)
    }
}
