//! Arguments of `mizuhiki evaluate privacy`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mizuhiki_evaluate::Tier;

use crate::args::reading::Reading;

#[derive(Args)]
pub(crate) struct Privacy {
    /// The linkage schema or audit schema whose files are attacked.
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: PathBuf,
    /// A table of people to encode and attack; synthetic people if absent (locales ja and en-Latn).
    #[arg(long, value_name = "FILE", conflicts_with = "people")]
    pub(crate) data: Option<String>,
    /// A table of the other custodian; an audit schema needs it.
    #[arg(long, value_name = "FILE", requires_all = ["data", "truth"])]
    pub(crate) other: Option<String>,
    /// The true pairs of both tables, or the links of an audit: a table with columns left_id and right_id.
    #[arg(long, value_name = "FILE", requires = "other")]
    pub(crate) truth: Option<String>,
    /// Column of the record ids in these tables; found by its name if absent.
    #[arg(long, value_name = "NAME", requires = "data")]
    pub(crate) id_column: Option<String>,
    /// Number of synthetic people.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(200..=2_000_000))]
    pub(crate) people: u32,
    /// Seed of the synthetic people, the key and all choices: the same seed gives the same result.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How much is tried.
    #[arg(long, value_enum, default_value_t = TierName::Standard)]
    pub(crate) tier: TierName,
    /// Only attacks with this in their name, such as graph; may be repeated.
    #[arg(long, value_name = "TEXT")]
    pub(crate) attack: Vec<String>,
    /// Also write a report: one HTML file, as for an impact assessment.
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// Also write the same as Markdown.
    #[arg(long, value_name = "FILE.md")]
    pub(crate) markdown: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) reading: Reading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TierName {
    /// Under half a minute for 10,000 records.
    Quick,
    /// A few minutes for 10,000 records.
    Standard,
    /// As long as it takes.
    Deep,
}

impl TierName {
    pub(crate) const fn tier(self) -> Tier {
        match self {
            Self::Quick => Tier::Quick,
            Self::Standard => Tier::Standard,
            Self::Deep => Tier::Deep,
        }
    }
}
