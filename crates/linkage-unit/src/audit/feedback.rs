//! A clerk's verdicts on a review list, and findings corrected with them.

use std::collections::HashMap;

use mizuhiki_columnar::{Cell, ColumnarError, Format, ReadOptions, ResultWriter, Source, TableReader};
use mizuhiki_files::Target;
use mizuhiki_match::audit::{Correction, wilson};
use serde::Serialize;

use crate::audit::error::AuditError;
use crate::audit::tables::FINDING_COLUMNS;

/// A job that reads verdicts.
#[derive(Debug, Clone)]
pub struct FeedbackJob {
    /// The list with the clerk's verdicts.
    pub review: Source,
    /// The findings of which it is a part.
    pub findings: Source,
    /// Output for corrected findings.
    pub output: Option<Target>,
}

/// Summary of the verdicts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeedbackSummary {
    /// Entries of the list.
    pub entries: u64,
    /// Verdicts `wrong`: the link is wrong, as the list says.
    pub wrong: u64,
    /// Verdicts `right`: the link is right.
    pub right: u64,
    /// Verdicts `cannot_tell`.
    pub cannot_tell: u64,
    /// Entries without a verdict.
    pub open: u64,
    /// Share of wrong links among those decided, with a 95 % interval.
    pub precision: f64,
    /// See `precision`.
    pub precision_low: f64,
    /// See `precision`.
    pub precision_high: f64,
    /// The share that the list predicted for the same entries.
    pub promised: f64,
    /// Log-odds of probabilities are multiplied by `slope`, then `intercept` is added.
    pub intercept: f64,
    /// See `intercept`.
    pub slope: f64,
    /// Expected number of wrong links among the findings without a verdict, after correction.
    pub expected_left: f64,
    /// Verdicts by predicted probability.
    pub reliability: Vec<VerdictReliability>,
}

/// Verdicts on entries of similar probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerdictReliability {
    /// Mean predicted probability of being wrong.
    pub predicted: f64,
    /// Observed share of wrong links, with a 95 % interval.
    pub observed: f64,
    /// See `observed`.
    pub low: f64,
    /// See `observed`.
    pub high: f64,
    /// Verdicts.
    pub verdicts: u64,
}

/// Columns of the findings, in order.
const PROBABILITY: usize = 3;

/// Reads verdicts and writes corrected findings.
///
/// # Errors
/// [`AuditError`] naming the row whose verdict or handle is invalid.
pub fn read_feedback(job: &FeedbackJob) -> Result<FeedbackSummary, AuditError> {
    let mut findings = read_findings(&job.findings)?;
    let places: HashMap<String, usize> =
        findings.iter().enumerate().map(|(at, row)| (row[0].clone(), at)).collect();
    let verdicts = read_verdicts(&job.review, &places)?;
    let probability = |row: &[String]| row[PROBABILITY].parse::<f64>().ok();
    let judged: Vec<(f64, bool)> = verdicts
        .iter()
        .filter_map(|&(at, verdict)| Some((probability(&findings[at])?, verdict?)))
        .filter_map(|(probability, verdict)| Some((probability, verdict.wrong()?)))
        .collect();
    let correction = Correction::fit(&judged);
    let count =
        |wanted: Verdict| verdicts.iter().filter(|(_, verdict)| *verdict == Some(wanted)).count() as u64;
    let wrong = count(Verdict::Wrong);
    let (low, high) = wilson(wrong as f64, judged.len() as f64);
    let decided: HashMap<usize, Verdict> =
        verdicts.iter().filter_map(|&(at, verdict)| Some((at, verdict?))).collect();
    let mut expected_left = 0.0;
    for (at, row) in findings.iter_mut().enumerate() {
        let Some(before) = probability(row) else { continue };
        let after = match decided.get(&at).and_then(|verdict| verdict.wrong()) {
            Some(wrong) => f64::from(u8::from(wrong)),
            None => correction.apply(before),
        };
        if !decided.contains_key(&at) {
            expected_left += after;
        }
        row[PROBABILITY] = after.to_string();
    }
    if let Some(target) = &job.output {
        write_findings(&mut findings, target)?;
    }
    let share = |part: f64| if judged.is_empty() { 0.0 } else { part / judged.len() as f64 };
    Ok(FeedbackSummary {
        entries: verdicts.len() as u64,
        wrong,
        right: count(Verdict::Right),
        cannot_tell: count(Verdict::CannotTell),
        open: verdicts.iter().filter(|(_, verdict)| verdict.is_none()).count() as u64,
        precision: share(wrong as f64),
        precision_low: low,
        precision_high: high,
        promised: share(judged.iter().map(|(probability, _)| probability).sum()),
        intercept: correction.intercept,
        slope: correction.slope,
        expected_left,
        reliability: reliability(judged),
    })
}

