//! Attacks on files as they would be sent, each with a control on which it succeeds.

mod algebra;
mod align;
mod blocks;
mod edges;
mod effort;
mod embedding;
mod encodings;
mod finding;
pub mod gf2;
mod graphs;
mod insiders;
mod judge;
mod landmarks;
mod neighbors;
mod network;
mod numbers;
mod pairs;
mod patterns;
mod people;
mod probing;
mod ridge;
mod rows;
mod run;
mod scene;
mod sight;
mod trial;
mod visible;

pub use effort::Tier;
pub use encodings::{laboratory_key, run as laboratory_run};
pub use finding::{AttackFinding, Attacker, Goal, Measured, Verdict};
pub use pairs::{
    PairFile, PairPrivacyJob, evaluate_pair_privacy, laboratory_pair_runs, write_laboratory_links,
};
pub use people::{PeopleIds, PeopleList};
pub(crate) use run::SHARED;
pub use run::{PeopleFile, PrivacyJob, PrivacyResult, evaluate_privacy};
pub use scene::AttackError;
