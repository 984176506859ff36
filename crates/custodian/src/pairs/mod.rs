//! From a table of people and a table of links to a file of pair tokens.

pub(crate) mod handles;
pub(crate) mod near_numbers;
pub(crate) mod places;
pub(crate) mod run;
pub(crate) mod select;
