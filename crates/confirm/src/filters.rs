//! The filters of one record.

use zeroize::Zeroizing;

use crate::error::ConfirmError;
use crate::rule::{Comparison, Rule};

/// Filters of one record, concatenated: a custodian's secret, wiped on drop and never printed.
pub struct Filters(Zeroizing<Vec<u8>>);

impl Filters {
    /// Reads packed, concatenated filters; bit 0 is the most significant of a byte.
    ///
    /// # Errors
    /// [`ConfirmError::Filters`] if the number of bits differs from `rule`, or more are set than it permits.
    pub fn new(rule: &Rule, packed: Vec<u8>) -> Result<Self, ConfirmError> {
        let packed = Zeroizing::new(packed);
        if packed.len() * 8 != rule.bits() {
            return Err(ConfirmError::Filters { problem: "a number of bits that differs from the rule" });
        }
        let filters = Self(packed);
        if rule.comparisons.iter().any(|each| filters.set(each) > each.most) {
            return Err(ConfirmError::Filters { problem: "more bits set than the rule permits" });
        }
        Ok(filters)
    }

    /// Filters without set bits, which agree with nothing.
    #[must_use]
    pub fn empty(rule: &Rule) -> Self {
        Self(Zeroizing::new(vec![0; rule.bits() / 8]))
    }

    pub(crate) fn bit(&self, index: usize) -> bool {
        self.0[index / 8] >> (7 - index % 8) & 1 == 1
    }

    fn bytes(&self, of: &Comparison) -> &[u8] {
        &self.0[of.start / 8..(of.start + of.bits) / 8]
    }

    /// Bits set in a filter.
    pub(crate) fn set(&self, of: &Comparison) -> u32 {
        self.bytes(of).iter().map(|byte| byte.count_ones()).sum()
    }

    /// Bits set in a filter on both sides.
    pub(crate) fn overlap(&self, other: &Self, of: &Comparison) -> u32 {
        self.bytes(of).iter().zip(other.bytes(of)).map(|(a, b)| (a & b).count_ones()).sum()
    }
}
