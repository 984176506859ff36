//! Synthetic people of Japan: households, five custodians that record them, and link tables between them.
//!
//! Nothing here describes a real person. Names follow their frequencies, towns are real, everything else is
//! drawn; `Rates` documents every frequency and its source.

pub(crate) mod figures;
mod holders;
mod links;
mod lists;
mod names;
mod numbers;
mod output;
mod people;
mod places;
pub(crate) mod rates;
mod script;
#[cfg(test)]
mod tests;
mod world;
mod write;

pub use figures::Figure;
pub use output::{JapanSpec, make_japan};
pub use rates::{Rates, SynthRate};
