//! Role: all that a data custodian runs. Holds plaintext and the linkage key; never sees another's tokens.

mod blocks;
mod chunks;
mod confirm;
mod confirm_check;
mod confirm_ledger;
mod encode_file;
mod error;
mod ids;
mod key_file;
mod near_numbers;
mod normalize;
mod pair_file;
mod places;
mod propose;
mod propose_audit;
mod select;
mod shuffle;
mod spill;
mod summary;
mod symbols;
mod ties;

pub use blocks::{BlockingReport, PassReport};
pub use confirm::{ConfirmJob, ConfirmSummary, ConfirmTerms, RecordSource, encrypt_tickets};
pub use confirm_check::{CheckJob, CheckSummary, check_answers};
pub use encode_file::{EncodeJob, OnProgress, encode_file};
pub use error::CustodianError;
pub use ids::IdPolicy;
pub use key_file::{KeyKind, KeySource, read_key, write_new_key};
pub use mizuhiki_encode::{Encoder, LinkageKey, PairEncoder};
pub use mizuhiki_locale::{Pack, Reading, pack, packs};
pub use normalize::{
    LevelValue, NormalizeJob, NormalizeProblem, NormalizeSummary, NormalizedValue, normalize_file,
    normalize_value,
};
pub use pair_file::{PairJob, PairSummary, encode_pairs};
pub use propose::{Proposal, propose_schema};
pub use propose_audit::propose_audit_schema;
pub use select::{SelectJob, SelectSummary, select_records};
pub use summary::{Alternatives, EncodeSummary, FieldIssue, ViewReport};
pub use symbols::SymbolReport;
pub use ties::HandleSource;
