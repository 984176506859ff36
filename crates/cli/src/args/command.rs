//! The command line as a whole.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::args::audit::Audit;
use crate::args::confirm::Confirm;
use crate::args::encode::Encode;
use crate::args::evaluate::{Evaluate, Synth};
use crate::args::link::{Dedupe, Link};
use crate::args::tools::{Demo, Key, Normalize, Readings, Schema};

/// Privacy-preserving record linkage: link, audit and check identities without pooling personal data.
#[derive(Parser)]
#[command(name = "mizuhiki", version, propagate_version = true, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// Print results and errors as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Generate synthetic people of three custodians, encode, link and report: the whole flow on one machine.
    Demo(Demo),
    /// Propose, check and digest linkage schemas.
    #[command(subcommand)]
    Schema(Schema),
    /// Make and fingerprint linkage keys.
    #[command(subcommand)]
    Key(Key),
    /// Data custodian: show how a locale pack normalizes values, and how two values are related.
    Normalize(Normalize),
    /// Data custodian: show the most probable readings of a name.
    Readings(Readings),
    /// Data custodian: encode a table of people into a file of tokens, for linkage or for an audit.
    Encode(Box<Encode>),
    /// Linkage unit: link files of tokens.
    Link(Link),
    /// Linkage unit: audit existing links, from pair tokens of both sides, and list those that are probably
    /// wrong.
    Audit(Box<Audit>),
    /// Decide borderline pairs under encryption, one bit per pair; each step reads and writes files that can
    /// be mailed.
    ///
    /// Built on tfhe by Zama (BSD-3-Clause-Clear), which grants no patent rights: development, research and
    /// experiments are free; commercial use needs a patent license from its maker. See NOTICE.
    #[command(subcommand)]
    Confirm(Confirm),
    /// Linkage unit: find duplicates, records of the same person in one file.
    Dedupe(Dedupe),
    /// Laboratory: generate synthetic people, as recorded by custodians, with ground truth.
    #[command(subcommand)]
    Synth(Synth),
    /// Laboratory: evaluate results against the ground truth.
    #[command(subcommand)]
    Evaluate(Evaluate),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write manual pages into a folder.
    Man {
        /// The folder; created if needed.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
}
