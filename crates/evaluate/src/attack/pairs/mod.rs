//! Attacks on pair tokens of an audit, as they would be sent (`protocols/03-tokens.md` §12). The control is mostly the
//! same people's rows under one handle: tags of values that depend on nothing but the value.

mod both;
mod known;
mod links;
mod rows;
mod run;
mod runs;
mod scene;
mod single;

pub use links::{laboratory_pair_runs, write_laboratory_links};
pub use run::{PairPrivacyJob, evaluate_pair_privacy};
pub use scene::PairFile;
