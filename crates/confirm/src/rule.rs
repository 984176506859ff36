//! The rule over two records' filters, in whole numbers: the specification of what every back end computes
//! (`protocols/06-confirm.md` §2).

use mizuhiki_schema::{Confirm, ConfirmRule, LinkageSchema, SchemaBody};
use sha2::{Digest as _, Sha256};

/// Dice coefficients are whole ten-thousandths.
const UNIT: u64 = 10_000;

/// One of a record's filters, with its weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Its first bit within the concatenated filters.
    pub(crate) start: usize,
    pub(crate) bits: usize,
    /// Maximum number of set bits.
    pub(crate) most: u32,
    /// Factor of the overlap.
    pub(crate) weight: u32,
    /// Dice coefficient in ten-thousandths.
    pub(crate) dice: u32,
    pub(crate) agree: u32,
    pub(crate) disagree: u32,
}

impl Comparison {
    /// The cost of a filter with `weight` set bits: half the weighted threshold, rounded half up.
    pub(crate) fn cost(&self, set: u32) -> u32 {
        let product = u64::from(self.weight) * u64::from(self.dice) * u64::from(set);
        ((product + UNIT) / (2 * UNIT)) as u32
    }
}

/// The rule that decides two records by their filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(crate) comparisons: Vec<Comparison>,
    /// For rules of agreeing and disagreeing filters: a pair is accepted at this sum of weights or above.
    pub(crate) accept: Option<i32>,
}

impl Rule {
    /// The rule of a linkage schema, if it has one.
    #[must_use]
    pub fn of_schema(schema: &LinkageSchema) -> Option<Self> {
        match schema.body() {
            SchemaBody::Tokens(body) => body.confirm.as_ref().map(Self::of),
            SchemaBody::Clkhash(_) => None,
        }
    }

    fn of(confirm: &Confirm) -> Self {
        let mut start = 0;
        let comparison = |(index, filter): (usize, &mizuhiki_schema::ConfirmFilter)| {
            let (weight, dice, agree, disagree) = match &confirm.rule {
                ConfirmRule::Sum { weights, dice } => (weights[index], *dice, 0, 0),
                ConfirmRule::FellegiSunter { dice, agree, disagree, .. } => {
                    (1, dice[index], agree[index], disagree[index])
                }
            };
            start += filter.bits;
            Comparison {
                start: start - filter.bits,
                bits: filter.bits,
                most: filter.most(),
                weight,
                dice,
                agree,
                disagree,
            }
        };
        let comparisons = confirm.filters.iter().enumerate().map(comparison).collect();
        let accept = match confirm.rule {
            ConfirmRule::FellegiSunter { accept, .. } => Some(accept),
            ConfirmRule::Sum { .. } => None,
        };
        Self { comparisons, accept }
    }

    /// Bits of all filters of a record.
    #[must_use]
    pub fn bits(&self) -> usize {
        self.comparisons.iter().map(|comparison| comparison.bits).sum()
    }

    /// The maximum [`Rule::cost`].
    pub(crate) fn largest_cost(&self) -> u32 {
        self.comparisons.iter().map(|each| each.cost(each.most)).sum::<u32>().max(1)
    }

    /// Digest of the rule; tickets are bound to it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut text = match self.accept {
            Some(accept) => format!("mizuhiki/v1/confirm/rule\nfellegi-sunter {accept}\n"),
            None => "mizuhiki/v1/confirm/rule\nsum\n".to_owned(),
        };
        for each in &self.comparisons {
            let Comparison { bits, most, weight, dice, agree, disagree, .. } = each;
            text.push_str(&format!("{bits} {most} {weight} {dice} {agree} {disagree}\n"));
        }
        Sha256::digest(text.as_bytes()).into()
    }
}
