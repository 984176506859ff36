//! Role: all that the linkage unit runs. Holds tokens and links; never a key, never plaintext.

mod choose;
mod cluster_files;
mod explain;
mod job;
mod link_files;
mod memory;
mod prepare;
mod report;
mod search;
mod spill;
mod store;

pub use cluster_files::cluster_files;
pub use explain::{ExplainedComparison, Explanation, explain};
pub use job::{
    Accept, ClusterJob, ClusterSummary, LinkError, LinkJob, LinkSummary, OnProgress, PassSummary,
    SearchOptions, Stage,
};
pub use link_files::link_files;
pub use mizuhiki_match::{Assignment, Scope};
