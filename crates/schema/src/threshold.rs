//! Similarities and the two thresholds that cut them into three classes.

/// A similarity from 0 (nothing in common) to 1 (equal). Not a probability and not a match weight.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Similarity(f64);

impl Similarity {
    /// `value` as a similarity; `None` outside 0..=1 and for NaN.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0..=1.0).contains(&value).then_some(Self(value))
    }

    /// The number itself, 0..=1.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

/// `borderline ≤ accept`, by construction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    accept: Similarity,
    borderline: Similarity,
}

/// Why two numbers are not valid thresholds.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// A number outside 0..=1.
    #[error("{name} is {value}; a threshold is a similarity from 0 to 1")]
    OutOfRange {
        /// `accept` or `borderline`.
        name: &'static str,
        /// The number given.
        value: f64,
    },
    /// The lower threshold is above the upper one.
    #[error("borderline is {borderline}, above accept {accept}; borderline must not exceed accept")]
    Order {
        /// The upper threshold.
        accept: f64,
        /// The lower threshold.
        borderline: f64,
    },
}

impl Thresholds {
    /// clkhash schemas carry no threshold: Dice ≥ 0.80, the start value of `protocols/04-matching.md` §4.
    pub const CLKHASH: Self = Self { accept: Similarity(0.8), borderline: Similarity(0.8) };

    /// A pair of thresholds.
    ///
    /// # Errors
    /// [`ThresholdError`] unless `0 ≤ borderline ≤ accept ≤ 1`.
    pub fn new(accept: f64, borderline: f64) -> Result<Self, ThresholdError> {
        let check = |name, value| Similarity::new(value).ok_or(ThresholdError::OutOfRange { name, value });
        let this = Self { accept: check("accept", accept)?, borderline: check("borderline", borderline)? };
        if borderline > accept {
            return Err(ThresholdError::Order { accept, borderline });
        }
        Ok(this)
    }

    /// A pair is a match at this similarity or above.
    #[must_use]
    pub const fn accept(self) -> Similarity {
        self.accept
    }

    /// A pair is borderline at this similarity or above, below [`Thresholds::accept`].
    #[must_use]
    pub const fn borderline(self) -> Similarity {
        self.borderline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_keep_their_order() {
        assert!(Thresholds::new(0.9, 0.9).is_ok());
        assert_eq!(Thresholds::new(0.8, 0.9), Err(ThresholdError::Order { accept: 0.8, borderline: 0.9 }));
        assert!(matches!(Thresholds::new(1.1, 0.9), Err(ThresholdError::OutOfRange { name: "accept", .. })));
        assert!(matches!(
            Thresholds::new(0.9, f64::NAN),
            Err(ThresholdError::OutOfRange { name: "borderline", .. })
        ));
    }
}
