//! Arguments of schemas, keys, single values and the demonstration.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::encode::Purpose;

#[derive(Args)]
pub(crate) struct Demo {
    /// Number of synthetic people.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=200_000))]
    pub(crate) people: u32,
    /// Seed of the synthetic population.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for all files; created if needed.
    #[arg(short, long, value_name = "DIR", default_value = "mizuhiki-demo")]
    pub(crate) output: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum Schema {
    /// Propose a hardened schema from a table's header and values, or a schema for an audit.
    Init {
        /// The purpose of the schema.
        #[arg(long = "for", value_enum, default_value_t = Purpose::Link)]
        purpose: Purpose,
        /// The table (.csv .tsv .parquet .arrow, or - for standard input).
        input: String,
        /// Output file of the schema; standard output if absent.
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: String,
        /// Character encoding of a text table, such as cp932; detected if absent.
        #[arg(long, value_name = "NAME")]
        encoding: Option<String>,
    },
    /// Check a schema: list every fault with its place and a remedy.
    Check {
        /// The schema (mizuhiki, or clkhash v1 to v3).
        file: PathBuf,
    },
    /// Print the digest by which parties compare schemas.
    Digest {
        /// The schema.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make a random linkage key: 32 bytes, readable only by you.
    New {
        /// The new file.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print a key's fingerprint, which custodians compare. Token files with a project or run name have a
    /// different one.
    Fingerprint {
        /// The key file, or - for standard input.
        file: String,
    },
}

#[derive(Args)]
pub(crate) struct Normalize {
    /// The locale pack.
    #[arg(long, value_name = "NAME", default_value = "ja")]
    pub(crate) pack: String,
    /// The kind of value; see the pack's page in protocols/.
    #[arg(long, value_name = "KIND", required_unless_present = "batch")]
    pub(crate) kind: Option<String>,
    /// How the first of seven digits encodes the era of a date: receipt or nenkin.
    #[arg(long, value_name = "BOOK", conflicts_with = "batch")]
    pub(crate) code_book: Option<String>,
    /// The value.
    #[arg(value_name = "A", required_unless_present = "batch")]
    pub(crate) a: Option<String>,
    /// A second value: shows the tightest level at which the two are equal.
    #[arg(value_name = "B")]
    pub(crate) b: Option<String>,
    /// A table with the columns kind and a, and optionally b and code_book (.tsv .csv .parquet .arrow, or - for
    /// standard input).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["kind", "a"], requires = "output")]
    pub(crate) batch: Option<String>,
    /// The table with the columns normal and level appended (- for TSV on standard output).
    #[arg(short, long, value_name = "OUT", requires = "batch")]
    pub(crate) output: Option<String>,
    /// Character encoding of a text table, such as cp932; detected if absent.
    #[arg(long, value_name = "NAME", requires = "batch")]
    pub(crate) encoding: Option<String>,
    /// Keep rows with bytes that are invalid in the encoding: such values are masked and counted.
    #[arg(long, requires = "batch")]
    pub(crate) mask_unreadable: bool,
}

#[derive(Args)]
pub(crate) struct Readings {
    /// The name as written, family name first; a blank between family and given name helps.
    pub(crate) name: String,
    /// The locale pack.
    #[arg(long, value_name = "NAME", default_value = "ja")]
    pub(crate) pack: String,
    /// Maximum number of readings to show.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) most: u16,
}
