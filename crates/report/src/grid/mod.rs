//! The page about a grid of parameters, and the same as Markdown.

mod markdown;
mod page;
mod plot;
pub(crate) mod render;
pub(crate) mod report;
