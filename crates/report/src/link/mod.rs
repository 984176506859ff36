//! Results of a linkage or a clustering.

mod page;
pub(crate) mod render;
pub(crate) mod report;
