//! Chooses links among the candidates in a store, and writes them to a table.

use mizuhiki_columnar::{CandidatePair, LinkRow, LinkWriter, PairWriter};
use mizuhiki_exchange::{Classification, Comparable, IncomparableError, LinkFlag, TokenSet, ViewTokens};
use mizuhiki_match::{
    Assignment, Calibration, Candidate, Components, Greedy, MAX_COMPONENT, PairsToList, RunnersUp, Scale,
    Top, WithinHousehold, agreements_of, candidate_order, doubt_of, pairs_to_confirm, solve_component,
};
use mizuhiki_schema::{Measure, Similarity};

use crate::candidates::error::SearchError;
use crate::candidates::options::Households;
use crate::candidates::runs::{Key, Sorter};
use crate::candidates::store::Store;
use crate::candidates::thresholds::Cut;
use crate::link::error::LinkError;
use crate::link::job::LinkJob;
use crate::link::overview::LinksHistogram;

/// When pairs are listed for confirmation, a match with at least this probability is not confirmed.
const SURE: f64 = 0.99;

/// Chooses links among the candidates in a store.
pub(crate) struct Chooser<'a> {
    pub(crate) job: &'a LinkJob,
    pub(crate) comparable: &'a Comparable<'a>,
    pub(crate) cut: Cut,
    pub(crate) calibration: Option<&'a Calibration>,
    /// The lowest similarity of pairs without a link that are listed for confirmation.
    pub(crate) lowest_to_confirm: Similarity,
}

