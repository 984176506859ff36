//! Two ciphertexts to a masked answer.

use mizuhiki_confirm::{BackendError, Circuit, Evaluator, Mask};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tfhe::core_crypto::fft_impl::fft64::c64;
use tfhe::core_crypto::prelude::{
    CiphertextModulusLog, Cleartext, ComputationBuffers, Fft, FourierGgswCiphertext, GgswCiphertext,
    GlweCiphertext, GlweCiphertextOwned, LweCiphertext, LweCiphertextOwned, MonomialDegree,
    add_external_product_assign_mem_optimized, add_external_product_assign_mem_optimized_requirement,
    blind_rotate_assign_mem_optimized, blind_rotate_assign_mem_optimized_requirement,
    convert_standard_ggsw_ciphertext_to_fourier_mem_optimized,
    convert_standard_ggsw_ciphertext_to_fourier_mem_optimized_requirement,
    extract_lwe_sample_from_glwe_ciphertext, keyswitch_lwe_ciphertext, lwe_ciphertext_add_assign,
    lwe_ciphertext_centered_binary_modulus_switch, lwe_ciphertext_cleartext_mul_assign,
    lwe_ciphertext_opposite_assign, lwe_ciphertext_sub_assign,
};

use crate::encrypt::{LEFT_ROW_BYTES, RIGHT_BYTES, RIGHT_ROWS};
use crate::keys::{EvaluationKey, PublicKey, check_size};
use crate::pack::{pack, unpack};
use crate::params::{
    ANSWER_BITS, BIG, COARSE, COEFFICIENTS, FINE, GLWE_SIZE, Gadget, LEFT_BITS, LOG_POSITIONS, POLYNOMIAL,
    RIGHT_BITS, SMALL, modulus,
};
use crate::plans::{Decision, Plans};

/// An answer is this value or its negative on the torus, before flooding.
pub(crate) const ANSWER: u64 = 1 << 62;
/// Flooding is uniform within ± this: it hides noise that depends on the inputs, and keeps the sign.
const FLOOD: u64 = 1 << 61;

type Lwe = LweCiphertextOwned<u64>;
type Glwe = GlweCiphertextOwned<u64>;

/// Evaluates one circuit.
pub struct TfheEvaluator {
    public: PublicKey,
    pub(crate) key: EvaluationKey,
    plans: Plans,
}

/// Scratch memory of one thread.
pub struct Scratch {
    fft: Fft,
    buffers: ComputationBuffers,
    right: GgswCiphertext<Vec<u64>>,
    fourier: FourierGgswCiphertext<Vec<c64>>,
    left: Glwe,
    accumulator: Glwe,
    pub(crate) small: Lwe,
    pub(crate) read: Lwe,
}

impl TfheEvaluator {
    pub(crate) fn new(circuit: &Circuit, public: &[u8], evaluation: &[u8]) -> Result<Self, BackendError> {
        let (public, plans) = (PublicKey::read(public)?, Plans::of(circuit)?);
        Ok(Self { public, key: EvaluationKey::read(evaluation)?, plans })
    }

    /// Reads `input` through `table`: `scratch.read` holds the entry of where it lies.
    pub(crate) fn bootstrap(&self, input: &Lwe, table: &[u64], gadget: Gadget, scratch: &mut Scratch) {
        keyswitch_lwe_ciphertext(&self.key.switch, input, &mut scratch.small);
        let (mask, body) = scratch.accumulator.as_mut().split_at_mut(COEFFICIENTS);
        mask.fill(0);
        body.copy_from_slice(table);
        // The plain modulus switch, as in `programmable_bootstrap_*`, has twice the variance.
        let switched = lwe_ciphertext_centered_binary_modulus_switch(
            scratch.small.as_view(),
            CiphertextModulusLog(LOG_POSITIONS),
        );
        blind_rotate_assign_mem_optimized(
            &switched,
            &mut scratch.accumulator,
            self.key.bootstrap(gadget),
            scratch.fft.as_view(),
            scratch.buffers.stack(),
        );
        extract_lwe_sample_from_glwe_ciphertext(&scratch.accumulator, &mut scratch.read, MonomialDegree(0));
    }

    /// The sign of `value`, as `worth` or its opposite, read through `gadget`.
    fn decide(
        &self,
        mut value: Lwe,
        decision: &Decision,
        (worth, gadget): (u64, Gadget),
        scratch: &mut Scratch,
    ) -> Lwe {
        for zoom in &decision.zooms {
            self.bootstrap(&value, &zoom.excess, zoom.gadget, scratch);
            lwe_ciphertext_sub_assign(&mut value, &scratch.read);
            lwe_ciphertext_cleartext_mul_assign(&mut value, Cleartext(zoom.multiplier));
        }
        self.bootstrap(&value, &[worth; COEFFICIENTS], gadget, scratch);
        value.as_mut().copy_from_slice(scratch.read.as_ref());
        value
    }

