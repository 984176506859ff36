//! Results of a linkage.

use serde::Serialize;

/// Results of one linkage, in sums and shares. Contains nothing about single records.
#[derive(Debug, Clone, Serialize)]
pub struct LinkReport {
    /// Heading of the page.
    pub title: String,
    /// Program and version.
    pub generated_by: String,
    /// The files: one that was linked with itself, left and right, or more.
    pub files: Vec<FileSummary>,
    /// Name of the linkage schema.
    pub schema_name: String,
    /// Digest of the linkage schema; empty if the tokens have none.
    pub schema_digest: String,
    /// Identifies the key without revealing it; absent if the tokens have no key id.
    pub key_id: Option<String>,
    /// Profile of the tokens: `plain`, `hardened`, `max-privacy` or `clkhash`.
    pub profile: String,
    /// How two tokens are compared, in words.
    pub measure: String,
    /// Epoch of the schema's keys, if there is one.
    pub epoch: Option<u32>,
    /// How links were chosen among the candidates, in words.
    pub assignment: String,
    /// The thresholds used, of the first comparison if there are several.
    pub thresholds: ThresholdSummary,
    /// Which pairs were compared and why, in words.
    pub plan: String,
    /// The passes, in order.
    pub passes: Vec<PassFigures>,
    /// Links that are borderline only because another record, or with filters another household member, is
    /// about as similar.
    pub doubtful: u64,
    /// The search, if records are sealed symbols.
    pub symbols: Option<SymbolSummary>,
    /// Pairs compared.
    pub compared: u64,
    /// Pairs at or above the lower threshold.
    pub candidates: u64,
    /// Links at or above the upper threshold.
    pub matches: u64,
    /// Links between the thresholds.
    pub borderline: u64,
    /// Expected accuracy, if estimated.
    pub expectation: Option<ExpectationSummary>,
    /// One-to-one candidate links by similarity: bins of equal width over 0..=1, or empty.
    pub histogram: Vec<u64>,
    /// Links written, in the same bins, or empty.
    pub links_histogram: Vec<u64>,
    /// Warnings.
    pub warnings: Vec<String>,
}

/// One pass of the comparison.
#[derive(Debug, Clone, Serialize)]
pub struct PassFigures {
    /// Its name.
    pub name: String,
    /// Blocks that both sides have.
    pub blocks: u64,
    /// Pairs that share a block.
    pub pairs: u64,
    /// Pairs of the largest block.
    pub largest: u64,
}

/// One token file.
#[derive(Debug, Clone, Serialize)]
pub struct FileSummary {
    /// Its name.
    pub name: String,
    /// The custodian who made it.
    pub custodian: String,
    /// Records in it.
    pub records: u64,
    /// Its views; empty if its records are sealed symbols.
    pub views: Vec<ViewSection>,
}

/// One view of a token file.
#[derive(Debug, Clone, Serialize)]
pub struct ViewSection {
    /// Its name.
    pub name: String,
    /// Bits of a token.
    pub bits: u64,
    /// Records with a token in this view.
    pub tokens: u64,
    /// Mean share of set token bits, 0..=1.
    pub fill: f64,
    /// Distinct tokens over tokens, 0..=1.
    pub distinct_share: f64,
}

/// Parameters of the sealed symbols of both files.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SymbolSummary {
    /// Symbols of every record.
    pub per_record: u64,
    /// Bits of a symbol.
    pub bits: u64,
    /// Positions of a filter that a symbol seals.
    pub positions: u64,
    /// Minimum number of common symbols of a candidate.
    pub least_common: u32,
    /// Search recall in a sample; `None` if candidates came from a file.
    pub sampled: Option<SampledPairs>,
}

/// Search recall: pairs with enough common symbols in a sample of records, and how many of them the search
/// found.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SampledPairs {
    /// All pairs of the sample.
    pub pairs: u64,
    /// Pairs that the search found.
    pub found: u64,
}

/// The thresholds of a linkage.
#[derive(Debug, Clone, Serialize)]
pub struct ThresholdSummary {
    /// Matches are at or above this.
    pub accept: f64,
    /// Borderline pairs are at or above this, and below `accept`.
    pub borderline: f64,
    /// `schema`, `command line` or `calibrated without labels`.
    pub origin: String,
}

/// Expected accuracy at the upper threshold.
#[derive(Debug, Clone, Serialize)]
pub struct ExpectationSummary {
    /// Expected precision: share of true links among the links, 0..=1.
    pub precision: f64,
    /// Expected recall: share found of the true links that stand out from chance, 0..=1.
    pub recall: f64,
    /// Expected share of true pairs among all pairs.
    pub prior: f64,
    /// Expected share of non-matching pairs that reach the upper threshold (u); recall is m.
    pub u: f64,
    /// Expected accuracy at other thresholds, from high to low.
    pub curve: Vec<ExpectedAt>,
    /// The method of estimation, in words.
    pub method: String,
}

/// Expected accuracy at a threshold.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ExpectedAt {
    /// The threshold.
    pub threshold: f64,
    /// One-to-one links at or above it.
    pub links: u64,
    /// Expected precision of these links, 0..=1.
    pub precision: f64,
    /// Expected recall, 0..=1.
    pub recall: f64,
    /// Match probability of a link of exactly this similarity, 0..=1.
    pub probability: f64,
}
