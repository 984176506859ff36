//! Hypotheses about a link, and the likelihood of its outcomes under each (`protocols/05-audit.md` §3).
//!
//! Fellegi and Sunter (JASA 64, 1969) weigh two hypotheses; this model weighs several. Its parameters come
//! from decoys, and from the links themselves by expectation–maximization (Dempster, Laird and Rubin 1977).

use mizuhiki_exchange::Hypothesis;
use mizuhiki_schema::{AuditRole, AuditSchema};

use super::outcome::{OutcomeVector, Outcomes, PairComparison};
use super::patterns::{HINTS, Hints, Patterns};

use Hypothesis::{
    Homonym, Household, HouseholdOtherName, Moved, MovedOtherFamilyName, Namesake, OtherFamilyName,
    OtherName, OtherWriting, Same, Twin, Unrelated,
};

const COUNT: usize = Hypothesis::ALL.len();

/// Number of right hypotheses, which come first.
const RIGHT: usize = 6;

/// Prior shares of links, if every name has namesakes; that of [`Same`] includes namesakes.
const PRIOR: [f64; COUNT] = [0.9404, 0.005, 0.002, 5e-4, 0.05, 0.002, 3e-5, 5e-6, 2e-6, 3e-5, 3e-5, 3.3e-5];

/// Number of links that [`PRIOR`] counts for.
const PRIOR_LINKS: f64 = 5_000.0;

/// Probability that a `homonym` also has the same written family name, or given name.
const HOMONYM_SAME_FAMILY: f64 = 0.7;
const HOMONYM_SAME_GIVEN: f64 = 0.3;

/// Prior probability of a hint under a wrong hypothesis, if it differs from that of right links.
const HINT_PRIOR: [(Hypothesis, usize, f64); 9] = [
    (Household, 0, 0.5),
    (HouseholdOtherName, 0, 0.5),
    (Unrelated, 0, 0.2),
    (Household, 1, 0.25),
    (HouseholdOtherName, 1, 0.25),
    (Twin, 1, 0.25),
    (Namesake, 1, 0.25),
    (Unrelated, 1, 0.25),
    (Unrelated, 2, 0.25),
];

/// Number of links that [`HINT_PRIOR`] counts for.
const HINT_LINKS: f64 = 4.0;

/// Number of observations that smoothing counts for, and a minimum that keeps ratios of probabilities finite.
const SMOOTHING: f64 = 1.0;
const FLOOR: f64 = 1e-7;

const MAX_ROUNDS: usize = 200;
/// The parameters have converged if the log-likelihood per link changes by less, in bits.
const STILL: f64 = 1e-9;

/// Probability that two values of a role compare like those of one person, and not like those of different
/// people.
fn like_same(hypothesis: Hypothesis, role: AuditRole, searched: bool) -> f64 {
    use AuditRole::{Address, BirthDate, FamilyName, FamilyReading, FullName, GivenName};
    let family = matches!(role, FamilyName | FamilyReading);
    let name = is_name(role);
    let like = match hypothesis {
        Same => true,
        OtherFamilyName => !family,
        OtherName => !name,
        OtherWriting => !matches!(role, FamilyName | GivenName | FullName),
        Moved => role != Address,
        MovedOtherFamilyName => role != Address && !family,
        Household => family || role == Address,
        HouseholdOtherName => role == Address,
        Twin => family || role == Address || role == BirthDate,
        Homonym => match role {
            _ if searched => true,
            FamilyName => return HOMONYM_SAME_FAMILY,
            GivenName => return HOMONYM_SAME_GIVEN,
            _ => false,
        },
        Namesake => name,
        Unrelated => false,
    };
    f64::from(u8::from(like))
}

/// Parts of a name, with the roles that contain each.
const NAME_PARTS: [&[AuditRole]; 3] = [
    &[AuditRole::FamilyName, AuditRole::FamilyReading],
    &[AuditRole::GivenName, AuditRole::GivenReading],
    &[AuditRole::FullName],
];

/// Whether a role contains a part of a name.
pub(super) fn is_name(role: AuditRole) -> bool {
    NAME_PARTS.iter().any(|part| part.contains(&role))
}

/// A comparison as the model sees it.
struct Seen {
    role: AuditRole,
    searched: bool,
    outcomes: Outcomes,
}

/// Links for which the same hypotheses are possible.
struct Group<'l> {
    links: &'l Patterns,
    ordered: Vec<(u32, u64)>,
    allowed: &'l [Hypothesis],
}

/// Probabilities of outcomes and hints under each hypothesis.
pub struct Model {
    seen: Vec<Seen>,
    /// Probability of each outcome for one person (m) and for different people (u), by comparison; `missing`
    /// excluded.
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    shares: [f64; COUNT],
    /// Probability of each hint, by hypothesis.
    hints: [[f64; HINTS]; COUNT],
    rounds: usize,
}

