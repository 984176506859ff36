//! Two token files, or one, to a table of links.

pub(crate) mod choose;
pub(crate) mod error;
pub(crate) mod explain;
pub(crate) mod find;
pub(crate) mod job;
pub(crate) mod overview;
pub(crate) mod report;
pub(crate) mod run;
