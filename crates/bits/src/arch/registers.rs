//! The registers of x86-64.

use core::arch::x86_64::{
    __m256i, __m512i, _mm256_and_si256, _mm256_load_si256, _mm256_or_si256, _mm256_set1_epi64x,
    _mm256_storeu_si256, _mm256_testc_si256, _mm256_xor_si256, _mm512_add_epi64, _mm512_and_si512,
    _mm512_cmpneq_epi64_mask, _mm512_load_si512, _mm512_loadu_si512, _mm512_or_si512, _mm512_popcnt_epi64,
    _mm512_set1_epi64, _mm512_setzero_si512, _mm512_shuffle_i64x2, _mm512_storeu_si512,
    _mm512_ternarylogic_epi64, _mm512_unpackhi_epi64, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use crate::rows::CHUNK_WORDS;
use crate::vector::Vector;

/// Two AVX2 registers side by side: they share the reading of offsets, and each works while the other waits.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
pub(super) struct Avx2(__m256i, __m256i);

impl Vector for Avx2 {
    const WORDS: usize = 8;

    #[inline(always)]
    unsafe fn splat(bit: bool) -> Self {
        // SAFETY: the caller vouches for AVX2, here and below.
        let half = unsafe { _mm256_set1_epi64x(-i64::from(bit)) };
        Self(half, half)
    }

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: as above, and for eight readable, aligned words.
        unsafe { Self(_mm256_load_si256(from.cast()), _mm256_load_si256(from.add(4).cast())) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: as above, and for eight writable words.
        unsafe {
            _mm256_storeu_si256(to.cast(), self.0);
            _mm256_storeu_si256(to.add(4).cast(), self.1);
        }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { Self(_mm256_or_si256(self.0, other.0), _mm256_or_si256(self.1, other.1)) }
    }

    #[inline(always)]
    unsafe fn half_add(self, other: Self) -> (Self, Self) {
        // SAFETY: as above.
        unsafe {
            (
                Self(_mm256_xor_si256(self.0, other.0), _mm256_xor_si256(self.1, other.1)),
                Self(_mm256_and_si256(self.0, other.0), _mm256_and_si256(self.1, other.1)),
            )
        }
    }

    #[inline(always)]
    unsafe fn full_add(self, b: Self, c: Self) -> (Self, Self) {
        // SAFETY: as above.
        let ((sum, carry), (sum_high, carry_high)) =
            unsafe { (full_add(self.0, b.0, c.0), full_add(self.1, b.1, c.1)) };
        (Self(sum, sum_high), Self(carry, carry_high))
    }

    #[inline(always)]
    unsafe fn is_full(self) -> bool {
        // SAFETY: as above.
        unsafe { _mm256_testc_si256(_mm256_and_si256(self.0, self.1), _mm256_set1_epi64x(-1)) == 1 }
    }
}

/// Sum and carry of three bits per lane. `a` comes last because the caller waits for it.
///
/// # Safety
/// The processor must have AVX2.
#[inline(always)]
unsafe fn full_add(a: __m256i, b: __m256i, c: __m256i) -> (__m256i, __m256i) {
    // SAFETY: the caller vouches for AVX2.
    unsafe {
        let differ = _mm256_xor_si256(b, c);
        let carry = _mm256_or_si256(_mm256_and_si256(b, c), _mm256_and_si256(differ, a));
        (_mm256_xor_si256(differ, a), carry)
    }
}

impl Vector for __m512i {
    const WORDS: usize = 8;

    #[inline(always)]
    unsafe fn splat(bit: bool) -> Self {
        // SAFETY: the caller vouches for AVX-512F, here and below.
        unsafe { _mm512_set1_epi64(-i64::from(bit)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: as above, and for eight readable, aligned words.
        unsafe { _mm512_load_si512(from.cast()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: as above, and for eight writable words.
        unsafe { _mm512_storeu_si512(to.cast(), self) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        // SAFETY: as above.
        unsafe { _mm512_or_si512(self, other) }
    }

    #[inline(always)]
    unsafe fn half_add(self, other: Self) -> (Self, Self) {
        // SAFETY: as above.
        unsafe { (_mm512_xor_si512(self, other), _mm512_and_si512(self, other)) }
    }

    #[inline(always)]
    unsafe fn full_add(self, b: Self, c: Self) -> (Self, Self) {
        // SAFETY: as above. 0x96 is the parity of three bits, 0xE8 their majority.
        unsafe {
            (_mm512_ternarylogic_epi64::<0x96>(self, b, c), _mm512_ternarylogic_epi64::<0xE8>(self, b, c))
        }
    }

    #[inline(always)]
    unsafe fn is_full(self) -> bool {
        // SAFETY: as above.
        unsafe { _mm512_cmpneq_epi64_mask(self, Self::splat(true)) == 0 }
    }

    /// Takes the sums of the eight registers together.
    #[inline(always)]
    unsafe fn common_bits_of_each(left: &[u64], rows: [&[u64]; 8]) -> [u32; 8] {
        assert!(rows.iter().all(|row| row.len() == left.len()), "rows have one length");
        // SAFETY: the caller vouches for VPOPCNTDQ, too; every load lies within a chunk, and rows are as long.
        unsafe {
            let mut sums = [_mm512_setzero_si512(); 8];
            for (chunk, left) in left.chunks_exact(CHUNK_WORDS).enumerate() {
                let left = _mm512_loadu_si512(left.as_ptr().cast());
                for (sum, row) in sums.iter_mut().zip(rows) {
                    let right = _mm512_loadu_si512(row.as_ptr().add(chunk * CHUNK_WORDS).cast());
                    *sum = _mm512_add_epi64(*sum, _mm512_popcnt_epi64(_mm512_and_si512(left, right)));
                }
            }
            let mut counts = [0_u64; 8];
            _mm512_storeu_si512(counts.as_mut_ptr().cast(), transposed_sum(&sums));
            counts.map(|count| count as u32)
        }
    }
}

/// The sum of each of eight registers, in its lane.
///
/// # Safety
/// The processor must have AVX-512F.
#[inline(always)]
unsafe fn transposed_sum(of: &[__m512i; 8]) -> __m512i {
    macro_rules! pairs {
        ($a:expr, $b:expr) => {
            _mm512_add_epi64(_mm512_unpacklo_epi64($a, $b), _mm512_unpackhi_epi64($a, $b))
        };
    }
    macro_rules! lanes {
        ($a:expr, $b:expr) => {
            _mm512_add_epi64(_mm512_shuffle_i64x2::<0x88>($a, $b), _mm512_shuffle_i64x2::<0xDD>($a, $b))
        };
    }
    // SAFETY: the caller vouches for AVX-512F.
    unsafe {
        let low = lanes!(pairs!(of[0], of[1]), pairs!(of[2], of[3]));
        let high = lanes!(pairs!(of[4], of[5]), pairs!(of[6], of[7]));
        lanes!(low, high)
    }
}