/// Number of non-matching pairs with each outcome, by comparison.
pub struct NonMatchCounts(Vec<Vec<u64>>);

impl NonMatchCounts {
    /// None yet.
    #[must_use]
    pub fn new(comparison: &PairComparison) -> Self {
        Self::of(comparison.outcomes())
    }

    /// None yet, for these outcomes.
    #[must_use]
    pub fn of(outcomes: &[Outcomes]) -> Self {
        Self(outcomes.iter().map(|outcomes| vec![0; outcomes.count()]).collect())
    }

    /// Counts a non-matching pair.
    pub fn add(&mut self, vector: &OutcomeVector) {
        self.0.iter_mut().zip(vector).for_each(|(counts, outcome)| counts[usize::from(*outcome)] += 1);
    }
}

impl Model {
    /// Fits the model to links and non-matching pairs.
    #[must_use]
    pub fn fit(schema: &AuditSchema, links: &Patterns, non_matches: &NonMatchCounts) -> Self {
        Self::fit_labeled(schema, &[(links, &Hypothesis::ALL)], non_matches)
    }

    /// Fits the model to groups of links, each with the hypotheses that are possible for it.
    #[must_use]
    pub fn fit_labeled(
        schema: &AuditSchema,
        groups: &[(&Patterns, &[Hypothesis])],
        non_matches: &NonMatchCounts,
    ) -> Self {
        let body = schema.body();
        let seen = body.comparisons.iter().zip(&body.searched).map(|(comparison, &searched)| Seen {
            role: comparison.role,
            searched,
            outcomes: Outcomes::new(comparison),
        });
        let groups: Vec<Group<'_>> = groups
            .iter()
            .map(|&(links, allowed)| Group { links, ordered: links.ordered(), allowed })
            .collect();
        let u_counts: Vec<Vec<f64>> =
            non_matches.0.iter().map(|counts| counts.iter().map(|&count| count as f64).collect()).collect();
        let mut model = Self {
            seen: seen.collect(),
            m: Vec::new(),
            u: Vec::new(),
            shares: PRIOR,
            hints: [[0.0; HINTS]; COUNT],
            rounds: 0,
        };
        // At first, all links that can be right are assumed to be.
        let mut right = Expected::new(&model.seen);
        for group in groups.iter().filter(|group| group.allowed.contains(&Same)) {
            for &(pattern, count) in &group.ordered {
                let (vector, hints) = group.links.pattern(pattern);
                right.add_same(&model.seen, vector, hints, count as f64);
            }
        }
        model.maximize(&right, &u_counts);
        let total: u64 = groups.iter().map(|group| group.links.links()).sum();
        let mut last = f64::NEG_INFINITY;
        while model.rounds < MAX_ROUNDS {
            model.rounds += 1;
            let mut expected = Expected::new(&model.seen);
            let mut likelihood = 0.0;
            for group in &groups {
                for &(pattern, count) in &group.ordered {
                    let (vector, hints) = group.links.pattern(pattern);
                    let (posterior, log) = model.posterior_among(group.allowed, vector, hints);
                    likelihood += count as f64 * log;
                    expected.add(&model.seen, vector, hints, &posterior, count as f64);
                }
            }
            model.maximize(&expected, &u_counts);
            if likelihood - last < STILL * (total as f64).max(1.0) {
                break;
            }
            last = likelihood;
        }
        model
    }

    /// Number of rounds of expectation–maximization.
    #[must_use]
    pub const fn rounds(&self) -> usize {
        self.rounds
    }

    /// Share of links of each hypothesis, in the order of [`Hypothesis::ALL`].
    #[must_use]
    pub const fn shares(&self) -> &[f64; COUNT] {
        &self.shares
    }

    /// Probability of an outcome of a comparison for one person (m) and for different people (u), `missing`
    /// excluded.
    #[must_use]
    pub fn probabilities(&self, comparison: usize, outcome: u8) -> (f64, f64) {
        let at = usize::from(outcome);
        (self.m[comparison][at], self.u[comparison][at])
    }

    /// log2 of the probability of an outcome of a comparison under a hypothesis; 0 for a missing one.
    #[must_use]
    pub fn log_outcome(&self, hypothesis: Hypothesis, comparison: usize, outcome: u8) -> f64 {
        if outcome == 0 {
            return 0.0;
        }
        let seen = &self.seen[comparison];
        let like = like_same(hypothesis, seen.role, seen.searched);
        let at = usize::from(outcome);
        (like * self.m[comparison][at] + (1.0 - like) * self.u[comparison][at]).log2()
    }

