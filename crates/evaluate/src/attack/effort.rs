//! How much is tried: the sizes of attacks.

use serde::Serialize;

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Under half a minute for 10,000 records.
    Quick,
    /// A few minutes for 10,000 records.
    Standard,
    /// As long as it takes.
    Deep,
}

/// The sizes of a tier.
pub(crate) struct Effort {
    /// Random column orders of information-set decoding.
    pub(crate) decoding_rounds: usize,
    /// Most nodes of a graph that is matched by landmarks.
    pub(crate) graph: usize,
    /// Most nodes of a graph that is embedded; 0: not at all.
    pub(crate) embedding: usize,
    /// Numbers of known pairs.
    pub(crate) known: Vec<usize>,
    /// Attacked tokens with known pairs, which are the candidates, too.
    pub(crate) attacked: usize,
    /// Steps of a network's training; 0: none.
    pub(crate) network_steps: usize,
    /// People of the control.
    pub(crate) control: usize,
    /// Patterns that are mined.
    pub(crate) patterns: usize,
    /// Shares of a list's people who are in the file.
    pub(crate) overlaps: Vec<f64>,
    /// Records whose neighbors are compared.
    pub(crate) neighbors: usize,
    /// People of whom made-up records are entered.
    pub(crate) probed: usize,
}

impl Tier {
    pub(crate) fn effort(self) -> Effort {
        match self {
            Self::Quick => Effort {
                decoding_rounds: 40,
                graph: 2_500,
                embedding: 0,
                known: vec![1_000],
                attacked: 1_000,
                network_steps: 0,
                control: 2_500,
                patterns: 10,
                overlaps: vec![1.0],
                neighbors: 300,
                probed: 60,
            },
            Self::Standard => Effort {
                decoding_rounds: 900,
                graph: 5_000,
                embedding: 2_500,
                known: vec![1_000, 10_000],
                attacked: 2_000,
                network_steps: 40_000,
                control: 10_000,
                patterns: 40,
                overlaps: vec![1.0, 0.5, 0.2],
                neighbors: 1_000,
                probed: 300,
            },
            Self::Deep => Effort {
                decoding_rounds: 1_200,
                graph: 10_000,
                embedding: 5_000,
                known: vec![1_000, 10_000, 100_000],
                attacked: 2_000,
                network_steps: 200_000,
                control: 10_000,
                patterns: 100,
                overlaps: vec![1.0, 0.5, 0.2],
                neighbors: 2_000,
                probed: 1_000,
            },
        }
    }
}
