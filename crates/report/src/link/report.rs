//! What came out of a linkage.

use serde::Serialize;

/// What came out of one linkage, in sums and shares. Holds nothing of a single record.
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
    /// Digest of the linkage schema; empty if the tokens came without one.
    pub schema_digest: String,
    /// Names the key without telling it; absent if the tokens came without one.
    pub key_id: Option<String>,
    /// Profile of the tokens: `plain`, `hardened`, `max-privacy` or `clkhash`.
    pub profile: String,
    /// How two tokens are compared, in words.
    pub measure: String,
    /// Epoch of the schema's keys, where there is one.
    pub epoch: Option<u32>,
    /// How links were chosen among the candidates, in words.
    pub assignment: String,
    /// The thresholds used: of the first comparison, where there are several.
    pub thresholds: ThresholdSummary,
    /// Which pairs were compared and why, in words.
    pub plan: String,
    /// The passes, in order.
    pub passes: Vec<PassFigures>,
    /// Links that are borderline only because another record is as similar: with filters, another member of the
    /// household.
    pub doubtful: u64,
    /// What was searched, if records came as sealed symbols.
    pub symbols: Option<SymbolSummary>,
    /// Pairs compared.
    pub compared: u64,
    /// Pairs at or above the lower threshold.
    pub candidates: u64,
    /// Links at or above the upper threshold.
    pub matches: u64,
    /// Links between the thresholds.
    pub borderline: u64,
    /// Expected accuracy, where it was estimated.
    pub expectation: Option<ExpectationSummary>,
    /// One-to-one candidate links by similarity: bins of equal width over 0..=1, or empty.
    pub histogram: Vec<u64>,
    /// Links written, in the same bins, or empty.
    pub links_histogram: Vec<u64>,
    /// Things to look at.
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
    /// Who made it.
    pub custodian: String,
    /// Records in it.
    pub records: u64,
    /// Its views; none if its records are sealed symbols.
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
    /// Different tokens over tokens, 0..=1.
    pub distinct_share: f64,
}

/// Sealed symbols, as both files have them.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SymbolSummary {
    /// Symbols of every record.
    pub per_record: u64,
    /// Bits of a symbol.
    pub bits: u64,
    /// Positions of a filter that a symbol seals.
    pub positions: u64,
    /// Common symbols from which on a pair is a candidate.
    pub least_common: u32,
    /// Pairs of a sample that was compared with everything; `None` if candidates came from a file.
    pub sampled: Option<SampledPairs>,
}

/// Pairs with enough common symbols that a sample of the records has, and how many of them the search found.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct SampledPairs {
    /// All of the sample.
    pub pairs: u64,
    /// Those that were found.
    pub found: u64,
}

/// The thresholds of a linkage.
#[derive(Debug, Clone, Serialize)]
pub struct ThresholdSummary {
    /// Match from here on.
    pub accept: f64,
    /// Borderline from here on, up to `accept`.
    pub borderline: f64,
    /// `schema`, `command line` or `calibrated without labels`.
    pub origin: String,
}

/// Accuracy expected at the upper threshold.
#[derive(Debug, Clone, Serialize)]
pub struct ExpectationSummary {
    /// Expected share of true links among the links, 0..=1.
    pub precision: f64,
    /// Expected share of the true links that stand out at all, 0..=1.
    pub recall: f64,
    /// Expected share of true pairs among all pairs.
    pub prior: f64,
    /// Expected share of the strangers' pairs that reach the upper threshold (u); recall is m.
    pub u: f64,
    /// What other thresholds promise, from high to low.
    pub curve: Vec<ExpectedAt>,
    /// How all this was estimated, in words.
    pub method: String,
}

/// What a threshold promises.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct ExpectedAt {
    /// The threshold.
    pub threshold: f64,
    /// One-to-one links at or above it.
    pub links: u64,
    /// Expected precision of those, 0..=1.
    pub precision: f64,
    /// Expected recall, 0..=1.
    pub recall: f64,
    /// Probability that a link of just this similarity is true, 0..=1.
    pub probability: f64,
}
