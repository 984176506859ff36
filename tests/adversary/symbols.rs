//! Attacks on sealed symbols (`protocols/threat-model.md`, What protects, and what does not). Each runs on
//! symbols, where it must find nothing, and on a control, where it must succeed. Otherwise a broken attack
//! would look like a strong token.

mod algebra;
mod alternatives;
mod changes;
mod files;
mod frequencies;
pub(crate) mod kit;
mod known_pairs;
mod readings;
