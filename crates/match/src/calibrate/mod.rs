//! Thresholds and expected accuracy without labels (`protocols/04-matching.md` §6).
//!
//! Candidates are counted by levels of similarity ([`Tally`]). Pairs that agree more than records can that differ in one
//! field are solid; without solid pairs nothing is linked. Below, bands of levels are split into matches and non-matches:
//! those of two files by what records within each have in common, those of one file by what goes on from below, by
//! relatives that are expected, and by pairs of linked records with others.

mod calibration;
mod estimate;
mod mixture;
mod sample;
mod scale;
mod tally;

pub use calibration::{Calibration, Expectation, HISTOGRAM_BINS};
pub use estimate::Counts;
pub(crate) use sample::sample;
pub use sample::{Sample, WithinFile, can_calibrate};
pub use scale::Scale;
pub use tally::Tally;
