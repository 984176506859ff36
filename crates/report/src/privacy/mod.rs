//! The page about attacks on token files, and the same as Markdown.

mod markdown;
mod page;
mod plot;
pub(crate) mod render;
pub(crate) mod report;
mod share;
