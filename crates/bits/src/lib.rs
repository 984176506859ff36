//! Packed bit rows and their counting kernels.
//!
//! A token is a row of `width` bits. Bit 0 is the most significant bit of byte 0, the order of clkhash's
//! serialization and of `protocols/03-tokens.md`. Rows are stored in 64-bit words, padded with zero bits to a
//! multiple of [`CHUNK_WORDS`] words so that every kernel walks whole chunks.
//!
//! [`Tiles`] compare many rows with many, [`RowScan`] one row with a few. Both are exact, and both take what a
//! pair needs as a table over the sum of both weights: Dice, Jaccard and a limit on the Hamming distance are
//! all of that form.
//!
//! All `unsafe` of the workspace lies in `arch`, and in the trait of `vector` that its kernels are generic
//! over. Every kernel has a portable counterpart, and a property test compares both with counting bit by bit.

mod arch;
mod columns;
mod cpu;
mod order;
mod prepare;
mod queries;
mod row_scan;
mod rows;
#[cfg(test)]
mod tests;
mod tile;
mod tiles;
mod vector;

pub use columns::{BitColumns, LANES};
pub use cpu::InstructionSet;
pub use order::ColumnOrder;
pub use queries::Queries;
pub use row_scan::{Hit, RowScan};
pub use rows::{BitRows, CHUNK_WORDS, WidthError};
pub use tile::PairHit;
pub use tiles::Tiles;
