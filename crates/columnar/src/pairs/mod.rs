//! Files of pair tokens.

pub(crate) mod meta;
pub(crate) mod read;
pub(crate) mod write;
