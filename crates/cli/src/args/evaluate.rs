//! Arguments of `mizuhiki evaluate` and `synth`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use crate::args::privacy::Privacy;

#[derive(Subcommand)]
pub(crate) enum Evaluate {
    /// Attack the files that a schema would make, and compare the success with limits.
    ///
    /// Encodes people as custodians would, and runs published attacks, and some of our own, on the files as they
    /// would be sent. Every attack also runs on a weak encoding, on which it must succeed: otherwise its failure
    /// shows nothing. Exit code 3 if an attack succeeds beyond the limits.
    Privacy(Box<Privacy>),
    /// Precision, recall and F1 of a link table, with 95 % intervals.
    Accuracy {
        /// The links, from `mizuhiki link`.
        links: String,
        /// The true pairs: a table with columns left_id and right_id.
        #[arg(long, value_name = "FILE")]
        truth: String,
        /// Treat (a, b) and (b, a) as one pair, as within one file.
        #[arg(long)]
        unordered: bool,
    },
    /// Precision, recall and F1 of a table of clusters: of pairs of records, and B-cubed.
    Clusters {
        /// The clusters, from `mizuhiki dedupe` or `link`.
        clusters: String,
        /// The ground truth: a table with the columns record_id and entity, plus custodian if several files
        /// have equal ids. Or a table of true pairs with the columns left_id and right_id; records without a
        /// pair are then different people.
        #[arg(long, value_name = "FILE")]
        truth: String,
    },
    /// Recall, classes and calibration of an audit's findings; with --schema and its tables, also the upper
    /// bound that the plaintext with true rates would reach.
    Audit {
        /// The findings, from `mizuhiki audit`.
        findings: String,
        /// The ground truth: a table with columns handle, cause and class.
        #[arg(long, value_name = "FILE")]
        truth: String,
        /// The audit schema, to compute the upper bound.
        #[arg(long, value_name = "FILE", requires_all = ["left", "right", "links"])]
        schema: Option<PathBuf>,
        /// People of the side that made the links.
        #[arg(long, value_name = "FILE", requires = "schema")]
        left: Option<String>,
        /// People of the other side.
        #[arg(long, value_name = "FILE", requires = "schema")]
        right: Option<String>,
        /// The links: a table with columns handle, left_id and right_id.
        #[arg(long, value_name = "FILE", requires = "schema")]
        links: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Synth {
    /// Generate synthetic people as recorded by several custodians, links between the files, and the ground
    /// truth.
    ///
    /// Locale ja: registry, insurer, bank, hospital and handbook of Japan, each with its own formats and
    /// errors; links-X-registry, links made by institutions, some of them wrong; truth-*, the ground truth;
    /// manifest.json, every rate and the counts of errors. The registry has slightly more people than
    /// requested: those whom a clerk confused with somebody else.
    ///
    /// Locale en-Latn: hospital, insurer and registry, and truth-LEFT-RIGHT for the three pairs.
    ///
    /// The same locale, number, seed and rates give the same files on every machine. A million people take about
    /// 1 GB of memory.
    People {
        /// The locale of names, places and formats.
        #[arg(long, value_enum, default_value_t = SynthLocale::Ja)]
        locale: SynthLocale,
        /// Number of synthetic people.
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
        people: u32,
        /// Seed of the synthetic population.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Rates that differ from the defaults: a table with the columns rate and value (locale ja).
        #[arg(long, value_name = "FILE")]
        rates: Option<String>,
        /// Code of a municipality to which all people are restricted, such as 26105 (locale ja); all of Japan
        /// if absent.
        #[arg(long, value_name = "CODE")]
        municipality: Option<String>,
        /// Format of the tables.
        #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
        format: TableFormat,
        /// Folder for the files; created if needed.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
    /// Print the default rates of locale ja with their sources, as a table that --rates reads.
    Rates,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SynthLocale {
    /// Japan.
    Ja,
    /// An English-speaking country.
    #[value(name = "en-Latn")]
    EnLatn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    Csv,
    Tsv,
    Parquet,
    Arrow,
}
