//! From hypotheses to a class, a weight and evidence (`protocols/05-audit.md` §4).

use mizuhiki_exchange::{AuditClass, Hypothesis, Outcome};
use mizuhiki_schema::{AuditComparison, AuditRole, AuditSchema};

use super::model::{Model, wrong_share};
use super::outcome::{OutcomeVector, Outcomes};
use super::patterns::{Hints, Sharing};

/// Minimum evidence, in bits, for one person against a different person; below it no link counts as right.
pub const LEAST_EVIDENCE: f64 = 10.0;

/// At and above this probability of being wrong, a link has a class of wrong links: one in ten, while one in
/// ten thousand is usual.
pub(super) const SUSPECTED: f64 = 0.1;

/// The grade of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// The class.
    pub class: AuditClass,
    /// Match weight: log2 of the likelihood ratio of the likeliest right hypothesis and the likeliest wrong
    /// one. The prior of wrong links is not included.
    pub weight_bits: f64,
    /// Probability that the link is wrong.
    pub probability: f64,
    /// Probability of the class.
    pub class_probability: f64,
    /// The likeliest right hypothesis, and the likeliest wrong one.
    pub hypotheses: (Hypothesis, Hypothesis),
    /// Evidence in bits for the right hypothesis against the wrong one, per comparison; their sum and
    /// `hint_bits` make the weight.
    pub evidence: Vec<f64>,
    /// Evidence of the hints, in bits.
    pub hint_bits: f64,
}

/// Grades a link by its outcomes and hints.
#[must_use]
pub fn grade(schema: &AuditSchema, model: &Model, vector: &OutcomeVector, hints: Hints) -> Grade {
    let (posterior, _) = model.posterior(vector, hints);
    let best = |right: bool| {
        let mut best = if right { Hypothesis::Same } else { Hypothesis::Unrelated };
        for hypothesis in Hypothesis::ALL.into_iter().filter(|hypothesis| hypothesis.is_right() == right) {
            if posterior[hypothesis as usize] > posterior[best as usize] {
                best = hypothesis;
            }
        }
        best
    };
    let (right, wrong) = (best(true), best(false));
    let comparisons = schema.body().comparisons.len();
    let evidence: Vec<f64> = (0..comparisons)
        .map(|at| model.log_outcome(right, at, vector[at]) - model.log_outcome(wrong, at, vector[at]))
        .collect();
    let hint_bits = model.log_hints(right, hints) - model.log_hints(wrong, hints);
    let probability = wrong_share(&posterior);
    let (class, class_probability) = if probability >= SUSPECTED {
        class_of_wrong(schema, &posterior, vector, hints)
    } else {
        (class_of_right(schema, model, right, vector), 1.0 - probability)
    };
    Grade {
        class,
        weight_bits: evidence.iter().sum::<f64>() + hint_bits,
        probability,
        class_probability,
        hypotheses: (right, wrong),
        evidence,
        hint_bits,
    }
}

fn class_of_wrong(
    schema: &AuditSchema,
    posterior: &[f64; Hypothesis::ALL.len()],
    vector: &OutcomeVector,
    hints: Hints,
) -> (AuditClass, f64) {
    use Hypothesis::{Homonym, Household, HouseholdOtherName, Namesake, Twin, Unrelated};
    let of = |hypothesis: Hypothesis| posterior[hypothesis as usize];
    let candidates = [
        (class_of_unrelated(schema, vector, hints), of(Unrelated)),
        (AuditClass::Homonym, of(Homonym) + of(Namesake)),
        (AuditClass::SameHouseholdOther, of(Household) + of(HouseholdOtherName)),
        (AuditClass::Twin, of(Twin)),
    ];
    let first = candidates[0];
    candidates.into_iter().fold(first, |best, next| if next.1 > best.1 { next } else { best })
}

fn class_of_unrelated(schema: &AuditSchema, vector: &OutcomeVector, hints: Hints) -> AuditClass {
    let is_family = |role: AuditRole| matches!(role, AuditRole::FamilyName | AuditRole::FamilyReading);
    let mut families = schema.body().comparisons.iter().zip(vector).filter(|(of, _)| is_family(of.role));
    let agrees = |(of, &outcome): (&AuditComparison, &u8)| {
        let outcomes = Outcomes::new(of);
        outcomes.agrees(outcome) || outcomes.outcome(outcome) == Outcome::Wild
    };
    if hints.near_number {
        AuditClass::DigitTypo
    } else if hints.shared_right != Sharing::Beside {
        AuditClass::Unrelated
    } else if families.any(agrees) {
        // A relative with an outdated address.
        AuditClass::SameHouseholdOther
    } else {
        AuditClass::PriorHolder
    }
}

fn class_of_right(
    schema: &AuditSchema,
    model: &Model,
    right: Hypothesis,
    vector: &OutcomeVector,
) -> AuditClass {
    let comparisons = &schema.body().comparisons;
    let compared = |hypothesis: Hypothesis| -> f64 {
        (0..comparisons.len()).map(|at| model.log_outcome(hypothesis, at, vector[at])).sum()
    };
    let evidence = compared(right) - compared(Hypothesis::Unrelated);
    if evidence < LEAST_EVIDENCE || !model.can_tell_homonyms(vector) {
        return AuditClass::Insufficient;
    }
    let outcome = |at: usize| Outcomes::new(&comparisons[at]).outcome(vector[at]);
    let differs =
        |at: usize| matches!(outcome(at), Outcome::KnownError(_) | Outcome::Similar(_) | Outcome::Different);
    // Readings are often guessed, and addresses often outdated.
    let written = |role: AuditRole| {
        let written = match role {
            AuditRole::FamilyReading => AuditRole::FamilyName,
            AuditRole::GivenReading => AuditRole::GivenName,
            _ => return false,
        };
        (0..comparisons.len())
            .any(|at| comparisons[at].role == written && !differs(at) && outcome(at) != Outcome::Missing)
    };
    let varies = (0..comparisons.len()).any(|at| {
        let role = comparisons[at].role;
        role != AuditRole::Address && differs(at) && !written(role)
    });
    if varies { AuditClass::EntryVariant } else { AuditClass::Match }
}
