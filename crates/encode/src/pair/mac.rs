//! HMAC-SHA256 (RFC 2104) with a precomputed key state, for the many short messages of pair tokens. A message
//! costs two compressions and no copy of a hasher.

use sha2::block_api::compress256;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

const BLOCK: usize = 64;

/// FIPS 180-4 §5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A keyed HMAC-SHA256; wiped on drop.
#[derive(ZeroizeOnDrop)]
pub(super) struct Mac {
    inner: [u32; 8],
    outer: [u32; 8],
}

impl Mac {
    pub(super) fn new(key: &[u8; 32]) -> Self {
        let keyed = |pad: u8| {
            let mut block = [pad; BLOCK];
            block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
            let mut state = INITIAL;
            compress256(&mut state, &[block]);
            block.zeroize();
            state
        };
        Self { inner: keyed(0x36), outer: keyed(0x5c) }
    }

    /// The code of the concatenated parts.
    pub(super) fn of(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut state = self.inner;
        let (mut block, mut filled, mut length) = ([0_u8; BLOCK], 0, BLOCK as u64);
        for part in parts {
            let mut rest = *part;
            length += rest.len() as u64;
            while !rest.is_empty() {
                let taken = rest.len().min(BLOCK - filled);
                block[filled..filled + taken].copy_from_slice(&rest[..taken]);
                filled += taken;
                rest = &rest[taken..];
                if filled == BLOCK {
                    compress256(&mut state, &[block]);
                    filled = 0;
                }
            }
        }
        finish(&mut state, &mut block, filled, length);
        let mut outer = self.outer;
        write(&state, &mut block);
        finish(&mut outer, &mut block, 32, BLOCK as u64 + 32);
        let mut code = [0; 32];
        write(&outer, &mut code);
        code
    }
}

/// Pads the last block, which has `filled` bytes so far, and compresses it.
fn finish(state: &mut [u32; 8], block: &mut [u8; BLOCK], filled: usize, length: u64) {
    block[filled] = 0x80;
    block[filled + 1..].fill(0);
    if filled + 9 > BLOCK {
        compress256(state, &[*block]);
        block.fill(0);
    }
    block[BLOCK - 8..].copy_from_slice(&(length * 8).to_be_bytes());
    compress256(state, &[*block]);
}

fn write(state: &[u32; 8], out: &mut [u8]) {
    out.chunks_exact_mut(4).zip(state).for_each(|(bytes, word)| bytes.copy_from_slice(&word.to_be_bytes()));
}

#[cfg(test)]
mod tests {
    use hmac::Mac as _;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn codes_are_those_of_the_library(
            key: [u8; 32],
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..150), 0..5),
        ) {
            let mut library = crate::positions::keyed(&key);
            parts.iter().for_each(|part| library.update(part));
            let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
            let expected: [u8; 32] = library.finalize().into_bytes().into();
            prop_assert_eq!(Mac::new(&key).of(&parts), expected);
        }
    }
}