/// Counts of the chosen links.
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

    /// Calls `take` with each candidate at or above the lower threshold, in order, without those beyond
    /// `--top`.
    fn each<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        take: &mut dyn FnMut(&Candidate) -> Result<(), LinkError>,
    ) -> Result<u64, LinkError> {
        let (left, right, within) = self.sizes();
        let mut top = self.job.top.map(|most| Top::new(most, left, right, within));
        let mut count = 0;
        for candidate in store.sorted()? {
            let candidate = candidate.map_err(SearchError::lost)?;
            if candidate.similarity < self.cut.borderline {
                break;
            }
            if top.as_mut().is_none_or(|top| top.offer(&candidate)) {
                count += 1;
                take(&candidate)?;
            }
        }
        Ok(count)
    }

    /// Chooses links and writes them, and writes the candidate pairs if requested.
    pub(crate) fn choose<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        writer: &mut LinkWriter,
        pairs: Option<&mut PairWriter>,
        warnings: &mut Vec<String>,
    ) -> Result<Chosen, LinkError> {
        if let Some(pairs) = pairs {
            self.write_candidates(store, pairs)?;
        }
        let mut chosen = Chosen::default();
        if self.job.assignment == Assignment::Many {
            let count = self.each(store, &mut |c| self.write(writer, c, false, &mut chosen))?;
            return Ok(Chosen { candidates: count, ..chosen });
        }
        let (links, count) = match self.job.assignment {
            Assignment::Optimal => self.optimal(store, warnings)?,
            Assignment::Greedy | Assignment::Many => self.greedy(store)?,
        };
        chosen.candidates = count;
        let doubts = self.doubts(store, &links)?;
        match self.job.for_confirm {
            Some(limit) => self.write_for_confirm(store, writer, (&links, &doubts), limit, &mut chosen)?,
            None => {
                for (link, doubt) in links.iter().zip(doubts) {
                    self.write(writer, link, doubt, &mut chosen)?;
                }
            }
        }
        Ok(chosen)
    }

    fn write_candidates<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        pairs: &mut PairWriter,
    ) -> Result<(), LinkError> {
        let sets = if self.comparable.is_within() { (0, 0) } else { (0, 1) };
        self.each(store, &mut |c| {
            let records = (c.left, c.right);
            Ok(pairs.push(&CandidatePair { similarity: c.similarity, sets, records })?)
        })?;
        Ok(())
    }

    /// Greedy one-to-one links in order, and the number of candidates.
    fn greedy<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
    ) -> Result<(Vec<Candidate>, u64), LinkError> {
        let (left, right, within) = self.sizes();
        let (mut links, mut greedy) = (Vec::new(), Greedy::new(left, right, within));
        let count = self.each(store, &mut |c| {
            links.extend(greedy.offer(c).then_some(*c));
            Ok(())
        })?;
        Ok((links, count))
    }

    /// For each link, whether it is in doubt because of another record (`protocols/04-matching.md` §9).
    fn doubts<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        links: &[Candidate],
    ) -> Result<Vec<bool>, LinkError> {
        if self.comparable.is_within() {
            let household = WithinHousehold::new(self.comparable, self.calibration);
            return Ok(links.iter().map(|link| household.holds(link)).collect());
        }
        let mut runners_up = RunnersUp::new(links, self.comparable);
        self.each(store, &mut |c| {
            runners_up.offer(c);
            Ok(())
        })?;
        let (left, right) = (self.comparable.left(), self.comparable.right());
        Ok(match self.comparable.measure() {
            Measure::Symbols { .. } => runners_up.ambiguous(),
            // The schema's threshold, because a threshold set by hand does not change households.
            Measure::Dice => runners_up.households(left, right, self.comparable.thresholds().accept()),
        })
    }

    /// Writes certain links as matches, and other pairs that are worth confirming as borderline
    /// (`protocols/04-matching.md` §6).
    fn write_for_confirm<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        writer: &mut LinkWriter,
        (links, doubts): (&[Candidate], &[bool]),
        limit: u32,
        chosen: &mut Chosen,
    ) -> Result<(), LinkError> {
        let sure: Vec<bool> =
            links.iter().zip(doubts).map(|(link, doubt)| !doubt && self.is_sure(link)).collect();
        for ((link, &doubt), sure) in links.iter().zip(doubts).zip(&sure) {
            // A link in doubt becomes borderline too, with its flag.
            let matched = *sure || doubt && link.similarity >= self.cut.accept;
            let class = if matched { Classification::Match } else { Classification::Borderline };
            self.write_as(writer, link, (class, doubt), chosen)?;
        }
        let (left, right, _) = self.sizes();
        let mut list = PairsToList::new((left, right), (links, &sure), limit);
        let pairs = match self.comparable.measure() {
            // Every pair with enough common symbols is among the candidates.
            Measure::Symbols { .. } => {
                let mut pairs = Vec::new();
                for candidate in store.sorted()? {
                    let candidate = candidate.map_err(SearchError::lost)?;
                    pairs.extend(list.take(&candidate).then_some(candidate));
                }
                pairs
            }
            Measure::Dice => pairs_to_confirm(self.comparable, list, limit, self.lowest_to_confirm)
                .map_err(|reason| self.incomparable(reason))?,
        };
        for pair in pairs {
            self.write_as(writer, &pair, (Classification::Borderline, false), chosen)?;
        }
        Ok(())
    }

    fn incomparable(&self, reason: IncomparableError) -> SearchError {
        let name = |set: &TokenSet| set.custodian_name().to_owned();
        let (left, right) = (name(self.comparable.left()), name(self.comparable.right()));
        SearchError::Incomparable { left, right, reason }
    }

    /// The basis of a link's probability: its number of common symbols, or its agreement in each view.
    fn evidence(&self, link: &Candidate) -> String {
        if let Measure::Symbols { per_row, .. } = self.comparable.measure() {
            let common = Scale::of(self.comparable).level(link.similarity);
            let more = if common == per_row as usize { " or more" } else { "" };
            return format!("{common}{more} of {per_row} symbols in common");
        }
        let views = self.comparable.left().views();
        let agreements = agreements_of(self.comparable, link.left, link.right);
        let of = |(view, agreement): (&ViewTokens, f64)| format!("{} {agreement:.2}", view.name);
        views.iter().zip(agreements).map(of).collect::<Vec<_>>().join("; ")
    }

    /// The flag of a link in doubt.
    fn flag(&self) -> LinkFlag {
        if self.comparable.is_within() { LinkFlag::Household } else { doubt_of(self.comparable.measure()) }
    }

    /// Whether a link needs no confirmation.
    fn is_sure(&self, link: &Candidate) -> bool {
        let probable = |calibration: &Calibration| calibration.probability(link.similarity) >= SURE;
        link.similarity >= self.cut.accept && self.calibration.is_none_or(probable)
    }

    /// Optimal links in order, component by component, and the number of candidates.
    fn optimal<K: Fn(&Candidate) -> Key + Sync>(
        &self,
        store: &mut Store<'_, K>,
        warnings: &mut Vec<String>,
    ) -> Result<(Vec<Candidate>, u64), LinkError> {
        let (left, right, _) = self.sizes();
        let mut links = Vec::new();
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
        // Single pairs, and pairs of components that are too large to solve, are decided here.
        let count = self.each(store, &mut |c| {
            match size(c) {
                1 => links.push(*c),
                size if size > MAX_COMPONENT => links.extend(greedy.offer(c).then_some(*c)),
                _ => sorter.push(*c, &place).map_err(|error| SearchError::spill(&place, error))?,
            }
            Ok(())
        })?;
        let mut group: Vec<Candidate> = Vec::new();
        for candidate in sorter.sorted().map_err(SearchError::lost)? {
            let candidate = candidate.map_err(SearchError::lost)?;
            if group.last().is_some_and(|last| label[last.left as usize] != label[candidate.left as usize]) {
                links.extend(solve_component(&group, self.cut.borderline));
                group.clear();
            }
            group.push(candidate);
        }
        if !group.is_empty() {
            links.extend(solve_component(&group, self.cut.borderline));
        }
        let large = sizes.iter().filter(|&&size| size as usize > MAX_COMPONENT).count();
        links.sort_unstable_by(candidate_order);
        if large > 0 {
            warnings.push(format!(
                "{large} components of more than {MAX_COMPONENT} candidate pairs were linked greedily, not \
                 optimally; a higher --borderline breaks them up"
            ));
        }
        Ok((links, count))
    }

    fn write(
        &self,
        writer: &mut LinkWriter,
        link: &Candidate,
        doubt: bool,
        chosen: &mut Chosen,
    ) -> Result<(), LinkError> {
        let matched = link.similarity >= self.cut.accept;
        let class = if matched { Classification::Match } else { Classification::Borderline };
        self.write_as(writer, link, (class, doubt), chosen)
    }

    fn write_as(
        &self,
        writer: &mut LinkWriter,
        link: &Candidate,
        (mut class, doubt): (Classification, bool),
        chosen: &mut Chosen,
    ) -> Result<(), LinkError> {
        let (left, right) = (self.comparable.left().ids(), self.comparable.right().ids());
        let doubtful = doubt && class == Classification::Match;
        if doubtful {
            chosen.household += 1;
            match self.job.search.households {
                Households::Borderline => class = Classification::Borderline,
                Households::Link => {}
                Households::Drop => return Ok(()),
            }
        }
        if class == Classification::Match {
            chosen.matches += 1;
        } else {
            chosen.borderline += 1;
        }
        chosen.histogram.add(link.similarity);
        let evidence = self.job.evidence.then(|| self.evidence(link));
        Ok(writer.push(&LinkRow {
            left: left.get(link.left as usize),
            right: right.get(link.right as usize),
            similarity: link.similarity,
            class,
            probability: self.calibration.map(|calibration| calibration.probability(link.similarity)),
            flag: doubtful.then_some(self.flag()),
            evidence: evidence.as_deref(),
        })?)
    }
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::Task;
    use mizuhiki_match::CommonLaw;

    use super::*;
    use crate::candidates::runs::by_similarity;
    use crate::fixtures::{
        FIXED, all_of, calibration, filters, link_job, many_filters, pair, schema_of_filters, store, symbols,
        unit,
    };

    /// Cuts at 0.8 and 0.7.
    fn chooser<'a>(job: &'a LinkJob, comparable: &'a Comparable<'a>) -> Chooser<'a> {
        let cut = Cut { accept: 0.8, borderline: 0.7, origin: "command line" };
        let lowest_to_confirm = comparable.thresholds().borderline();
        Chooser { job, comparable, cut, calibration: None, lowest_to_confirm }
    }

    fn three_records_each(look: impl FnOnce(&Comparable<'_>)) {
        let schema = schema_of_filters(FIXED);
        let (left, right) = (many_filters("left", &schema, 3), many_filters("right", &schema, 3));
        look(&Comparable::between(&left, &right).unwrap());
    }

    /// A pair that is best for itself, and two that are better together; one that stands alone; one below the cut.
    const CANDIDATES: [Candidate; 5] =
        [pair(0, 0, 0.9), pair(0, 1, 0.85), pair(1, 0, 0.85), pair(2, 2, 0.75), pair(2, 1, 0.65)];

    #[test]
    fn greedy_links_take_the_best_pair_and_each_record_once() {
        three_records_each(|comparable| {
            let job = link_job(Assignment::Greedy);
            let mut found = store(false, by_similarity);
            found.add(unit(0, &CANDIDATES)).unwrap();
            let (links, candidates) = chooser(&job, comparable).greedy(&mut found).unwrap();
            assert_eq!(links, [pair(0, 0, 0.9), pair(2, 2, 0.75)]);
            assert_eq!(candidates, 4, "none below the lower threshold");
        });
    }

    #[test]
    fn optimal_links_have_the_largest_sum_and_come_in_order() {
        three_records_each(|comparable| {
            let job = link_job(Assignment::Optimal);
            let mut found = store(false, by_similarity);
            found.add(unit(0, &CANDIDATES)).unwrap();
            let mut warnings = Vec::new();
            let (links, candidates) = chooser(&job, comparable).optimal(&mut found, &mut warnings).unwrap();
            assert_eq!(links, [pair(0, 1, 0.85), pair(1, 0, 0.85), pair(2, 2, 0.75)]);
            assert_eq!((candidates, warnings.len()), (4, 0));
        });
    }

    #[test]
    fn candidates_beyond_the_best_of_both_records_are_passed_over() {
        three_records_each(|comparable| {
            let job = LinkJob { top: Some(1), ..link_job(Assignment::Many) };
            let mut found = store(false, by_similarity);
            let worse = pair(1, 1, 0.72);
            found.add(unit(0, &[&CANDIDATES[..], &[worse]].concat())).unwrap();
            let mut taken = Vec::new();
            let count = chooser(&job, comparable).each(&mut found, &mut |candidate| {
                taken.push(*candidate);
                Ok(())
            });
            assert_eq!(count.unwrap(), 4);
            assert_eq!(taken, CANDIDATES[..4]);
            assert_eq!(all_of(&mut found).len(), 6, "the store keeps all");
        });
    }

    #[test]
    fn a_link_is_sure_if_it_is_accepted_and_nearly_certain() {
        let known = calibration(&[(190, 400), (120, 100)], 1_000);
        let (near, far) = (known.probability(0.95), known.probability(0.6));
        assert!(near >= SURE && far < SURE, "{near} {far}");
        three_records_each(|comparable| {
            let job = link_job(Assignment::Greedy);
            let of = |accept, calibration| {
                let mut chooser = Chooser { calibration, ..chooser(&job, comparable) };
                chooser.cut.accept = accept;
                [0.95, 0.6].map(|similarity| chooser.is_sure(&pair(0, 0, similarity)))
            };
            assert_eq!(of(0.5, None), [true, true]);
            assert_eq!(of(0.8, None), [true, false]);
            assert_eq!(of(0.5, Some(&known)), [true, false]);
            assert_eq!(of(0.99, Some(&known)), [false, false]);
        });
    }

    #[test]
    fn links_of_filters_rest_on_their_views() {
        let schema = schema_of_filters(FIXED);
        let left = filters("left", &schema, &[("1", 0b1111_1111)]);
        let right = filters("right", &schema, &[("1", 0b1111_1111), ("2", 0b0000_1111)]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let job = link_job(Assignment::Greedy);
        let chooser = chooser(&job, &comparable);
        assert_eq!(chooser.evidence(&pair(0, 0, 1.0)), "v 1.00; w 1.00");
        assert_eq!(chooser.evidence(&pair(0, 1, 0.67)), "v 0.67; w 0.67");
        assert_eq!(chooser.flag(), LinkFlag::Household);
    }

    #[test]
    fn links_of_symbols_rest_on_how_many_are_in_common() {
        let (left, _) = symbols("left", 112, Task::Link, &[&[1]]);
        let (right, _) = symbols("right", 112, Task::Link, &[&[1]]);
        let comparable = Comparable::between(&left, &right).unwrap();
        let law = CommonLaw::of(&comparable).unwrap();
        let job = link_job(Assignment::Greedy);
        let chooser = chooser(&job, &comparable);
        let said = |common| chooser.evidence(&pair(0, 0, law.similarity(common)));
        assert_eq!(said(5), "5 of 8 symbols in common");
        assert_eq!(said(8), "8 or more of 8 symbols in common", "alternatives may have more");
        assert_eq!(chooser.flag(), LinkFlag::Ambiguous);
    }
}
