//! `mizuhiki audit`.

use std::path::{Path, PathBuf};

use mizuhiki_columnar::{ReadOptions, Source};
use mizuhiki_custodian::{HandleSource, SelectJob, select_records};
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{
    AuditJob, AuditStage, AuditSummary, FeedbackJob, ReviewLength, audit_files, read_feedback,
};

use crate::args::audit::{Audit, AuditCommand, AuditFeedback, AuditFiles, AuditSelect, ReviewArgument};
use crate::commands::common::keep_inputs;
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(audit: Audit, say: &Say) -> anyhow::Result<()> {
    match (audit.command, audit.files) {
        (Some(AuditCommand::Select(select)), _) => select_wrong(select, say),
        (Some(AuditCommand::Feedback(given)), _) => feedback(&given, say),
        (None, Some(files)) => grade(&files, say),
        (None, None) => Err(UsageError(
            "give --left, --right and -o, or a subcommand; see mizuhiki audit --help".to_owned(),
        )
        .into()),
    }
}

fn select_wrong(select: AuditSelect, say: &Say) -> anyhow::Result<()> {
    let inputs: Vec<&str> = [select.findings.as_str(), select.people.as_str()]
        .into_iter()
        .chain(select.links.as_deref())
        .collect();
    keep_inputs(&select.output, &inputs)?;
    if select.people == "-" || select.links.as_deref() == Some("-") {
        let problem = "the people and the links are read twice: give files, not standard input";
        return Err(UsageError(problem.to_owned()).into());
    }
    let handles = match (select.links, select.link_column) {
        (Some(links), Some(record)) => HandleSource::Links {
            links: Source::from_argument(&links),
            handle: select.handle_column,
            record,
            id: select.id_column,
        },
        _ => HandleSource::Table { handle: select.handle_column, id: None },
    };
    let job = SelectJob {
        findings: Source::from_argument(&select.findings),
        people: Source::from_argument(&select.people),
        options: ReadOptions { encoding: select.encoding, mask_unreadable: false },
        handles,
        output: Target::from_argument(&select.output),
    };
    let progress = Progress::new("records");
    let summary = select_records(&job, &|records, share| progress.update(records, share))?;
    drop(progress);
    let text = format!(
        "wrote {} records of {} links that are probably wrong to {}\nencode them with --id-column handle --keep-ids, link them with \
         the other side's tokens, and pass the links to `mizuhiki audit --proposals`\n",
        grouped(summary.records),
        grouped(summary.findings),
        select.output
    );
    say.result(&summary, &text, select.output == "-");
    Ok(())
}

fn feedback(given: &AuditFeedback, say: &Say) -> anyhow::Result<()> {
    if let Some(output) = &given.output {
        keep_inputs(output, &[given.review.as_str(), given.findings.as_str()])?;
    }
    let job = FeedbackJob {
        review: Source::from_argument(&given.review),
        findings: Source::from_argument(&given.findings),
        output: given.output.as_deref().map(Target::from_argument),
    };
    let summary = read_feedback(&job)?;
    if summary.open > 0 {
        say.warn(&format!("entries without a verdict: {}", grouped(summary.open)));
    }
    if summary.wrong + summary.right < FEW_VERDICTS {
        say.warn("few verdicts: probabilities change little; continue with the list");
    }
    let mut text = format!(
        "{} verdicts: {} wrong, {} right, {} undecided\nprecision {:.3} [{:.3}, {:.3}], expected {:.3}\n",
        grouped(summary.wrong + summary.right + summary.cannot_tell),
        grouped(summary.wrong),
        grouped(summary.right),
        grouped(summary.cannot_tell),
        summary.precision,
        summary.precision_low,
        summary.precision_high,
        summary.promised
    );
    for bin in &summary.reliability {
        text.push_str(&format!(
            "predicted {:.3}: {:.3} wrong [{:.3}, {:.3}] of {}\n",
            bin.predicted,
            bin.observed,
            bin.low,
            bin.high,
            grouped(bin.verdicts)
        ));
    }
    text.push_str(&format!(
        "about {:.0} wrong links remain among the findings without a verdict\n",
        summary.expected_left
    ));
    if let Some(output) = &given.output {
        text.push_str(&format!("wrote corrected findings to {output}\n"));
    }
    say.result(&summary, &text, given.output.as_deref() == Some("-"));
    Ok(())
}

