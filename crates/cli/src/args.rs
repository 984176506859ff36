//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mizuhiki_columnar::ReadOptions;

use crate::args_confirm::Confirm;

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

#[derive(Args)]
pub(crate) struct Encode {
    /// The people (.csv .tsv .parquet .arrow, or - for CSV on standard input).
    pub(crate) input: String,
    /// The purpose of the tokens.
    #[arg(long = "for", value_enum, default_value_t = Purpose::Link)]
    pub(crate) purpose: Purpose,
    /// The linkage schema that the parties agreed on; the audit schema with --for audit.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,
    /// The linkage key (for clkhash schemas: the secret as a text file), or - for standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: String,
    /// The tokens (.parquet .arrow .csv .tsv; .json for clkhash schemas; - for Arrow IPC on standard output).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: String,
    /// Name of the data custodian; the input's name without extension if absent.
    #[arg(long, value_name = "NAME")]
    pub(crate) custodian: Option<String>,
    /// Name of the project, agreed between the parties: tokens of different projects cannot be compared.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
    /// Name of this run of the project, agreed between the parties: tokens of different runs cannot be
    /// compared, so that nobody can combine two runs. Choose a new one for every linkage and every audit.
    #[arg(long, value_name = "NAME")]
    pub(crate) run: Option<String>,
    /// Column of the records' own ids; found by its name if absent.
    #[arg(long, value_name = "COL")]
    pub(crate) id_column: Option<String>,
    #[command(flatten)]
    pub(crate) audit: AuditLinks,
    /// Put the records' own ids into the token file instead of random ones.
    #[arg(long, conflicts_with = "id_map")]
    pub(crate) keep_ids: bool,
    /// Write a map from random ids to the records' own ids; it stays with you.
    #[arg(long, value_name = "FILE")]
    pub(crate) id_map: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Threads; all processors if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

/// How a table of people is read.
#[derive(Args)]
pub(crate) struct Reading {
    /// Character encoding of a text table, such as cp932; detected if absent.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Keep rows with bytes that are invalid in the encoding: such values are masked and counted.
    #[arg(long)]
    mask_unreadable: bool,
}

impl Reading {
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions { encoding: self.encoding.clone(), mask_unreadable: self.mask_unreadable }
    }
}

/// The purpose of tokens.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Search tokens: find records of the same person in two or more files.
    Link,
    /// Search tokens: find records of the same person within this file. They cannot be compared with other
    /// files.
    Dedupe,
    /// Pair tokens: audit existing links.
    Audit,
}

/// A side of links.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LinkSide {
    /// The party that made the links.
    Left,
    /// The party whose records were linked to.
    Right,
}

