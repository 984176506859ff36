//! Role: all that the linkage unit runs. Holds tokens and links; never a key, never plaintext.

mod audit_files;
mod audit_grade;
mod audit_groups;
mod audit_job;
mod audit_merge;
mod audit_read;
mod audit_report;
mod choose;
mod cluster_files;
mod explain;
mod feedback;
mod job;
mod link_files;
mod memory;
mod prepare;
mod report;
mod search;
mod spill;
mod store;

pub use audit_files::audit_files;
pub use audit_job::{
    AuditJob, AuditStage, AuditSummary, ClassSummary, HypothesisSummary, OnAuditProgress, ReviewLength,
};
pub use cluster_files::cluster_files;
pub use explain::{ExplainedComparison, Explanation, explain};
pub use feedback::{FeedbackJob, FeedbackSummary, Reliability, read_feedback};
pub use job::{
    Accept, ClusterJob, ClusterSummary, LinkError, LinkJob, LinkSummary, OnProgress, PassSummary,
    SearchOptions, Stage,
};
pub use link_files::link_files;
pub use mizuhiki_match::{Assignment, Scope};
