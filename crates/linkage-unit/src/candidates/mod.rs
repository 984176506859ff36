//! Candidate pairs: reading files, searching, and storing, for all jobs.

pub(crate) mod calibration;
pub(crate) mod digest;
pub(crate) mod error;
pub(crate) mod files;
pub(crate) mod filters;
pub(crate) mod interrupt;
pub(crate) mod memory;
pub(crate) mod notes;
pub(crate) mod options;
pub(crate) mod runs;
pub(crate) mod store;
pub(crate) mod symbols;
pub(crate) mod thresholds;
pub(crate) mod tokens;
pub(crate) mod workspace;
