//! Arguments of `mizuhiki evaluate` and `synth`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use crate::args::privacy::Privacy;

/// A table of links and its ground truth.
#[derive(Args)]
#[command(group(ArgGroup::new("people").args(["left", "right"]).multiple(true)))]
pub(crate) struct EvaluateLinks {
    /// The links, from `mizuhiki link`.
    pub(crate) links: String,
    /// The true pairs: a table with columns left_id and right_id.
    #[arg(long, value_name = "FILE")]
    pub(crate) truth: String,
    /// Treat (a, b) and (b, a) as one pair, as within one file; --left is then the people of this file.
    #[arg(long)]
    pub(crate) unordered: bool,
    /// The people of the left file: only ids and the columns that are named here are read. With --right, also
    /// the reduction ratio; ids of the ground truth that are in no table are counted.
    #[arg(long, value_name = "FILE")]
    pub(crate) left: Option<String>,
    /// The people of the right file.
    #[arg(long, value_name = "FILE")]
    pub(crate) right: Option<String>,
    /// Column of the ids in --left and --right; found by its name if absent.
    #[arg(long, value_name = "COL", requires = "people")]
    pub(crate) id_column: Option<String>,
    /// Accuracy for each value of this column, such as sex: at most 50 values, which are printed. May be
    /// repeated.
    #[arg(long, value_name = "COL", requires = "people")]
    pub(crate) by: Vec<String>,
    /// Accuracy by household size: the number of records of a table with the same value in this column.
    #[arg(long, value_name = "COL", requires = "people")]
    pub(crate) household: Option<String>,
    /// Accuracy by the script of the name in this column, and by the number of records that share the name.
    #[arg(long, value_name = "COL", requires = "people")]
    pub(crate) names: Option<String>,
    /// Accuracy by decade of birth.
    #[arg(long, value_name = "COL", requires = "people")]
    pub(crate) birth_date: Option<String>,
    /// List so many false links and missed pairs, by ids, the most similar first.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(crate) worst: u32,
    /// Write a report, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Evaluate {
    /// Attack the files that a schema would make, and compare the success with limits.
    ///
    /// Encodes people as custodians would, and runs published attacks, and some of our own, on the files as they
    /// would be sent. Every attack also runs on a weak encoding, on which it must succeed: otherwise its failure
    /// shows nothing. Exit code 3 if an attack succeeds beyond the limits.
    Privacy(Box<Privacy>),
    /// Accuracy of a link table: precision, recall, F1 and F* with 95 % intervals, at all thresholds, and by
    /// groups of people; the worst errors.
    ///
    /// Groups of fewer than 10 records are merged. A group is marked if the share of its true pairs that are
    /// missed differs from that of all others beyond chance: Fisher's exact test, two-sided, at the level 0.05
    /// after Holm's correction for all groups.
    Accuracy(Box<EvaluateLinks>),
    /// Accuracy of a table of clusters: of pairs of records, B-cubed, and of the closest cluster; persons whose
    /// records are exactly together, split or merged.
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
    /// Try parameters of a schema: accuracy, leakage and cost of each combination of values that a file lists.
    ///
    /// Both tables are encoded, linked and judged at every point, and the right one's file is attacked as by
    /// `evaluate privacy`. Points that no other one beats in all three are marked; the preferred one has the smallest
    /// tokens among the most accurate within the limits.
    Grid {
        /// The grid (.toml): a scenario without bounds, and a section named grid; its paths are relative to it.
        grid: PathBuf,
        /// Folder for results.json, report.html, report.md and the schema of every point. A grid that was
        /// interrupted goes on there. Nothing is kept if absent.
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
    /// Run a benchmark that a file describes: data, corruption, schema, method and expected bounds.
    ///
    /// Makes or reads the people, encodes them under a new random key, links, evaluates, and writes
    /// results.json. Exit code 3 if a measure is outside its bounds.
    Run {
        /// The scenario (.toml); its paths are relative to it.
        scenario: PathBuf,
        /// Folder for the results, the links and the tokens; must not exist. Nothing is kept if absent.
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
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
