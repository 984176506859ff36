//! The implementations and the one place that chooses between them.

#[cfg(target_arch = "x86_64")]
mod registers;
mod sliced;

use crate::backend::Backend;
use crate::queries::Queries;
use crate::rows::BitRows;
use crate::tiles;
use crate::tiles::{Line, PairHit, TileTask};
use crate::vector::Vector;

#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") && is_x86_feature_detected!("bmi1")
}

#[cfg(target_arch = "x86_64")]
pub(crate) fn has_avx512() -> bool {
    has_avx2() && is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq")
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

/// Compiles a function for the features of each back end and chooses between them. In its body, `V` is the
/// register of the back end.
macro_rules! for_each_back_end {
    ($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) $body:block) => {
        $(#[$attribute])*
        pub(crate) fn $name(backend: Backend, $($argument: $type),*) {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,bmi1,popcnt")]
            fn avx2($($argument: $type),*) {
                #[allow(dead_code, reason = "some bodies do without a register")]
                type V = registers::Avx2;
                $body
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,avx512f,avx512vpopcntdq,bmi1,popcnt")]
            fn avx512($($argument: $type),*) {
                #[allow(dead_code, reason = "as above")]
                type V = core::arch::x86_64::__m512i;
                $body
            }
            fn portable($($argument: $type),*) {
                #[allow(dead_code, reason = "as above")]
                type V = crate::vector::Words;
                $body
            }
            match backend {
                #[cfg(target_arch = "x86_64")]
                // SAFETY: callers refuse a back end whose features this processor lacks.
                Backend::Avx2 => unsafe { avx2($($argument),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                Backend::Avx512 => unsafe { avx512($($argument),*) },
                _ => portable($($argument),*),
            }
        }
    };
}

for_each_back_end! {
    /// Appends the hits of `task`.
    fn common_tiles(task: &TileTask<'_>, hits: &mut Vec<PairHit>) {
        // SAFETY: this function is compiled for the features of `V`, and tiles are made for their back end.
        unsafe { sliced::common::<V>(task, hits) }
    }
}

for_each_back_end! {
    /// Stores rows as a tile.
    fn fill(rows: &BitRows, members: &[u32], ranks: &[u16], lines: &mut [Line]) {
        tiles::fill(rows, members, ranks, V::WORDS, lines);
    }
}

for_each_back_end! {
    /// Lists the set columns of queries.
    fn prepare(queries: &mut Queries<'_>) {
        queries.fill();
    }
}

for_each_back_end! {
    /// Counts the bits that `query` has in common with each of `members`.
    fn counts(query: &[u64], rows: &BitRows, members: &[u32], counts: &mut [u32]) {
        // SAFETY: this function is compiled for the features of `V`.
        unsafe { sliced::counts::<V>(query, rows, members, counts) }
    }
}
