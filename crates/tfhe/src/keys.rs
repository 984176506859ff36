//! Keys: made, written as bytes, and read back with every size checked.

use mizuhiki_confirm::{BackendError, KeySet};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha20Rng;
use tfhe::core_crypto::commons::math::random::Seed;
use tfhe::core_crypto::prelude::polynomial_algorithms::polynomial_wrapping_add_mul_assign;
use tfhe::core_crypto::prelude::{
    ContiguousEntityContainer as _, DefaultRandomGenerator, FourierLweBootstrapKeyOwned, GlweSecretKeyOwned,
    LweKeyswitchKeyOwned, LweSecretKeyOwned, LweSecretKeyView, Polynomial, SecretRandomGenerator,
    SeededLweBootstrapKey, SeededLweKeyswitchKey, Seeder, allocate_and_generate_new_binary_glwe_secret_key,
    allocate_and_generate_new_binary_lwe_secret_key, generate_seeded_lwe_keyswitch_key,
    par_convert_standard_lwe_bootstrap_key_to_fourier, par_generate_seeded_lwe_bootstrap_key,
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::params::{
    BIG, BIG_NOISE, COARSE, COEFFICIENTS, FINE, GLWE_DIMENSION, GLWE_SIZE, Gadget, KEY_SWITCH_BASE,
    KEY_SWITCH_LEVELS, POLYNOMIAL, SMALL, big_noise, modulus, small_noise,
};

const SEED_BYTES: usize = 16;
/// Numbers in a seeded bootstrap key: the bodies of one two-row gadget per coefficient of the small key.
const fn bootstrap_numbers(gadget: Gadget) -> usize {
    SMALL.0 * gadget.levels.0 * GLWE_SIZE.0 * COEFFICIENTS
}

const SWITCH_NUMBERS: usize = BIG.0 * KEY_SWITCH_LEVELS.0;

/// Bytes of an evaluation key.
pub(crate) const EVALUATION_BYTES: usize =
    3 * SEED_BYTES + 8 * (bootstrap_numbers(FINE) + bootstrap_numbers(COARSE) + SWITCH_NUMBERS);
const PUBLIC_SEED_BYTES: usize = 32;
const PUBLIC_BYTES: usize = PUBLIC_SEED_BYTES + 8 * COEFFICIENTS;
const SECRET_BYTES: usize = COEFFICIENTS / 8;

/// Seeds for the library's generators, drawn from ours.
struct Seeds<'r>(&'r mut ChaCha20Rng);

impl Seeder for Seeds<'_> {
    fn seed(&mut self) -> Seed {
        Seed(self.0.random())
    }

    fn is_available() -> bool {
        true
    }
}

/// Makes the keys of a run.
pub(crate) fn generate(random: &mut ChaCha20Rng) -> KeySet {
    let (mut big, mut small) = secrets(random);
    let public = public_key(&big, random);
    let evaluation = evaluation_key(&big, &small, random);
    let mut secret = Zeroizing::new(vec![0_u8; SECRET_BYTES]);
    for (at, &bit) in big.as_ref().iter().enumerate() {
        secret[at / 8] |= (bit as u8) << (7 - at % 8);
    }
    big.as_mut().zeroize();
    small.as_mut().zeroize();
    KeySet { public, evaluation, secret }
}

/// The big and the small secret key; the caller wipes them.
pub(crate) fn secrets(random: &mut ChaCha20Rng) -> (GlweSecretKeyOwned<u64>, LweSecretKeyOwned<u64>) {
    let mut secret_random = SecretRandomGenerator::<DefaultRandomGenerator>::new(Seeds(random).seed());
    let big =
        allocate_and_generate_new_binary_glwe_secret_key(GLWE_DIMENSION, POLYNOMIAL, &mut secret_random);
    let small = allocate_and_generate_new_binary_lwe_secret_key(SMALL, &mut secret_random);
    (big, small)
}