    /// log2 of the probability of the hints under a hypothesis.
    #[must_use]
    pub fn log_hints(&self, hypothesis: Hypothesis, hints: Hints) -> f64 {
        let probabilities = self.hints[hypothesis as usize].iter().zip(hints.all());
        let log = |(&p, hint): (&f64, Option<bool>)| match hint {
            Some(true) => p.log2(),
            Some(false) => (1.0 - p).log2(),
            None => 0.0,
        };
        probabilities.map(log).sum()
    }

    /// log2 of the probability of all outcomes and hints under a hypothesis.
    #[must_use]
    pub fn log_likelihood(&self, hypothesis: Hypothesis, vector: &OutcomeVector, hints: Hints) -> f64 {
        let outcomes = vector.iter().take(self.seen.len()).enumerate();
        let compared: f64 =
            outcomes.map(|(comparison, &outcome)| self.log_outcome(hypothesis, comparison, outcome)).sum();
        compared + self.log_hints(hypothesis, hints)
    }

    /// Whether a field outside the lookup fields was compared; without one, namesakes cannot be recognized.
    #[must_use]
    pub fn can_tell_homonyms(&self, vector: &OutcomeVector) -> bool {
        self.seen.iter().zip(vector).any(|(seen, &outcome)| !seen.searched && outcome != 0)
    }

    /// Whether a name was compared and does not differ, and a field other than names and addresses was
    /// compared. Otherwise a namesake looks like the same person after moving.
    fn can_tell_namesakes(&self, vector: &OutcomeVector) -> bool {
        let compared = || self.seen.iter().zip(vector).filter(|(_, outcome)| **outcome != 0);
        let is_other = |part: &[AuditRole]| {
            let mut of_part = compared().filter(|(seen, _)| part.contains(&seen.role)).peekable();
            of_part.peek().is_some() && of_part.all(|(seen, outcome)| seen.outcomes.differs(*outcome))
        };
        compared().any(|(seen, _)| is_name(seen.role))
            && compared().any(|(seen, _)| !is_name(seen.role) && seen.role != AuditRole::Address)
            && !NAME_PARTS.into_iter().any(is_other)
    }

    /// Probability that a link is wrong, given its outcomes and hints.
    #[must_use]
    pub fn probability(&self, vector: &OutcomeVector, hints: Hints) -> f64 {
        wrong_share(&self.posterior(vector, hints).0)
    }

    /// Posterior of each hypothesis, and log2 of the probability of the outcomes and hints.
    #[must_use]
    pub fn posterior(&self, vector: &OutcomeVector, hints: Hints) -> ([f64; COUNT], f64) {
        self.posterior_among(&Hypothesis::ALL, vector, hints)
    }

    fn posterior_among(
        &self,
        allowed: &[Hypothesis],
        vector: &OutcomeVector,
        hints: Hints,
    ) -> ([f64; COUNT], f64) {
        // A group with a known hypothesis needs no distinction.
        let known = allowed.iter().all(|hypothesis| matches!(hypothesis, Homonym | Namesake));
        let (homonym, namesake) =
            (known || self.can_tell_homonyms(vector), known || self.can_tell_namesakes(vector));
        let mut log = [f64::NEG_INFINITY; COUNT];
        for &hypothesis in allowed {
            let told = match hypothesis {
                Homonym => homonym,
                Namesake => namesake,
                Same | OtherFamilyName | OtherName | OtherWriting | Moved | MovedOtherFamilyName
                | Household | HouseholdOtherName | Twin | Unrelated => true,
            };
            if told {
                log[hypothesis as usize] =
                    self.shares[hypothesis as usize].log2() + self.log_likelihood(hypothesis, vector, hints);
            }
        }
        let highest = log.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let terms = log.map(|log| (log - highest).exp2());
        let sum: f64 = terms.iter().sum();
        (terms.map(|term| term / sum), highest + sum.log2())
    }

    /// Prior shares: the more common names are among so many people, the more namesakes are expected.
    fn priors(&self, links: f64) -> [f64; COUNT] {
        let agree = |at: usize| -> f64 {
            let outcomes = self.seen[at].outcomes;
            (1..outcomes.count()).filter(|&o| outcomes.agrees(o as u8)).map(|o| self.u[at][o]).sum()
        };
        let of_part = |part: &[AuditRole]| {
            let compared = (0..self.seen.len()).filter(|&at| part.contains(&self.seen[at].role));
            compared.map(agree).fold(1.0, f64::min)
        };
        let alike: f64 = NAME_PARTS.iter().map(|part| of_part(part)).product();
        let mut priors = PRIOR;
        priors[Namesake as usize] *= 1.0 - (-links * alike).exp();
        priors[Same as usize] -= priors[Namesake as usize];
        priors
    }

