//! What models of readings are of, and how probabilities are ordered.

/// Which part of a name a model reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The family name.
    Family,
    /// The given name.
    Given,
}

/// A spelling, its reading in katakana and the weight of the pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// In kanji, variants folded.
    pub spelling: String,
    /// In katakana.
    pub reading: String,
    /// Above 0.
    pub weight: f64,
}

/// A number that orders probabilities: 32 significant bits, so that sums of the same terms in a different
/// order are ties.
pub(crate) const fn rank(probability: f64) -> u64 {
    const DROPPED: u32 = 21;
    (probability.to_bits() + (1 << (DROPPED - 1))) >> DROPPED
}
