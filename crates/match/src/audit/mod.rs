//! Grading of existing links: comparison, hypotheses, classes, shifted rows. Pure, like the rest of the
//! crate.
//!
//! Normative text: `protocols/05-audit.md`.

mod feedback;
mod findings;
mod grade;
mod groups;
mod links;
mod model;
mod outcome;
mod patterns;
mod rates;
mod sharing;
mod shift;
mod words;

pub use feedback::Correction;
pub use findings::{AuditFindings, Finding};
pub use grade::{Grade, LEAST_EVIDENCE, grade};
pub use groups::{GroupFlag, LinkGroup};
pub use links::{ComparedLinks, HandleState, MAX_HANDLES, PairRow, SharedRecords};
pub use model::{Model, NonMatchCounts};
pub use outcome::{OutcomeVector, Outcomes, PairComparison, SIMILAR_SHARES, WILD_SHARE};
pub use patterns::{Hints, Patterns, Sharing};
pub use rates::{binomial_tail, wilson};
pub use sharing::holders;
pub use shift::{Shift, ShiftSearch, shift_runs};
pub use words::reason;
