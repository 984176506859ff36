//! The implementations and the one place that chooses between them.

#[cfg(target_arch = "x86_64")]
mod registers;
mod sliced;

use crate::cpu::InstructionSet;
use crate::queries::Queries;
use crate::rows::BitRows;
use crate::tile::{Line, PairHit, TileTask, fill_tile};
use crate::vector::Vector;

/// Compiles a function for the features of each back end and chooses between them. In its body, `V` is the
/// register of the back end.
macro_rules! for_each_back_end {
    ($(#[$attribute:meta])* fn $name:ident($($argument:ident: $type:ty),*) $body:block) => {
        $(#[$attribute])*
        pub(crate) fn $name(backend: InstructionSet, $($argument: $type),*) {
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
                InstructionSet::Avx2 => unsafe { avx2($($argument),*) },
                #[cfg(target_arch = "x86_64")]
                // SAFETY: as above.
                InstructionSet::Avx512 => unsafe { avx512($($argument),*) },
                InstructionSet::Scalar => portable($($argument),*),
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
        fill_tile(rows, members, ranks, V::WORDS, lines);
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
