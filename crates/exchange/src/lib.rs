//! What crosses a trust boundary, and nothing else: tokens, opaque record ids and results.
//!
//! Normative text: `protocols/08-file-formats.md`. No type here can hold a value of a person.

#![forbid(unsafe_code)]

mod block;
mod comparable;
mod id;
mod meta;
mod pair;
mod pairs_within;
mod results;
mod symbols;
mod tokens;

pub use block::BlockId;
pub use comparable::{Comparable, IncomparableError};
pub use id::{CustodianId, InvalidIdError, KeyId, RecordId, RecordIds, compare_ids};
pub use meta::{FORMAT_VERSION, PAIRS_VERSION, Run, RunName, SYMBOLS_VERSION, Task, TokenMeta};
pub use mizuhiki_schema::Side;
pub use pair::{
    ComparisonLayout, PAIR_FILTER_BYTES, PAIR_FILTER_ENTRIES, PairLayout, PairMeta, PairRows, TAG_BYTES,
    alternative_class,
};
pub use pairs_within::PairsWithin;
pub use results::audit_class::AuditClass;
pub use results::classification::Classification;
pub use results::flag::LinkFlag;
pub use results::hypothesis::Hypothesis;
pub use results::language::Language;
pub use results::link::{Link, compare_links};
pub use results::outcome::{Outcome, error_words, role_words};
pub use symbols::SymbolReader;
pub use tokens::{TokenSet, TokenSetError, ViewTokens};
