//! Laboratory: made people with known truth, and the accuracy of a table of links.
//!
//! [`make_japan`] and [`make_english`] make up people who live in households and write them down as several
//! custodians would, each with errors of its own; [`accuracy`] and [`link_table_accuracy`] tell how well links
//! found agree with the true ones. Nothing here describes a real person, and no result depends on the machine:
//! the same specification gives the same bytes.

mod accuracy;
mod date;
mod draw;
mod en_latn;
mod ja;
mod manifest;
mod table;

pub use accuracy::{Accuracy, LinkTableAccuracy, Rate, accuracy, accuracy_unordered, link_table_accuracy};
pub use en_latn::{Holder, Population, PopulationSpec, Record, make_english};
pub use ja::{Figure, JapanSpec, Rates, SynthRate, make_japan};
pub use manifest::{MadeFile, Manifest, SynthError};
pub use table::write_truth;
