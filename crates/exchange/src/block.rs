//! Keyed block ids: records with a common id are candidate pairs.

use std::fmt;
use std::num::NonZeroU64;

/// The block of a record in one pass: eight bytes, pseudorandom without the linkage key
/// (`protocols/03-tokens.md` §10). `Option<BlockId>` takes eight bytes too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(NonZeroU64);

impl BlockId {
    /// An id from its bytes; eight zero bytes become …01.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        match NonZeroU64::new(u64::from_be_bytes(bytes)) {
            Some(id) => Self(id),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// The id's bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.0.get().to_be_bytes()
    }
}

impl fmt::Debug for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockId({:016x})", self.0)
    }
}
