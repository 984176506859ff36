//! Tables in and out: CSV and TSV, Parquet, Arrow IPC and clkhash's JSON.
//!
//! The only crate that knows Arrow and Parquet. Normative text: `protocols/08-file-formats.md`. Every reader
//! streams, checks what the file says of itself and names file, row and column in its errors, never a value.
//! Every file is written under a temporary name and renamed when it is complete.

mod arrow_text;
mod chunk;
mod clks;
mod delimited;
mod error;
mod file;
mod hostile;
mod links;
mod pair_meta;
mod pair_read;
mod pair_write;
mod pairs;
#[cfg(test)]
mod readers_hold;
mod result;
mod symbol_file;
mod table;
mod text_rows;
mod token_meta;
mod token_read;
mod token_write;

pub use chunk::TextChunk;
pub use error::{ColumnarError, MAX_COLUMNS, MAX_RECORD_BYTES};
pub use file::{Format, Source, Target, WriteFile, remove_unfinished_files};
pub use links::{
    CLUSTER_COLUMNS, EVIDENCE_COLUMN, LINK_COLUMNS, Member, read_links, read_members, read_pairs,
};
pub use pair_read::{PairTokenBatch, PairTokenReader};
pub use pair_write::PairTokenWriter;
pub use pairs::{CandidatePair, PairReader, PairWriter};
pub use result::{Cell, ColumnKind, ResultColumn, ResultWriter};
pub use symbol_file::SymbolFile;
pub use table::{ReadOptions, TableReader, UNREADABLE, UnreadableValues};
pub use token_read::{OpenTokens, TokenFile, read_tokens};
pub use token_write::{TokenRows, TokenWriter};
