//! What a linkage would compare, and about how long that takes, before any work.

use mizuhiki_columnar::Source;
use mizuhiki_exchange::Comparable;
use mizuhiki_match::Plan;
use mizuhiki_schema::Measure;
use serde::Serialize;

use crate::LinkError;
use crate::job::{PassSummary, SearchOptions};
use crate::memory;
use crate::prepare::{compare, passes, read_all, warn, why};

/// Comparisons of one view a second and thread, of 1,024 bits: about what the benches record on a processor
/// with AVX2. Times are for orientation; nothing depends on them.
const RATE_DICE: f64 = 1.5e9;

/// As [`RATE_DICE`], of 2,048 bits that are compared by Hamming distance.
const RATE_HAMMING: f64 = 0.6e9;

/// The plan of a linkage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// One plan a pair of files.
    pub comparisons: Vec<ExplainedComparison>,
    /// Comparisons of views, over all passes.
    pub comparisons_of_views: u64,
    /// Expected seconds of comparing, about.
    pub seconds: f64,
    /// Bytes of memory that the tokens take, about.
    pub token_bytes: u64,
    /// Bytes of memory that the work may take; candidates beyond it are kept on disk.
    pub memory_bytes: u64,
    /// Things to look at.
    pub warnings: Vec<String>,
}

/// The plan of a pair of files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedComparison {
    /// Left file.
    pub left: String,
    /// Right file; the left one again within a file.
    pub right: String,
    /// Records on the left.
    pub left_records: u64,
    /// Records on the right.
    pub right_records: u64,
    /// Rows on the left: a record has one for each of its alternatives.
    pub left_rows: u64,
    /// Rows on the right.
    pub right_rows: u64,
    /// Why these pairs are compared.
    pub plan: &'static str,
    /// The passes.
    pub passes: Vec<PassSummary>,
    /// Share of all pairs of rows that are compared, in parts per million; a pair counts once a pass.
    pub pairs_per_million: u64,
}

/// Plans a linkage of `files`, each pair of them, or of one file within itself.
///
/// # Errors
/// [`LinkError`] if a file cannot be read, or two cannot be compared.
pub fn explain(
    files: &[Source],
    options: &SearchOptions,
    duplicates: bool,
) -> Result<Explanation, LinkError> {
    let sources: Vec<&Source> = files.iter().collect();
    let budget = memory::budget(options.memory);
    let token_bytes = memory::check_fits(&sources, budget)?;
    let sets = read_all(&sources)?;
    let mut explanation = Explanation {
        comparisons: Vec::new(),
        comparisons_of_views: 0,
        seconds: 0.0,
        token_bytes,
        memory_bytes: budget,
        warnings: Vec::new(),
    };
    for left in 0..sets.len() {
        for right in left..sets.len() {
            let comparable = if left == right && duplicates {
                Comparable::within(&sets[left])
            } else if left == right {
                continue;
            } else {
                compare((&sets[left], &files[left]), (&sets[right], &files[right]))?
            };
            let plan = Plan::new(&comparable, options.scope);
            explanation.warnings.extend(warn(&plan));
            let views: usize = comparable.left().views().iter().map(|view| view.rows.width()).sum();
            let (width, rate) = match comparable.measure() {
                Measure::UnwarpedHamming { .. } => (2048, RATE_HAMMING),
                _ => (1024, RATE_DICE),
            };
            let work = plan.pairs() as f64 * views as f64 / f64::from(width);
            explanation.seconds += work / rate / options.threads.max(1) as f64;
            explanation.comparisons_of_views += plan.pairs() * comparable.left().views().len() as u64;
            let all = sets[left].rows() as f64 * sets[right].rows() as f64;
            explanation.comparisons.push(ExplainedComparison {
                left: files[left].name(),
                right: files[right].name(),
                left_records: sets[left].len() as u64,
                right_records: sets[right].len() as u64,
                left_rows: sets[left].rows() as u64,
                right_rows: sets[right].rows() as u64,
                plan: why(plan.kind()),
                passes: passes(&plan),
                pairs_per_million: (plan.pairs() as f64 / all.max(1.0) * 1e6).round() as u64,
            });
        }
    }
    explanation.warnings.sort();
    explanation.warnings.dedup();
    Ok(explanation)
}
