//! The page about the accuracy of links.

mod page;
mod plot;
pub(crate) mod render;
pub(crate) mod report;
