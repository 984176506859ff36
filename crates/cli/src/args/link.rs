//! Arguments of `mizuhiki link` and `dedupe`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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

#[derive(Clone, Copy)]
pub(crate) enum AcceptArgument {
    Auto,
    Number(f64),
}

pub(crate) fn parse_accept(text: &str) -> Result<AcceptArgument, String> {
    if text == "auto" {
        return Ok(AcceptArgument::Auto);
    }
    parse_similarity(text).map(AcceptArgument::Number).map_err(|problem| format!("{problem}, or `auto`"))
}

pub(crate) fn parse_similarity(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

/// A number of bytes, optionally with a suffix K, M, G or T.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
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
