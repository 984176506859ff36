//! `mizuhiki evaluate`.

use std::path::Path;

use anyhow::Context as _;
use mizuhiki_columnar::{Source, Target, read_links, read_pairs};
use mizuhiki_evaluate::{
    Accuracy, LinkTableAccuracy, Population, PopulationSpec, Rate, link_table_accuracy, write_truth,
};
use serde::Serialize;

use crate::args::Evaluate;
use crate::progress::grouped;
use crate::say::{Say, UsageError};

/// Holders between whom true links are written, by index.
const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

#[derive(Serialize)]
struct PeopleSummary {
    folder: String,
    people: u32,
    seed: u64,
    files: Vec<MadeFile>,
}

#[derive(Serialize)]
struct MadeFile {
    file: String,
    rows: u64,
}

pub(super) fn run(evaluate: Evaluate, say: &Say) -> anyhow::Result<()> {
    match evaluate {
        Evaluate::Accuracy { links, truth, unordered } => judge_links(&links, &truth, unordered, say),
        Evaluate::People { people, seed, output } => make_people(people, seed, &output, say),
    }
}

fn judge_links(links: &str, truth: &str, unordered: bool, say: &Say) -> anyhow::Result<()> {
    if links == "-" && truth == "-" {
        return Err(UsageError("standard input cannot be both the links and the truth".to_owned()).into());
    }
    let judged = judge(&Source::from_argument(links), &Source::from_argument(truth), unordered)?;
    if judged.with_borderline.found > 0 && judged.with_borderline.correct == 0 {
        say.warn("no link is in the truth: do both use the same record ids (encode with --keep-ids)?");
    }
    say.result(&judged, &describe(&judged), false);
    Ok(())
}

fn make_people(people: u32, seed: u64, folder: &Path, say: &Say) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: cannot make the folder", folder.display()))?;
    let population = Population::make(&PopulationSpec { people: people as usize, seed });
    let mut files = Vec::new();
    for holder in &population.holders {
        let file = format!("{}.csv", holder.name);
        holder.write_csv(&Target::Path(folder.join(&file)))?;
        files.push(MadeFile { file, rows: holder.people.len() as u64 });
    }
    for (left, right) in PAIRS {
        let file = format!("truth-{}-{}.csv", population.holders[left].name, population.holders[right].name);
        let truth = population.truth(left, right);
        write_truth(&truth, &Target::Path(folder.join(&file)))?;
        files.push(MadeFile { file, rows: truth.len() as u64 });
    }
    let summary = PeopleSummary { folder: folder.display().to_string(), people, seed, files };
    say.result(&summary, &describe_people(&summary), false);
    Ok(())
}

fn describe_people(summary: &PeopleSummary) -> String {
    let mut text = format!(
        "{} made people, seed {}, as three data custodians write them down; in {}:\n",
        grouped(u64::from(summary.people)),
        summary.seed,
        summary.folder
    );
    for MadeFile { file, rows } in &summary.files {
        text.push_str(&format!("{file:<30} {:>12} rows\n", grouped(*rows)));
    }
    text
}

/// Judges a link table by the true pairs.
pub(super) fn judge(links: &Source, truth: &Source, unordered: bool) -> anyhow::Result<LinkTableAccuracy> {
    Ok(link_table_accuracy(&read_links(links)?, &read_pairs(truth)?, unordered))
}

fn describe(judged: &LinkTableAccuracy) -> String {
    let rate = |rate: &Rate| format!("{:.4} [{:.4}, {:.4}]", rate.value, rate.low, rate.high);
    let line = |name: &str, accuracy: &Accuracy| {
        format!(
            "{name:<18} {:>9} of {:>9} links right   precision {}   recall {}   F1 {:.4} [{:.4}, {:.4}]\n",
            grouped(accuracy.correct),
            grouped(accuracy.found),
            rate(&accuracy.precision),
            rate(&accuracy.recall),
            accuracy.f1,
            accuracy.f1_low,
            accuracy.f1_high
        )
    };
    format!(
        "{} true links; 95 % intervals\n{}{}",
        grouped(judged.matches.true_links),
        line("match", &judged.matches),
        line("with borderline", &judged.with_borderline)
    )
}
