//! `mizuhiki dedupe`, and `mizuhiki link` of three files or more.

use std::path::PathBuf;

use mizuhiki_columnar::Source;
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{ClusterJob, ClusterSummary, cluster_files};

use crate::args::link::{Dedupe, Search};
use crate::commands::common::keep_inputs;
use crate::commands::explain;
use crate::commands::search::{options, show};
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn dedupe(dedupe: Dedupe, say: &Say) -> anyhow::Result<()> {
    run(&[dedupe.file], (dedupe.output, dedupe.report), &dedupe.search, vec![true], say)
}

pub(super) fn run(
    files: &[String],
    (output, report): (Option<String>, Option<PathBuf>),
    search: &Search,
    duplicates: Vec<bool>,
    say: &Say,
) -> anyhow::Result<()> {
    let Some(output) = output.filter(|_| !search.explain) else {
        return explain::run(files, search, duplicates.contains(&true), say);
    };
    let inputs: Vec<&str> = files.iter().map(String::as_str).collect();
    keep_inputs(&output, &inputs)?;
    if let Some(report) = report.as_ref().map(|path| path.display().to_string()) {
        keep_inputs(&report, &inputs)?;
        if report == output {
            return Err(UsageError(format!("{report}: two outputs have the same file name")).into());
        }
    }
    let job = ClusterJob {
        files: files.iter().map(|file| Source::from_argument(file)).collect(),
        output: Target::from_argument(&output),
        search: options(search),
        duplicates,
        report: report.map(Target::Path),
    };
    let progress = Progress::new("pairs");
    let summary = cluster_files(&job, &|stage, pass, done, total| show(&progress, stage, pass, done, total))?;
    drop(progress);
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    say.result(&summary, &describe(&output, &summary), output == "-");
    Ok(())
}

fn describe(output: &str, summary: &ClusterSummary) -> String {
    let mut text = format!(
        "wrote {} clusters of {} records to {output}, out of {} records\n\
         {} {}, {} matches, {} borderline pairs omitted, {} flagged as one household, {} conflicts\n",
        grouped(summary.clusters),
        grouped(summary.clustered),
        grouped(summary.records.iter().sum()),
        grouped(summary.compared),
        if summary.search_recall.is_some() { "symbols joined" } else { "pairs compared" },
        grouped(summary.matches),
        grouped(summary.borderline),
        grouped(summary.household),
        grouped(summary.conflicts),
    );
    if let (Some(precision), Some(recall)) = (summary.expected_precision, summary.expected_recall) {
        text.push_str(&format!(
            "expected without labels: precision {precision:.4}, recall {recall:.4} of pairs above chance\n"
        ));
    }
    text
}
