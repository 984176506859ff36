//! Results of an audit of existing links.

mod batch;
mod finding;
mod page;
pub(crate) mod render;
pub(crate) mod report;
mod review;
