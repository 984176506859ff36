//! Role: everything that the linkage unit runs. It holds tokens and links, never a key or plaintext.

#![forbid(unsafe_code)]

mod audit;
mod candidates;
mod cluster;
mod confirm;
#[cfg(test)]
mod fixtures;
mod link;

pub use audit::error::AuditError;
pub use audit::feedback::{FeedbackJob, FeedbackSummary, VerdictReliability, read_feedback};
pub use audit::job::{
    AuditJob, AuditStage, AuditSummary, ClassSummary, HypothesisSummary, OnAuditProgress, ReviewLength,
};
pub use audit::run::audit_files;
pub use candidates::error::SearchError;
pub use candidates::files::Files;
pub use candidates::interrupt::ask_to_stop;
pub use candidates::options::{Accept, Households, OnProgress, PassSummary, SearchOptions, Stage};
pub use cluster::job::{ClusterJob, ClusterSummary};
pub use cluster::run::cluster_files;
pub use confirm::apply::{ApplyJob, ApplySummary, apply};
pub use confirm::ask::{AskJob, AskSummary, ask};
pub use confirm::error::LinkageUnitError;
pub use confirm::evaluate::{EvaluateJob, EvaluateSummary, evaluate};
pub use link::error::LinkError;
pub use link::explain::{ExplainedComparison, Explanation, explain};
pub use link::job::{LinkJob, LinkSummary};

pub use candidates::symbols::SearchRecall;
pub use link::run::link_files;
pub use mizuhiki_match::{Assignment, Scope};
