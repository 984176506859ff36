//! What was measured at a point.

use serde::{Deserialize, Serialize};

use crate::attack::{AttackFinding, PrivacyResult, Verdict};
use crate::grid::variants::GridSettings;
use crate::links::LinkEvaluation;

/// A point of the grid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridPoint {
    /// From 1, in the order of the grid.
    pub number: usize,
    /// SHA-256 of its schema.
    pub schema_digest: String,
    /// Its parameters.
    pub settings: GridSettings,
    /// What came out.
    pub outcome: GridOutcome,
}

/// What came out at a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum GridOutcome {
    /// The figures.
    Measured {
        /// Accuracy of the links.
        accuracy: GridRates,
        /// Size and time.
        cost: GridCost,
        /// Success of attacks, if they were run.
        leakage: Option<GridLeakage>,
    },
    /// These parameters do not work for these people.
    Refused {
        /// The reason.
        reason: String,
    },
}

/// Accuracy, 0..=1 each.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridRates {
    /// Share of right links among those found.
    pub precision: f64,
    /// Share of true pairs that were found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// F1 at the threshold that is best by the ground truth.
    pub best_f1: f64,
    /// Share of true pairs among the candidates.
    pub pairs_completeness: f64,
}

/// What a point costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GridCost {
    /// Bytes of both files, per record.
    pub bytes_per_record: f64,
    /// Seconds for both files on one thread.
    pub encode_seconds: f64,
    /// Seconds for the links.
    pub link_seconds: f64,
}

/// What attacks on the right table's file found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GridLeakage {
    /// Results beyond the limits of the schema.
    pub beyond: u64,
    /// Results that show nothing, because the attack failed on its control or had too few people.
    pub unproven: u64,
    /// Leak index: the largest success of an attack that chance does not explain, as a multiple of its limit; 0 if
    /// chance explains all.
    pub index: f64,
    /// The attack with it, and its setting; empty if there is none.
    pub worst: String,
    /// Records that share a symbol with another person of the other file, per record.
    pub shared: Option<f64>,
}

impl GridRates {
    /// The rates of links.
    #[must_use]
    pub fn of_links(judged: &LinkEvaluation) -> Self {
        let matches = &judged.table.matches;
        Self {
            precision: matches.precision.value,
            recall: matches.recall.value,
            f1: matches.f1,
            best_f1: judged.sweep.best.as_ref().map_or(0.0, |best| best.f1),
            pairs_completeness: judged.candidates.pairs_completeness.value,
        }
    }
}

impl GridLeakage {
    /// The leakage that attacks found.
    #[must_use]
    pub fn of_attacks(result: &PrivacyResult) -> Self {
        let excess = |finding: &AttackFinding| Some((finding.excess()?, name(finding)));
        let worst = result.findings.iter().filter_map(excess).max_by(|a, b| a.0.total_cmp(&b.0));
        let worst = worst.filter(|(index, _)| *index > 0.0);
        let (index, worst) = worst.unwrap_or_default();
        let unproven = result.findings.iter().filter(|finding| finding.verdict == Verdict::Unproven);
        let shared = result.findings.iter().find(|finding| finding.attack == crate::attack::SHARED);
        Self {
            beyond: result.exceeding().count() as u64,
            unproven: unproven.count() as u64,
            index,
            worst,
            shared: shared.and_then(|finding| finding.result.as_ref()).map(|result| result.found.value),
        }
    }
}

fn name(finding: &AttackFinding) -> String {
    let setting = finding.result.as_ref().map_or("", |result| result.setting.as_str());
    if setting.is_empty() { finding.attack.to_owned() } else { format!("{} ({setting})", finding.attack) }
}

impl GridPoint {
    /// Accuracy, cost and leakage, if it was measured.
    #[must_use]
    pub const fn measured(&self) -> Option<(&GridRates, &GridCost, Option<&GridLeakage>)> {
        match &self.outcome {
            GridOutcome::Measured { accuracy, cost, leakage } => Some((accuracy, cost, leakage.as_ref())),
            GridOutcome::Refused { .. } => None,
        }
    }

    /// Whether all attacks stay within the limits; unknown if none was run.
    pub(crate) fn within(&self) -> Option<bool> {
        let (_, _, leakage) = self.measured()?;
        leakage.map(|leakage| leakage.beyond == 0)
    }
}
