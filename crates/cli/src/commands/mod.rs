//! The subcommands.

mod audit;
mod cluster;
mod common;
mod confirm;
mod demo;
mod demo_confirm;
mod dispatch;
mod encode;
mod encode_pairs;
mod evaluate;
mod explain;
mod generate;
mod key;
mod link;
mod normalize;
mod privacy;
mod schema;
mod search;
mod synth;

pub(crate) use dispatch::run;
