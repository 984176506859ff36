//! Randomness from the system; in the laboratory, from a seed.

use mizuhiki_encode::LinkageKey;
use mizuhiki_exchange::CustodianId;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

use crate::error::CustodianError;

/// A freshly seeded generator.
pub(crate) fn random() -> Result<ChaCha20Rng, CustodianError> {
    // A new linkage key is 32 bytes from the system's source, just what a generator needs as seed.
    let seed = LinkageKey::random().ok_or(CustodianError::NoRandomness)?;
    let mut bytes = [0; 32];
    bytes.copy_from_slice(seed.expose());
    Ok(ChaCha20Rng::from_seed(bytes))
}

/// Where an encoding's random numbers come from: order, ids, padding.
pub(crate) enum Randomness {
    System,
    /// Predictable, and so without any protection: streams of a seed, for files that are evaluated and never sent.
    Seeded {
        seed: [u8; 32],
        stream: u64,
    },
}

impl Randomness {
    /// Streams of a number; custodians have different ones, or their padding would be equal.
    pub(crate) fn seeded(number: u64, custodian: &CustodianId) -> Self {
        let mut hash = Sha256::new();
        hash.update(number.to_be_bytes());
        hash.update(custodian.as_str());
        Self::Seeded { seed: hash.finalize().into(), stream: 0 }
    }

    /// The next generator.
    pub(crate) fn next(&mut self) -> Result<ChaCha20Rng, CustodianError> {
        match self {
            Self::System => random(),
            Self::Seeded { seed, stream } => {
                let mut generator = ChaCha20Rng::from_seed(*seed);
                generator.set_stream(*stream);
                *stream += 1;
                Ok(generator)
            }
        }
    }
}
