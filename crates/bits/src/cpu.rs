//! Which implementation counts, found at run time.

use std::sync::OnceLock;

/// Which implementation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstructionSet {
    /// Portable code: the naive implementation that the others are tested against.
    Scalar,
    /// x86-64 with AVX2 and POPCNT.
    Avx2,
    /// x86-64 with AVX-512 VPOPCNTDQ.
    Avx512,
}

impl InstructionSet {
    /// The fastest back end of this processor, or the one in the environment variable `MIZUHIKI_BACKEND`
    /// (`scalar`, `avx2` or `avx512`) if the processor supports it. All give the same results; the variable
    /// is for measurements.
    #[must_use]
    pub fn detect() -> Self {
        static CHOSEN: OnceLock<InstructionSet> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            let named = match std::env::var("MIZUHIKI_BACKEND").as_deref() {
                Ok("scalar") => Some(Self::Scalar),
                Ok("avx2") => Some(Self::Avx2),
                Ok("avx512") => Some(Self::Avx512),
                _ => None,
            };
            named.filter(|backend| backend.is_available()).unwrap_or_else(Self::fastest)
        })
    }

    fn fastest() -> Self {
        if has_avx512() {
            Self::Avx512
        } else if has_avx2() {
            Self::Avx2
        } else {
            Self::Scalar
        }
    }

    /// Every back end that this processor can run, the scalar one first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut all = vec![Self::Scalar];
        if has_avx2() {
            all.push(Self::Avx2);
        }
        if has_avx512() {
            all.push(Self::Avx512);
        }
        all
    }

    /// Whether this processor can run it.
    pub(crate) fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::Avx2 => has_avx2(),
            Self::Avx512 => has_avx512(),
        }
    }

    /// Rows in a tile: lanes of the register that the tile kernel uses.
    pub(crate) const fn lanes(self) -> usize {
        match self {
            Self::Scalar => 256,
            Self::Avx2 | Self::Avx512 => 512,
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") && is_x86_feature_detected!("bmi1")
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    has_avx2() && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq")
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_avx2() -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
const fn has_avx512() -> bool {
    false
}
