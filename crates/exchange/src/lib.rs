//! What crosses a trust boundary, and nothing else: tokens, opaque record ids and tables of links.
//!
//! Normative text: `protocols/08-file-formats.md`. No type here can hold a value of a person.

mod block;
mod comparable;
mod id;
mod link;
mod meta;
mod pair;
mod pairs_within;
mod symbols;
mod tokens;

pub use block::BlockId;
pub use comparable::{Comparable, IncomparableError};
pub use id::{CustodianId, InvalidIdError, KeyId, RecordId, RecordIds, compare_ids};
pub use link::{Classification, Doubt, Link, compare_links};
pub use meta::{FORMAT_VERSION, PAIRS_VERSION, Run, RunName, SYMBOLS_VERSION, Task, TokenMeta};
pub use mizuhiki_schema::Side;
pub use pair::{
    ComparisonLayout, PAIR_FILTER_BYTES, PAIR_FILTER_ENTRIES, PairLayout, PairMeta, PairRows, TAG_BYTES,
    alternative_class,
};
pub use pairs_within::PairsWithin;
pub use symbols::SymbolReader;
pub use tokens::{TokenSet, TokenSetError, View};