fn grade(files: &AuditFiles, say: &Say) -> anyhow::Result<()> {
    let batch_output = files.batch_findings.clone().or_else(|| beside(&files.output, "batches"));
    let review_output = match files.review {
        None => None,
        Some(_) => {
            let given = files.review_list.clone().or_else(|| beside(&files.output, "review"));
            let Some(path) = given else {
                let problem = "findings go to standard output: name the review list with --review-list";
                return Err(UsageError(problem.to_owned()).into());
            };
            Some(path)
        }
    };
    let inputs: Vec<&str> =
        [files.left.as_str(), files.right.as_str()].into_iter().chain(files.proposals.as_deref()).collect();
    if files.left == "-" || files.right == "-" {
        return Err(
            UsageError("pair tokens are read twice: give files, not standard input".to_owned()).into()
        );
    }
    let text = |path: &PathBuf| path.display().to_string();
    let outputs: Vec<String> = std::iter::once(files.output.clone())
        .chain([&batch_output, &review_output, &files.report].into_iter().flatten().map(text))
        .collect();
    for (index, output) in outputs.iter().enumerate() {
        keep_inputs(output, &inputs)?;
        if outputs[..index].contains(output) {
            return Err(UsageError(format!("{output}: two outputs have the same file name")).into());
        }
    }
    let length = |review: ReviewArgument| match review {
        ReviewArgument::Auto => ReviewLength::Auto,
        ReviewArgument::Entries(entries) => ReviewLength::Entries(entries),
    };
    let job = AuditJob {
        left: Source::from_argument(&files.left),
        right: Source::from_argument(&files.right),
        output: Target::from_argument(&files.output),
        batch_output: batch_output.clone().map(Target::Path),
        label: files.batches.clone(),
        report: files.report.clone().map(Target::Path),
        review: files.review.map(length).zip(review_output.clone().map(Target::Path)),
        proposals: files.proposals.as_deref().map(Source::from_argument),
        all: files.all,
        memory: files.memory,
    };
    let progress = Progress::new("links");
    let summary = audit_files(&job, &|stage, done, total| match stage {
        AuditStage::Compare => {
            progress.update_of("comparing", done, (total > 0).then(|| done as f64 / total as f64));
        }
        AuditStage::Write => {
            progress.update_of("writing", done, (total > 0).then(|| done as f64 / total as f64));
        }
        AuditStage::Fit => progress.restart(),
    })?;
    drop(progress);
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    let text = describe_outputs(files, &summary, review_output.as_deref(), batch_output.as_deref());
    say.result(&summary, &text, files.output == "-");
    Ok(())
}

/// With fewer verdicts, a correction has little effect.
const FEW_VERDICTS: u64 = 20;

/// `findings.csv` with `batches` is `findings.batches.csv`.
fn beside(output: &str, what: &str) -> Option<PathBuf> {
    (output != "-").then(|| Path::new(output).with_extension(format!("{what}.csv")))
}

/// The summary as text, with every file that was written.
fn describe_outputs(
    files: &AuditFiles,
    summary: &AuditSummary,
    review: Option<&Path>,
    batches: Option<&Path>,
) -> String {
    let mut text = describe(&files.output, summary);
    if let (Some(path), Some(entries)) = (review, summary.review_written) {
        text.push_str(&format!(
            "wrote a review list of {} entries to {}\n",
            grouped(entries),
            path.display()
        ));
    }
    if let Some(proposals) = summary.proposals {
        text.push_str(&format!("proposals added: {}\n", grouped(proposals)));
    }
    if let Some(path) = batches {
        text.push_str(&format!("wrote findings on batches to {}\n", path.display()));
    }
    if let Some(path) = &files.report {
        text.push_str(&format!("wrote a report to {}\n", path.display()));
    }
    text
}

/// What was found, as text.
fn describe(output: &str, summary: &AuditSummary) -> String {
    let mut text = format!(
        "checked {} links; about {:.0} are wrong (95 % interval {:.0} to {:.0})\n",
        grouped(summary.links),
        summary.expected_wrong.abs(),
        summary.expected_wrong_low,
        summary.expected_wrong_high,
    );
    for class in &summary.classes {
        text.push_str(&format!(
            "{:<22} {:>12}   about {:.1} wrong\n",
            class.class.name(),
            grouped(class.links),
            class.expected_wrong
        ));
    }
    if summary.shifts > 0 {
        text.push_str(&format!(
            "runs of shifted rows: {}, with {} links\n",
            grouped(summary.shifts),
            grouped(summary.shifted_links)
        ));
    }
    if summary.batches_flagged > 0 {
        text.push_str(&format!("conspicuous batches: {}\n", grouped(summary.batches_flagged)));
    }
    if summary.shared_left + summary.shared_right > 0 {
        text.push_str(&format!(
            "{} left records are linked to several right ones, {} right records to several left ones\n",
            grouped(summary.shared_left),
            grouped(summary.shared_right)
        ));
    }
    text.push_str(&format!(
        "wrote {} findings to {output}; of the first {} a third are expected to be wrong\n",
        grouped(summary.findings),
        grouped(summary.review_auto)
    ));
    text
}
