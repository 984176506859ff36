//! Role: everything that a data custodian runs. It holds plaintext and the linkage key, and never sees
//! another custodian's tokens.

#![forbid(unsafe_code)]

mod confirm;
mod encode;
mod error;
mod key_file;
mod pairs;
mod people;
mod schema;

pub use confirm::asked::ConfirmTerms;
pub use confirm::check::{CheckJob, CheckSummary, check_answers};
pub use confirm::encrypt::{ConfirmJob, ConfirmSummary, DeclinedTicket, encrypt_tickets};
pub use confirm::find::DeclineReason;
pub use confirm::records::RecordSource;
pub use encode::blocks::{BlockingReport, PassReport};
pub use encode::draft::EncodedDraft;
pub use encode::run::{EncodeJob, encode_draft, encode_file, encode_predictably};
pub use encode::summary::{Alternatives, EncodeSummary, FieldIssue, ViewReport};
pub use encode::symbols::SymbolReport;
pub use error::CustodianError;
pub use key_file::{KeyKind, KeySource, read_key, write_new_key};
pub use mizuhiki_encode::{Encoder, LinkageKey, PairEncoder};
pub use mizuhiki_locale::{Pack, Reading, pack, packs};
pub use pairs::handles::HandleSource;
pub use pairs::run::{PairJob, PairSummary, encode_pairs};
pub use pairs::select::{SelectJob, SelectSummary, select_records};
pub use people::ids::{IdPolicy, is_id_header};
pub use people::normalize::{
    LevelValue, NormalizeJob, NormalizeProblem, NormalizeSummary, NormalizedValue, normalize_file,
    normalize_value,
};
pub use people::progress::OnRecords;
pub use schema::propose::{Proposal, propose_schema};
pub use schema::propose_audit::propose_audit_schema;
