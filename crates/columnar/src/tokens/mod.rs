//! Token files: filters, CLKs and sealed symbols.

pub(crate) mod clks;
pub(crate) mod columns;
pub(crate) mod filters;
pub(crate) mod meta;
pub(crate) mod read;
pub(crate) mod stated;
pub(crate) mod symbol_file;
pub(crate) mod text_rows;
pub(crate) mod write;
