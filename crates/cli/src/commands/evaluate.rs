//! `mizuhiki evaluate`.

use std::path::PathBuf;

use anyhow::Context as _;
use mizuhiki_columnar::Source;
use mizuhiki_evaluate::{
    AuditAccuracy, CeilingJob, audit_accuracy, audit_ceiling, read_findings, read_link_truth,
};
use serde::Serialize;

use crate::args::evaluate::Evaluate;
use crate::commands::describe_accuracy::{describe_clusters, rate};
use crate::commands::judge::judge_members;
use crate::commands::{evaluate_grid, evaluate_links, evaluate_run, privacy};
use crate::progress::grouped;
use crate::say::{Say, UsageError};

pub(super) fn run(evaluate: Evaluate, say: &Say) -> anyhow::Result<()> {
    match evaluate {
        Evaluate::Privacy(privacy) => privacy::run(&privacy, say),
        Evaluate::Accuracy(arguments) => evaluate_links::run(&arguments, say),
        Evaluate::Clusters { clusters, truth } => judge_clusters(&clusters, &truth, say),
        Evaluate::Audit { findings, truth, schema, left, right, links } => {
            let tables = schema.zip(left).zip(right).zip(links);
            let tables = tables.map(|(((schema, left), right), links)| (schema, [left, right, links]));
            judge_audit(&findings, &truth, tables, say)
        }
        Evaluate::Grid { grid, output } => evaluate_grid::run(&grid, output.as_deref(), say),
        Evaluate::Run { scenario, output } => evaluate_run::run(&scenario, output.as_deref(), say),
    }
}

/// An audit's findings, and the upper bound if requested.
#[derive(Serialize)]
struct JudgedAudit {
    audit: AuditAccuracy,
    ceiling: Option<AuditAccuracy>,
}

fn judge_audit(
    findings: &str,
    truth: &str,
    tables: Option<(PathBuf, [String; 3])>,
    say: &Say,
) -> anyhow::Result<()> {
    let truth = read_link_truth(&Source::from_argument(truth))?;
    let audit = audit_accuracy(&read_findings(&Source::from_argument(findings))?, &truth);
    let ceiling = tables
        .map(|(schema, [left, right, links])| {
            let name = schema.display();
            let schema = std::fs::read_to_string(&schema)
                .with_context(|| format!("{name}: cannot read the schema"))?;
            let source = |path: &str| Source::from_argument(path);
            let job =
                CeilingJob { schema, left: source(&left), right: source(&right), links: source(&links) };
            anyhow::Ok(audit_accuracy(&audit_ceiling(&job, &truth)?, &truth))
        })
        .transpose()?;
    let mut text = describe_audit(&audit, ceiling.as_ref());
    text.push_str(&describe_causes(&audit));
    say.result(&JudgedAudit { audit, ceiling }, &text, false);
    Ok(())
}

fn describe_audit(audit: &AuditAccuracy, ceiling: Option<&AuditAccuracy>) -> String {
    let mut text = format!("{} links, {} of them wrong\n", grouped(audit.links), grouped(audit.wrong));
    text.push_str(&format!(
        "{:<28} {:>10} {:>28} {:>28}\n",
        "reviewed per true error", "entries", "recall", "upper bound"
    ));
    for (at, list) in audit.lists.iter().enumerate() {
        let most = ceiling.map_or_else(String::new, |ceiling| rate(&ceiling.lists[at].recall));
        text.push_str(&format!(
            "{:<28} {:>10} {:>28} {most:>28}\n",
            format!("{:.1}", list.entries_an_error),
            grouped(list.entries),
            rate(&list.recall)
        ));
    }
    text.push_str(&format!(
        "class right for {} of the wrong links in the list of three reviewed pairs per true error\nexpected calibration error {:.5}\n",
        rate(&audit.class_right),
        audit.expected_calibration_error
    ));
    for row in &audit.reliability {
        text.push_str(&format!(
            "predicted {:.3}: {} wrong of {} findings\n",
            row.stated,
            rate(&row.wrong),
            grouped(row.findings)
        ));
    }
    text
}

/// Causes by classes.
fn describe_causes(audit: &AuditAccuracy) -> String {
    let mut text = format!("{:<18} {:<22} {:>8}   found as\n", "cause", "class", "links");
    for row in &audit.causes {
        let found: Vec<String> = row
            .found
            .iter()
            .map(|(class, links)| {
                format!("{} {}", if class.is_empty() { "not listed" } else { class }, grouped(*links))
            })
            .collect();
        text.push_str(&format!(
            "{:<18} {:<22} {:>8}   {}\n",
            row.cause,
            row.class,
            grouped(row.links),
            found.join(", ")
        ));
    }
    text
}

/// Evaluates clusters, and says how.
fn judge_clusters(clusters: &str, truth: &str, say: &Say) -> anyhow::Result<()> {
    if clusters == "-" || truth == "-" {
        return Err(UsageError("clusters and ground truth are read from files".to_owned()).into());
    }
    let judged = judge_members(&Source::from_argument(clusters), &Source::from_argument(truth))?;
    if judged.pairs.found > 0 && judged.pairs.correct == 0 {
        say.warn(
            "no pair of a cluster is in the ground truth: do both use the same record ids (encode with --keep-ids)?",
        );
    }
    say.result(&judged, &describe_clusters(&judged), false);
    Ok(())
}
