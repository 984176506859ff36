//! Packed bit rows and their counting kernels.
//!
//! A token is a row of `width` bits. Bit 0 is the most significant bit of byte 0, the order of clkhash's
//! serialisation and of `protocols/03-tokens.md`. Rows are stored in 64-bit words, padded with zero bits to
//! a multiple of [`CHUNK_WORDS`] words so that every kernel walks whole chunks.
//!
//! All `unsafe` of the workspace lies in `arch`; every kernel there has a scalar twin and a property test
//! that the two agree.

mod arch;
mod columns;
mod kernel;
mod rows;

pub use columns::{BitColumns, LANES};
pub use kernel::{Backend, Hit, Scan};
pub use rows::{BitRows, CHUNK_WORDS, WidthError};
