//! From candidates in a store to links in a table.

use mizuhiki_columnar::{CandidatePair, Cell, PairWriter, ResultWriter};
use mizuhiki_exchange::{Classification, Comparable, Doubt};
use mizuhiki_match::{
    Assignment, Calibration, Candidate, Components, Greedy, MAX_COMPONENT, RunnersUp, Top, candidate_order,
    solve_component,
};
use mizuhiki_schema::{Measure, Similarity, Thresholds};

use crate::job::{LinkError, LinkJob};
use crate::pairs_to_confirm::{Wanted, pairs_to_confirm};
use crate::report::LinksHistogram;
use crate::spill::{Key, Sorter};
use crate::store::Store;

/// Probability from which a match is not confirmed, where pairs are listed for confirmation.
const SURE: f64 = 0.99;

/// What leaves doubt about a link where another record is about as similar.
pub(crate) const fn doubt_of(measure: Measure) -> Doubt {
    match measure {
        Measure::Symbols { .. } => Doubt::Ambiguous,
        _ => Doubt::Household,
    }
}

/// Makes links of the candidates in a store.
pub(crate) struct Chooser<'a> {
    pub(crate) job: &'a LinkJob,
    pub(crate) comparable: &'a Comparable<'a>,
    pub(crate) thresholds: Thresholds,
    pub(crate) calibration: Option<&'a Calibration>,
    /// From where on pairs without a link are listed for confirmation.
    pub(crate) far: Similarity,
}

/// What was chosen, as counted while it was written.
#[derive(Default)]
pub(crate) struct Chosen {
    pub(crate) candidates: u64,
    pub(crate) matches: u64,
    pub(crate) borderline: u64,
    pub(crate) household: u64,
    pub(crate) histogram: LinksHistogram,
}

