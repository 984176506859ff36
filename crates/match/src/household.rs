//! Links that may be of another household member (`protocols/04-matching.md` §9).

use mizuhiki_exchange::{Comparable, LinkFlag, TokenSet};
use mizuhiki_schema::{Measure, Similarity};

use crate::calibrate::{Calibration, Scale};
use crate::search::{Candidate, Scorer};

/// With filters, a runner-up within this difference of the link's similarity leaves doubt.
const HOUSEHOLD_MARGIN: f64 = 0.02;

/// With symbols, a runner-up with at least this share of the link's common symbols leaves doubt.
const AMBIGUOUS_SHARE: f64 = 0.8;

/// Whether another candidate of a record, of similarity `rival`, leaves doubt about a link of similarity
/// `link`.
#[must_use]
pub fn leaves_doubt(measure: Measure, link: f64, rival: f64) -> bool {
    match measure {
        // This is the ratio of the numbers of common symbols.
        Measure::Symbols { positions, .. } => (rival / link).powi(positions as i32) >= AMBIGUOUS_SHARE - 1e-9,
        Measure::Dice => link - rival <= HOUSEHOLD_MARGIN,
    }
}

/// The flag of a link that another record leaves in doubt.
#[must_use]
pub const fn doubt_of(measure: Measure) -> LinkFlag {
    match measure {
        Measure::Symbols { .. } => LinkFlag::Ambiguous,
        Measure::Dice => LinkFlag::Household,
    }
}

/// The best candidate of each linked record besides its link.
pub struct RunnersUp {
    /// The index of each left row's link, or `NONE`.
    left_link: Vec<u32>,
    right_link: Vec<u32>,
    similarity: Vec<f64>,
    partner: Vec<(u32, u32)>,
    measure: Measure,
    solid: f64,
    /// For each link, the right record that rivals its own, and the left one.
    rivals: Vec<(Option<u32>, Option<u32>)>,
}

const NONE: u32 = u32::MAX;

impl RunnersUp {
    /// For one-to-one links of a comparison of two sets.
    #[must_use]
    pub fn new(links: &[Candidate], comparable: &Comparable<'_>) -> Self {
        let (left, right) = (comparable.left().len(), comparable.right().len());
        let scale = Scale::of(comparable);
        let mut new = Self {
            left_link: vec![NONE; left],
            right_link: vec![NONE; right],
            similarity: links.iter().map(|link| link.similarity).collect(),
            measure: comparable.measure(),
            solid: scale.floor(scale.solid()),
            partner: links.iter().map(|link| (link.left, link.right)).collect(),
            rivals: vec![(None, None); links.len()],
        };
        for (link, index) in links.iter().zip(0..) {
            new.left_link[link.left as usize] = index;
            new.right_link[link.right as usize] = index;
        }
        new
    }

    /// Takes the next candidate, in order.
    pub fn offer(&mut self, candidate: &Candidate) {
        let (of_left, of_right) =
            (self.left_link[candidate.left as usize], self.right_link[candidate.right as usize]);
        if of_left == of_right {
            return;
        }
        // Two solid candidates of a record are duplicates of one person.
        let solid = matches!(self.measure, Measure::Symbols { .. }) && candidate.similarity >= self.solid;
        let close = |link: u32| {
            !solid && leaves_doubt(self.measure, self.similarity[link as usize], candidate.similarity)
        };
        if of_left != NONE && close(of_left) {
            self.rivals[of_left as usize].0.get_or_insert(candidate.right);
        }
        if of_right != NONE && close(of_right) {
            self.rivals[of_right as usize].1.get_or_insert(candidate.left);
        }
    }

    /// For each link, whether a runner-up leaves doubt.
    #[must_use]
    pub fn ambiguous(&self) -> Vec<bool> {
        self.rivals.iter().map(|rivals| *rivals != (None, None)).collect()
    }

    /// For each link, whether the linked record and the runner-up look like one household: they agree in some
    /// view by at least `least`, and are not solid. Solid ones would be duplicates of one person.
    #[must_use]
    pub fn households(&self, left: &TokenSet, right: &TokenSet, least: Similarity) -> Vec<bool> {
        if self.rivals.iter().all(|rivals| *rivals == (None, None)) {
            return vec![false; self.rivals.len()];
        }
        let new = |set| Household::new(set, least.get(), self.solid);
        let (left, right) = (new(left), new(right));
        self.partner
            .iter()
            .zip(&self.rivals)
            .map(|(&(a, b), &(right_rival, left_rival))| {
                right_rival.is_some_and(|rival| right.holds(b, rival))
                    || left_rival.is_some_and(|rival| left.holds(a, rival))
            })
            .collect()
    }
}

/// Records of one set, compared with each other.
pub struct Household<'a> {
    set: &'a TokenSet,
    scorer: Scorer<'a>,
    views: usize,
    least: f64,
    solid: f64,
}

impl<'a> Household<'a> {
    /// For records that agree in a view by at least `least`, and are less similar than `solid`.
    #[must_use]
    pub fn new(set: &'a TokenSet, least: f64, solid: f64) -> Self {
        let within = Comparable::within(set);
        Self { set, scorer: Scorer::new(&within), views: set.views().len(), least, solid }
    }

    /// Whether two records look like two members of one household.
    #[must_use]
    pub fn holds(&self, a: u32, b: u32) -> bool {
        let others: Vec<u32> = self.set.rows_of(b).collect();
        let agrees = |row: u32, view: usize| {
            self.scorer.agreements(view, row, &others).into_iter().any(|agreement| agreement >= self.least)
        };
        let similarity = |row| self.scorer.similarities(row, &others).into_iter().fold(0.0, f64::max);
        self.set.rows_of(a).any(|row| (0..self.views).any(|view| agrees(row, view)))
            && self.set.rows_of(a).all(|row| similarity(row) < self.solid)
    }
}

/// Matches within one set are in doubt below this probability, if they may be of one household.
const SURE_OF_ONE: f64 = 0.95;

/// Minimum agreement of a view in which two records of a set count as equal.
const EQUAL: f64 = 0.98;

/// Links within one set that may be of two members of a household: they are not solid, and are equal in a
/// view or agree as far as records that differ in one field (`protocols/04-matching.md` §9).
pub struct WithinHousehold<'a> {
    scale: Scale,
    /// For filters: records that agree in a view.
    filters: Option<Household<'a>>,
    calibration: Option<&'a Calibration>,
}

impl<'a> WithinHousehold<'a> {
    /// For links of a comparison within one set.
    #[must_use]
    pub fn new(comparable: &Comparable<'a>, calibration: Option<&'a Calibration>) -> Self {
        let scale = Scale::of(comparable);
        let solid = scale.floor(scale.solid());
        let filters = match comparable.measure() {
            Measure::Symbols { .. } => None,
            Measure::Dice => Some(Household::new(comparable.left(), EQUAL, solid)),
        };
        Self { scale, filters, calibration }
    }

    /// Whether a link may be of two members of a household.
    #[must_use]
    pub fn holds(&self, link: &Candidate) -> bool {
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
