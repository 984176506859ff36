//! The registers that the tile kernel is generic over.

/// A register of bits, one bit per lane.
///
/// All methods are `#[inline(always)]`: they become single instructions of the function they are inlined
/// into, which must be compiled for the features of the implementation.
pub(crate) trait Vector: Copy {
    /// Words in a register.
    const WORDS: usize;

    /// Every lane set to `bit`.
    ///
    /// # Safety
    /// The processor must have the features of this implementation.
    unsafe fn splat(bit: bool) -> Self;

    /// The register stored at `from`.
    ///
    /// # Safety
    /// As [`Vector::splat`]; `from` must be readable for [`Vector::WORDS`] words and aligned to as many.
    unsafe fn load(from: *const u64) -> Self;

    /// Stores the register at `to`, without alignment.
    ///
    /// # Safety
    /// As [`Vector::splat`]; `to` must be writable for [`Vector::WORDS`] words.
    unsafe fn store(self, to: *mut u64);

    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn or(self, other: Self) -> Self;

    /// Sum and carry of two bits per lane.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn half_add(self, other: Self) -> (Self, Self);

    /// Sum and carry of three bits per lane.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn full_add(self, b: Self, c: Self) -> (Self, Self);

    /// Whether every lane is set.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn is_full(self) -> bool;

    /// Bits that are set in both of two rows. Compilers find the best instructions for this loop.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    #[inline(always)]
    unsafe fn common_bits(left: &[u64], right: &[u64]) -> u32 {
        left.iter().zip(right).map(|(a, b)| (a & b).count_ones()).sum()
    }

    /// [`Vector::common_bits`] of `left` with each of `rows`.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    #[inline(always)]
    unsafe fn common_bits_of_each(left: &[u64], rows: [&[u64]; 8]) -> [u32; 8] {
        let mut counts = [0; 8];
        for (count, right) in counts.iter_mut().zip(rows) {
            // SAFETY: as the caller vouches.
            *count = unsafe { Self::common_bits(left, right) };
        }
        counts
    }
}

/// The portable register: four words, for which compilers use what vector instructions a target has.
#[derive(Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Words([u64; 4]);

impl Vector for Words {
    const WORDS: usize = 4;

    #[inline(always)]
    unsafe fn splat(bit: bool) -> Self {
        Self([0_u64.wrapping_sub(u64::from(bit)); 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const u64) -> Self {
        // SAFETY: the caller vouches for four readable, aligned words.
        unsafe { from.cast::<Self>().read() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u64) {
        // SAFETY: the caller vouches for four writable words.
        unsafe { to.cast::<[u64; 4]>().write_unaligned(self.0) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    #[inline(always)]
    unsafe fn half_add(self, other: Self) -> (Self, Self) {
        (
            Self(std::array::from_fn(|word| self.0[word] ^ other.0[word])),
            Self(std::array::from_fn(|word| self.0[word] & other.0[word])),
        )
    }

    #[inline(always)]
    unsafe fn full_add(self, b: Self, c: Self) -> (Self, Self) {
        let (mut sum, mut carry) = (self.0, self.0);
        for word in 0..4 {
            let (a, b, c) = (self.0[word], b.0[word], c.0[word]);
            sum[word] = a ^ b ^ c;
            carry[word] = (a & b) | ((a ^ b) & c);
        }
        (Self(sum), Self(carry))
    }

    #[inline(always)]
    unsafe fn is_full(self) -> bool {
        self.0.iter().fold(u64::MAX, |all, word| all & word) == u64::MAX
    }
}
