//! Evaluation of an audit against the ground truth: recall of its review list, classes, calibration.

use std::collections::{BTreeMap, HashMap};

use mizuhiki_columnar::{ColumnarError, ReadOptions, Source, TableReader};
use serde::Serialize;

use crate::rate::Rate;

/// Reviewed pairs per true error in the standard review list.
const ENTRIES_AN_ERROR: usize = 3;

/// Number of bins for measuring calibration.
const BINS: usize = 10;

/// The ground truth of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTruth {
    /// The cause of the error; empty for correct links.
    pub cause: String,
    /// The class that its finding should have.
    pub class: String,
}

/// A finding to evaluate.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgedFinding {
    /// Handle of the link.
    pub handle: String,
    /// Predicted class.
    pub class: String,
    /// Probability that the link is a false positive, 0..=1.
    pub probability: f64,
}

/// Agreement of an audit's review list with the ground truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditAccuracy {
    /// Links with known ground truth.
    pub links: u64,
    /// Links that are wrong.
    pub wrong: u64,
    /// Recall of review lists, by reviewed pairs per true error.
    pub lists: Vec<ListRecall>,
    /// Reviewed pairs per true error until 95 % of the wrong links are found; absent if the findings lack
    /// them.
    pub entries_for_95: Option<f64>,
    /// Wrong links with the right class in the list of three reviewed pairs per true error.
    pub class_right: Rate,
    /// Wrong links by cause and by predicted class; `""` for those that are not in the list.
    pub causes: Vec<CauseRow>,
    /// Findings by predicted probability, and how many are wrong; links without a finding are excluded.
    pub reliability: Vec<ReliabilityRow>,
    /// Expected calibration error over all links; links without a finding count with probability 0.
    pub expected_calibration_error: f64,
}

/// The recall of a list of some length.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ListRecall {
    /// Reviewed pairs per true error.
    pub entries_an_error: f64,
    /// Reviewed pairs.
    pub entries: u64,
    /// Wrong links among them.
    pub found: u64,
    /// Their share of all wrong links.
    pub recall: Rate,
}

/// Wrong links of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseRow {
    /// The cause.
    pub cause: String,
    /// The class that they should have.
    pub class: String,
    /// Wrong links.
    pub links: u64,
    /// Of these, by predicted class in the list of three reviewed pairs per true error.
    pub found: BTreeMap<String, u64>,
}

/// Findings of similar probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityRow {
    /// Findings.
    pub findings: u64,
    /// Mean of the predicted probabilities.
    pub stated: f64,
    /// Share that is wrong.
    pub wrong: Rate,
}

/// Evaluates findings in the order of their list.
#[must_use]
pub fn audit_accuracy(findings: &[JudgedFinding], truth: &HashMap<String, LinkTruth>) -> AuditAccuracy {
    let is_wrong =
        |finding: &JudgedFinding| truth.get(&finding.handle).is_some_and(|truth| !truth.cause.is_empty());
    let wrong = truth.values().filter(|truth| !truth.cause.is_empty()).count();
    let list = |entries: usize| {
        let found = findings.iter().take(entries).filter(|finding| is_wrong(finding)).count() as u64;
        ListRecall {
            entries_an_error: entries as f64 / wrong.max(1) as f64,
            entries: entries as u64,
            found,
            recall: Rate::of(found, wrong as u64),
        }
    };
    let lists = [1, 2, ENTRIES_AN_ERROR, 5].map(|entries| list(entries * wrong)).to_vec();
    let mut found = 0;
    let needed = (wrong as f64 * 0.95).ceil() as u64;
    let reached = findings.iter().zip(1_u64..).find_map(|(finding, entries)| {
        found += u64::from(is_wrong(finding));
        (found >= needed && wrong > 0).then_some(entries)
    });
    let listed: HashMap<&str, &str> = findings
        .iter()
        .take(ENTRIES_AN_ERROR * wrong)
        .map(|finding| (finding.handle.as_str(), finding.class.as_str()))
        .collect();
    let mut causes: BTreeMap<(String, String), CauseRow> = BTreeMap::new();
    let (mut right_class, mut classed) = (0, 0);
    for (handle, truth) in truth.iter().filter(|(_, truth)| !truth.cause.is_empty()) {
        let row = causes.entry((truth.cause.clone(), truth.class.clone())).or_insert_with(|| CauseRow {
            cause: truth.cause.clone(),
            class: truth.class.clone(),
            links: 0,
            found: BTreeMap::new(),
        });
        row.links += 1;
        let class = listed.get(handle.as_str()).copied().unwrap_or_default();
        *row.found.entry(class.to_owned()).or_insert(0) += 1;
        classed += u64::from(!class.is_empty());
        right_class += u64::from(class == truth.class);
    }
    let (reliability, expected_calibration_error) = calibration(findings, truth, &is_wrong);
    AuditAccuracy {
        links: truth.len() as u64,
        wrong: wrong as u64,
        lists,
        entries_for_95: reached.map(|entries| entries as f64 / wrong as f64),
        class_right: Rate::of(right_class, classed),
        causes: causes.into_values().collect(),
        reliability,
        expected_calibration_error,
    }
}

