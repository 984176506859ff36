//! The evaluation as a page.

use mizuhiki_report::{
    AccuracyReport, ClassAccuracy, GroupFigures, GroupTable, Proportion, ReliabilityFigures, ReportError,
    SweepFigures, WrongPairRow, render_accuracy,
};

use crate::accuracy::Accuracy;
use crate::links::evaluation::LinkEvaluation;
use crate::links::groups::Subgroups;
use crate::links::sweep::SweepPoint;
use crate::links::worst::WrongPair;
use crate::rate::Rate;
use crate::reliability::ProbabilityRow;

/// The evaluation as one HTML document, with the names of the files.
///
/// # Errors
/// [`ReportError`] if the page cannot be rendered, a defect.
pub fn accuracy_page(judged: &LinkEvaluation, links: &str, truth: &str) -> Result<String, ReportError> {
    let table = &judged.table;
    let known = table.probability.as_ref();
    let rows = known.map_or(&[][..], |known| &known.rows);
    render_accuracy(&AccuracyReport {
        title: "Accuracy of links".to_owned(),
        generated_by: crate::manifest::GENERATOR.to_owned(),
        links: links.to_owned(),
        truth: truth.to_owned(),
        true_links: table.matches.true_links,
        classes: vec![class("match", &table.matches), class("match or borderline", &table.with_borderline)],
        candidates: judged.candidates.pairs,
        pairs_completeness: proportion(judged.candidates.pairs_completeness),
        reduction_ratio: judged.candidates.reduction_ratio,
        sweep: judged.sweep.points.iter().map(point).collect(),
        best: judged.sweep.best.as_ref().map(point),
        average_precision: judged.sweep.average_precision,
        reliability: rows.iter().map(bin).collect(),
        calibration_error: known.map(|known| known.expected_calibration_error),
        groups: judged.subgroups.iter().map(groups).collect(),
        false_links: judged.worst.false_links.iter().map(pair).collect(),
        missed: judged.worst.missed.iter().map(pair).collect(),
        not_candidates: judged.worst.not_candidates,
        notes: judged.notes.clone(),
    })
}

fn proportion(Rate { value, low, high }: Rate) -> Proportion {
    Proportion { value, low, high }
}

fn bin(row: &ProbabilityRow) -> ReliabilityFigures {
    ReliabilityFigures { links: row.links, stated: row.stated, right: proportion(row.right) }
}

fn class(name: &str, accuracy: &Accuracy) -> ClassAccuracy {
    ClassAccuracy {
        name: name.to_owned(),
        found: accuracy.found,
        correct: accuracy.correct,
        precision: proportion(accuracy.precision),
        recall: proportion(accuracy.recall),
        f1: Proportion { value: accuracy.f1, low: accuracy.f1_low, high: accuracy.f1_high },
        f_star: proportion(accuracy.f_star),
    }
}

fn point(point: &SweepPoint) -> SweepFigures {
    SweepFigures {
        threshold: point.threshold,
        found: point.found,
        precision: point.precision,
        recall: point.recall,
        f1: point.f1,
        f_star: point.f_star,
    }
}

fn groups(of: &Subgroups) -> GroupTable {
    let rows = of.groups.iter().map(|group| GroupFigures {
        group: group.group.clone(),
        records: group.records,
        true_links: group.accuracy.true_links,
        recall: (group.accuracy.true_links > 0).then_some(proportion(group.accuracy.recall)),
        precision: (group.accuracy.found > 0).then_some(proportion(group.accuracy.precision)),
        f1: group.accuracy.f1,
        p_value: group.p_value,
        differs: group.differs,
    });
    GroupTable { attribute: of.attribute.clone(), rows: rows.collect() }
}

fn pair(pair: &WrongPair) -> WrongPairRow {
    WrongPairRow {
        left: pair.left_id.clone(),
        right: pair.right_id.clone(),
        similarity: pair.similarity,
        class: pair.class.to_owned(),
        probability: pair.probability,
        evidence: pair.evidence.clone().unwrap_or_default(),
    }
}
