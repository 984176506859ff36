//! How candidates are searched, and what is told on the way.

use std::path::PathBuf;
use std::time::Duration;

use mizuhiki_match::Scope;
use serde::Serialize;

/// Where the upper threshold comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
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

/// What the linkage unit is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
