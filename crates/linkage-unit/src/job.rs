//! What a linkage unit is asked to do, and what it says afterwards.

use std::path::PathBuf;
use std::time::Duration;

use mizuhiki_columnar::{ColumnarError, Source};
use mizuhiki_exchange::IncomparableError;
use mizuhiki_files::{Target, WriteError};
use mizuhiki_match::{Assignment, MatchError, Scope};
use mizuhiki_schema::ThresholdError;
use serde::Serialize;

use crate::search_symbols::SearchRecall;

/// Where the upper threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Accept {
    /// What the custodians agreed on: the schema's numbers, or calibration if it says so.
    Schema,
    /// A number.
    Number(f64),
    /// Found from the tokens, without labels.
    Calibrated,
}

/// What happens to matches that may be of another member of the household (`protocols/04-matching.md` §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Households {
    /// They are borderline.
    #[default]
    Borderline,
    /// They are matches, and flagged.
    Link,
    /// They are left out.
    Drop,
}

/// How candidates are searched, wherever they come from.
#[derive(Debug, Clone)]
pub struct SearchOptions {
    /// Which pairs are compared.
    pub scope: Scope,
    /// Upper threshold.
    pub accept: Accept,
    /// Lower threshold, if not the schema's.
    pub borderline: Option<f64>,
    /// What happens to matches that may be of another member of the household.
    pub households: Households,
    /// Bytes of memory that the work may take; a quarter of the machine's if absent.
    pub memory: Option<u64>,
    /// Folder for spilled candidates and checkpoints; beside the output if absent.
    pub work: Option<PathBuf>,
    /// Whether to continue an unfinished run.
    pub resume: bool,
    /// Time between checkpoints.
    pub checkpoint: Duration,
    /// Threads, at least 1.
    pub threads: usize,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            scope: Scope::Auto,
            accept: Accept::Schema,
            borderline: None,
            households: Households::Borderline,
            memory: None,
            work: None,
            resume: false,
            checkpoint: Duration::from_secs(30),
            threads: 1,
        }
    }
}

/// Linking work between two files, or within one.
#[derive(Debug, Clone)]
pub struct LinkJob {
    /// The left token file.
    pub left: Source,
    /// The right token file; the same as the left one to link a file within itself.
    pub right: Source,
    /// Where the links go.
    pub output: Target,
    /// How candidates are searched.
    pub search: SearchOptions,
    /// How candidate pairs become links.
    pub assignment: Assignment,
    /// Candidates of a record that are looked at: those among the best so many of either record; all if absent.
    pub top: Option<u32>,
    /// Whether links are written with what their probability rests on.
    pub evidence: bool,
    /// Whether pairs are listed for confirmation: for each record without a sure link so many borderline pairs at most.
    pub for_confirm: Option<u32>,
    /// Candidate pairs in anonlink's binary format to take instead of comparing.
    pub candidates: Option<PathBuf>,
    /// Where the candidate pairs go in anonlink's binary format.
    pub write_candidates: Option<Target>,
    /// Where a report goes.
    pub report: Option<Target>,
}

/// Clustering work over one or more files.
#[derive(Debug, Clone)]
pub struct ClusterJob {
    /// The token files, of one custodian each.
    pub files: Vec<Source>,
    /// Where the clusters go.
    pub output: Target,
    /// How candidates are searched.
    pub search: SearchOptions,
    /// For each file, whether it may hold a person more than once.
    pub duplicates: Vec<bool>,
    /// Where a report goes.
    pub report: Option<Target>,
}

/// What the linkage unit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Reading token files.
    Read,
    /// Finding thresholds and what they promise.
    Calibrate,
    /// Comparing this many pairs.
    Compare,
    /// Choosing links.
    Assign,
    /// Writing links and report.
    Write,
}

/// Told of progress: the stage, the pass in hand, pairs so far and in all (0 if unknown).
pub type OnProgress<'p> = &'p (dyn Fn(Stage, &str, u64, u64) + Sync);

