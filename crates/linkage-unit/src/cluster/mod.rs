//! Token files to clusters of records, one per person.

pub(crate) mod clustering;
pub(crate) mod comparisons;
pub(crate) mod job;
pub(crate) mod numbering;
pub(crate) mod report;
pub(crate) mod run;
