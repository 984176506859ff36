//! From candidates in a store to links in a table.

use mizuhiki_columnar::{CandidatePair, Cell, PairWriter, ResultWriter};
use mizuhiki_exchange::{Classification, Comparable, Doubt, View};
use mizuhiki_match::{
    Assignment, Calibration, Candidate, Components, Greedy, Household, MAX_COMPONENT, RunnersUp, Scale, Top,
    agreements_of, candidate_order, solve_component,
};
use mizuhiki_schema::{Measure, Similarity};

use crate::cut::Cut;
use crate::job::{Households, LinkError, LinkJob};
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

/// Matches within one file below this probability are in doubt where they may be of one household.
const SURE_OF_ONE: f64 = 0.95;

/// Agreement of a view from which on two records of a file are equal in it.
const EQUAL: f64 = 0.98;

/// Which links within one file may be of two members of a household: they are equal in a view, or as far as records are
/// that differ in one field, and not solid.
pub(crate) struct WithinHousehold<'a> {
    scale: Scale,
    /// Of filters: records that agree in a view.
    filters: Option<Household<'a>>,
    calibration: Option<&'a Calibration>,
}

impl<'a> WithinHousehold<'a> {
    pub(crate) fn new(comparable: &Comparable<'a>, calibration: Option<&'a Calibration>) -> Self {
        let scale = Scale::of(comparable);
        let solid = scale.floor(scale.solid());
        let filters = match comparable.measure() {
            Measure::Symbols { .. } => None,
            _ => Some(Household::new(comparable.left(), EQUAL, solid)),
        };
        Self { scale, filters, calibration }
    }

    pub(crate) fn holds(&self, link: &Candidate) -> bool {
        let level = self.scale.level(link.similarity);
        let sure = |calibration: &Calibration| calibration.probability(link.similarity) >= SURE_OF_ONE;
        if level >= self.scale.solid() || self.calibration.is_none_or(sure) {
            return false;
        }
        match &self.filters {
            Some(filters) => filters.holds(link.left, link.right),
            None => level >= self.scale.but_for_a_field(),
        }
    }
}

/// Makes links of the candidates in a store.
pub(crate) struct Chooser<'a> {
    pub(crate) job: &'a LinkJob,
    pub(crate) comparable: &'a Comparable<'a>,
    pub(crate) cut: Cut,
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
        let doubts = if within {
            let household = WithinHousehold::new(self.comparable, self.calibration);
            links.iter().map(|link| household.holds(link)).collect()
        } else {
            let mut runners_up = RunnersUp::new(&links, self.comparable);
            self.each(store, &mut |c| {
                runners_up.offer(c);
                Ok(())
            })?;
            let (left, right) = (self.comparable.left(), self.comparable.right());
            match self.comparable.measure() {
                Measure::Symbols { .. } => runners_up.ambiguous(),
                // The schema's threshold: one set by hand does not change who is of a household.
                _ => runners_up.households(left, right, self.comparable.thresholds().accept()),
            }
        };
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
            let matched = *sure || doubt && link.similarity >= self.cut.accept;
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

    /// What a link's probability rests on: its number of common symbols, or its agreement in each view.
    fn evidence(&self, link: &Candidate) -> String {
        if let Measure::Symbols { per_row, .. } = self.comparable.measure() {
            let common = Scale::of(self.comparable).level(link.similarity);
            let more = if common == per_row as usize { " or more" } else { "" };
            return format!("{common}{more} of {per_row} symbols in common");
        }
        let views = self.comparable.left().views();
        let agreements = agreements_of(self.comparable, link.left, link.right);
        let of = |(view, agreement): (&View, f64)| format!("{} {agreement:.2}", view.name);
        views.iter().zip(agreements).map(of).collect::<Vec<_>>().join("; ")
    }

    /// What a link in doubt is flagged with.
    fn doubt(&self) -> Doubt {
        if self.comparable.is_within() { Doubt::Household } else { doubt_of(self.comparable.measure()) }
    }

    /// Whether a link needs no confirmation.
    fn is_sure(&self, link: &Candidate) -> bool {
        let probable = |calibration: &Calibration| calibration.probability(link.similarity) >= SURE;
        link.similarity >= self.cut.accept && self.calibration.is_none_or(probable)
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
        Ok(count)
    }

    fn write(
        &self,
        writer: &mut ResultWriter,
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
        writer: &mut ResultWriter,
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
        let mut cells = vec![
            Cell::Text(left.get(link.left as usize)),
            Cell::Text(right.get(link.right as usize)),
            Cell::Number(Some(link.similarity)),
            Cell::Text(class.name()),
            Cell::Number(self.calibration.map(|calibration| calibration.probability(link.similarity))),
            Cell::Text(if doubtful { self.doubt().name() } else { "" }),
        ];
        cells.extend(evidence.as_deref().map(Cell::Text));
        Ok(writer.push(&cells)?)
    }
}
