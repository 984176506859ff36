//! A back end without encryption, as a second implementation that tests the trait, the circuit and the roles.
//! For tests only.

use mizuhiki_confirm::{
    Backend, BackendError, Circuit, Decryptor, Encryptor, Evaluator, KeySet, LeftInput, Mask, RightInput,
    Shape,
};
use rand::Rng as _;
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

const KEY_BYTES: usize = 32;
/// A masked bit, and part of the mask's seed.
const ANSWER_BYTES: usize = 9;

/// The back end.
#[derive(Debug, Clone, Copy, Default)]
pub struct Clear;

/// All three parts, without keys.
pub struct ClearParts {
    circuit: Option<Circuit>,
}

fn check(what: &'static str, bytes: &[u8], expected: usize) -> Result<(), BackendError> {
    if bytes.len() == expected {
        Ok(())
    } else {
        Err(BackendError::Size { what, found: bytes.len(), expected })
    }
}

impl Backend for Clear {
    type Encryptor = ClearParts;
    type Evaluator = ClearParts;
    type Decryptor = ClearParts;

    fn name(&self) -> &'static str {
        "clear-for-tests"
    }

    fn generate(&self, random: &mut ChaCha20Rng) -> KeySet {
        let mut key = || {
            let mut bytes = vec![0; KEY_BYTES];
            random.fill_bytes(&mut bytes);
            bytes
        };
        KeySet { public: key(), evaluation: key(), secret: Zeroizing::new(key()) }
    }

    fn left_bytes(&self, circuit: &Circuit) -> usize {
        8 * circuit.rows() * circuit.slots()
    }

    fn right_bytes(&self, circuit: &Circuit) -> usize {
        circuit.slots()
    }

    fn answer_bytes(&self) -> usize {
        ANSWER_BYTES
    }

    fn evaluation_bytes(&self) -> usize {
        KEY_BYTES
    }

    fn encryptor(&self, circuit: &Circuit, public: &[u8]) -> Result<ClearParts, BackendError> {
        check("a public key", public, KEY_BYTES)?;
        Ok(ClearParts { circuit: Some(circuit.clone()) })
    }

    fn evaluator(
        &self,
        circuit: &Circuit,
        public: &[u8],
        evaluation: &[u8],
    ) -> Result<ClearParts, BackendError> {
        check("an evaluation key", evaluation, KEY_BYTES)?;
        self.encryptor(circuit, public)
    }

    fn decryptor(&self, secret: &[u8]) -> Result<ClearParts, BackendError> {
        check("a secret key", secret, KEY_BYTES)?;
        Ok(ClearParts { circuit: None })
    }
}

impl Encryptor for ClearParts {
    fn encrypt_left(&self, input: &LeftInput, _: &mut ChaCha20Rng) -> Vec<u8> {
        input.rows().flatten().flat_map(|number| number.to_le_bytes()).collect()
    }

    fn encrypt_right(&self, input: &RightInput, _: &mut ChaCha20Rng) -> Vec<u8> {
        input.bits().to_vec()
    }
}

impl Evaluator for ClearParts {
    type Scratch = ();

    fn scratch(&self) {}

    fn evaluate(&self, left: &[u8], right: &[u8], mask: &Mask, (): &mut ()) -> Result<Vec<u8>, BackendError> {
        let Some(circuit) = &self.circuit else { return Err(BackendError::TooManyLevels) };
        check("a left ciphertext", left, Clear.left_bytes(circuit))?;
        check("a right ciphertext", right, Clear.right_bytes(circuit))?;
        let numbers: Vec<i64> = left.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        let product = |row: &[i64]| {
            let each = row.iter().zip(right).map(|(number, &bit)| number.wrapping_mul(i64::from(bit)));
            each.fold(0_i64, i64::wrapping_add)
        };
        let products: Vec<i64> = numbers.chunks_exact(circuit.slots()).map(product).collect();
        let sum = match circuit.shape() {
            Shape::Votes { steps, constant, .. } => {
                let vote = |(product, (_, step)): (&i64, &(_, i64))| if *product > 0 { *step } else { -step };
                let votes: i64 = products.iter().zip(steps).map(vote).sum();
                votes.wrapping_add(products[steps.len()]).wrapping_add(*constant)
            }
            _ => products[0],
        };
        let mut answer = vec![u8::from((sum > 0) ^ mask.flip)];
        answer.extend_from_slice(&mask.seed[..8]);
        Ok(answer)
    }
}

impl Decryptor for ClearParts {
    fn open(&self, answer: &[u8]) -> Result<bool, BackendError> {
        check("an answer", answer, ANSWER_BYTES)?;
        Ok(answer[0] & 1 == 1)
    }
}
