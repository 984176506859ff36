//! Plaintext to tokens, which only a data custodian may do.
//!
//! Normative text: `protocols/03-tokens.md`. Nothing here does IO: a custodian passes values in and gets rows
//! back.

#![forbid(unsafe_code)]

mod alternatives;
mod blocks;
mod clkhash;
mod confirm;
#[doc(hidden)]
pub mod conformance;
mod error;
mod features;
mod fields;
mod key;
mod national_id;
mod pair;
mod plan;
mod positions;
mod stats;
mod strptime;
mod symbols;
mod worker;

pub use confirm::{ConfirmEncoder, ConfirmRecord, ConfirmRow, ConfirmWorker};
pub use error::{EncodeError, Issue, IssueKind};
pub use fields::tables_digest;
pub use key::{KEY_BYTES, LinkageKey};
pub use pair::{Decoys, PairEncoder, PairWorker, PlainValue};
pub use plan::Encoder;
pub use stats::{ViewStats, ViewSummary};
pub use worker::{EncodedRows, SymbolLists, Worker};