/// Where the links of an audit are found.
#[derive(Args)]
pub(crate) struct AuditLinks {
    /// With --for audit: the column of the links' handles, which both sides have; in the table of links if
    /// given, otherwise in the people.
    #[arg(long, value_name = "COL")]
    pub(crate) handle_column: Option<String>,
    /// With --for audit: the side of these people: left for the party that made the links, right for the
    /// party whose records were linked to. Taken from --link-column if that is left_id or right_id.
    #[arg(long, value_enum)]
    pub(crate) side: Option<LinkSide>,
    /// With --for audit: a table of links, if the people have no column of handles.
    #[arg(long, value_name = "FILE", requires_all = ["handle_column", "link_column"])]
    pub(crate) links: Option<String>,
    /// The column of your record ids in the table of links.
    #[arg(long, value_name = "COL", requires = "links")]
    pub(crate) link_column: Option<String>,
    /// With --for audit: a column next to the handles by which findings are grouped, such as a batch or an
    /// office; it is copied into the tokens unchanged. May be repeated.
    #[arg(long, value_name = "COL", requires = "handle_column")]
    pub(crate) label: Vec<String>,
    /// With --for audit: the column of the numbers by which records were linked. Discloses only whether
    /// another record has a number that differs by one typo.
    #[arg(long, value_name = "COL", requires = "handle_column")]
    pub(crate) number_column: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Assign {
    /// The most similar pair first, each record in at most one link.
    Greedy,
    /// Each record in at most one link, maximum sum of similarities.
    Optimal,
    /// Every candidate pair.
    Many,
}

#[derive(Args)]
pub(crate) struct Link {
    /// Two token files to link (.parquet .arrow .csv .tsv, or clkhash .json), or the same one twice to link
    /// within it; three or more are put into clusters with at most one record of each.
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// The links, or the clusters of three or more files (.csv .tsv .parquet .arrow .json, or - for CSV on
    /// standard output).
    #[arg(short, long, value_name = "OUT", required_unless_present = "explain")]
    pub(crate) output: Option<String>,
    /// How candidate pairs become links; the default is optimal between two files, greedy within one.
    #[arg(long, value_enum)]
    pub(crate) assign: Option<Assign>,
    /// Consider only candidate pairs among the best K of either record.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) top: Option<u32>,
    /// Also list pairs for `confirm ask`: for each record without a certain link, up to K borderline pairs.
    #[arg(long, value_name = "K", num_args = 0..=1, default_missing_value = "4", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) for_confirm: Option<u32>,
    /// Write the evidence for each link's match probability: the number of common symbols or, for plain
    /// filters, the agreement in each view.
    #[arg(long)]
    pub(crate) evidence: bool,
    /// Put records into clusters, allowing duplicates within every file. For plain filters and CLKs only:
    /// files of sealed symbols are deduplicated one by one (encode --for dedupe, dedupe).
    #[arg(long)]
    pub(crate) duplicates: bool,
    /// Put records into clusters, allowing duplicates within this file; for plain filters and CLKs, as
    /// --duplicates. May be repeated.
    #[arg(long, value_name = "FILE", conflicts_with = "duplicates")]
    pub(crate) duplicates_in: Vec<String>,
    /// Read the candidate pairs from this file (anonlink's binary format) instead of comparing.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "exact", "blocks"])]
    pub(crate) candidates: Option<PathBuf>,
    /// Write the candidate pairs, in anonlink's binary format.
    #[arg(long, value_name = "FILE")]
    pub(crate) write_candidates: Option<PathBuf>,
    /// Write a report, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) search: Search,
}

#[derive(Args)]
pub(crate) struct Dedupe {
    /// Token file (.parquet .arrow .csv .tsv, or clkhash .json).
    pub(crate) file: String,
    /// The clusters (.csv .tsv .parquet .arrow .json, or - for CSV on standard output).
    #[arg(short, long, value_name = "OUT", required_unless_present = "explain")]
    pub(crate) output: Option<String>,
    /// Write a report, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) search: Search,
}

/// The treatment of pairs that may be two household members.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HouseholdsArgument {
    /// Borderline, with a flag.
    Borderline,
    /// Matches, with a flag.
    Link,
    /// Omitted.
    Drop,
}

/// The comparison: thresholds, candidate pairs and resources.
#[derive(Args)]
pub(crate) struct Search {
    /// Upper threshold: minimum similarity of a match, a number from 0 to 1, or `auto` to estimate it without
    /// labels.
    #[arg(long, value_name = "X", value_parser = parse_accept)]
    pub(crate) accept: Option<AcceptArgument>,
    /// Lower threshold: minimum similarity of a borderline pair.
    #[arg(long, value_name = "Y", value_parser = parse_similarity)]
    pub(crate) borderline: Option<f64>,
    /// The treatment of pairs above the upper threshold that may be two household members, or that have a
    /// competing record of about the same similarity.
    #[arg(long, value_enum, default_value_t = HouseholdsArgument::Borderline)]
    pub(crate) households: HouseholdsArgument,
    /// Compare every pair of filters, whatever the blocking rules. Sealed symbols need no such choice.
    #[arg(long, conflicts_with = "blocks")]
    pub(crate) exact: bool,
    /// Compare only pairs of filters that share a block id, even if comparing every pair would be fast.
    #[arg(long)]
    pub(crate) blocks: bool,
    /// Print the planned comparisons and an estimate of the time; compare nothing.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Memory limit, such as 2G or 800M; candidate pairs beyond it are kept on disk. A quarter of the
    /// machine's memory if absent.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) memory: Option<u64>,
    /// Folder for candidate pairs on disk and checkpoints; beside the output if absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) work: Option<PathBuf>,
    /// Resume an interrupted run.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Seconds between checkpoints; 0 for one after each unit of work.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(..=86_400))]
    pub(crate) checkpoint: u64,
    /// Threads; all processors if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) command: Option<AuditCommand>,
    #[command(flatten)]
    pub(crate) files: Option<AuditFiles>,
}

