//! Which command does what was asked.

use crate::args::command::{Arguments, Command};
use crate::args::encode::Purpose;
use crate::commands::{
    audit, cluster, confirm, demo, encode, encode_pairs, evaluate, generate, key, link, normalize, schema,
    synth,
};
use crate::say::Say;

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
