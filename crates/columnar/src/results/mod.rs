//! Tables of results, link tables, and candidate pairs in the format of anonlink.

pub(crate) mod candidates;
pub(crate) mod links;
pub(crate) mod writer;
