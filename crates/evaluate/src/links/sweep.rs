//! Accuracy at every threshold of the similarity.

use serde::Serialize;

use crate::links::rows::JudgedRow;

/// Maximum number of thresholds that are listed.
const MAX_POINTS: u64 = 200;

/// Accuracy if every pair of the table from a threshold upward were a match.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SweepPoint {
    /// The threshold: a similarity that occurs in the table, 0..=1.
    pub threshold: f64,
    /// Pairs at or above it.
    pub found: u64,
    /// True pairs among them.
    pub correct: u64,
    /// `correct / found`, 0..=1.
    pub precision: f64,
    /// `correct` divided by all true pairs, 0..=1; 0 without true pairs.
    pub recall: f64,
    /// Harmonic mean of both, 0..=1.
    pub f1: f64,
    /// `correct` divided by the pairs that are found or true, 0..=1.
    pub f_star: f64,
}

impl SweepPoint {
    fn new(threshold: f64, found: u64, correct: u64, true_links: u64) -> Self {
        let share = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        Self {
            threshold,
            found,
            correct,
            precision: share(correct, found),
            recall: share(correct, true_links),
            f1: share(2 * correct, found + true_links),
            f_star: share(correct, found + true_links - correct),
        }
    }
}

/// Precision and recall over all thresholds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThresholdSweep {
    /// Descending thresholds: every similarity of the table if there are at most 200, else those that come after
    /// further equal shares of the pairs. Empty if the table is.
    pub points: Vec<SweepPoint>,
    /// The threshold with the highest F1, among all similarities; the highest of several. It was chosen by the
    /// ground truth, so a threshold that is set without it does worse.
    pub best: Option<SweepPoint>,
    /// Average precision, 0..=1: the mean of the precision at each threshold, weighted by the recall it adds.
    /// True pairs that the table lacks add nothing, so it is at most the recall of the whole table.
    pub average_precision: f64,
}

impl ThresholdSweep {
    /// The sweep over rows by descending similarity.
    pub(crate) fn of(rows: &[JudgedRow<'_>], true_links: u64) -> Self {
        let pairs = rows.len() as u64;
        let distinct = rows.chunk_by(|a, b| a.link.similarity == b.link.similarity).count() as u64;
        let (mut found, mut correct, mut average_precision) = (0_u64, 0_u64, 0.0);
        let (mut points, mut best) = (Vec::new(), None::<SweepPoint>);
        // Numbers of pairs in parts of `MAX_POINTS`, after which a threshold is listed.
        let mut reached = 0;
        for group in rows.chunk_by(|a, b| a.link.similarity == b.link.similarity) {
            let more = group.iter().filter(|row| row.is_true).count() as u64;
            found += group.len() as u64;
            correct += more;
            let point = SweepPoint::new(group[0].link.similarity.get(), found, correct, true_links);
            if true_links > 0 {
                average_precision += point.precision * more as f64 / true_links as f64;
            }
            if best.is_none_or(|best| point.f1 > best.f1) {
                best = Some(point);
            }
            let part = found * MAX_POINTS / pairs;
            if distinct <= MAX_POINTS || part > reached {
                points.push(point);
                reached = part;
            }
        }
        Self { points, best, average_precision: average_precision.min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::{Classification, Link, RecordId};
    use mizuhiki_schema::Similarity;
    use proptest::prelude::*;

    use super::*;

    fn links(similarities: &[u32]) -> Vec<Link> {
        let link = |(at, similarity): (usize, &u32)| Link {
            left: RecordId::new(&format!("a{at}")).unwrap(),
            right: RecordId::new(&format!("b{at}")).unwrap(),
            similarity: Similarity::new(f64::from(*similarity) / 1000.0).unwrap(),
            class: Classification::Match,
            probability: None,
            flag: None,
            evidence: None,
        };
        similarities.iter().enumerate().map(link).collect()
    }

    fn rows<'a>(links: &'a [Link], truth: &[bool]) -> Vec<JudgedRow<'a>> {
        let mut rows: Vec<JudgedRow<'a>> = links
            .iter()
            .zip(truth)
            .map(|(link, &is_true)| JudgedRow { link, pair: (link.left.as_str(), ""), is_true })
            .collect();
        rows.sort_by(|a, b| b.link.similarity.get().total_cmp(&a.link.similarity.get()));
        rows
    }

    #[test]
    fn swept_by_hand() {
        let links = links(&[900, 800, 800, 700]);
        let sweep = ThresholdSweep::of(&rows(&links, &[true, true, false, true]), 5);
        let seen: Vec<(f64, u64, u64)> =
            sweep.points.iter().map(|point| (point.threshold, point.found, point.correct)).collect();
        assert_eq!(seen, [(0.9, 1, 1), (0.8, 3, 2), (0.7, 4, 3)]);
        let best = sweep.best.unwrap();
        // At 0.7: precision 3/4, recall 3/5, F1 6/9, F* 3/6.
        assert_eq!((best.threshold, best.precision, best.recall, best.f_star), (0.7, 0.75, 0.6, 0.5));
        assert!((best.f1 - 6.0 / 9.0).abs() < 1e-12);
        // 1/5 · 1 + 1/5 · 2/3 + 1/5 · 3/4.
        assert!((sweep.average_precision - (1.0 + 2.0 / 3.0 + 0.75) / 5.0).abs() < 1e-12);
    }

    #[test]
    fn nothing_to_sweep() {
        let nothing = ThresholdSweep::of(&[], 3);
        assert!(nothing.points.is_empty() && nothing.best.is_none() && nothing.average_precision == 0.0);
        let links = links(&[500]);
        let no_truth = ThresholdSweep::of(&rows(&links, &[false]), 0);
        assert_eq!((no_truth.points[0].recall, no_truth.points[0].f1), (0.0, 0.0));
    }

    proptest! {
        #[test]
        fn as_counted_at_each_threshold(pairs in prop::collection::vec((0_u32..=1000, any::<bool>()), 1..400), more in 0_u64..5) {
            let (similarities, truth): (Vec<u32>, Vec<bool>) = pairs.iter().copied().unzip();
            let links = links(&similarities);
            let true_links = truth.iter().filter(|t| **t).count() as u64 + more;
            let sweep = ThresholdSweep::of(&rows(&links, &truth), true_links);
            prop_assert!(sweep.points.len() <= 201 && sweep.points.is_sorted_by(|a, b| a.threshold > b.threshold));
            prop_assert_eq!(sweep.points.last().unwrap().found, pairs.len() as u64);
            let best_f1 = sweep.best.unwrap().f1;
            let mut expected_best = 0.0_f64;
            for &(threshold, _) in &pairs {
                let above = || pairs.iter().filter(|pair| pair.0 >= threshold);
                let (found, correct) = (above().count() as u64, above().filter(|pair| pair.1).count() as u64);
                expected_best = expected_best.max(2.0 * correct as f64 / (found + true_links) as f64);
                let at = f64::from(threshold) / 1000.0;
                if let Some(point) = sweep.points.iter().find(|point| point.threshold == at) {
                    prop_assert_eq!((point.found, point.correct), (found, correct));
                }
            }
            prop_assert!((best_f1 - expected_best).abs() < 1e-12);
            prop_assert!((0.0..=1.0).contains(&sweep.average_precision));
        }
    }
}
