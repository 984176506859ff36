//! The evaluation of a table of links.

use mizuhiki_columnar::{Source, read_links, read_pairs};
use mizuhiki_exchange::{Classification, Link};
use serde::Serialize;

use crate::accuracy::{LinkTableAccuracy, PairSet, link_table_accuracy, pairs};
use crate::links::error::LinkEvaluationError;
use crate::links::groups::{Subgroups, subgroups};
use crate::links::known::check_ids;
use crate::links::people::{GroupColumns, PeopleTable, PeopleTables};
use crate::links::rows::{JudgedRow, judged_rows};
use crate::links::sweep::ThresholdSweep;
use crate::links::worst::WorstPairs;
use crate::rate::Rate;

/// What is to be evaluated.
#[derive(Debug, Clone)]
pub struct LinkEvaluationJob {
    /// The links.
    pub links: Source,
    /// The true pairs: columns `left_id` and `right_id`.
    pub truth: Source,
    /// Whether the links are within one file, so that `(a, b)` and `(b, a)` are one pair.
    pub unordered: bool,
    /// The people of the left file, or of the only one.
    pub left: Option<Source>,
    /// The people of the right file.
    pub right: Option<Source>,
    /// How people are grouped.
    pub columns: GroupColumns,
    /// Maximum number of false links, and of missed pairs, that are listed.
    pub worst: usize,
}

/// The rows of the table, of all classes, as candidate pairs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CandidateQuality {
    /// Distinct pairs of the table.
    pub pairs: u64,
    /// Pairs completeness: the share of true pairs that are in the table.
    pub pairs_completeness: Rate,
    /// Reduction ratio, 0..=1: 1 minus the share of all pairs of records that are in the table. `None` if the
    /// numbers of records are unknown, or if there is no pair.
    pub reduction_ratio: Option<f64>,
}

impl CandidateQuality {
    fn of(rows: &[JudgedRow<'_>], true_links: u64, people: &PeopleTables, unordered: bool) -> Self {
        let size = |table: &Option<PeopleTable>| table.as_ref().map(|table| table.rows.len() as u64);
        let all = match (size(&people.left), size(&people.right)) {
            (left, right) if unordered => left.or(right).map(|n| n * n.saturating_sub(1) / 2),
            (Some(left), Some(right)) => Some(left * right),
            _ => None,
        };
        let true_rows = rows.iter().filter(|row| row.is_true).count() as u64;
        let pairs = rows.len() as u64;
        Self {
            pairs,
            pairs_completeness: Rate::of(true_rows, true_links),
            reduction_ratio: all
                .filter(|&all| all > 0)
                .map(|all| (1.0 - pairs as f64 / all as f64).clamp(0.0, 1.0)),
        }
    }
}

/// Accuracy of a table of links, in full.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkEvaluation {
    /// At the classes of the table, with the reliability of probabilities.
    #[serde(flatten)]
    pub table: LinkTableAccuracy,
    /// At every threshold of the similarity.
    pub sweep: ThresholdSweep,
    /// Of the search.
    pub candidates: CandidateQuality,
    /// By groups of people; attributes with a single group are left out.
    pub subgroups: Vec<Subgroups>,
    /// The worst errors.
    pub worst: WorstPairs,
    /// Remarks for readers.
    pub notes: Vec<String>,
}

/// Evaluates a table of links.
///
/// # Errors
/// [`LinkEvaluationError`] if a table cannot be read, or if ground truth and tables have no id in common.
pub fn evaluate_links(job: &LinkEvaluationJob) -> Result<LinkEvaluation, LinkEvaluationError> {
    let (links, true_pairs) = (read_links(&job.links)?, read_pairs(&job.truth)?);
    let people = PeopleTables::read(job.left.as_ref(), job.right.as_ref(), &job.columns)?;
    let truth = pairs(&true_pairs, job.unordered);
    if truth.is_empty() {
        return Err(LinkEvaluationError::NoTruth { file: job.truth.name() });
    }
    let rows = judged_rows(&links, &truth, job.unordered);
    let unknown = check_ids(&rows, &truth, &people, job.unordered, &job.truth.name())?;
    let true_links = truth.len() as u64;
    let mut notes = notes(&links, &rows, (true_pairs.len(), &truth));
    notes.extend(unknown);
    Ok(LinkEvaluation {
        table: link_table_accuracy(&links, &true_pairs, job.unordered),
        sweep: ThresholdSweep::of(&rows, true_links),
        candidates: CandidateQuality::of(&rows, true_links, &people, job.unordered),
        subgroups: subgroups(&rows, &truth, &people, job.unordered),
        worst: WorstPairs::of(&rows, &truth, job.worst),
        notes,
    })
}

