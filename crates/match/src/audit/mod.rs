//! Grading links that exist: comparison, hypotheses, classes, shifted rows. Pure, as the rest of the crate.
//!
//! Normative text: `protocols/05-audit.md`.

mod feedback;
mod grade;
mod model;
mod outcome;
mod patterns;
mod rates;
mod sharing;
mod shift;
mod words;

pub use feedback::Correction;
pub use grade::{AuditClass, Grade, LEAST_EVIDENCE, grade};
pub use model::{HYPOTHESES, Hypothesis, Model, Strangers};
pub use outcome::{
    Outcome, OutcomeVector, Outcomes, PairComparison, SIMILAR_SHARES, WILD_SHARE, outcome_name,
};
pub use patterns::{Hints, Patterns, Sharing};
pub use rates::{binomial_tail, wilson};
pub use sharing::holders;
pub use shift::{Shift, ShiftSearch, shift_runs};
pub use words::{Language, reason};
