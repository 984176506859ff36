//! Pair tokens: rows that can be compared only with the other side's row of the same link
//! (`protocols/03-tokens.md` §12).

mod encoder;
mod mac;
mod plan;
mod sample;
mod seal;
mod values;

pub use encoder::{PairEncoder, PairWorker};
pub use sample::Decoys;
pub use values::PlainValue;
