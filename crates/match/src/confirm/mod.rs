//! Confirmation: which pairs are worth asking for, and what the answers decide.

pub(crate) mod decisions;
pub(crate) mod pairs;
