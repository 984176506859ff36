//! A table of links against the ground truth, in full: thresholds, candidates, groups of people, worst errors.

mod error;
mod evaluation;
mod fisher;
mod groups;
mod known;
mod page;
mod people;
mod rows;
mod script;
mod sweep;
mod worst;

pub(crate) use people::id_column;
pub(crate) use script::script_of;

pub use error::LinkEvaluationError;
pub use evaluation::{CandidateQuality, LinkEvaluation, LinkEvaluationJob, evaluate_links};
pub use groups::{GroupAccuracy, Subgroups};
pub use page::accuracy_page;
pub use people::GroupColumns;
pub use sweep::{SweepPoint, ThresholdSweep};
pub use worst::{WorstPairs, WrongPair};
