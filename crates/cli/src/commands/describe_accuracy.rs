//! Accuracy as text.

use mizuhiki_evaluate::{
    Accuracy, ClusterAccuracy, LinkEvaluation, LinkTableAccuracy, Rate, Subgroups, SweepPoint, WrongPair,
};

use crate::progress::grouped;

/// Thresholds of the sweep that are printed; all of them are in the JSON and in the report.
const PRINTED_POINTS: usize = 10;

pub(super) fn rate(rate: &Rate) -> String {
    format!("{:.4} [{:.4}, {:.4}]", rate.value, rate.low, rate.high)
}

fn line(name: &str, accuracy: &Accuracy) -> String {
    format!(
        "{name:<18} {:>9} of {:>9} right   precision {}   recall {}   F1 {:.4} [{:.4}, {:.4}]   F* {:.4}\n",
        grouped(accuracy.correct),
        grouped(accuracy.found),
        rate(&accuracy.precision),
        rate(&accuracy.recall),
        accuracy.f1,
        accuracy.f1_low,
        accuracy.f1_high,
        accuracy.f_star.value
    )
}

/// The evaluation of a table of links.
pub(super) fn describe_links(judged: &LinkEvaluation) -> String {
    let mut text = format!(
        "{} true links; 95 % intervals\n{}{}",
        grouped(judged.table.matches.true_links),
        line("match", &judged.table.matches),
        line("with borderline", &judged.table.with_borderline)
    );
    let candidates = &judged.candidates;
    text.push_str(&format!(
        "{:<18} {:>9} pairs in the table   pairs completeness {}",
        "candidates",
        grouped(candidates.pairs),
        rate(&candidates.pairs_completeness)
    ));
    if let Some(ratio) = candidates.reduction_ratio {
        text.push_str(&format!("   reduction ratio {ratio:.6}"));
    }
    text.push('\n');
    describe_sweep(judged, &mut text);
    describe_probabilities(&judged.table, &mut text);
    judged.subgroups.iter().for_each(|groups| describe_groups(groups, &mut text));
    if judged.subgroups.iter().flat_map(|of| &of.groups).any(|group| group.differs) {
        text.push_str(
            "* missed true pairs differ from those of the other groups beyond chance (Fisher's exact test, Holm's correction, \
             0.05)\n",
        );
    }
    let matches = &judged.table.matches;
    let wrong = grouped(matches.found - matches.correct);
    let missed = format!(
        "{} missed true pairs, {} of which are not in the table; the most similar first:",
        grouped(matches.true_links - matches.correct),
        grouped(judged.worst.not_candidates)
    );
    describe_worst(
        &format!("{wrong} false links, the most similar first:"),
        &judged.worst.false_links,
        &mut text,
    );
    describe_worst(&missed, &judged.worst.missed, &mut text);
    judged.notes.iter().for_each(|note| text.push_str(&format!("note: {note}\n")));
    text
}

fn describe_sweep(judged: &LinkEvaluation, text: &mut String) {
    let Some(best) = &judged.sweep.best else { return };
    let point = |point: &SweepPoint| {
        format!(
            "precision {:.4}   recall {:.4}   F1 {:.4}   F* {:.4}",
            point.precision, point.recall, point.f1, point.f_star
        )
    };
    text.push_str(&format!(
        "average precision {:.4}; best threshold {:.4}, chosen by the ground truth and so optimistic:\n{:<18} {}\n",
        judged.sweep.average_precision,
        best.threshold,
        "",
        point(best)
    ));
    let points = &judged.sweep.points;
    let step = points.len().div_ceil(PRINTED_POINTS).max(1);
    // The last one is the whole table.
    let last = points.len().saturating_sub(1);
    for shown in points.iter().enumerate().filter(|(at, _)| (last - at).is_multiple_of(step)) {
        text.push_str(&format!("{:<18} {}\n", format!("at {:.4}", shown.1.threshold), point(shown.1)));
    }
}

fn describe_probabilities(judged: &LinkTableAccuracy, text: &mut String) {
    let Some(known) = &judged.probability else { return };
    for row in &known.rows {
        text.push_str(&format!(
            "probability {:.3}: {} of {} links right\n",
            row.stated,
            rate(&row.right),
            grouped(row.links)
        ));
    }
    let error = known.expected_calibration_error;
    text.push_str(&format!("expected calibration error of probabilities {error:.5}\n"));
}

fn describe_groups(groups: &Subgroups, text: &mut String) {
    text.push_str(&format!(
        "{:<30} {:>9} {:>10} {:>25} {:>25} {:>7} {:>9}\n",
        groups.attribute, "records", "true links", "recall", "precision", "F1", "p"
    ));
    for group in &groups.groups {
        let none = || "–".to_owned();
        let known = |trials: u64, of: &Rate| if trials == 0 { none() } else { rate(of) };
        let shown = |p: f64| if p < 5e-5 { "< 0.0001".to_owned() } else { format!("{p:.4}") };
        let p_value = group.p_value.map_or_else(none, shown);
        text.push_str(&format!(
            "  {:<28} {:>9} {:>10} {:>25} {:>25} {:>7.4} {p_value:>9}{}\n",
            group.group,
            grouped(group.records),
            grouped(group.accuracy.true_links),
            known(group.accuracy.true_links, &group.accuracy.recall),
            known(group.accuracy.found, &group.accuracy.precision),
            group.accuracy.f1,
            if group.differs { " *" } else { "" }
        ));
    }
}

fn describe_worst(title: &str, pairs: &[WrongPair], text: &mut String) {
    if pairs.is_empty() {
        return;
    }
    text.push_str(&format!("{title}\n"));
    for pair in pairs {
        let similarity = pair.similarity.map_or_else(|| "–".to_owned(), |value| format!("{value:.4}"));
        text.push_str(&format!("  {} {}   {similarity}   {}", pair.left_id, pair.right_id, pair.class));
        if let Some(probability) = pair.probability {
            text.push_str(&format!("   probability {probability:.3}"));
        }
        if let Some(flag) = pair.flag {
            text.push_str(&format!("   {flag}"));
        }
        if let Some(evidence) = pair.evidence.as_ref().filter(|evidence| !evidence.is_empty()) {
            text.push_str(&format!("   {evidence}"));
        }
        text.push('\n');
    }
}

/// The evaluation of a table of clusters.
pub(super) fn describe_clusters(judged: &ClusterAccuracy) -> String {
    let measures = |name: &str, precision: f64, recall: f64, f1: f64| {
        format!("{name:<18} precision {precision:.4}   recall {recall:.4}   F1 {f1:.4}\n")
    };
    let (b_cubed, closest, exactness) = (&judged.b_cubed, &judged.closest_cluster, &judged.exactness);
    format!(
        "{} records, {} true pairs; 95 % intervals\n{}{}{}{} of {} persons with several records exactly together; {} \
         persons split, {} clusters with several persons\n",
        grouped(judged.records),
        grouped(judged.pairs.true_links),
        line("pairs", &judged.pairs),
        measures("B-cubed", b_cubed.precision, b_cubed.recall, b_cubed.f1),
        measures("closest cluster", closest.precision, closest.recall, closest.f1),
        grouped(exactness.exact_of_several),
        grouped(exactness.persons_of_several),
        grouped(exactness.split),
        grouped(exactness.merged)
    )
}