impl Chooser<'_> {
    fn sizes(&self) -> (usize, usize, bool) {
        (self.comparable.left().len(), self.comparable.right().len(), self.comparable.is_within())
    }

    /// Calls `take` with each candidate at or above the lower threshold, in order, those beyond `--top` aside.
    fn each<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        take: &mut dyn FnMut(&Candidate) -> Result<(), LinkError>,
    ) -> Result<u64, LinkError> {
        let (left, right, within) = self.sizes();
        let mut top = self.job.top.map(|most| Top::new(most, left, right, within));
        let mut count = 0;
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(LinkError::lost)?;
            if candidate.similarity < self.thresholds.borderline().get() {
                break;
            }
            if top.as_mut().is_none_or(|top| top.offer(&candidate)) {
                count += 1;
                take(&candidate)?;
            }
        }
        Ok(count)
    }

    /// Chooses links and writes them, and the candidate pairs where they are wanted.
    pub(crate) fn choose<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        writer: &mut ResultWriter,
        pairs: Option<&mut PairWriter>,
        warnings: &mut Vec<String>,
    ) -> Result<Chosen, LinkError> {
        let (left, right, within) = self.sizes();
        if let Some(pairs) = pairs {
            let sets = if within { (0, 0) } else { (0, 1) };
            self.each(store, &mut |c| {
                let records = (c.left, c.right);
                Ok(pairs.push(&CandidatePair { similarity: c.similarity, sets, records })?)
            })?;
        }
        let mut chosen = Chosen::default();
        if self.job.assignment == Assignment::Many {
            let count = self.each(store, &mut |c| self.write(writer, c, false, &mut chosen))?;
            return Ok(Chosen { candidates: count, ..chosen });
        }
        let mut links = Vec::new();
        chosen.candidates = if self.job.assignment == Assignment::Optimal {
            self.optimal(store, &mut links, warnings)?
        } else {
            let mut greedy = Greedy::new(left, right, within);
            self.each(store, &mut |c| {
                if greedy.offer(c) {
                    links.push(*c);
                }
                Ok(())
            })?
        };
        let mut doubts = vec![false; links.len()];
        if !within {
            let measure = self.comparable.measure();
            let mut runners_up = RunnersUp::new(&links, left, right, measure);
            self.each(store, &mut |c| {
                runners_up.offer(c);
                Ok(())
            })?;
            let (left, right) = (self.comparable.left(), self.comparable.right());
            doubts = match measure {
                Measure::Symbols { .. } => runners_up.ambiguous(),
                _ => runners_up.households(left, right, self.thresholds.accept()),
            };
        }
        let Some(most) = self.job.for_confirm else {
            for (link, doubt) in links.iter().zip(doubts) {
                self.write(writer, link, doubt, &mut chosen)?;
            }
            return Ok(chosen);
        };
        let sure: Vec<bool> =
            links.iter().zip(&doubts).map(|(link, doubt)| !doubt && self.is_sure(link)).collect();
        for ((link, doubt), sure) in links.iter().zip(doubts).zip(&sure) {
            // A link in doubt is borderline too, and says why.
            let matched = *sure || doubt && link.similarity >= self.thresholds.accept().get();
            let class = if matched { Classification::Match } else { Classification::Borderline };
            self.write_as(writer, link, (class, doubt), &mut chosen)?;
        }
        let wanted = Wanted::new((left, right), (&links, &sure), most);
        let pairs = match self.comparable.measure() {
            // Every pair that has anything in common is among the candidates.
            Measure::Symbols { .. } => {
                let mut wanted = wanted;
                let mut pairs = Vec::new();
                for candidate in store.sorted()? {
                    let candidate = candidate.map_err(LinkError::lost)?;
                    pairs.extend(wanted.take(&candidate).then_some(candidate));
                }
                pairs
            }
            _ => pairs_to_confirm(self.comparable, wanted, most, self.far)?,
        };
        for pair in pairs {
            self.write_as(writer, &pair, (Classification::Borderline, false), &mut chosen)?;
        }
        Ok(chosen)
    }

    /// Whether a link needs no confirmation.
    fn is_sure(&self, link: &Candidate) -> bool {
        let probable = |calibration: &Calibration| calibration.probability(link.similarity) >= SURE;
        link.similarity >= self.thresholds.accept().get() && self.calibration.is_none_or(probable)
    }

    /// Optimal links in order, component by component; the number of candidates.
    fn optimal<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        links: &mut Vec<Candidate>,
        warnings: &mut Vec<String>,
    ) -> Result<u64, LinkError> {
        let (left, right, _) = self.sizes();
        let mut components = Components::new(left, right);
        self.each(store, &mut |c| {
            components.add(c);
            Ok(())
        })?;
        let label = components.finish();
        let mut sizes = vec![0_u32; left + right];
        self.each(store, &mut |c| {
            sizes[label[c.left as usize] as usize] += 1;
            Ok(())
        })?;
        let size = |c: &Candidate| sizes[label[c.left as usize] as usize] as usize;
        let key = |c: &Candidate| {
            (u64::from(label[c.left as usize]), u64::from(c.left) << 32 | u64::from(c.right), 0)
        };
        let place = store.place();
        let mut sorter = Sorter::new(store.most() / 2, key);
        let mut greedy = Greedy::new(left, right, false);
        // A pair that stands alone, or one of a component too large to solve, is decided in passing.
        let count = self.each(store, &mut |c| {
            match size(c) {
                1 => links.push(*c),
                size if size > MAX_COMPONENT => links.extend(greedy.offer(c).then_some(*c)),
                _ => sorter.push(*c, &place).map_err(|error| LinkError::spill(&place, error))?,
            }
            Ok(())
        })?;
        let mut group: Vec<Candidate> = Vec::new();
        for candidate in sorter.sorted().map_err(LinkError::lost)? {
            let candidate = candidate.map_err(LinkError::lost)?;
            if group.last().is_some_and(|last| label[last.left as usize] != label[candidate.left as usize]) {
                links.extend(solve_component(&group, self.thresholds.borderline().get()));
                group.clear();
            }
            group.push(candidate);
        }
        if !group.is_empty() {
            links.extend(solve_component(&group, self.thresholds.borderline().get()));
        }
        let large = sizes.iter().filter(|&&size| size as usize > MAX_COMPONENT).count();
        links.sort_unstable_by(candidate_order);
        if large > 0 {
            warnings.push(format!(
                "{large} components of more than {MAX_COMPONENT} candidate pairs were linked greedily, not \
                 optimally; a higher --borderline breaks them up"
            ));
        }
        Ok(count)
    }

    fn write(
        &self,
        writer: &mut ResultWriter,
        link: &Candidate,
        doubt: bool,
        chosen: &mut Chosen,
    ) -> Result<(), LinkError> {
        let similarity = Similarity::new(link.similarity).unwrap_or_else(|| self.thresholds.borderline());
        self.write_as(writer, link, (Classification::of(similarity, self.thresholds), doubt), chosen)
    }

    fn write_as(
        &self,
        writer: &mut ResultWriter,
        link: &Candidate,
        (mut class, doubt): (Classification, bool),
        chosen: &mut Chosen,
    ) -> Result<(), LinkError> {
        let (left, right) = (self.comparable.left().ids(), self.comparable.right().ids());
        let doubtful = doubt && class == Classification::Match;
        if doubtful {
            class = Classification::Borderline;
            chosen.household += 1;
        }
        if class == Classification::Match {
            chosen.matches += 1;
        } else {
            chosen.borderline += 1;
        }
        chosen.histogram.add(link.similarity);
        writer.push(&[
            Cell::Text(left.get(link.left as usize)),
            Cell::Text(right.get(link.right as usize)),
            Cell::Number(Some(link.similarity)),
            Cell::Text(class.name()),
            Cell::Number(self.calibration.map(|calibration| calibration.probability(link.similarity))),
            Cell::Text(if doubtful { doubt_of(self.comparable.measure()).name() } else { "" }),
        ])?;
        Ok(())
    }
}
