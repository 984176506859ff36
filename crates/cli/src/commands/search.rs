//! Searches, however they are asked for: their options, progress and sizes.

use std::time::Duration;

use mizuhiki_linkage_unit::{Accept, Households, Scope, SearchOptions, Stage};

use crate::args::link::{AcceptArgument, HouseholdsArgument, Search};
use crate::commands::common::threads;
use crate::progress::{Progress, grouped};

/// The search options from the arguments.
pub(super) fn options(search: &Search) -> SearchOptions {
    SearchOptions {
        scope: match (search.exact, search.blocks) {
            (true, _) => Scope::Exhaustive,
            (_, true) => Scope::Blocks,
            _ => Scope::Auto,
        },
        accept: match search.accept {
            None => Accept::Schema,
            Some(AcceptArgument::Auto) => Accept::Calibrated,
            Some(AcceptArgument::Number(number)) => Accept::Number(number),
        },
        borderline: search.borderline,
        households: match search.households {
            HouseholdsArgument::Borderline => Households::Borderline,
            HouseholdsArgument::Link => Households::Link,
            HouseholdsArgument::Drop => Households::Drop,
        },
        memory: search.memory,
        work: search.work.clone(),
        resume: search.resume,
        checkpoint: Duration::from_secs(search.checkpoint),
        threads: threads(search.threads),
    }
}

/// Shows the stages of a search as progress.
pub(super) fn show(progress: &Progress, stage: Stage, pass: &str, done: u64, total: u64) {
    match stage {
        Stage::Compare => progress.update_of(pass, done, (total > 0).then(|| done as f64 / total as f64)),
        Stage::Read if done > 0 => progress.update_of(pass, done, None),
        _ => progress.restart(),
    }
}

/// Numbers of records on both sides, and of rows if there are more rows.
pub(super) fn sizes(records: (u64, u64), rows: (u64, u64)) -> String {
    let product = |(left, right)| format!("{} × {}", grouped(left), grouped(right));
    let mut text = format!("{} records", product(records));
    if rows != records {
        text.push_str(&format!(" in {} rows", product(rows)));
    }
    text
}
