//! Randomness from the system.

use mizuhiki_encode::LinkageKey;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::error::CustodianError;

/// A freshly seeded generator.
pub(crate) fn random() -> Result<ChaCha20Rng, CustodianError> {
    // A new linkage key is 32 bytes from the system's source, just what a generator needs as seed.
    let seed = LinkageKey::random().ok_or(CustodianError::NoRandomness)?;
    let mut bytes = [0; 32];
    bytes.copy_from_slice(seed.expose());
    Ok(ChaCha20Rng::from_seed(bytes))
}
