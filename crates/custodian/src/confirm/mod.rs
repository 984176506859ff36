//! A custodian's part in a confirmation.

pub(crate) mod asked;
pub(crate) mod check;
pub(crate) mod encrypt;
pub(crate) mod find;
pub(crate) mod ledger;
pub(crate) mod records;
pub(crate) mod suppressed;