    /// New parameters from expected counts.
    fn maximize(&mut self, expected: &Expected, non_matches: &[Vec<f64>]) {
        (self.m, self.u) = expected.same.iter().zip(non_matches).map(|(m, u)| smooth(m, u)).unzip();
        let counted: f64 = expected.hypotheses.iter().sum();
        let priors = self.priors(counted);
        for (share, (count, prior)) in self.shares.iter_mut().zip(expected.hypotheses.iter().zip(priors)) {
            *share = (count + PRIOR_LINKS * prior) / (counted + PRIOR_LINKS);
        }
        let right: [f64; HINTS] = std::array::from_fn(|hint| {
            let sum = |of: &dyn Fn(usize) -> f64| -> f64 { (0..RIGHT).map(of).sum() };
            let hints = sum(&|hypothesis| expected.hints[hypothesis][hint]);
            let links = sum(&|hypothesis| expected.told[hypothesis][hint]);
            (hints + 0.5) / (links + 1000.0)
        });
        for hypothesis in Hypothesis::ALL {
            let at = hypothesis as usize;
            for (hint, &of_right) in right.iter().enumerate() {
                let known = HINT_PRIOR.iter().find(|(of, number, _)| (*of, *number) == (hypothesis, hint));
                let prior = known.map_or(of_right, |known| known.2);
                let (hints, links) = (expected.hints[at][hint], expected.told[at][hint]);
                let estimate = (hints + HINT_LINKS * prior) / (links + HINT_LINKS);
                self.hints[at][hint] =
                    if hypothesis.is_right() { of_right } else { estimate }.clamp(FLOOR, 1.0 - FLOOR);
            }
        }
    }
}

/// Sum of the posteriors of wrong hypotheses.
pub(super) fn wrong_share(posterior: &[f64; COUNT]) -> f64 {
    posterior[RIGHT..].iter().sum()
}

/// m and u of a comparison from counts, smoothed with the mean of both distributions, so that an outcome that
/// is rare in both has little weight.
fn smooth(m: &[f64], u: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let total = |counts: &[f64]| counts[1..].iter().sum::<f64>();
    let (total_m, total_u) = (total(m), total(u));
    let share = |count: f64, total: f64| if total > 0.0 { count / total } else { 0.0 };
    let spread: Vec<f64> =
        m.iter().zip(u).map(|(&m, &u)| (share(m, total_m) + share(u, total_u)) / 2.0).collect();
    let smoothed = |counts: &[f64], total: f64| {
        counts
            .iter()
            .zip(&spread)
            .map(|(count, spread)| (count + SMOOTHING * spread) / (total + SMOOTHING) + FLOOR)
            .collect()
    };
    (smoothed(m, total_m), smoothed(u, total_u))
}

/// Expected counts.
struct Expected {
    /// Expected outcomes of links under hypotheses in which the comparison is as for one person, by
    /// comparison.
    same: Vec<Vec<f64>>,
    hypotheses: [f64; COUNT],
    /// Links with each hint, and links whose hint is not open.
    hints: [[f64; HINTS]; COUNT],
    told: [[f64; HINTS]; COUNT],
}

impl Expected {
    fn new(seen: &[Seen]) -> Self {
        Self {
            same: seen.iter().map(|seen| vec![0.0; seen.outcomes.count()]).collect(),
            hypotheses: [0.0; COUNT],
            hints: [[0.0; HINTS]; COUNT],
            told: [[0.0; HINTS]; COUNT],
        }
    }

    fn add_same(&mut self, seen: &[Seen], vector: &OutcomeVector, hints: Hints, count: f64) {
        let mut posterior = [0.0; COUNT];
        posterior[Same as usize] = 1.0;
        self.add(seen, vector, hints, &posterior, count);
    }

    fn add(
        &mut self,
        seen: &[Seen],
        vector: &OutcomeVector,
        hints: Hints,
        posterior: &[f64; COUNT],
        count: f64,
    ) {
        for (hypothesis, &probability) in Hypothesis::ALL.into_iter().zip(posterior) {
            let weight = count * probability;
            if weight == 0.0 {
                continue;
            }
            let at = hypothesis as usize;
            self.hypotheses[at] += weight;
            for (number, hint) in hints.all().into_iter().enumerate() {
                self.hints[at][number] += if hint == Some(true) { weight } else { 0.0 };
                self.told[at][number] += if hint.is_some() { weight } else { 0.0 };
            }
            if !hypothesis.is_right() {
                continue;
            }
            for ((seen, &outcome), counts) in seen.iter().zip(vector).zip(&mut self.same) {
                if like_same(hypothesis, seen.role, seen.searched) > 0.0 {
                    counts[usize::from(outcome)] += weight;
                }
            }
        }
    }
}
