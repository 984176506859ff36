//! Results as one self-contained HTML file: no network, no scripts, no clock.
//!
//! [`render`] turns a [`LinkReport`] into a page, [`render_audit`] an [`AuditReport`], [`render_accuracy`] an
//! [`AccuracyReport`], and [`render_privacy`] a [`PrivacyReport`], which [`render_privacy_markdown`] writes as
//! Markdown; [`render_grid`] and [`render_grid_markdown`] show a [`GridReport`]. Equal reports give equal bytes. Names of files, custodians, schemas and views, and handles of links, are untrusted text; all
//! of it is escaped.

#![forbid(unsafe_code)]

mod accuracy;
mod audit;
mod chart;
mod error;
mod grid;
mod link;
mod markdown;
mod number;
mod privacy;
mod shorten;
mod template;

pub use accuracy::render::render_accuracy;
pub use accuracy::report::{
    AccuracyReport, ClassAccuracy, GroupFigures, GroupTable, Proportion, ReliabilityFigures, SweepFigures,
    WrongPairRow,
};
pub use audit::render::render_audit;
pub use audit::report::{
    AuditReport, AuditSide, ClassCount, ComparisonRow, EvidenceBar, FeedbackSection, FindingCard, GroupRow,
    HypothesisShare, Interval, ReliabilityBin, ReviewPoint, SharedRow, ShiftRow,
};
pub use error::ReportError;
pub use grid::render::{render_grid, render_grid_markdown};
pub use grid::report::{GridReport, GridRow, GridRowFigures};
pub use link::render::render;
pub use link::report::{
    ExpectationSummary, ExpectedAt, FileSummary, LinkReport, PassFigures, SampledPairs, SymbolSummary,
    ThresholdSummary, ViewSection,
};
pub use privacy::render::{render_privacy, render_privacy_markdown};
pub use privacy::report::{
    AttackOutcome, AttackRate, AttackSection, AttackVerdict, AttackerSection, PermittedSuccess,
    PrivacyReport, PublishedFigure,
};
