//! Results: their classes, flags and outcomes, with names in files and words for people.

pub(crate) mod audit_class;
pub(crate) mod classification;
pub(crate) mod flag;
pub(crate) mod hypothesis;
pub(crate) mod language;
pub(crate) mod link;
pub(crate) mod outcome;
