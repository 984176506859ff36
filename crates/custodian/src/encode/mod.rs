//! A table of people to a file of tokens.

pub(crate) mod blocks;
pub(crate) mod counts;
pub(crate) mod draft;
pub(crate) mod run;
pub(crate) mod shuffle;
pub(crate) mod sink;
pub(crate) mod summary;
pub(crate) mod symbols;
pub(crate) mod warnings;
