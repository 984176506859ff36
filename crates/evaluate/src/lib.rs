//! Laboratory: made people with known truth, the accuracy of a table of links and of an audit.
//!
//! [`make_japan`] and [`make_english`] make up people who live in households and write them down as several
//! custodians would, each with errors of its own; [`accuracy`] and [`link_table_accuracy`] tell how well links
//! found agree with the true ones. Nothing here describes a real person, and no result depends on the machine:
//! the same specification gives the same bytes.

mod accuracy;
mod audit;
mod ceiling;
mod clusters;
mod date;
mod draw;
mod en_latn;
mod ja;
mod manifest;
mod reliability;
mod table;

pub use accuracy::{Accuracy, LinkTableAccuracy, Rate, accuracy, accuracy_unordered, link_table_accuracy};
pub use audit::{
    AuditAccuracy, CauseRow, JudgedFinding, LinkTruth, ListRecall, ReliabilityRow, audit_accuracy,
    read_findings, read_link_truth,
};
pub use ceiling::{CeilingError, CeilingJob, audit_ceiling, plain_outcome};
pub use clusters::{BCubed, ClusterAccuracy, ClusterError, cluster_accuracy, persons_of_pairs};
pub use en_latn::{Holder, Population, PopulationSpec, Record, make_english};
pub use ja::{Figure, JapanSpec, Rates, SynthRate, make_japan};
pub use manifest::{MadeFile, Manifest, SynthError};
pub use reliability::{ProbabilityRow, Reliability};
pub use table::write_truth;
