//! `mizuhiki link`.

use mizuhiki_columnar::{Source, Target};
use mizuhiki_linkage_unit::{Accept, Assignment, LinkJob, LinkSummary, Stage, link_files};

use crate::args::{AcceptArgument, Assign, Link};
use crate::commands::{keep_inputs, threads};
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(link: Link, say: &Say) -> anyhow::Result<()> {
    let inputs = [link.left.as_str(), link.right.as_str()];
    keep_inputs(&link.output, &inputs)?;
    if let Some(report) = &link.report {
        let report = report.display().to_string();
        keep_inputs(&report, &inputs)?;
        if report == link.output {
            return Err(UsageError(format!("{report}: --report and -o name one file")).into());
        }
    }
    if link.left == "-" && link.right == "-" {
        return Err(UsageError("standard input cannot be both files".to_owned()).into());
    }
    let within = link.left == link.right;
    let assignment = match link.assign {
        Some(Assign::Optimal) => Assignment::Optimal,
        Some(Assign::Greedy) => Assignment::Greedy,
        Some(Assign::Many) => Assignment::Many,
        None if within => Assignment::Greedy,
        None => Assignment::Optimal,
    };
    let job = LinkJob {
        left: Source::from_argument(&link.left),
        right: Source::from_argument(&link.right),
        output: Target::from_argument(&link.output),
        assignment,
        accept: match link.accept {
            None => Accept::Schema,
            Some(AcceptArgument::Auto) => Accept::Calibrated,
            Some(AcceptArgument::Number(number)) => Accept::Number(number),
        },
        borderline: link.borderline,
        report: link.report.map(Target::Path),
        threads: threads(link.threads),
    };
    let summary = run_job(&job)?;
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    say.result(&summary, &describe(&link.output, &summary), link.output == "-");
    Ok(())
}

/// Links with progress shown.
pub(super) fn run_job(job: &LinkJob) -> anyhow::Result<LinkSummary> {
    let progress = Progress::new("pairs");
    let summary = link_files(job, &|stage, done, total| match stage {
        Stage::Compare => progress.update(done, (total > 0).then(|| done as f64 / total as f64)),
        _ => progress.restart(),
    })?;
    Ok(summary)
}

/// A summary for people.
pub(super) fn describe(output: &str, summary: &LinkSummary) -> String {
    let mut text = format!(
        "wrote {} links to {output}: {} matches, {} borderline\n{} × {} records, {} pairs compared, {} candidates\n",
        grouped(summary.matches + summary.borderline),
        grouped(summary.matches),
        grouped(summary.borderline),
        grouped(summary.left_records),
        grouped(summary.right_records),
        grouped(summary.compared),
        grouped(summary.candidates),
    );
    text.push_str(&format!(
        "match from {:.4}, borderline from {:.4} ({})\n",
        summary.accept_threshold, summary.borderline_threshold, summary.threshold_origin
    ));
    if let (Some(precision), Some(recall)) = (summary.expected_precision, summary.expected_recall) {
        text.push_str(&format!(
            "expected without labels: precision {precision:.4}, recall {recall:.4} of what stands out\n"
        ));
    }
    text
}
