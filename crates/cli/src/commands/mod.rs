//! The subcommands.

mod audit;
mod benchmark;
mod check_privacy;
mod cluster;
mod common;
mod confirm;
mod demo;
mod demo_confirm;
mod describe_accuracy;
mod describe_attacks;
mod dispatch;
mod encode;
mod encode_pairs;
mod evaluate;
mod evaluate_grid;
mod evaluate_links;
mod evaluate_run;
mod examples;
mod explain;
mod generate;
mod judge;
mod key;
mod link;
mod normalize;
mod privacy;
mod privacy_pairs;
mod privacy_people;
mod schema;
mod search;
mod synth;

pub(crate) use dispatch::run;