    /// Reads a right ciphertext; later products use it.
    pub(crate) fn load(right: &[u8], scratch: &mut Scratch) {
        unpack(right, RIGHT_BITS, scratch.right.as_mut());
        convert_standard_ggsw_ciphertext_to_fourier_mem_optimized(
            &scratch.right,
            &mut scratch.fourier,
            scratch.fft.as_view(),
            scratch.buffers.stack(),
        );
    }

    /// The inner product of a row of the left side with the right side.
    pub(crate) fn product(row: &[u8], scratch: &mut Scratch) -> Lwe {
        unpack(row, LEFT_BITS, scratch.left.as_mut());
        scratch.accumulator.as_mut().fill(0);
        add_external_product_assign_mem_optimized(
            &mut scratch.accumulator,
            &scratch.fourier,
            &scratch.left,
            scratch.fft.as_view(),
            scratch.buffers.stack(),
        );
        let mut product = lwe();
        extract_lwe_sample_from_glwe_ciphertext(
            &scratch.accumulator,
            &mut product,
            MonomialDegree(COEFFICIENTS - 1),
        );
        product
    }

    /// Negates the answer if the mask bit is set, adds a fresh encryption of zero, and floods the remaining
    /// noise.
    fn mask(&self, answer: &mut Lwe, mask: &Mask, scratch: &mut Scratch) {
        let mut random = ChaCha20Rng::from_seed(*mask.seed);
        if mask.flip {
            lwe_ciphertext_opposite_assign(answer);
        }
        scratch.accumulator.as_mut().copy_from_slice(&self.public.zero(&mut random));
        extract_lwe_sample_from_glwe_ciphertext(&scratch.accumulator, &mut scratch.read, MonomialDegree(0));
        lwe_ciphertext_add_assign(answer, &scratch.read);
        let flood = (random.next_u64() % (2 * FLOOD)).wrapping_sub(FLOOD);
        let body = answer.get_mut_body().data;
        *body = body.wrapping_add(flood);
    }
}

fn lwe() -> Lwe {
    LweCiphertext::new(0, BIG.to_lwe_size(), modulus())
}

impl Evaluator for TfheEvaluator {
    type Scratch = Scratch;

    fn scratch(&self) -> Scratch {
        let fft = Fft::new(POLYNOMIAL);
        let view = fft.as_view();
        let needed = [
            add_external_product_assign_mem_optimized_requirement::<u64>(GLWE_SIZE, POLYNOMIAL, view),
            blind_rotate_assign_mem_optimized_requirement::<u64>(GLWE_SIZE, POLYNOMIAL, view),
            convert_standard_ggsw_ciphertext_to_fourier_mem_optimized_requirement(view),
        ];
        let mut buffers = ComputationBuffers::new();
        buffers.resize(needed.iter().map(|need| need.unaligned_bytes_required()).max().unwrap_or_default());
        Scratch {
            buffers,
            right: GgswCiphertext::new(0, GLWE_SIZE, POLYNOMIAL, FINE.base, FINE.levels, modulus()),
            fourier: FourierGgswCiphertext::from_container(
                vec![c64::default(); RIGHT_ROWS * 2 * COEFFICIENTS / 2],
                GLWE_SIZE,
                POLYNOMIAL,
                FINE.base,
                FINE.levels,
            ),
            left: GlweCiphertext::new(0, GLWE_SIZE, POLYNOMIAL, modulus()),
            accumulator: GlweCiphertext::new(0, GLWE_SIZE, POLYNOMIAL, modulus()),
            small: LweCiphertext::new(0, SMALL.to_lwe_size(), modulus()),
            read: lwe(),
            fft,
        }
    }

    fn evaluate(
        &self,
        left: &[u8],
        right: &[u8],
        mask: &Mask,
        scratch: &mut Scratch,
    ) -> Result<Vec<u8>, BackendError> {
        check_size("a left ciphertext", left, self.plans.units().count() * LEFT_ROW_BYTES)?;
        check_size("a right ciphertext", right, RIGHT_BYTES)?;
        Self::load(right, scratch);
        let rows = left.chunks_exact(LEFT_ROW_BYTES);
        let mut products: Vec<Lwe> = rows.map(|row| Self::product(row, scratch)).collect();
        let Some(mut sum) = products.pop() else {
            return Err(BackendError::Value { what: "a left ciphertext" });
        };
        for (product, (decision, worth)) in products.into_iter().zip(&self.plans.votes) {
            let vote = self.decide(product, decision, (*worth, FINE), scratch);
            lwe_ciphertext_add_assign(&mut sum, &vote);
        }
        let body = sum.get_mut_body().data;
        *body = body.wrapping_add(self.plans.constant);
        let mut answer = self.decide(sum, &self.plans.last, (ANSWER, COARSE), scratch);
        self.mask(&mut answer, mask, scratch);
        let mut bytes = Vec::new();
        pack(answer.as_ref(), ANSWER_BITS, &mut bytes);
        Ok(bytes)
    }
}

const _: () = assert!(RIGHT_ROWS * 2 * COEFFICIENTS * RIGHT_BITS as usize == RIGHT_BYTES * 8);
