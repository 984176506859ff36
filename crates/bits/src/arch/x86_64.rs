//! AVX2 and AVX-512 counting, by 512-bit chunks with an exact early exit.
//!
//! After the first chunk a pair can gain at most the smaller of the two remaining weights, so most strangers
//! are settled by half of a 1024-bit row. Byte counts by `vpshufb` follow Muła, Kurz & Lemire, *Faster
//! Population Counts Using AVX2 Instructions* (2018).

use core::arch::x86_64::{
    __m256i, __m512i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_unpackhi_epi64, _mm256_add_epi8,
    _mm256_and_si256, _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_sad_epu8,
    _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    _mm256_xor_si256, _mm512_and_si512, _mm512_loadu_si512, _mm512_popcnt_epi64, _mm512_reduce_add_epi64,
    _mm512_xor_si512,
};

use crate::CHUNK_WORDS;
use crate::kernel::{Common, Differing, Hit};

/// How two 512-bit chunks are combined before counting.
trait Combine {
    /// # Safety
    /// AVX2 must be available.
    unsafe fn avx2(a: __m256i, b: __m256i) -> __m256i;
    /// # Safety
    /// AVX-512F must be available.
    unsafe fn avx512(a: __m512i, b: __m512i) -> __m512i;
}

struct And;
struct Xor;

impl Combine for And {
    #[inline(always)]
    unsafe fn avx2(a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the caller vouches for AVX2.
        unsafe { _mm256_and_si256(a, b) }
    }
    #[inline(always)]
    unsafe fn avx512(a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the caller vouches for AVX-512F.
        unsafe { _mm512_and_si512(a, b) }
    }
}

impl Combine for Xor {
    #[inline(always)]
    unsafe fn avx2(a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the caller vouches for AVX2.
        unsafe { _mm256_xor_si256(a, b) }
    }
    #[inline(always)]
    unsafe fn avx512(a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: the caller vouches for AVX-512F.
        unsafe { _mm512_xor_si512(a, b) }
    }
}

/// # Safety
/// AVX2 must be available, and both pointers readable for [`CHUNK_WORDS`] words.
#[inline(always)]
unsafe fn chunk_avx2<C: Combine>(a: *const u64, b: *const u64) -> u32 {
    // SAFETY: two unaligned loads of four words each lie within the eight readable words; the rest is
    // register arithmetic under the features that the caller vouches for.
    unsafe {
        let table = _mm256_setr_epi8(
            0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
        );
        let low = _mm256_set1_epi8(0x0f);
        let mut bytes = _mm256_setzero_si256();
        for half in 0..2 {
            let x = C::avx2(
                _mm256_loadu_si256(a.add(half * 4).cast()),
                _mm256_loadu_si256(b.add(half * 4).cast()),
            );
            let counts = _mm256_add_epi8(
                _mm256_shuffle_epi8(table, _mm256_and_si256(x, low)),
                _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16::<4>(x), low)),
            );
            bytes = _mm256_add_epi8(bytes, counts);
        }
        let sums = _mm256_sad_epu8(bytes, _mm256_setzero_si256());
        let pair = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
        _mm_cvtsi128_si64(_mm_add_epi64(pair, _mm_unpackhi_epi64(pair, pair))) as u32
    }
}

/// # Safety
/// AVX-512F and VPOPCNTDQ must be available, and both pointers readable for [`CHUNK_WORDS`] words.
#[inline(always)]
unsafe fn chunk_avx512<C: Combine>(a: *const u64, b: *const u64) -> u32 {
    // SAFETY: one unaligned load a side lies within the eight readable words.
    unsafe {
        let x = C::avx512(_mm512_loadu_si512(a.cast()), _mm512_loadu_si512(b.cast()));
        _mm512_reduce_add_epi64(_mm512_popcnt_epi64(x)) as u32
    }
}

/// The scan by common bits, written once; `$chunk` counts one chunk.
macro_rules! common {
    ($name:ident, $features:literal, $chunk:ident) => {
        /// # Safety
        /// The processor must have the features of this function.
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $name(task: &Common<'_>, hits: &mut Vec<Hit>) {
            let stride = task.query.len();
            let query = task.query.as_ptr();
            for (index, row) in task.words.chunks_exact(stride).enumerate() {
                let need = task.need[task.weights[index] as usize];
                // SAFETY: `query` and `row` have `stride` words, a multiple of `CHUNK_WORDS`.
                let mut count = unsafe { $chunk::<And>(query, row.as_ptr()) };
                if count + task.query_rest.min(task.rest[index]) < need {
                    continue;
                }
                for at in (CHUNK_WORDS..stride).step_by(CHUNK_WORDS) {
                    // SAFETY: `at + CHUNK_WORDS <= stride`, for both.
                    count += unsafe { $chunk::<And>(query.add(at), row.as_ptr().add(at)) };
                }
                if count >= need {
                    hits.push(Hit { row: task.first + index as u32, count });
                }
            }
        }
    };
}

/// The scan by differing bits, written once; stops at the chunk where the limit is passed.
macro_rules! differing {
    ($name:ident, $features:literal, $chunk:ident) => {
        /// # Safety
        /// The processor must have the features of this function.
        #[target_feature(enable = $features)]
        pub(super) unsafe fn $name(task: &Differing<'_>, hits: &mut Vec<Hit>) {
            let stride = task.query.len();
            let query = task.query.as_ptr();
            'rows: for (index, row) in task.words.chunks_exact(stride).enumerate() {
                let mut count = 0;
                for at in (0..stride).step_by(CHUNK_WORDS) {
                    // SAFETY: `at + CHUNK_WORDS <= stride`, and both sides have `stride` words.
                    count += unsafe { $chunk::<Xor>(query.add(at), row.as_ptr().add(at)) };
                    if count > task.limit {
                        continue 'rows;
                    }
                }
                hits.push(Hit { row: task.first + index as u32, count });
            }
        }
    };
}

common!(common_avx2, "avx2,popcnt", chunk_avx2);
common!(common_avx512, "avx512f,avx512vpopcntdq", chunk_avx512);
differing!(differing_avx2, "avx2,popcnt", chunk_avx2);
differing!(differing_avx512, "avx512f,avx512vpopcntdq", chunk_avx512);
