//! The confirmation of borderline pairs: one bit per pair, computed under encryption.
//!
//! Normative text: `protocols/06-confirm.md`. State machines over a back end that is passed in as a value;
//! nothing here opens a file or reads a clock: the roles pass in readers, writers, randomness and the time.

#![forbid(unsafe_code)]

mod backend;
mod chain;
mod ciphertexts;
mod circuit;
mod custodian_ledger;
mod document;
mod entry;
mod error;
mod filters;
mod headers;
mod in_order;
mod ledger;
mod merkle;
mod policy;
mod rule;
mod score;
mod session;
mod sign;
mod ticket;

pub use backend::{Backend, Decryptor, Encryptor, Evaluator, KeySet, Mask};
pub use ciphertexts::Ciphertexts;
pub use circuit::{Circuit, LeftInput, Range, RightInput, Shape};
pub use custodian_ledger::CustodianLedger;
pub use document::{DocumentKind, DocumentReader, DocumentWriter, Header, Seal};
pub use entry::{
    PublicKey, Tickets, check_backend, check_count, read_evaluation_key, read_id, read_nonce, read_ticket,
    write_id, write_symbol,
};
pub use error::{BackendError, ConfirmError, MAX_SLOTS, Party, Reason};
pub use filters::Filters;
pub use headers::{
    CheckedHeader, CiphertextsHeader, EvaluationHeader, MasksHeader, OpenedHeader, PublicHeader, RunHeader,
    SealedHeader, SecretHeader, TicketsHeader, binding, key_id,
};
pub use in_order::in_order;
pub use ledger::{Admission, Admitted, Ledger};
pub use mizuhiki_schema::Side;
pub use policy::{MAX_OPENINGS, Policy};
pub use rule::Rule;
pub use session::{Asked, Evaluated, Opened, RUN_SECRET_BYTES, RunSecret, Session};
pub use sign::{AuthorityKeyId, Hash, Hex, PartyKey, SIGNATURE_BYTES, SignerId};
pub use ticket::{Batch, Commitment, TICKET_BYTES, Ticket, file_salt, tree};
