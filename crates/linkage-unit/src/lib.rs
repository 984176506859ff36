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
mod confirm_apply;
mod confirm_ask;
mod confirm_error;
mod confirm_evaluate;
mod cut;
mod explain;
mod feedback;
mod interrupt;
mod job;
mod link_files;
mod memory;
mod pairs_to_confirm;
mod prepare;
mod report;
mod search;
mod search_symbols;
mod spill;
mod store;

pub use audit_files::audit_files;
pub use audit_job::{
    AuditJob, AuditStage, AuditSummary, ClassSummary, HypothesisSummary, OnAuditProgress, ReviewLength,
};
pub use cluster_files::cluster_files;
pub use confirm_apply::{ApplyJob, ApplySummary, apply};
pub use confirm_ask::{AskJob, AskSummary, ask};
pub use confirm_error::LinkageUnitError;
pub use confirm_evaluate::{EvaluateJob, EvaluateSummary, evaluate};
pub use explain::{ExplainedComparison, Explanation, explain};
pub use feedback::{FeedbackJob, FeedbackSummary, Reliability, read_feedback};
pub use interrupt::ask_to_stop;
pub use job::{
    Accept, ClusterJob, ClusterSummary, Households, LinkError, LinkJob, LinkSummary, OnProgress, PassSummary,
    SearchOptions, Stage,
};
pub use link_files::link_files;
pub use mizuhiki_match::{Assignment, Scope};
pub use search_symbols::SearchRecall;
