//! Randomness of the system.

use mizuhiki_encode::LinkageKey;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::error::CustodianError;

/// A generator whose seed is fresh.
pub(crate) fn random() -> Result<ChaCha20Rng, CustodianError> {
    // A fresh linkage key is 32 bytes from the system's source, which is what a generator needs too.
    let seed = LinkageKey::random().ok_or(CustodianError::NoRandomness)?;
    let mut bytes = [0; 32];
    bytes.copy_from_slice(seed.expose());
    Ok(ChaCha20Rng::from_seed(bytes))
}
