//! Result tables, link tables, and candidate pairs in anonlink's format.

pub(crate) mod candidates;
pub(crate) mod links;
pub(crate) mod writer;
