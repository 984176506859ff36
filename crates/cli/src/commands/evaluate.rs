//! `mizuhiki evaluate`.

use mizuhiki_columnar::{Source, read_links, read_pairs};
use mizuhiki_evaluate::{Accuracy, LinkTableAccuracy, Rate, link_table_accuracy};

use crate::args::Evaluate;
use crate::progress::grouped;
use crate::say::{Say, UsageError};

pub(super) fn run(evaluate: Evaluate, say: &Say) -> anyhow::Result<()> {
    let Evaluate::Accuracy { links, truth, unordered } = evaluate;
    judge_links(&links, &truth, unordered, say)
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
