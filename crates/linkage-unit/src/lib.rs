//! Role: all that the linkage unit runs. Holds tokens and links; never a key, never plaintext.

mod link_files;
mod report;

pub use link_files::{Accept, LinkError, LinkJob, LinkSummary, OnProgress, Stage, link_files};
pub use mizuhiki_match::Assignment;
