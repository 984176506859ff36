//! The interface of a back end. It takes rows of numbers and returns bytes; it does not handle tickets,
//! budgets or names. A back end is passed in as a value; results do not depend on the choice.

use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use crate::circuit::{Circuit, LeftInput, RightInput};
use crate::error::BackendError;

/// The keys of one run, as bytes.
pub struct KeySet {
    /// Encrypts. For the custodians.
    pub public: Vec<u8>,
    /// Evaluates. For the linkage unit.
    pub evaluation: Vec<u8>,
    /// Opens. Never leaves the authority.
    pub secret: Zeroizing<Vec<u8>>,
}

/// How an answer is hidden from the authority: whether it is negated, and its re-randomization.
#[derive(Clone)]
pub struct Mask {
    /// Whether the answer is negated.
    pub flip: bool,
    /// The seed of its fresh randomness.
    pub seed: Zeroizing<[u8; 32]>,
}

/// A homomorphic encryption scheme with its parameters.
pub trait Backend: Sync {
    /// The custodians' part.
    type Encryptor: Encryptor;
    /// The linkage unit's part.
    type Evaluator: Evaluator;
    /// The authority's part.
    type Decryptor: Decryptor;

    /// Name of scheme and parameter set in files.
    fn name(&self) -> &'static str;

    /// Makes keys.
    fn generate(&self, random: &mut ChaCha20Rng) -> KeySet;

    /// Bytes of a left ciphertext.
    fn left_bytes(&self, circuit: &Circuit) -> usize;

    /// Bytes of a right ciphertext.
    fn right_bytes(&self, circuit: &Circuit) -> usize;

    /// Bytes of an answer.
    fn answer_bytes(&self) -> usize;

    /// Bytes of the evaluation key.
    fn evaluation_bytes(&self) -> usize;

    /// Reads a public key, to encrypt for `circuit`.
    ///
    /// # Errors
    /// [`BackendError`] if it is not a public key, or the parameters cannot decide `circuit`.
    fn encryptor(&self, circuit: &Circuit, public: &[u8]) -> Result<Self::Encryptor, BackendError>;

    /// Reads public and evaluation keys.
    ///
    /// # Errors
    /// [`BackendError`] if they are not valid keys, or cannot evaluate `circuit`.
    fn evaluator(
        &self,
        circuit: &Circuit,
        public: &[u8],
        evaluation: &[u8],
    ) -> Result<Self::Evaluator, BackendError>;

    /// Reads a secret key.
    ///
    /// # Errors
    /// [`BackendError`] if it is not a secret key.
    fn decryptor(&self, secret: &[u8]) -> Result<Self::Decryptor, BackendError>;
}

/// Encrypts inputs.
pub trait Encryptor: Sync {
    /// Encrypts a left input.
    fn encrypt_left(&self, input: &LeftInput, random: &mut ChaCha20Rng) -> Vec<u8>;

    /// Encrypts a right input.
    fn encrypt_right(&self, input: &RightInput, random: &mut ChaCha20Rng) -> Vec<u8>;
}

/// Evaluates a circuit on encrypted inputs.
pub trait Evaluator: Sync {
    /// Scratch memory of one thread.
    type Scratch;

    /// Fresh scratch memory for one thread.
    fn scratch(&self) -> Self::Scratch;

    /// The encrypted answer, masked. The same inputs and mask give the same bytes on the same machine.
    ///
    /// # Errors
    /// [`BackendError`] if a ciphertext is invalid.
    fn evaluate(
        &self,
        left: &[u8],
        right: &[u8],
        mask: &Mask,
        scratch: &mut Self::Scratch,
    ) -> Result<Vec<u8>, BackendError>;
}

/// Opens masked answers.
pub trait Decryptor {
    /// The masked bit.
    ///
    /// # Errors
    /// [`BackendError`] if the answer is invalid.
    fn open(&self, answer: &[u8]) -> Result<bool, BackendError>;
}
