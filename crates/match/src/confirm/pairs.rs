//! Pairs to confirm: between records without a certain link (`protocols/04-matching.md` §6).

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use mizuhiki_exchange::{Comparable, IncomparableError, TokenSet};
use mizuhiki_schema::Similarity;

use crate::assign::candidate_order;
use crate::plan::{Plan, Scope};
use crate::search::{Candidate, search};

/// Which pairs may still be listed.
pub struct PairsToList {
    /// Remaining number of pairs for each record.
    lefts: Vec<u32>,
    rights: Vec<u32>,
    /// Pairs that are listed already.
    listed: HashSet<(u32, u32)>,
}

impl PairsToList {
    /// Allows each record `most` pairs, counting links that are not certain; none for records with a certain
    /// link.
    #[must_use]
    pub fn new((left, right): (usize, usize), (links, sure): (&[Candidate], &[bool]), most: u32) -> Self {
        let (mut lefts, mut rights) = (vec![most; left], vec![most; right]);
        let mut listed = HashSet::new();
        for (link, sure) in links.iter().zip(sure) {
            for record in [&mut lefts[link.left as usize], &mut rights[link.right as usize]] {
                *record = if *sure { 0 } else { record.saturating_sub(1) };
            }
            listed.insert((link.left, link.right));
        }
        Self { lefts, rights, listed }
    }

    /// Lists a pair if both records have pairs left; pairs must come in the order of candidates.
    pub fn take(&mut self, pair: &Candidate) -> bool {
        let (left, right) = (&mut self.lefts[pair.left as usize], &mut self.rights[pair.right as usize]);
        let wanted = *left > 0 && *right > 0 && !self.listed.contains(&(pair.left, pair.right));
        if wanted {
            *left -= 1;
            *right -= 1;
        }
        wanted
    }
}

/// The most similar pairs of records that may still be listed, at or above the similarity `lowest`; for
/// filters.
///
/// # Errors
/// [`IncomparableError`] if the two sets are not of one schema and key.
pub fn pairs_to_confirm(
    comparable: &Comparable<'_>,
    mut wanted: PairsToList,
    most: u32,
    lowest: Similarity,
) -> Result<Vec<Candidate>, IncomparableError> {
    let (left, right) = (comparable.left(), comparable.right());
    let free = |left: &[u32]| -> Vec<u32> {
        (0_u32..).zip(left).filter(|(_, may)| **may > 0).map(|(record, _)| record).collect()
    };
    let (free_left, free_right) = (free(&wanted.lefts), free(&wanted.rights));
    if free_left.is_empty() || free_right.is_empty() {
        return Ok(Vec::new());
    }
    let (only_left, only_right) = (left.only(&free_left), right.only(&free_right));
    let between = Comparable::between(&only_left, &only_right)?;
    // Twice as many are kept as are wanted, because other records may use up the best ones of a record.
    let best = Mutex::new(Best::new(&only_left, &only_right, 2 * most as usize));
    let ended = search::<()>(&Plan::new(&between, Scope::Auto), lowest, &|_| false, &|result| {
        let mut best = best.lock().unwrap_or_else(PoisonError::into_inner);
        for candidate in &result.candidates {
            let records = (free_left[candidate.left as usize], free_right[candidate.right as usize]);
            if !wanted.listed.contains(&records) {
                best.offer(candidate);
            }
        }
        ControlFlow::Continue(())
    });
    debug_assert!(ended.is_continue(), "nothing stops this search");
    let mut pairs = Vec::new();
    for candidate in best.into_inner().unwrap_or_else(PoisonError::into_inner).sorted() {
        let (left, right) = (free_left[candidate.left as usize], free_right[candidate.right as usize]);
        let pair = Candidate { left, right, ..candidate };
        pairs.extend(wanted.take(&pair).then_some(pair));
    }
    Ok(pairs)
}

/// The best few candidates of each record of both sides, whatever the order in which they are offered.
struct Best {
    most: usize,
    left: Vec<Vec<Candidate>>,
    right: Vec<Vec<Candidate>>,
}

impl Best {
    fn new(left: &TokenSet, right: &TokenSet, most: usize) -> Self {
        Self { most, left: vec![Vec::new(); left.len()], right: vec![Vec::new(); right.len()] }
    }

    fn offer(&mut self, candidate: &Candidate) {
        for list in [&mut self.left[candidate.left as usize], &mut self.right[candidate.right as usize]] {
            let at = list.partition_point(|better| candidate_order(better, candidate).is_lt());
            if at < self.most {
                list.insert(at, *candidate);
                list.truncate(self.most);
            }
        }
    }

    /// All of them in order, without repetition.
    fn sorted(self) -> Vec<Candidate> {
        let mut all: Vec<Candidate> = self.left.into_iter().chain(self.right).flatten().collect();
        all.sort_unstable_by(candidate_order);
        all.dedup_by_key(|candidate| (candidate.left, candidate.right));
        all
    }
}