/// A pass, as it was planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassSummary {
    /// Name of the pass.
    pub pass: String,
    /// Blocks that both sides have.
    pub blocks: u64,
    /// Pairs of rows that share a block.
    pub pairs: u64,
    /// Rows of the left side in such a block.
    pub left_rows: u64,
    /// Rows of the right side in such a block.
    pub right_rows: u64,
    /// Pairs of the largest block.
    pub largest_block: u64,
}

/// What came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkSummary {
    /// Records on the left.
    pub left_records: u64,
    /// Records on the right.
    pub right_records: u64,
    /// Rows on the left: a record has one for each of its alternatives.
    pub left_rows: u64,
    /// Rows on the right.
    pub right_rows: u64,
    /// Why these pairs were compared.
    pub plan: &'static str,
    /// The passes.
    pub passes: Vec<PassSummary>,
    /// Pairs of rows compared, a pair that shares several blocks once for each; symbols joined, where tokens are sealed.
    pub compared: u64,
    /// The least number of common symbols of a candidate, where tokens are sealed.
    pub least_common: Option<u32>,
    /// What the search found of a sample that was compared anew, where tokens are sealed.
    pub search_recall: Option<SearchRecall>,
    /// Candidate pairs at or above the lower threshold.
    pub candidates: u64,
    /// Links of class match.
    pub matches: u64,
    /// Links of class borderline.
    pub borderline: u64,
    /// Links that are as similar as matches, but may be of another member of the household, or, with sealed symbols, of
    /// another record: borderline, matches or left out, as asked.
    pub household: u64,
    /// Upper threshold used; none where nothing stands out.
    pub accept_threshold: Option<f64>,
    /// Lower threshold used; none where nothing comes near.
    pub borderline_threshold: Option<f64>,
    /// `schema`, `command line` or `calibrated without labels`.
    pub threshold_origin: &'static str,
    /// Expected precision of the matches, without labels; absent if it was not asked for.
    pub expected_precision: Option<f64>,
    /// Expected recall among the true links that stand out.
    pub expected_recall: Option<f64>,
    /// Expected share of true pairs among all pairs, and of pairs at or above the upper threshold among true
    /// pairs (m) and among strangers (u).
    pub expected_prior: Option<f64>,
    /// See `expected_prior`.
    pub expected_m: Option<f64>,
    /// See `expected_prior`.
    pub expected_u: Option<f64>,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// What came out of clustering.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterSummary {
    /// Records of each file.
    pub records: Vec<u64>,
    /// Pairs compared, over all pairs of files; symbols joined, where tokens are sealed.
    pub compared: u64,
    /// What the search found of samples that were compared anew, where tokens are sealed.
    pub search_recall: Option<SearchRecall>,
    /// Candidate pairs of class match.
    pub matches: u64,
    /// Candidate pairs of class borderline; they join no cluster.
    pub borderline: u64,
    /// Candidate pairs that are as similar as matches, but may be of two members of a household; they join clusters only
    /// where that was asked for.
    pub household: u64,
    /// Clusters of two or more records.
    pub clusters: u64,
    /// Records in them.
    pub clustered: u64,
    /// Matches between records of different clusters: transitive conflicts.
    pub conflicts: u64,
    /// Upper threshold of each comparison, in the order (1, 1), (1, 2), …, (2, 2), …, of those that are made; none where
    /// nothing stands out.
    pub accept_thresholds: Vec<Option<f64>>,
    /// Lower threshold of each of them.
    pub borderline_thresholds: Vec<Option<f64>>,
    /// The least number of common symbols of a candidate in the first comparison, where tokens are sealed.
    pub least_common: Option<u32>,
    /// Expected precision of the matches within clusters, without labels, where all comparisons are calibrated.
    pub expected_precision: Option<f64>,
    /// Expected share of the true pairs among all candidates that are within clusters.
    pub expected_recall: Option<f64>,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// Linking cannot be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Table(#[from] ColumnarError),
    /// The files cannot be compared.
    #[error("{left} and {right}: {reason}")]
    Incomparable {
        /// Left file.
        left: String,
        /// Right file.
        right: String,
        /// What differs.
        reason: IncomparableError,
    },
    /// Matching stopped.
    #[error(transparent)]
    Match(#[from] MatchError),
    /// The thresholds given make no sense.
    #[error(transparent)]
    Threshold(#[from] ThresholdError),
    /// The report could not be made.
    #[error(transparent)]
    Report(#[from] mizuhiki_report::ReportError),
    /// The tokens do not fit.
    #[error(
        "the tokens need about {} MiB of memory, {} MiB are allowed; raise --memory (a quarter of the machine's \
         is the default), or link parts of the files", needed >> 20, allowed >> 20
    )]
    Memory {
        /// Bytes that the tokens take.
        needed: u64,
        /// Bytes that are allowed.
        allowed: u64,
    },
    /// Candidates cannot be kept on disk.
    #[error(
        "{place}: cannot keep candidate pairs there: {reason}; make room or name another folder with --work, \
         then continue with --resume if the folder is still there"
    )]
    Spill {
        /// Folder or file.
        place: String,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// An earlier run was not finished.
    #[error(
        "{folder}: an unfinished run is there; continue it with --resume, or remove the folder to begin anew"
    )]
    Unfinished {
        /// Its folder.
        folder: String,
    },
    /// A checkpoint of something else, or a broken one.
    #[error(
        "{file}: this checkpoint is not of these files and settings, or is damaged; remove its folder to begin anew"
    )]
    OtherRun {
        /// The checkpoint.
        file: String,
    },
    /// Candidate pairs that do not fit the files.
    #[error("{file}: {problem}; give the candidate pairs of these two files")]
    Candidates {
        /// The file of candidate pairs.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The audit's memory does not suffice.
    #[error(
        "the audit needs about {} MiB of memory, {} MiB are allowed; raise --memory (a quarter of the machine's is the \
         default)", needed >> 20, allowed >> 20
    )]
    AuditMemory {
        /// Bytes needed.
        needed: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// A label that neither file has.
    #[error(
        "neither file has labels {wanted:?}; their labels: {known}; name one with `mizuhiki encode --for audit --label`"
    )]
    NoLabel {
        /// The label asked for.
        wanted: String,
        /// Labels of the files.
        known: String,
    },
    /// More records than numbers.
    #[error("the files hold more than 4294967295 records in all; cluster fewer files at once")]
    TooManyRecords,
    /// A run that was asked to stop.
    #[error("interrupted; what was found so far is kept in {folder}: continue with --resume, or remove it")]
    Interrupted {
        /// Where it is kept.
        folder: String,
    },
    /// A file whose records have no symbols in common.
    #[error(
        "{file}: it was made to be linked with other files (--for link): no two of its records have a symbol in common; \
         to find duplicates within it, encode the records again with --for dedupe"
    )]
    NotForDedupe {
        /// The file.
        file: String,
    },
    /// A way to search that the tokens do not have.
    #[error(
        "{flag} is for files of plain filters and CLKs; sealed symbols are joined, which finds every pair"
    )]
    NoScope {
        /// What was asked for.
        flag: &'static str,
    },
    /// Optimal assignment needs two sides.
    #[error("records of one file are linked among themselves: use --assign greedy or --assign many")]
    OptimalWithin,
}

impl LinkError {
    /// A file of candidates that could be written cannot be read.
    pub(crate) fn lost(reason: std::io::Error) -> Self {
        Self::Spill { place: "candidate pairs on disk".to_owned(), reason }
    }

    pub(crate) fn spill(place: &std::path::Path, reason: std::io::Error) -> Self {
        Self::Spill { place: place.display().to_string(), reason }
    }
}
