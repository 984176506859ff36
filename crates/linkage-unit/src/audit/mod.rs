//! Two files of pair tokens to findings, lists and a report.

pub(crate) mod audited;
pub(crate) mod error;
pub(crate) mod feedback;
pub(crate) mod job;
pub(crate) mod merge;
pub(crate) mod read;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod summary;
pub(crate) mod tables;
pub(crate) mod words;
