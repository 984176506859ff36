//! Tables of people as rows of text, in any format.

pub(crate) mod arrow_text;
pub(crate) mod chunk;
pub(crate) mod delimited;
pub(crate) mod options;
pub(crate) mod reader;
