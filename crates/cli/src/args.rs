//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mizuhiki_columnar::ReadOptions;

use crate::args_confirm::Confirm;

/// Privacy-preserving record matching: link, audit and check identities without pooling personal data.
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
    /// Make three custodians' people, encode, link and report: the whole flow on one machine.
    Demo(Demo),
    /// Propose, check and digest linkage schemas.
    #[command(subcommand)]
    Schema(Schema),
    /// Make and fingerprint linkage keys.
    #[command(subcommand)]
    Key(Key),
    /// Data custodian: show what a locale pack makes of values, and how two are related.
    Normalize(Normalize),
    /// Data custodian: show how a name is probably read.
    Readings(Readings),
    /// Data custodian: encode a table of people into a file of tokens, for linking or for an audit.
    Encode(Box<Encode>),
    /// Linkage unit: link files of tokens.
    Link(Link),
    /// Linkage unit: grade links that exist, from pair tokens of both sides, and list those that are probably wrong.
    Audit(Box<Audit>),
    /// Decide borderline pairs under encryption, one bit a pair; each step reads and writes files that can be mailed.
    ///
    /// Built on tfhe by Zama (BSD-3-Clause-Clear), which grants no patent rights: development, research and experiments
    /// are free, commercial use needs a patent licence from its maker. See NOTICE.
    #[command(subcommand)]
    Confirm(Confirm),
    /// Linkage unit: find the records of one file that are of one person.
    Dedupe(Dedupe),
    /// Laboratory: make people, as custodians write them down, with known truth.
    #[command(subcommand)]
    Synth(Synth),
    /// Laboratory: judge results against known truth.
    #[command(subcommand)]
    Evaluate(Evaluate),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write manual pages into a folder.
    Man {
        /// The folder; made if it is not there.
        #[arg(short, long, value_name = "DIR")]
        output: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct Demo {
    /// People in the made population.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=200_000))]
    pub(crate) people: u32,
    /// Seed of the made population.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder for all files; made if it is not there.
    #[arg(short, long, value_name = "DIR", default_value = "mizuhiki-demo")]
    pub(crate) output: PathBuf,
}

#[derive(Subcommand)]
pub(crate) enum Schema {
    /// Propose a hardened schema from a table's header and values, or a schema for an audit.
    Init {
        /// What the schema is for.
        #[arg(long = "for", value_enum, default_value_t = Purpose::Link)]
        purpose: Purpose,
        /// The table (.csv .tsv .parquet .arrow, or - for standard input).
        input: String,
        /// Where the schema goes; standard output if absent.
        #[arg(short, long, value_name = "FILE", default_value = "-")]
        output: String,
        /// Character encoding of a text table, such as cp932; found by looking if absent.
        #[arg(long, value_name = "NAME")]
        encoding: Option<String>,
    },
    /// Check a schema: every fault with its place and a remedy.
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
    /// Make a random linkage key: 32 bytes, readable by you alone.
    New {
        /// The new file.
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
    },
    /// Print a key's fingerprint, which custodians compare. Token files for a named project or run carry another one.
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
    /// How the first of seven digits names the era of a date: receipt or nenkin.
    #[arg(long, value_name = "BOOK", conflicts_with = "batch")]
    pub(crate) code_book: Option<String>,
    /// The value.
    #[arg(value_name = "A", required_unless_present = "batch")]
    pub(crate) a: Option<String>,
    /// A second value: the tightest level at which the two are equal is shown.
    #[arg(value_name = "B")]
    pub(crate) b: Option<String>,
    /// A table with the columns kind and a, and optionally b and code_book (.tsv .csv .parquet .arrow, or - for
    /// standard input).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["kind", "a"], requires = "output")]
    pub(crate) batch: Option<String>,
    /// The table with the columns normal and level appended (- for TSV on standard output).
    #[arg(short, long, value_name = "OUT", requires = "batch")]
    pub(crate) output: Option<String>,
    /// Character encoding of a text table, such as cp932; found by looking if absent.
    #[arg(long, value_name = "NAME", requires = "batch")]
    pub(crate) encoding: Option<String>,
    /// Keep rows with bytes that are not of the encoding: such a value is masked, and counted.
    #[arg(long, requires = "batch")]
    pub(crate) mask_unreadable: bool,
}

#[derive(Args)]
pub(crate) struct Readings {
    /// The name as it is written, family name first; a blank between family and given name helps.
    pub(crate) name: String,
    /// The locale pack.
    #[arg(long, value_name = "NAME", default_value = "ja")]
    pub(crate) pack: String,
    /// Readings to show at most.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) most: u16,
}

#[derive(Args)]
pub(crate) struct Encode {
    /// The people (.csv .tsv .parquet .arrow, or - for CSV on standard input).
    pub(crate) input: String,
    /// What the tokens are for.
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
    /// Name of the project, on which the parties agreed: tokens of different projects cannot be compared.
    #[arg(long, value_name = "NAME")]
    pub(crate) project: Option<String>,
    /// Name of this run of the project, on which the parties agreed: tokens of different runs cannot be compared, so
    /// nobody can lay two runs side by side. Choose a new one for every linkage and every audit.
    #[arg(long, value_name = "NAME")]
    pub(crate) run: Option<String>,
    /// Column that holds the records' own ids; found by its name if absent.
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
    /// Character encoding of a text table, such as cp932; found by looking if absent.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Keep rows with bytes that are not of the encoding: such a value is masked, and counted.
    #[arg(long)]
    mask_unreadable: bool,
}

impl Reading {
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions { encoding: self.encoding.clone(), mask_unreadable: self.mask_unreadable }
    }
}