/// Ten groups of verdicts, by descending probability.
fn reliability(mut judged: Vec<(f64, bool)>) -> Vec<VerdictReliability> {
    judged.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    let size = judged.len().div_ceil(10).max(1);
    judged
        .chunks(size)
        .map(|chunk| {
            let wrong = chunk.iter().filter(|(_, wrong)| *wrong).count() as f64;
            let (low, high) = wilson(wrong, chunk.len() as f64);
            let predicted =
                chunk.iter().map(|(probability, _)| probability).sum::<f64>() / chunk.len() as f64;
            let observed = wrong / chunk.len() as f64;
            VerdictReliability { predicted, observed, low, high, verdicts: chunk.len() as u64 }
        })
        .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Wrong,
    Right,
    CannotTell,
}

impl Verdict {
    const fn wrong(self) -> Option<bool> {
        match self {
            Self::Wrong => Some(true),
            Self::Right => Some(false),
            Self::CannotTell => None,
        }
    }

    /// Parses a verdict as clerks write it; `None` if it is invalid.
    fn read(text: &str) -> Option<Option<Self>> {
        Some(match text.trim().to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
            "" => None,
            "wrong" | "誤り" | "誤" => Some(Self::Wrong),
            "right" | "正しい" | "正" => Some(Self::Right),
            "cannot_tell" | "不明" => Some(Self::CannotTell),
            _ => return None,
        })
    }
}

fn read_findings(source: &Source) -> Result<Vec<Vec<String>>, AuditError> {
    let mut reader = TableReader::open(source, &ReadOptions::default())?;
    let names: Vec<&str> = FINDING_COLUMNS.iter().map(|(name, _)| *name).collect();
    let wanted = reader.columns_named(&names)?;
    let name = reader.name().to_owned();
    let mut rows = Vec::new();
    while let Some(chunk) = reader.next_chunk(&wanted)? {
        for row in 0..chunk.rows() {
            let values: Vec<String> =
                (0..names.len()).map(|column| chunk.get(row, column).to_owned()).collect();
            let text = values[PROBABILITY].trim();
            let fine = text.is_empty()
                || text.parse::<f64>().is_ok_and(|probability| (0.0..=1.0).contains(&probability));
            if !fine {
                let problem = "not a probability";
                let fix = "use the findings that `mizuhiki audit` wrote";
                return Err(cell(&name, chunk.first_row() + row as u64, "probability", problem, fix));
            }
            rows.push(values);
        }
    }
    Ok(rows)
}

fn read_verdicts(
    source: &Source,
    places: &HashMap<String, usize>,
) -> Result<Vec<(usize, Option<Verdict>)>, AuditError> {
    let mut reader = TableReader::open(source, &ReadOptions::default())?;
    let wanted = reader.columns_named(&["handle", "verdict"])?;
    let name = reader.name().to_owned();
    let mut verdicts = Vec::new();
    let mut seen: HashMap<usize, u64> = HashMap::new();
    while let Some(chunk) = reader.next_chunk(&wanted)? {
        for index in 0..chunk.rows() {
            let row = chunk.first_row() + index as u64;
            let Some(&at) = places.get(chunk.get(index, 0)) else {
                let fix = "use --findings with the findings from which the list was made";
                return Err(cell(&name, row, "handle", "the findings do not contain this handle", fix));
            };
            if let Some(earlier) = seen.insert(at, row) {
                let problem = format!("the handle already occurs in row {earlier}");
                return Err(cell(&name, row, "handle", &problem, "keep one of the two rows"));
            }
            let Some(verdict) = Verdict::read(chunk.get(index, 1)) else {
                let fix = "write right, wrong or cannot_tell, or leave it empty";
                return Err(cell(&name, row, "verdict", "not a verdict", fix));
            };
            verdicts.push((at, verdict));
        }
    }
    Ok(verdicts)
}

