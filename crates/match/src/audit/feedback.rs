//! A clerk's verdicts: the precision of a list, and probabilities corrected by the verdicts
//! (`protocols/05-audit.md` §8).
//!
//! Probabilities are corrected by a line on the log-odds scale (Platt, in Advances in Large Margin
//! Classifiers, 1999). A prior keeps the line close to the identity while there are few verdicts.

/// Limits to which probabilities are clamped: for links with a verdict, so that a single one does not
/// outweigh the prior, and for others.
const EDGE_OF_VERDICTS: f64 = 1e-3;
const EDGE: f64 = 1e-12;

/// Prior variances of intercept and slope; their prior means are 0 and 1.
const INTERCEPT_VARIANCE: f64 = 4.0;
const SLOPE_VARIANCE: f64 = 0.05;

/// Minimum slope, so that verdicts never change the order of the list.
const LEAST_SLOPE: f64 = 0.25;

const ROUNDS: usize = 50;

/// A correction of probabilities: log-odds become `intercept + slope · log-odds`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// Natural log-odds.
    pub intercept: f64,
    /// Always positive, so that the order is kept.
    pub slope: f64,
}

impl Correction {
    /// Fits the correction to verdicts: probability of being wrong, and whether the link was wrong.
    #[must_use]
    pub fn fit(verdicts: &[(f64, bool)]) -> Self {
        let (mut a, mut b) = (0.0_f64, 1.0_f64);
        for _ in 0..ROUNDS {
            // Newton's step on the penalized log-likelihood.
            let (mut ga, mut gb) = (-a / INTERCEPT_VARIANCE, -(b - 1.0) / SLOPE_VARIANCE);
            let (mut haa, mut hab, mut hbb) = (1.0 / INTERCEPT_VARIANCE, 0.0, 1.0 / SLOPE_VARIANCE);
            for &(probability, wrong) in verdicts {
                let x = log_odds(probability, EDGE_OF_VERDICTS);
                let p = logistic(a + b * x);
                let (error, weight) = (f64::from(u8::from(wrong)) - p, p * (1.0 - p));
                ga += error;
                gb += error * x;
                haa += weight;
                hab += weight * x;
                hbb += weight * x * x;
            }
            let determinant = haa * hbb - hab * hab;
            let (da, db) = ((ga * hbb - gb * hab) / determinant, (gb * haa - ga * hab) / determinant);
            a += da.clamp(-2.0, 2.0);
            b += db.clamp(-0.5, 0.5);
            if da.abs() + db.abs() < 1e-10 {
                break;
            }
        }
        Self { intercept: a, slope: b.max(LEAST_SLOPE) }
    }

    /// The corrected probability.
    #[must_use]
    pub fn apply(&self, probability: f64) -> f64 {
        logistic(self.intercept + self.slope * log_odds(probability, EDGE))
    }
}

fn log_odds(probability: f64, edge: f64) -> f64 {
    let p = probability.clamp(edge, 1.0 - edge);
    (p / (1.0 - p)).ln()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_verdicts_nothing_changes() {
        let correction = Correction::fit(&[]);
        assert_eq!(correction, Correction { intercept: 0.0, slope: 1.0 });
        assert!((correction.apply(0.3) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn boasts_are_taken_down_and_right_lists_stand() {
        // Of entries with probability 0.9, only half are wrong.
        let verdicts: Vec<(f64, bool)> = (0..200).map(|at| (0.9, at % 2 == 0)).collect();
        let corrected = Correction::fit(&verdicts).apply(0.9);
        assert!((0.48..0.56).contains(&corrected), "{corrected}");
        let honest: Vec<(f64, bool)> =
            (0..500).map(|at| if at % 2 == 0 { (0.9, at % 20 != 0) } else { (0.1, at % 20 == 1) }).collect();
        let correction = Correction::fit(&honest);
        assert!((correction.apply(0.9) - 0.9).abs() < 0.03 && (correction.apply(0.1) - 0.1).abs() < 0.03);
    }
}
