//! What a back end must do. It sees rows of numbers and gives bytes; tickets, budgets and names are none of its
//! business. A back end is passed in as a value; results do not depend on which one it is.

use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use crate::{Circuit, LeftInput, RightInput};

/// Bytes that are not what a back end expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// Keys or ciphertexts of another size or parameter set.
    #[error("{what} of {found} bytes, {expected} expected: another parameter set, or damaged")]
    Size {
        /// What it is.
        what: &'static str,
        /// Bytes there are.
        found: usize,
        /// Bytes there should be.
        expected: usize,
    },
    /// A value that no honest party writes.
    #[error("{what} with a value that cannot be: damaged")]
    Value {
        /// What it is.
        what: &'static str,
    },
    /// The circuit does not fit the parameters.
    #[error("the rule has more levels than the parameters can tell apart exactly")]
    TooManyLevels,
}

/// The keys of one run, as bytes.
pub struct KeySet {
    /// Encrypts. For the custodians.
    pub public: Vec<u8>,
    /// Evaluates. For the linkage unit.
    pub evaluation: Vec<u8>,
    /// Opens. Never leaves the authority.
    pub secret: Zeroizing<Vec<u8>>,
}

/// How an answer is hidden from the authority: whether it is turned around, and what re-randomises it.
#[derive(Clone)]
pub struct Mask {
    /// Whether the answer is turned around.
    pub flip: bool,
    /// What its fresh randomness is drawn from.
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

    /// Name of scheme and parameter set, as it stands in files.
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
    /// [`BackendError`] if it is none, or the parameters cannot decide `circuit`.
    fn encryptor(&self, circuit: &Circuit, public: &[u8]) -> Result<Self::Encryptor, BackendError>;

    /// Reads public and evaluation keys.
    ///
    /// # Errors
    /// [`BackendError`] if they are none, or cannot evaluate `circuit`.
    fn evaluator(
        &self,
        circuit: &Circuit,
        public: &[u8],
        evaluation: &[u8],
    ) -> Result<Self::Evaluator, BackendError>;

    /// Reads a secret key.
    ///
    /// # Errors
    /// [`BackendError`] if it is none.
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
    /// Memory of one thread.
    type Scratch;

    /// Fresh memory for one thread.
    fn scratch(&self) -> Self::Scratch;

    /// The encrypted answer, masked. The same inputs and mask give the same bytes on the same machine.
    ///
    /// # Errors
    /// [`BackendError`] if a ciphertext is none.
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
    /// [`BackendError`] if the answer is none.
    fn open(&self, answer: &[u8]) -> Result<bool, BackendError>;
}
