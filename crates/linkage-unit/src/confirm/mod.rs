//! Borderline pairs to tickets, sealed answers and links.

pub(crate) mod apply;
pub(crate) mod ask;
pub(crate) mod error;
pub(crate) mod evaluate;
