//! Role: key authority. Makes the keys of confirmation runs, keeps the secret key, and opens the masked
//! answers that the policy allows. It never sees a token, a record id or a link.

#![forbid(unsafe_code)]

mod error;
mod files;
mod keygen;
mod open;

pub use error::AuthorityError;
pub use keygen::{KeygenJob, KeygenSummary, generate_keys};
pub use open::{OpenJob, OpenSummary, open_answers};
