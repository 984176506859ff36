//! The score of two records, in whole numbers: the specification of what every back end computes.

use crate::filters::Filters;
use crate::rule::{Comparison, Rule};

impl Rule {
    /// The score of two records: they are accepted if it is 0 or more.
    #[must_use]
    pub fn score(&self, left: &Filters, right: &Filters) -> i64 {
        let Some(accept) = self.accept else {
            let overlap: u64 = self
                .comparisons
                .iter()
                .map(|each| u64::from(each.weight) * u64::from(left.overlap(right, each)))
                .sum();
            return overlap as i64 - i64::from(self.cost(left)) - i64::from(self.cost(right));
        };
        let weight = |each: &Comparison| {
            let (a, b) = (left.set(each), right.set(each));
            if a == 0 || b == 0 {
                return 0;
            }
            let overlap = i64::from(each.weight * left.overlap(right, each));
            if overlap >= i64::from(each.cost(a).max(1) + each.cost(b).max(1)) {
                i64::from(each.agree)
            } else {
                -i64::from(each.disagree)
            }
        };
        self.comparisons.iter().map(weight).sum::<i64>() - i64::from(accept)
    }

    /// The cost of a record over all filters: at least 1, so that records without set bits agree with
    /// nothing.
    pub(crate) fn cost(&self, filters: &Filters) -> u32 {
        self.comparisons.iter().map(|each| each.cost(filters.set(each))).sum::<u32>().max(1)
    }
}
