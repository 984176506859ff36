//! `mizuhiki link`.

use mizuhiki_columnar::Source;
use mizuhiki_files::Target;
use mizuhiki_linkage_unit::{Assignment, Files, LinkJob, LinkSummary, link_files};

use crate::args::link::{Assign, Link};
use crate::commands::common::keep_inputs;
use crate::commands::search::{options, show, sizes};
use crate::commands::{cluster, explain};
use crate::progress::{Progress, grouped};
use crate::say::{Say, UsageError};

pub(super) fn run(link: Link, say: &Say) -> anyhow::Result<()> {
    if link.files.iter().filter(|file| *file == "-").count() > 1 {
        return Err(UsageError("standard input cannot be two files".to_owned()).into());
    }
    if link.files.len() > 2 || link.duplicates || !link.duplicates_in.is_empty() {
        return clusters(link, say);
    }
    let within = link.files[0] == link.files[1];
    let Some(output) = link.output.filter(|_| !link.search.explain) else {
        let files = if within { &link.files[..1] } else { &link.files };
        return explain::run(files, &link.search, within, say);
    };
    let mut outputs = vec![output.clone()];
    outputs.extend(
        [&link.report, &link.write_candidates].into_iter().flatten().map(|p| p.display().to_string()),
    );
    let candidates = link.candidates.as_ref().map(|path| path.display().to_string());
    let inputs: Vec<&str> = link.files.iter().chain(&candidates).map(String::as_str).collect();
    for (index, path) in outputs.iter().enumerate() {
        keep_inputs(path, &inputs)?;
        if outputs[..index].contains(path) {
            return Err(UsageError(format!("{path}: two outputs have the same file name")).into());
        }
    }
    if within && link.for_confirm.is_some() {
        let problem = "--for-confirm is for links between two custodians; omit it within one file";
        return Err(UsageError(problem.to_owned()).into());
    }
    let assignment = match link.assign {
        Some(Assign::Optimal) => Assignment::Optimal,
        Some(Assign::Greedy) => Assignment::Greedy,
        Some(Assign::Many) => Assignment::Many,
        None if within => Assignment::Greedy,
        None => Assignment::Optimal,
    };
    let [left, right] = [0, 1].map(|side| Source::from_argument(&link.files[side]));
    let job = LinkJob {
        files: if within { Files::Within(left) } else { Files::Between(left, right) },
        output: Target::from_argument(&output),
        search: options(&link.search),
        assignment,
        top: link.top,
        evidence: link.evidence,
        for_confirm: link.for_confirm,
        candidates: link.candidates,
        write_candidates: link.write_candidates.map(Target::Path),
        report: link.report.map(Target::Path),
    };
    let summary = run_job(&job)?;
    summary.warnings.iter().for_each(|warning| say.warn(warning));
    say.result(&summary, &describe(&output, &summary), output == "-");
    Ok(())
}

/// Three or more files, or duplicates: options for links only are refused.
fn clusters(link: Link, say: &Say) -> anyhow::Result<()> {
    let given = [
        ("--assign", link.assign.is_some()),
        ("--top", link.top.is_some()),
        ("--for-confirm", link.for_confirm.is_some()),
        ("--evidence", link.evidence),
        ("--candidates", link.candidates.is_some()),
        ("--write-candidates", link.write_candidates.is_some()),
    ];
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        let problem = format!("{name} is for links between two files; omit it for clusters");
        return Err(UsageError(problem).into());
    }
    if let Some(file) = link.files.iter().enumerate().find(|(at, file)| link.files[..*at].contains(file)) {
        return Err(UsageError(format!("{}: the file is given twice", file.1)).into());
    }
    if let Some(unknown) = link.duplicates_in.iter().find(|file| !link.files.contains(file)) {
        let problem = format!("--duplicates-in {unknown}: name one of the linked files");
        return Err(UsageError(problem).into());
    }
    let duplicates =
        link.files.iter().map(|file| link.duplicates || link.duplicates_in.contains(file)).collect();
    cluster::run(&link.files, (link.output, link.report), &link.search, duplicates, say)
}

/// Links with progress shown.
pub(super) fn run_job(job: &LinkJob) -> anyhow::Result<LinkSummary> {
    let progress = Progress::new("pairs");
    Ok(link_files(job, &|stage, pass, done, total| show(&progress, stage, pass, done, total))?)
}

/// The summary as text.
pub(super) fn describe(output: &str, summary: &LinkSummary) -> String {
    let mut text = format!(
        "wrote {} links to {output}: {} matches, {} borderline",
        grouped(summary.matches + summary.borderline),
        grouped(summary.matches),
        grouped(summary.borderline),
    );
    if summary.household > 0 {
        text.push_str(&format!(
            " ({} flagged: another record or a household member is about as similar)",
            grouped(summary.household)
        ));
    }
    text.push_str(&format!(
        "\n{}, {} {} ({}), {} candidates\n",
        sizes((summary.left_records, summary.right_records), (summary.left_rows, summary.right_rows)),
        grouped(summary.compared),
        if summary.search_recall.is_some() { "symbols joined" } else { "pairs compared" },
        summary.plan,
        grouped(summary.candidates),
    ));
    let from = |threshold| match threshold {
        Some(threshold) => format!("from {threshold:.4}"),
        None => "nowhere".to_owned(),
    };
    text.push_str(&format!(
        "match {}, borderline {} ({})\n",
        from(summary.accept_threshold),
        from(summary.borderline_threshold),
        summary.threshold_origin
    ));
    if let Some(least) = summary.least_common {
        text.push_str(&format!("candidates have at least {least} common symbols"));
        if let Some(recall) = &summary.search_recall {
            text.push_str(&format!(
                "; a sample compared again has {} of them, of which the search found {}",
                grouped(recall.sampled_pairs),
                grouped(recall.found_pairs)
            ));
        }
        text.push('\n');
    }
    if let (Some(precision), Some(recall)) =
        (summary.expected.expected_precision, summary.expected.expected_recall)
    {
        text.push_str(&format!(
            "expected without labels: precision {precision:.4}, recall {recall:.4} of pairs above chance\n"
        ));
    }
    text
}
