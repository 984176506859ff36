//! The whole way from two token sets to links.

use mizuhiki_exchange::{Classification, Comparable, Link, RecordId};
use mizuhiki_schema::{Similarity, Thresholds};

use crate::{Assignment, Candidate, Limits, MatchError, candidates};

/// Links with what was counted on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Linkage {
    /// The links, by falling similarity, then left id, then right id.
    pub links: Vec<Link>,
    /// Candidate pairs at or above the lower threshold.
    pub candidates: usize,
    /// Pairs that were compared.
    pub compared: u64,
}

/// Finds candidate pairs at or above the lower threshold, assigns them and classifies what is chosen.
///
/// # Errors
/// [`MatchError`] if there are too many candidates or the assignment does not suit one set.
pub fn link(
    comparable: &Comparable<'_>,
    thresholds: Thresholds,
    assignment: Assignment,
    limits: Limits,
    advance: &(dyn Fn(u64) + Sync),
) -> Result<Linkage, MatchError> {
    if comparable.is_within() && assignment == Assignment::Optimal {
        return Err(MatchError::OptimalWithin);
    }
    let found = candidates(comparable, thresholds.borderline(), limits, advance)?;
    let count = found.len();
    let chosen = assignment.choose(comparable, found, thresholds.borderline().get())?;
    let (left, right) = (comparable.left().len() as u64, comparable.right().len() as u64);
    Ok(Linkage {
        links: chosen.iter().filter_map(|candidate| to_link(comparable, candidate, thresholds)).collect(),
        candidates: count,
        compared: if comparable.is_within() { left * left.saturating_sub(1) / 2 } else { left * right },
    })
}

/// `None` never happens: rows have valid ids, and similarities lie in 0..=1.
fn to_link(comparable: &Comparable<'_>, candidate: &Candidate, thresholds: Thresholds) -> Option<Link> {
    let (left, right) = (comparable.left().ids(), comparable.right().ids());
    let mut ids = (left.get(candidate.left as usize), right.get(candidate.right as usize));
    if comparable.is_within() && mizuhiki_exchange::compare_ids(ids.0, ids.1).is_gt() {
        ids = (ids.1, ids.0);
    }
    let similarity = Similarity::new(candidate.similarity)?;
    let class = Classification::of(similarity, thresholds);
    Some(Link { left: RecordId::new(ids.0).ok()?, right: RecordId::new(ids.1).ok()?, similarity, class })
}
