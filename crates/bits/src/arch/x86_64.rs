//! AVX2 and AVX-512 counting.
//!
//! AVX2 goes by 512-bit chunks with an exact early exit: after the first chunk a pair can gain at most the smaller of the two remaining weights, so most strangers
//! are settled by half of a 1024-bit row. Byte counts by `vpshufb` follow Muła, Kurz & Lemire, *Faster
//! Population Counts Using AVX2 Instructions* (2018).

use core::arch::x86_64::{
    __m256i, __m512i, _mm_add_epi64, _mm_cvtsi128_si64, _mm_unpackhi_epi64, _mm256_add_epi8,
    _mm256_and_si256, _mm256_castsi256_si128, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_sad_epu8,
    _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
    _mm256_xor_si256, _mm512_add_epi64, _mm512_and_si512, _mm512_loadu_si512, _mm512_popcnt_epi64,
    _mm512_setzero_si512, _mm512_shuffle_i64x2, _mm512_storeu_si512, _mm512_unpackhi_epi64,
    _mm512_unpacklo_epi64, _mm512_xor_si512,
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
differing!(differing_avx2, "avx2,popcnt", chunk_avx2);

/// Rows that are counted side by side.
const SIDE_BY_SIDE: usize = 8;

/// Counts of [`SIDE_BY_SIDE`] rows of `stride` words each, combined with `query`. Here counting a whole row is
/// cheaper than deciding after a part of it; the sums of the eight registers are taken together.
///
/// # Safety
/// AVX-512F and VPOPCNTDQ must be available, `query` readable for `stride` words, a multiple of
/// [`CHUNK_WORDS`], and `rows` for eight times as many.
#[inline]
#[target_feature(enable = "avx512f,avx512vpopcntdq")]
unsafe fn eight_avx512<C: Combine>(
    query: *const u64,
    rows: *const u64,
    stride: usize,
) -> [u64; SIDE_BY_SIDE] {
    let mut sums = [_mm512_setzero_si512(); SIDE_BY_SIDE];
    for at in (0..stride).step_by(CHUNK_WORDS) {
        // SAFETY: `at + CHUNK_WORDS <= stride`: all loads lie within what the caller vouches for.
        unsafe {
            let left = _mm512_loadu_si512(query.add(at).cast());
            for (row, sum) in sums.iter_mut().enumerate() {
                let both = C::avx512(left, _mm512_loadu_si512(rows.add(row * stride + at).cast()));
                *sum = _mm512_add_epi64(*sum, _mm512_popcnt_epi64(both));
            }
        }
    }
    let pair = |a, b| _mm512_add_epi64(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    let lanes =
        |a, b| _mm512_add_epi64(_mm512_shuffle_i64x2::<0x88>(a, b), _mm512_shuffle_i64x2::<0xDD>(a, b));
    let low = lanes(pair(sums[0], sums[1]), pair(sums[2], sums[3]));
    let high = lanes(pair(sums[4], sums[5]), pair(sums[6], sums[7]));
    let mut counts = [0; SIDE_BY_SIDE];
    // SAFETY: `counts` holds the 64 bytes that are stored.
    unsafe { _mm512_storeu_si512(counts.as_mut_ptr().cast(), lanes(low, high)) };
    counts
}

/// The scan by common bits.
///
/// # Safety
/// AVX-512F and VPOPCNTDQ must be available.
#[target_feature(enable = "avx512f,avx512vpopcntdq,popcnt")]
pub(super) unsafe fn common_avx512(task: &Common<'_>, hits: &mut Vec<Hit>) {
    let stride = task.query.len();
    let whole = task.weights.len() / SIDE_BY_SIDE * SIDE_BY_SIDE;
    for first in (0..whole).step_by(SIDE_BY_SIDE) {
        let rows = &task.words[first * stride..(first + SIDE_BY_SIDE) * stride];
        // SAFETY: `rows` holds eight rows; strides are multiples of `CHUNK_WORDS`.
        let counts = unsafe { eight_avx512::<And>(task.query.as_ptr(), rows.as_ptr(), stride) };
        for (lane, &count) in counts.iter().enumerate() {
            let index = first + lane;
            if count as u32 >= task.need[task.weights[index] as usize] {
                hits.push(Hit { row: task.first + index as u32, count: count as u32 });
            }
        }
    }
    let rest = Common {
        words: &task.words[whole * stride..],
        weights: &task.weights[whole..],
        rest: &task.rest[whole..],
        first: task.first + whole as u32,
        ..*task
    };
    super::scalar::common(&rest, hits);
}

/// The scan by differing bits.
///
/// # Safety
/// AVX-512F and VPOPCNTDQ must be available.
#[target_feature(enable = "avx512f,avx512vpopcntdq,popcnt")]
pub(super) unsafe fn differing_avx512(task: &Differing<'_>, hits: &mut Vec<Hit>) {
    let stride = task.query.len();
    let whole = task.words.len() / stride / SIDE_BY_SIDE * SIDE_BY_SIDE;
    for first in (0..whole).step_by(SIDE_BY_SIDE) {
        let rows = &task.words[first * stride..(first + SIDE_BY_SIDE) * stride];
        // SAFETY: `rows` holds eight rows; strides are multiples of `CHUNK_WORDS`.
        let counts = unsafe { eight_avx512::<Xor>(task.query.as_ptr(), rows.as_ptr(), stride) };
        for (lane, &count) in counts.iter().enumerate().filter(|(_, count)| **count <= u64::from(task.limit))
        {
            hits.push(Hit { row: task.first + (first + lane) as u32, count: count as u32 });
        }
    }
    let rest = Differing { words: &task.words[whole * stride..], first: task.first + whole as u32, ..*task };
    super::scalar::differing(&rest, hits);
}
