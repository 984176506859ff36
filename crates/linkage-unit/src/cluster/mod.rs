//! Token files to clusters of records of one person each.

pub(crate) mod clustering;
pub(crate) mod comparisons;
pub(crate) mod job;
pub(crate) mod numbering;
pub(crate) mod report;
pub(crate) mod run;
