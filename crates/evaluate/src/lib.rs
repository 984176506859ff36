//! Laboratory: made people with known truth, and the accuracy of a table of links.
//!
//! [`Population::make`] makes up people who live in households and writes them down as three custodians would,
//! each with errors of its own; [`accuracy`] and [`link_table_accuracy`] tell how well links found agree with
//! the true ones. Nothing here describes a real person, and no result depends on the machine: the same
//! specification gives the same bytes.

mod accuracy;
mod channel;
mod date;
mod draw;
mod miswrite;
mod names;
mod people;
mod places;
mod population;
mod table;

pub use accuracy::{Accuracy, LinkTableAccuracy, Rate, accuracy, accuracy_unordered, link_table_accuracy};
pub use population::{Holder, Population, PopulationSpec, Record};
pub use table::write_truth;
