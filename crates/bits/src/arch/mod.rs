//! The implementations and the one place that chooses between them.

mod scalar;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use crate::Backend;
use crate::kernel::{Common, Differing, Hit};

#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt")
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx512() -> bool {
    is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq")
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) const fn has_avx2() -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
pub(crate) const fn has_avx512() -> bool {
    false
}

pub(crate) fn detect() -> Backend {
    if has_avx512() {
        Backend::Avx512
    } else if has_avx2() {
        Backend::Avx2
    } else {
        Backend::Scalar
    }
}

/// A back end other than [`Backend::Scalar`] exists only where `Scan::with_backend` has seen its features.
pub(crate) fn common(backend: Backend, task: &Common<'_>, hits: &mut Vec<Hit>) {
    match backend {
        Backend::Scalar => scalar::common(task, hits),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Scan::with_backend` refuses a back end whose features this processor lacks.
        Backend::Avx2 => unsafe { x86_64::common_avx2(task, hits) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Backend::Avx512 => unsafe { x86_64::common_avx512(task, hits) },
        #[cfg(not(target_arch = "x86_64"))]
        Backend::Avx2 | Backend::Avx512 => scalar::common(task, hits),
    }
}

pub(crate) fn differing(backend: Backend, task: &Differing<'_>, hits: &mut Vec<Hit>) {
    match backend {
        Backend::Scalar => scalar::differing(task, hits),
        #[cfg(target_arch = "x86_64")]
        // SAFETY: `Scan::with_backend` refuses a back end whose features this processor lacks.
        Backend::Avx2 => unsafe { x86_64::differing_avx2(task, hits) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Backend::Avx512 => unsafe { x86_64::differing_avx512(task, hits) },
        #[cfg(not(target_arch = "x86_64"))]
        Backend::Avx2 | Backend::Avx512 => scalar::differing(task, hits),
    }
}
