//! Arguments of the command line.

pub(crate) mod audit;
pub(crate) mod command;
pub(crate) mod confirm;
pub(crate) mod encode;
pub(crate) mod evaluate;
pub(crate) mod link;
pub(crate) mod privacy;
pub(crate) mod reading;
pub(crate) mod tools;
