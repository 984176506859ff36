//! The steps of a circuit, with their units and tables.

use mizuhiki_confirm::{BackendError, Circuit, Shape};

use crate::noise::{Plan, bootstrap, inner_product};
use crate::params::{COEFFICIENTS, FINE, Gadget, POSITION};

/// How a circuit is decided.
pub(crate) struct Plans {
    /// For each product except the last of a circuit with votes: its decision, and the value of its sign on
    /// the torus.
    pub(crate) votes: Vec<(Decision, u64)>,
    /// The constant added to the sum of votes, on the torus.
    pub(crate) constant: u64,
    /// The last decision.
    pub(crate) last: Decision,
}

/// A decision: tables of the clampings, then a sign.
pub(crate) struct Decision {
    /// What a doubled score of 1 is on the torus.
    pub(crate) unit: u64,
    /// The clampings, in order.
    pub(crate) zooms: Vec<Zoom>,
    /// log₂ of the probability of a wrong decision.
    pub(crate) log2_failure: f64,
}

/// A clamping.
pub(crate) struct Zoom {
    /// The table of the part that is subtracted.
    pub(crate) excess: Vec<u64>,
    /// The factor of the remainder.
    pub(crate) multiplier: u64,
    pub(crate) gadget: Gadget,
}

impl Plans {
    pub(crate) fn of(circuit: &Circuit) -> Result<Self, BackendError> {
        let product = inner_product(circuit.most_ones());
        match circuit.shape() {
            Shape::Threshold(range) => {
                let plan = Plan::new(*range, product, 1).ok_or(BackendError::TooManyLevels)?;
                Ok(Self { votes: Vec::new(), constant: 0, last: Decision::of(&plan) })
            }
            Shape::Votes { steps, constant, sum } => {
                let decisions = steps.len() + 1;
                let input = product + steps.len() as f64 * bootstrap(FINE);
                let plan = Plan::new(*sum, input, decisions).ok_or(BackendError::TooManyLevels)?;
                let last = Decision::of(&plan);
                let vote = |&(range, worth): &(mizuhiki_confirm::Range, i64)| {
                    let plan = Plan::new(range, product, decisions).ok_or(BackendError::TooManyLevels)?;
                    Ok((Decision::of(&plan), last.torus(worth)))
                };
                let votes = steps.iter().map(vote).collect::<Result<_, BackendError>>()?;
                Ok(Self { votes, constant: last.torus(*constant), last })
            }
        }
    }

    /// The unit of each row of a left input.
    pub(crate) fn units(&self) -> impl Iterator<Item = &Decision> {
        self.votes.iter().map(|(decision, _)| decision).chain([&self.last])
    }

    /// Bootstraps per pair.
    pub(crate) fn bootstraps(&self) -> usize {
        self.units().map(|decision| decision.zooms.len() + 1).sum()
    }

    /// log₂ of the probability that an answer is wrong.
    pub(crate) fn log2_failure(&self) -> f64 {
        self.units().map(|decision| decision.log2_failure.exp2()).sum::<f64>().log2()
    }
}

impl Decision {
    fn of(plan: &Plan) -> Self {
        let below = |step: usize| if step == 0 { plan.below } else { COEFFICIENTS / 2 };
        let zooms = plan.multipliers.iter().enumerate();
        Self {
            unit: (plan.unit * POSITION as f64) as u64,
            zooms: zooms
                .map(|(step, &multiplier)| Zoom {
                    excess: excess(below(step), plan.clamp),
                    multiplier,
                    gadget: plan.gadget(step),
                })
                .collect(),
            log2_failure: plan.log2_failure,
        }
    }

    /// A doubled score on the torus.
    pub(crate) const fn torus(&self, score: i64) -> u64 {
        self.unit.wrapping_mul(score as u64)
    }
}

/// The table of `x − clamp(x, ±most)`, for a window that begins `below` positions under zero. Entry j is read
/// for x between j and j + 1 or, with its sign inverted, for x between j − N and j − N + 1, whichever lies in
/// the window.
fn excess(below: usize, most: usize) -> Vec<u64> {
    let half = (POSITION / 2) as i64;
    let excess = |x: i64| (x - x.clamp(-2 * most as i64, 2 * most as i64)) * half;
    let entry = |j: usize| {
        let x = 2 * j as i64 + 1;
        let value = if j < COEFFICIENTS - below { excess(x) } else { -excess(x - 2 * COEFFICIENTS as i64) };
        value as u64
    };
    (0..COEFFICIENTS).map(entry).collect()
}
