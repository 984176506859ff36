//! Tables of people, whatever the format, as rows of text.

pub(crate) mod arrow_text;
pub(crate) mod chunk;
pub(crate) mod delimited;
pub(crate) mod options;
pub(crate) mod reader;
