//! Thresholds and expected accuracy without labels (`protocols/04-matching.md` §7).
//!
//! Candidates are counted by levels of similarity ([`Tally`]). A pair is solid if it agrees more than records
//! can that differ in a whole field; without solid pairs nothing is linked. Bands of levels below are split
//! into matches and non-matches. For two files, the estimate comes from pairs within each file. For one file,
//! it comes from extrapolation from below, from the expected number of relatives, and from pairs of linked
//! records with others.

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
