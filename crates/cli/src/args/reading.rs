//! How tables are read.

use clap::Args;
use mizuhiki_columnar::ReadOptions;

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