fn notes(links: &[Link], rows: &[JudgedRow<'_>], truth: (usize, &PairSet<'_>)) -> Vec<String> {
    let mut notes = Vec::new();
    if links.is_empty() {
        notes.push("the table of links has no row: recall is 0, and precision is unknown".to_owned());
    }
    let has = |class| links.iter().any(|link| link.class == class);
    let classes: Vec<&str> = [Classification::Match, Classification::Borderline, Classification::NonMatch]
        .into_iter()
        .filter(|class| has(*class))
        .map(Classification::name)
        .collect();
    if let [class] = classes[..] {
        notes.push(format!(
            "all rows are of class {class}: the sweep sees nothing below the threshold at which they were chosen; link with \
             a lower --borderline to see more"
        ));
    }
    for (what, count) in [
        ("rows of the links", links.len() - rows.len()),
        ("rows of the ground truth", truth.0 - truth.1.len()),
    ] {
        if count > 0 {
            notes.push(format!(
                "{count} {what} repeat a pair or pair a record with itself; each pair counts once"
            ));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// A folder of this test only, removed at the end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let folder =
                std::env::temp_dir().join(format!("mizuhiki-evaluate-links-{}-{name}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn write(&self, name: &str, text: &str) -> Source {
            let path = self.0.join(name);
            fs::write(&path, text).unwrap();
            Source::Path(path)
        }

        fn job(&self, links: &str, truth: &str) -> LinkEvaluationJob {
            LinkEvaluationJob {
                links: self.write(
                    "links.csv",
                    &format!("left_id,right_id,similarity,class,probability,flag,evidence\n{links}"),
                ),
                truth: self.write("truth.csv", &format!("left_id,right_id\n{truth}")),
                unordered: false,
                left: None,
                right: None,
                columns: GroupColumns::default(),
                worst: 10,
            }
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const LINKS: &str = "\
a,1,0.9,match,0.99,,20
b,9,0.8,match,0.9,,12
c,3,0.7,borderline,0.5,ambiguous,9
d,5,0.6,non-match,,,
a,1,0.9,match,0.99,,20
";

    #[test]
    fn evaluated_by_hand() {
        let scratch = Scratch::new("by-hand");
        let mut job = scratch.job(LINKS, "a,1\nb,2\nc,3\ne,6\n");
        job.left = Some(scratch.write("left.csv", "id\na\nb\nc\nd\ne\n"));
        job.right = Some(scratch.write("right.csv", "id\n1\n2\n3\n5\n6\n9\n"));
        let judged = evaluate_links(&job).unwrap();
        let matches = judged.table.matches;
        assert_eq!((matches.true_links, matches.found, matches.correct), (4, 2, 1));
        assert_eq!((matches.f_star.value, matches.precision.value), (0.2, 0.5));
        let candidates = judged.candidates;
        assert_eq!((candidates.pairs, candidates.pairs_completeness.value), (4, 0.5));
        assert!((candidates.reduction_ratio.unwrap() - (1.0 - 4.0 / 30.0)).abs() < 1e-12);
        assert_eq!(judged.sweep.points.len(), 4);
        let worst = &judged.worst;
        assert_eq!((worst.false_links.len(), worst.not_candidates), (1, 2));
        assert_eq!(worst.false_links[0].evidence.as_deref(), Some("12"));
        let missed: Vec<(&str, &str)> =
            worst.missed.iter().map(|pair| (pair.left_id.as_str(), pair.class)).collect();
        assert_eq!(missed, [("c", "borderline"), ("b", "not a candidate"), ("e", "not a candidate")]);
        assert_eq!(worst.missed[0].flag, Some("ambiguous"));
        assert_eq!(judged.notes.len(), 1);
        assert!(judged.notes[0].starts_with("1 rows of the links repeat"), "{:?}", judged.notes);
        // No number is invalid in JSON, where NaN would be null.
        let json = serde_json::to_value(&judged).unwrap();
        assert_eq!(json["candidates"]["pairs"], 4);
        assert!(json["matches"]["f_star"]["value"].is_number());
        job.worst = 1;
        assert_eq!(evaluate_links(&job).unwrap().worst.missed.len(), 1);
    }

    #[test]
    fn ids_of_other_tables_are_noticed() {
        let scratch = Scratch::new("ids");
        let error = evaluate_links(&scratch.job(LINKS, "x,y\nz,w\n")).unwrap_err().to_string();
        assert!(
            error.contains("none of the ids of its 2 pairs is in the links (the first is \"x\")"),
            "{error}"
        );
        let error = evaluate_links(&scratch.job(LINKS, "")).unwrap_err().to_string();
        assert!(error.contains("the ground truth has no pair"), "{error}");
        let mut job = scratch.job(LINKS, "a,1\nx,2\n");
        job.left = Some(scratch.write("left.csv", "id\na\nb\nc\nd\n"));
        let judged = evaluate_links(&job).unwrap();
        assert!(
            judged.notes.iter().any(|note| note.starts_with("1 ids of the ground truth are in no table"))
        );
        assert_eq!(judged.candidates.reduction_ratio, None);
    }

    #[test]
    fn tables_of_nothing_and_of_one_record() {
        let scratch = Scratch::new("nothing");
        let judged = evaluate_links(&scratch.job("", "a,1\n")).unwrap();
        assert_eq!(judged.table.matches.recall.value, 0.0);
        assert!(judged.sweep.best.is_none() && judged.notes[0].contains("no row"));
        let mut job = scratch.job("a,b,0.9,match,,,\n", "a,b\n");
        job.unordered = true;
        job.left = Some(scratch.write("left.csv", "id\na\n"));
        let judged = evaluate_links(&job).unwrap();
        assert_eq!(judged.candidates.reduction_ratio, None);
        assert_eq!(judged.table.matches.f1, 1.0);
        assert!(judged.notes.iter().any(|note| note.starts_with("all rows are of class match")));
    }
}