#[derive(Args)]
pub(crate) struct AuditFiles {
    /// Pair tokens of the side that made the links (.arrow), from `mizuhiki encode --for audit`.
    #[arg(long, value_name = "FILE")]
    pub(crate) left: String,
    /// Pair tokens of the other side.
    #[arg(long, value_name = "FILE")]
    pub(crate) right: String,
    /// The findings, the most urgent first (.csv .tsv .parquet .arrow .json, or - for CSV on standard output).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: String,
    /// Label by which links are grouped, such as a batch or an office; conspicuous groups are reported.
    #[arg(long, value_name = "COL")]
    pub(crate) batches: Option<String>,
    /// Findings on batches, shifted rows and shared records; OUT.batches.csv if absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) batch_findings: Option<PathBuf>,
    /// Write a report, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write a review list of N findings for a clerk, or `auto`: a list of which a third are expected to be
    /// wrong.
    #[arg(long, value_name = "N", value_parser = parse_review)]
    pub(crate) review: Option<ReviewArgument>,
    /// The review list; OUT.review.csv if absent.
    #[arg(long, value_name = "FILE", requires = "review")]
    pub(crate) review_list: Option<PathBuf>,
    /// Links from `mizuhiki link` for the suspicious records: their left ids are handles, and their right ids
    /// become proposals in the findings.
    #[arg(long, value_name = "FILE")]
    pub(crate) proposals: Option<String>,
    /// Write every link, including correct ones.
    #[arg(long)]
    pub(crate) all: bool,
    /// Memory limit, such as 2G or 800M. A quarter of the machine's memory if absent.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) memory: Option<u64>,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Data custodian: select the records whose links are probably wrong, to search for the right person with
    /// `encode` and `link`. The output has the handle, then your columns.
    Select(AuditSelect),
    /// Read a clerk's verdicts, report the precision of the review list, and correct the probabilities of the
    /// findings.
    Feedback(AuditFeedback),
}

#[derive(Args)]
pub(crate) struct AuditSelect {
    /// The findings.
    pub(crate) findings: String,
    /// The people.
    #[arg(long, value_name = "FILE")]
    pub(crate) people: String,
    /// Column of the handles; in the table of links if given, otherwise in the people.
    #[arg(long, value_name = "COL")]
    pub(crate) handle_column: String,
    /// A table of links, if the people have no column of handles.
    #[arg(long, value_name = "FILE", requires = "link_column")]
    pub(crate) links: Option<String>,
    /// The column of your record ids in the table of links.
    #[arg(long, value_name = "COL", requires = "links")]
    pub(crate) link_column: Option<String>,
    /// The column of record ids in the people.
    #[arg(long, value_name = "COL", default_value = "record_id")]
    pub(crate) id_column: String,
    /// Character encoding of a text table, such as cp932; detected if absent.
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// The records (.csv .tsv .parquet .arrow).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: String,
}

#[derive(Args)]
pub(crate) struct AuditFeedback {
    /// The review list, with right, wrong or cannot_tell in the column verdict.
    pub(crate) review: String,
    /// The findings that the list was made from.
    #[arg(long, value_name = "FILE")]
    pub(crate) findings: String,
    /// The findings with corrected probabilities, in their new order.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: Option<String>,
}

#[derive(Clone, Copy)]
pub(crate) enum ReviewArgument {
    Auto,
    Entries(u64),
}

fn parse_review(text: &str) -> Result<ReviewArgument, String> {
    match text.parse() {
        _ if text == "auto" => Ok(ReviewArgument::Auto),
        Ok(entries @ 1..) => Ok(ReviewArgument::Entries(entries)),
        _ => Err("expected a number from 1, or `auto`".to_owned()),
    }
}

#[derive(Clone, Copy)]
pub(crate) enum AcceptArgument {
    Auto,
    Number(f64),
}

fn parse_accept(text: &str) -> Result<AcceptArgument, String> {
    if text == "auto" {
        return Ok(AcceptArgument::Auto);
    }
    parse_similarity(text).map(AcceptArgument::Number).map_err(|problem| format!("{problem}, or `auto`"))
}

fn parse_similarity(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

/// A number of bytes, optionally with a suffix K, M, G or T.
fn parse_bytes(text: &str) -> Result<u64, String> {
    let expected = || "expected a size such as 800M or 2G".to_owned();
    let digits = text.trim_end_matches("iB").trim_end_matches('B');
    let (digits, shift) = match digits.char_indices().last() {
        Some((at, unit)) if !unit.is_ascii_digit() => match unit.to_ascii_uppercase() {
            'K' => (&digits[..at], 10),
            'M' => (&digits[..at], 20),
            'G' => (&digits[..at], 30),
            'T' => (&digits[..at], 40),
            _ => return Err(expected()),
        },
        _ => (digits, 0),
    };
    let number: u64 = digits.parse().map_err(|_| expected())?;
    number.checked_mul(1 << shift).filter(|&bytes| bytes >= 32 << 20).ok_or_else(|| "at least 32M".to_owned())
}

#[derive(Subcommand)]
pub(crate) enum Evaluate {
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
