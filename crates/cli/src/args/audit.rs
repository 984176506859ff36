//! Arguments of `mizuhiki audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::args::link::parse_bytes;

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

pub(crate) fn parse_review(text: &str) -> Result<ReviewArgument, String> {
    match text.parse() {
        _ if text == "auto" => Ok(ReviewArgument::Auto),
        Ok(entries @ 1..) => Ok(ReviewArgument::Entries(entries)),
        _ => Err("expected a number from 1, or `auto`".to_owned()),
    }
}