/// Findings in bins of a tenth, and the expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015).
fn calibration(
    findings: &[JudgedFinding],
    truth: &HashMap<String, LinkTruth>,
    is_wrong: &dyn Fn(&JudgedFinding) -> bool,
) -> (Vec<ReliabilityRow>, f64) {
    let mut bins = vec![(0_u64, 0.0_f64, 0_u64); BINS];
    for finding in findings.iter().filter(|finding| truth.contains_key(&finding.handle)) {
        let bin = &mut bins[((finding.probability * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + finding.probability, bin.2 + u64::from(is_wrong(finding)));
    }
    let listed: u64 = bins.iter().map(|bin| bin.0).sum();
    let listed_wrong: u64 = bins.iter().map(|bin| bin.2).sum();
    let wrong = truth.values().filter(|truth| !truth.cause.is_empty()).count() as u64;
    let unlisted = (wrong - listed_wrong.min(wrong)) as f64;
    let gaps: f64 = bins.iter().map(|bin| (bin.1 - bin.2 as f64).abs()).sum();
    let rows = bins.into_iter().filter(|bin| bin.0 > 0).map(|(findings, stated, wrong)| ReliabilityRow {
        findings,
        stated: stated / findings as f64,
        wrong: Rate::of(wrong, findings),
    });
    let rows: Vec<ReliabilityRow> = rows.collect();
    debug_assert!(listed <= truth.len() as u64);
    (rows, (gaps + unlisted) / (truth.len() as f64).max(1.0))
}

/// Reads the ground truth of links: columns `handle`, `cause`, `class`.
///
/// # Errors
/// [`ColumnarError`] if the table cannot be read or a handle occurs twice.
pub fn read_link_truth(source: &Source) -> Result<HashMap<String, LinkTruth>, ColumnarError> {
    let mut truth = HashMap::new();
    for_rows(source, &["handle", "cause", "class"], |name, row, values| {
        let link = LinkTruth { cause: values[1].to_owned(), class: values[2].to_owned() };
        if truth.insert(values[0].to_owned(), link).is_some() {
            return Err(ColumnarError::Cell {
                file: name.to_owned(),
                row,
                column: "handle".to_owned(),
                problem: "the handle occurs in an earlier row, too".to_owned(),
                fix: "keep one of the rows".to_owned(),
            });
        }
        Ok(())
    })?;
    Ok(truth)
}

/// Reads findings: columns `handle`, `class`, `probability`; those without a probability are skipped.
///
/// # Errors
/// [`ColumnarError`] with the row whose probability is invalid.
pub fn read_findings(source: &Source) -> Result<Vec<JudgedFinding>, ColumnarError> {
    let mut findings = Vec::new();
    for_rows(source, &["handle", "class", "probability"], |name, row, values| {
        if values[2].is_empty() {
            return Ok(());
        }
        let probability = values[2].parse().ok().filter(|p| (0.0..=1.0).contains(p));
        let probability = probability.ok_or_else(|| ColumnarError::Cell {
            file: name.to_owned(),
            row,
            column: "probability".to_owned(),
            problem: "not a probability".to_owned(),
            fix: "give the findings written by `mizuhiki audit`".to_owned(),
        })?;
        findings.push(JudgedFinding {
            handle: values[0].to_owned(),
            class: values[1].to_owned(),
            probability,
        });
        Ok(())
    })?;
    Ok(findings)
}

/// Calls `take` with the values of each row in the columns `names`.
pub(crate) fn for_rows(
    source: &Source,
    names: &[&str],
    mut take: impl FnMut(&str, u64, &[&str]) -> Result<(), ColumnarError>,
) -> Result<(), ColumnarError> {
    let mut reader = TableReader::open(source, &ReadOptions::default())?;
    let wanted = reader.columns_named(names)?;
    let name = reader.name().to_owned();
    while let Some(chunk) = reader.next_chunk(&wanted)? {
        for row in 0..chunk.rows() {
            let values: Vec<&str> = (0..names.len()).map(|column| chunk.get(row, column)).collect();
            take(&name, chunk.first_row() + row as u64, &values)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(wrong: &[&str], right: usize) -> HashMap<String, LinkTruth> {
        let link = |cause: &str, class: &str| LinkTruth { cause: cause.to_owned(), class: class.to_owned() };
        let wrong = wrong.iter().map(|handle| ((*handle).to_owned(), link("homonym_picked", "homonym")));
        wrong.chain((0..right).map(|number| (format!("r{number}"), link("", "match")))).collect()
    }

    fn finding(handle: &str, class: &str, probability: f64) -> JudgedFinding {
        JudgedFinding { handle: handle.to_owned(), class: class.to_owned(), probability }
    }

    #[test]
    fn recall_classes_and_calibration_are_counted() {
        let truth = truth(&["a", "b"], 98);
        let findings =
            [finding("a", "homonym", 0.9), finding("r1", "twin", 0.8), finding("b", "unrelated", 0.5)];
        let judged = audit_accuracy(&findings, &truth);
        assert_eq!((judged.links, judged.wrong), (100, 2));
        assert_eq!(judged.lists.iter().map(|list| list.found).collect::<Vec<_>>(), [1, 2, 2, 2]);
        assert_eq!((judged.class_right.value, judged.entries_for_95), (0.5, Some(1.5)));
        // 0.1 too low, 0.8 too high, 0.5 too low, over 100 links.
        assert!((judged.expected_calibration_error - 0.014).abs() < 1e-9);
        assert_eq!(judged.causes[0].found["unrelated"], 1);
    }
}
