//! Arguments of `mizuhiki encode`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::args::privacy::TierName;
use crate::args::reading::Reading;

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
    /// Attack the file before it appears, with the people at hand. If an attack succeeds beyond the schema's
    /// limits, nothing is written.
    #[arg(long, value_enum, value_name = "TIER")]
    pub(crate) check_privacy: Option<TierName>,
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Threads; all processors if absent.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
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
