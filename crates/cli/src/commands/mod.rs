//! The subcommands.

mod audit;
mod cluster;
mod confirm;
mod demo;
mod demo_confirm;
mod encode;
mod encode_pairs;
mod evaluate;
mod explain;
mod generate;
mod key;
mod link;
mod normalize;
mod schema;
mod synth;

use std::path::Path;

use mizuhiki_columnar::UnreadableValues;

use crate::args::{Arguments, Command, Purpose};
use crate::progress::grouped;
use crate::say::{Say, UsageError};

pub(crate) fn run(arguments: Arguments, say: &Say) -> anyhow::Result<()> {
    match arguments.command {
        Command::Demo(demo) => demo::run(&demo, say),
        Command::Schema(schema) => schema::run(schema, say),
        Command::Key(key) => key::run(key, say),
        Command::Normalize(normalize) => normalize::run(&normalize, say),
        Command::Readings(readings) => normalize::readings(&readings, say),
        Command::Encode(encode) => match encode.purpose {
            Purpose::Link | Purpose::Dedupe => encode::run(*encode, say),
            Purpose::Audit => encode_pairs::run(&encode, say),
        },
        Command::Link(link) => link::run(link, say),
        Command::Audit(audit) => audit::run(*audit, say),
        Command::Confirm(confirm) => confirm::run(confirm, say),
        Command::Dedupe(dedupe) => cluster::dedupe(dedupe, say),
        Command::Synth(synth) => synth::run(synth, say),
        Command::Evaluate(evaluate) => evaluate::run(evaluate, say),
        Command::Completions { shell } => generate::completions(shell),
        Command::Man { output } => generate::manual(&output, say),
    }
}

/// Refuses an output that is one of the inputs, which it would destroy.
fn keep_inputs(output: &str, inputs: &[&str]) -> anyhow::Result<()> {
    let same = |a: &Path, b: &Path| match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    };
    let overwritten = inputs.iter().find(|input| output != "-" && same(Path::new(output), Path::new(input)));
    match overwritten {
        Some(input) => {
            Err(UsageError(format!("{output}: the output would overwrite the input {input}")).into())
        }
        None => Ok(()),
    }
}

/// Lists the values that were masked because they could not be read.
fn describe_unreadable(unreadable: &[UnreadableValues], text: &mut String) {
    for values in unreadable {
        text.push_str(&format!(
            "masked {:>12} × column {:?}: bytes that are invalid in the encoding (first in row {})\n",
            grouped(values.count),
            values.column,
            grouped(values.first_row)
        ));
    }
}

/// Number of threads: as requested, or all processors.
fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from)
}
