//! Confirmation: the selection of pairs, and the decisions that follow from the answers.

pub(crate) mod decisions;
pub(crate) mod pairs;