/// `seed ‖ A·S + E` with A drawn from the seed.
pub(crate) fn public_key(secret: &GlweSecretKeyOwned<u64>, random: &mut ChaCha20Rng) -> Vec<u8> {
    let mut seed = [0; PUBLIC_SEED_BYTES];
    random.fill_bytes(&mut seed);
    let uniform = Polynomial::from_container(uniform(seed));
    let mut body = Polynomial::from_container(noise(random));
    let secret = secret.as_polynomial_list();
    polynomial_wrapping_add_mul_assign(&mut body, &uniform, &secret.get(0));
    let mut bytes = seed.to_vec();
    bytes.extend(body.as_ref().iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

pub(crate) fn evaluation_key(
    big: &GlweSecretKeyOwned<u64>,
    small: &LweSecretKeyOwned<u64>,
    random: &mut ChaCha20Rng,
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(EVALUATION_BYTES);
    for gadget in [FINE, COARSE] {
        let seed = Seeds(random).seed();
        bytes.extend_from_slice(&seed.0.to_le_bytes());
        let mut bootstrap = bootstrap_key(vec![0; bootstrap_numbers(gadget)], gadget, seed);
        par_generate_seeded_lwe_bootstrap_key(small, big, &mut bootstrap, big_noise(), &mut Seeds(random));
        bytes.extend(bootstrap.as_ref().iter().flat_map(|number| number.to_le_bytes()));
    }
    let seed = Seeds(random).seed();
    bytes.extend_from_slice(&seed.0.to_le_bytes());
    let mut switch = switch_key(vec![0; SWITCH_NUMBERS], seed);
    let extracted = big.as_lwe_secret_key();
    generate_seeded_lwe_keyswitch_key(&extracted, small, &mut switch, small_noise(), &mut Seeds(random));
    bytes.extend(switch.as_ref().iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

fn bootstrap_key(numbers: Vec<u64>, gadget: Gadget, seed: Seed) -> SeededLweBootstrapKey<Vec<u64>> {
    let Gadget { base, levels } = gadget;
    SeededLweBootstrapKey::from_container(
        numbers,
        GLWE_SIZE,
        POLYNOMIAL,
        base,
        levels,
        seed.into(),
        modulus(),
    )
}

fn switch_key(numbers: Vec<u64>, seed: Seed) -> SeededLweKeyswitchKey<Vec<u64>> {
    let (base, levels) = (KEY_SWITCH_BASE, KEY_SWITCH_LEVELS);
    SeededLweKeyswitchKey::from_container(numbers, base, levels, SMALL.to_lwe_size(), seed.into(), modulus())
}

/// A uniform polynomial.
fn uniform(seed: [u8; PUBLIC_SEED_BYTES]) -> Vec<u64> {
    let mut random = ChaCha20Rng::from_seed(seed);
    (0..COEFFICIENTS).map(|_| random.next_u64()).collect()
}

/// A polynomial of noise: each coefficient uniform in ±2^17, the ends half as often.
pub(crate) fn noise(random: &mut ChaCha20Rng) -> Vec<u64> {
    let draw = |number: u64| (((number >> (62 - BIG_NOISE)) + 1) >> 1).wrapping_sub(1 << BIG_NOISE);
    (0..COEFFICIENTS).map(|_| draw(random.next_u64())).collect()
}

/// A public key: encryptions of zero under it are `(A·u + e₁, B·u + e₂)`.
pub(crate) struct PublicKey {
    mask: Polynomial<Vec<u64>>,
    body: Polynomial<Vec<u64>>,
}

impl PublicKey {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BackendError> {
        check_size("a public key", bytes, PUBLIC_BYTES)?;
        let mut seed = [0; PUBLIC_SEED_BYTES];
        seed.copy_from_slice(&bytes[..PUBLIC_SEED_BYTES]);
        let mask = Polynomial::from_container(uniform(seed));
        Ok(Self { mask, body: Polynomial::from_container(numbers(&bytes[PUBLIC_SEED_BYTES..])) })
    }

    /// A fresh encryption of zero: mask, then body.
    pub(crate) fn zero(&self, random: &mut ChaCha20Rng) -> Vec<u64> {
        let mut bits = Zeroizing::new([0_u8; COEFFICIENTS / 8]);
        random.fill_bytes(bits.as_mut_slice());
        let bit = |at: usize| u64::from(bits[at / 8] >> (at % 8) & 1);
        let mut u = Polynomial::from_container((0..COEFFICIENTS).map(bit).collect::<Vec<u64>>());
        let mut out = Vec::with_capacity(2 * COEFFICIENTS);
        for half in [&self.mask, &self.body] {
            let mut sum = Polynomial::from_container(noise(random));
            polynomial_wrapping_add_mul_assign(&mut sum, half, &u);
            out.extend_from_slice(sum.as_ref());
        }
        u.as_mut().zeroize();
        out
    }
}

/// The evaluation key: bootstrap keys in the Fourier domain, and a key that switches back to the small
/// dimension.
pub(crate) struct EvaluationKey {
    fine: FourierLweBootstrapKeyOwned,
    coarse: FourierLweBootstrapKeyOwned,
    pub(crate) switch: LweKeyswitchKeyOwned<u64>,
}

impl EvaluationKey {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BackendError> {
        check_size("an evaluation key", bytes, EVALUATION_BYTES)?;
        let (fine, rest) = bytes.split_at(SEED_BYTES + 8 * bootstrap_numbers(FINE));
        let (coarse, switch) = rest.split_at(SEED_BYTES + 8 * bootstrap_numbers(COARSE));
        let switch = switch_key(numbers(&switch[SEED_BYTES..]), seed(switch));
        Ok(Self {
            fine: fourier(fine, FINE),
            coarse: fourier(coarse, COARSE),
            switch: switch.decompress_into_lwe_keyswitch_key(),
        })
    }

    pub(crate) fn bootstrap(&self, gadget: Gadget) -> &FourierLweBootstrapKeyOwned {
        if gadget == FINE { &self.fine } else { &self.coarse }
    }
}

fn fourier(bytes: &[u8], gadget: Gadget) -> FourierLweBootstrapKeyOwned {
    let seeded = bootstrap_key(numbers(&bytes[SEED_BYTES..]), gadget, seed(bytes));
    let standard = seeded.par_decompress_into_lwe_bootstrap_key();
    let mut fourier =
        FourierLweBootstrapKeyOwned::new(SMALL, GLWE_SIZE, POLYNOMIAL, gadget.base, gadget.levels);
    par_convert_standard_lwe_bootstrap_key_to_fourier(&standard, &mut fourier);
    fourier
}

/// The opening key: a binary key of the big dimension, wiped on drop.
pub(crate) struct SecretKey(Zeroizing<Vec<u64>>);

impl SecretKey {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, BackendError> {
        check_size("a secret key", bytes, SECRET_BYTES)?;
        let bit = |at: usize| u64::from(bytes[at / 8] >> (7 - at % 8) & 1);
        Ok(Self(Zeroizing::new((0..COEFFICIENTS).map(bit).collect())))
    }

    pub(crate) fn as_lwe(&self) -> LweSecretKeyView<'_, u64> {
        LweSecretKeyView::from_container(self.0.as_slice())
    }
}

fn seed(bytes: &[u8]) -> Seed {
    let mut seed = [0; SEED_BYTES];
    seed.copy_from_slice(&bytes[..SEED_BYTES]);
    Seed(u128::from_le_bytes(seed))
}

fn numbers(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect()
}

pub(crate) const fn check_size(
    what: &'static str,
    bytes: &[u8],
    expected: usize,
) -> Result<(), BackendError> {
    if bytes.len() == expected {
        Ok(())
    } else {
        Err(BackendError::Size { what, found: bytes.len(), expected })
    }
}