fn cell(file: &str, row: u64, column: &str, problem: &str, fix: &str) -> AuditError {
    ColumnarError::Cell {
        file: file.to_owned(),
        row,
        column: column.to_owned(),
        problem: problem.to_owned(),
        fix: fix.to_owned(),
    }
    .into()
}

/// Writes findings by descending probability; those of equal probability keep their order.
fn write_findings(findings: &mut [Vec<String>], target: &Target) -> Result<(), AuditError> {
    let probability = |row: &Vec<String>| row[PROBABILITY].parse::<f64>().unwrap_or(-1.0);
    findings.sort_by(|a, b| probability(b).total_cmp(&probability(a)));
    let mut writer = ResultWriter::create(target, Format::Csv, FINDING_COLUMNS)?;
    for row in findings {
        let cells: Vec<Cell<'_>> = row
            .iter()
            .zip(FINDING_COLUMNS)
            .map(|(text, (_, kind))| match kind {
                mizuhiki_columnar::ColumnKind::Number => Cell::Number(text.parse().ok()),
                _ => Cell::Text(text),
            })
            .collect();
        writer.push(&cells)?;
    }
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read_as_clerks_write_them() {
        let read = |texts: &[&str]| -> Vec<Option<Option<Verdict>>> {
            texts.iter().map(|text| Verdict::read(text)).collect()
        };
        assert_eq!(read(&["wrong", " Wrong ", "誤り", "誤"]), [Some(Some(Verdict::Wrong)); 4]);
        assert_eq!(read(&["right", "RIGHT", "正しい", "正"]), [Some(Some(Verdict::Right)); 4]);
        assert_eq!(
            read(&["cannot_tell", "cannot tell", "Cannot-Tell", "不明"]),
            [Some(Some(Verdict::CannotTell)); 4]
        );
        assert_eq!(read(&["", "  "]), [Some(None::<Verdict>); 2], "open ones");
        assert_eq!(read(&["maybe", "0", "wrong?", "wrongright"]), [None::<Option<Verdict>>; 4]);
    }

    #[test]
    fn who_cannot_tell_says_nothing_of_the_link() {
        let wrong = [Verdict::Wrong, Verdict::Right, Verdict::CannotTell].map(Verdict::wrong);
        assert_eq!(wrong, [Some(true), Some(false), None]);
    }

    #[test]
    fn verdicts_are_told_in_ten_groups_at_most_by_falling_probability() {
        let told: Vec<(f64, bool)> = (0..25).map(|at| (f64::from(at) / 25.0, at >= 10)).collect();
        let groups = reliability(told);
        assert!(groups.len() <= 10);
        assert_eq!(groups.iter().map(|group| group.verdicts).sum::<u64>(), 25);
        assert!(groups.is_sorted_by(|a, b| a.predicted > b.predicted), "{groups:?}");
        let holds =
            |group: &VerdictReliability| (group.low - 1e-9..group.high + 1e-9).contains(&group.observed);
        assert!(groups.iter().all(holds), "{groups:?}");
        assert_eq!((groups[0].observed, groups[groups.len() - 1].observed), (1.0, 0.0));
        assert!(reliability(Vec::new()).is_empty());
        assert_eq!(reliability(vec![(0.5, true)]).len(), 1);
    }

    #[test]
    fn what_is_wrong_in_a_list_is_told_by_row_and_column() {
        let message = cell("review.csv", 7, "verdict", "not a verdict", "write right").to_string();
        assert!(message.starts_with("review.csv, row 7, column \"verdict\": not a verdict"), "{message}");
    }

    #[test]
    fn the_probability_is_where_findings_have_it() {
        assert_eq!(FINDING_COLUMNS[0].0, "handle");
        assert_eq!(FINDING_COLUMNS[PROBABILITY].0, "probability");
    }
}