/// What tokens are for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Search tokens: find the records of one person in two files or more.
    Link,
    /// Search tokens: find the records of one person within this file. They compare with no other file.
    Dedupe,
    /// Pair tokens: grade links that exist.
    Audit,
}

/// A side of links.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LinkSide {
    /// Who made the links.
    Left,
    /// Whose records they lead to.
    Right,
}

/// Where the links of an audit stand.
#[derive(Args)]
pub(crate) struct AuditLinks {
    /// With --for audit: the column of the links' handles, which both sides hold; in the table of links if one is
    /// named, else in the people.
    #[arg(long, value_name = "COL")]
    pub(crate) handle_column: Option<String>,
    /// With --for audit: the side of the links that these people are of: left, who made the links, or right, whose records
    /// they lead to. Taken from --link-column if that is left_id or right_id.
    #[arg(long, value_enum)]
    pub(crate) side: Option<LinkSide>,
    /// With --for audit: a table of links, where handles do not stand beside the people.
    #[arg(long, value_name = "FILE", requires_all = ["handle_column", "link_column"])]
    pub(crate) links: Option<String>,
    /// The column of the table of links that holds your record ids.
    #[arg(long, value_name = "COL", requires = "links")]
    pub(crate) link_column: Option<String>,
    /// With --for audit: a column beside the handles by which findings are grouped, such as a batch or an office; it
    /// goes into the tokens as it is. May be given again.
    #[arg(long, value_name = "COL", requires = "handle_column")]
    pub(crate) label: Vec<String>,
    /// With --for audit: the column of the numbers by which records were tied. Only whether another record has a number
    /// one slip away is given away.
    #[arg(long, value_name = "COL", requires = "handle_column")]
    pub(crate) number_column: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Assign {
    /// The most similar pair first, each record in at most one link.
    Greedy,
    /// Each record in at most one link, largest sum of similarities.
    Optimal,
    /// Every candidate pair.
    Many,
}

#[derive(Args)]
pub(crate) struct Link {
    /// Two token files to link (.parquet .arrow .csv .tsv, or clkhash .json), the same one twice to link it
    /// within itself; three or more are put into clusters of at most one record of each.
    #[arg(required = true, num_args = 2.., value_name = "FILE")]
    pub(crate) files: Vec<String>,
    /// The links, or the clusters of three or more files (.csv .tsv .parquet .arrow .json, or - for CSV on
    /// standard output).
    #[arg(short, long, value_name = "OUT", required_unless_present = "explain")]
    pub(crate) output: Option<String>,
    /// How candidate pairs become links; optimal between two files, greedy within one, if absent.
    #[arg(long, value_enum)]
    pub(crate) assign: Option<Assign>,
    /// Look only at candidate pairs among the best K of either record.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) top: Option<u32>,
    /// List pairs for `confirm ask` beside the sure links: for each record without one, up to K borderline pairs.
    #[arg(long, value_name = "K", num_args = 0..=1, default_missing_value = "4", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) for_confirm: Option<u32>,
    /// Write with each link what its probability rests on: the number of common symbols, or, of plain filters, the
    /// agreement in each view.
    #[arg(long)]
    pub(crate) evidence: bool,
    /// Put records into clusters, and let every file hold a person more than once. For plain filters and CLKs: files of
    /// sealed symbols are deduplicated one by one (encode --for dedupe, dedupe).
    #[arg(long)]
    pub(crate) duplicates: bool,
    /// Put records into clusters, and let this one of the files hold a person more than once; for plain filters and CLKs,
    /// as --duplicates. May be given again.
    #[arg(long, value_name = "FILE", conflicts_with = "duplicates")]
    pub(crate) duplicates_in: Vec<String>,
    /// Take the candidate pairs of this file (anonlink's binary format) instead of comparing.
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

/// What happens to pairs that may be of two members of a household.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum HouseholdsArgument {
    /// They are borderline, and flagged.
    Borderline,
    /// They are matches, and flagged.
    Link,
    /// They are left out.
    Drop,
}

/// What is compared, from where on pairs count, and with what means.
#[derive(Args)]
pub(crate) struct Search {
    /// Similarity from which a pair is a match: a number from 0 to 1, or `auto` to find it without labels.
    #[arg(long, value_name = "X", value_parser = parse_accept)]
    pub(crate) accept: Option<AcceptArgument>,
    /// Similarity from which a pair is borderline.
    #[arg(long, value_name = "Y", value_parser = parse_similarity)]
    pub(crate) borderline: Option<f64>,
    /// What happens to pairs as similar as matches that may be of two members of a household, or of another record that is
    /// about as similar.
    #[arg(long, value_enum, default_value_t = HouseholdsArgument::Borderline)]
    pub(crate) households: HouseholdsArgument,
    /// Compare every pair of filters, whatever the blocking rules. Sealed symbols need no such choice.
    #[arg(long, conflicts_with = "blocks")]
    pub(crate) exact: bool,
    /// Compare only pairs of filters that share a block id, also where comparing every pair would be quick.
    #[arg(long)]
    pub(crate) blocks: bool,
    /// Print what would be compared, and about how long that takes; compare nothing.
    #[arg(long)]
    pub(crate) explain: bool,
    /// Memory that the work may take, such as 2G or 800M; candidate pairs beyond it are kept on disk. A quarter
    /// of the machine's if absent.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) memory: Option<u64>,
    /// Folder for candidate pairs on disk and checkpoints; beside the output if absent.
    #[arg(long, value_name = "DIR")]
    pub(crate) work: Option<PathBuf>,
    /// Continue a run that was interrupted.
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
    /// Pair tokens of the side that tied the links (.arrow), as `mizuhiki encode --for audit` makes them.
    #[arg(long, value_name = "FILE")]
    pub(crate) left: String,
    /// Pair tokens of the other side.
    #[arg(long, value_name = "FILE")]
    pub(crate) right: String,
    /// The findings, the most urgent first (.csv .tsv .parquet .arrow .json, or - for CSV on standard output).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: String,
    /// Label by which links are grouped, such as a batch or an office: groups that stand out are reported.
    #[arg(long, value_name = "COL")]
    pub(crate) batches: Option<String>,
    /// Findings on batches, shifted rows and shared records; OUT.batches.csv if absent.
    #[arg(long, value_name = "FILE")]
    pub(crate) batch_findings: Option<PathBuf>,
    /// Write a report, one self-contained HTML file.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Write a list of N findings for a clerk to work through, or `auto`: as many as a third are expected to be wrong.
    #[arg(long, value_name = "N", value_parser = parse_review)]
    pub(crate) review: Option<ReviewArgument>,
    /// The clerk's list; OUT.review.csv if absent.
    #[arg(long, value_name = "FILE", requires = "review")]
    pub(crate) review_list: Option<PathBuf>,
    /// Links that `mizuhiki link` found for the suspicious records: their left ids are handles, their right ids go into
    /// the findings as proposals.
    #[arg(long, value_name = "FILE")]
    pub(crate) proposals: Option<String>,
    /// Write every link, right ones too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Memory that the work may take, such as 2G or 800M. A quarter of the machine's if absent.
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    pub(crate) memory: Option<u64>,
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Data custodian: take the records out of a table whose links are found wrong, to look for the right person with
    /// `encode` and `link`. The output has your columns and, before them, the handle.
    Select(AuditSelect),
    /// Read a clerk's verdicts, say how precise the list was, and correct the probabilities of the findings.
    Feedback(AuditFeedback),
}

#[derive(Args)]
pub(crate) struct AuditSelect {
    /// The findings.
    pub(crate) findings: String,
    /// The people.
    #[arg(long, value_name = "FILE")]
    pub(crate) people: String,
    /// Column of the handles; in the table of links if one is named, else in the people.
    #[arg(long, value_name = "COL")]
    pub(crate) handle_column: String,
    /// A table of links, where handles do not stand beside the people.
    #[arg(long, value_name = "FILE", requires = "link_column")]
    pub(crate) links: Option<String>,
    /// The column of the table of links that holds your record ids.
    #[arg(long, value_name = "COL", requires = "links")]
    pub(crate) link_column: Option<String>,
    /// The column of record ids in the people.
    #[arg(long, value_name = "COL", default_value = "record_id")]
    pub(crate) id_column: String,
    /// Character encoding of a text table, such as cp932; found by looking if absent.
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// The records (.csv .tsv .parquet .arrow).
    #[arg(short, long, value_name = "OUT")]
    pub(crate) output: String,
}

#[derive(Args)]
pub(crate) struct AuditFeedback {
    /// The clerk's list, with right, wrong or cannot_tell in the column verdict.
    pub(crate) review: String,
    /// The findings that it is from.
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

/// Bytes as a whole number, or with one of the suffixes K, M, G and T.
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
        /// The links that `mizuhiki link` wrote.
        links: String,
        /// The true pairs: a table with columns left_id and right_id.
        #[arg(long, value_name = "FILE")]
        truth: String,
        /// Take (a, b) and (b, a) as one pair, as within one file.
        #[arg(long)]
        unordered: bool,
    },
    /// Precision, recall and F1 of a table of clusters: of pairs of records, and B-cubed.
    Clusters {
        /// The clusters that `mizuhiki dedupe` or `link` wrote.
        clusters: String,
        /// The truth: a table with the columns record_id and entity, and custodian where several files have like ids, or
        /// one of true pairs with the columns left_id and right_id; records that are in no pair count as nobody then.
        #[arg(long, value_name = "FILE")]
        truth: String,
    },
    /// Recall, classes and calibration of an audit's findings; with the tables behind them, beside what the plaintext
    /// with true rates could tell at most.
    Audit {
        /// The findings that `mizuhiki audit` wrote.
        findings: String,
        /// The truth: a table with columns handle, cause and class.
        #[arg(long, value_name = "FILE")]
        truth: String,
        /// The audit schema, to find the ceiling.
        #[arg(long, value_name = "FILE", requires_all = ["left", "right", "links"])]
        schema: Option<PathBuf>,
        /// People of the side that tied the links.
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
    /// Make people as several custodians would write them down, ties between the files, and the truth.
    ///
    /// Locale ja: registry, insurer, bank, hospital and handbook of Japan, each with formats and slips
    /// of its own; links-X-registry, the ties that institutions made, some of them wrong; truth-*, what is right;
    /// manifest.json, every rate and how often what happened. The registry has a few people more than asked for:
    /// those whom a clerk took for somebody else.
    ///
    /// Locale en-Latn: hospital, insurer and registry, and truth-LEFT-RIGHT for the three pairs.
    ///
    /// The same locale, number, seed and rates give the same files on every machine. A million people take about
    /// 1 GB of memory.
    People {
        /// Whose names, places and forms.
        #[arg(long, value_enum, default_value_t = SynthLocale::Ja)]
        locale: SynthLocale,
        /// People in the made population.
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
        people: u32,
        /// Seed of the made population.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Rates that differ from the defaults: a table with the columns rate and value (locale ja).
        #[arg(long, value_name = "FILE")]
        rates: Option<String>,
        /// Code of the one municipality where all live, such as 26105 (locale ja); all of Japan if absent.
        #[arg(long, value_name = "CODE")]
        municipality: Option<String>,
        /// Format of the tables.
        #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
        format: TableFormat,
        /// Folder for the files; made if it is not there.
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
