//! Options of a search, and its progress.

use std::path::PathBuf;
use std::time::Duration;

use mizuhiki_match::Scope;
use serde::Serialize;

/// Source of the upper threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accept {
    /// The schema: its numbers, or calibration if it asks for that.
    Schema,
    /// A number.
    Number(f64),
    /// Estimated from the tokens, without labels.
    Calibrated,
}

/// Treatment of matches that may be of another household member (`protocols/04-matching.md` §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Households {
    /// They are borderline.
    #[default]
    Borderline,
    /// They are matches, and flagged.
    Link,
    /// They are omitted.
    Drop,
}

/// Options of a search, for all jobs.
#[derive(Debug, Clone)]
pub struct SearchOptions {
    /// Which pairs are compared.
    pub scope: Scope,
    /// Upper threshold.
    pub accept: Accept,
    /// Lower threshold, if not the schema's.
    pub borderline: Option<f64>,
    /// Treatment of matches that may be of another household member.
    pub households: Households,
    /// Memory limit in bytes; a quarter of the machine's memory if absent.
    pub memory: Option<u64>,
    /// Folder for candidates on disk and checkpoints; beside the output if absent.
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

/// The current step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading token files.
    Read,
    /// Calibrating.
    Calibrate,
    /// Comparing pairs.
    Compare,
    /// Choosing links.
    Assign,
    /// Writing links and report.
    Write,
}

/// Called on progress, with the stage, the current pass, the pairs so far and the total (0 if unknown).
pub type OnProgress<'p> = &'p (dyn Fn(Stage, &str, u64, u64) + Sync);

/// A planned pass.
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
