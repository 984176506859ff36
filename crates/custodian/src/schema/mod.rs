//! Schemas proposed for a table.

pub(crate) mod propose;
pub(crate) mod propose_audit;
