//! Tables in and out: CSV and TSV, Parquet, Arrow IPC and clkhash's JSON.
//!
//! The only crate that knows Arrow and Parquet. Normative text: `protocols/08-file-formats.md`. Every reader
//! streams, checks the file's metadata, and names file, row and column in its errors, never a value.

#![forbid(unsafe_code)]

mod decode;
mod error;
mod format;
mod pairs;
#[cfg(test)]
mod readers_hold;
mod results;
mod source;
mod tables;
mod tokens;

pub use error::{ColumnarError, MAX_COLUMNS, MAX_RECORD_BYTES};
pub use format::Format;
pub use pairs::read::{PairTokenBatch, PairTokenReader};
pub use pairs::write::PairTokenWriter;
pub use results::candidates::{CandidatePair, PairReader, PairWriter};
pub use results::links::{
    CLUSTER_COLUMNS, LinkRow, LinkWriter, Member, read_links, read_members, read_pairs,
};
pub use results::writer::{Cell, ColumnKind, ResultColumn, ResultWriter};
pub use source::Source;
pub use tables::chunk::TextChunk;
pub use tables::options::{ReadOptions, UNREADABLE, UnreadableValues};
pub use tables::reader::TableReader;
pub use tokens::read::{OpenTokens, TokenFile, read_tokens};
pub use tokens::symbol_file::SymbolFile;
pub use tokens::write::{TokenRows, TokenWriter};
