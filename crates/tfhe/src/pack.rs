//! Coefficients as bytes, rounded to the kept bits.

/// Appends the highest `bits` of each coefficient, rounded to nearest, most significant bit first.
pub(crate) fn pack(coefficients: &[u64], bits: u32, out: &mut Vec<u8>) {
    let (mut buffer, mut held) = (0_u128, 0);
    for &coefficient in coefficients {
        let rounded = coefficient.wrapping_add(1 << (63 - bits)) >> (64 - bits);
        buffer = buffer << bits | u128::from(rounded);
        held += bits;
        while held >= 8 {
            held -= 8;
            out.push((buffer >> held) as u8);
        }
    }
    if held > 0 {
        out.push((buffer << (8 - held)) as u8);
    }
}

/// Bytes of `count` packed coefficients.
pub(crate) const fn packed_bytes(count: usize, bits: u32) -> usize {
    (count * bits as usize).div_ceil(8)
}

/// Reads as many coefficients as `out` holds; `bytes` are [`packed_bytes`] of them.
pub(crate) fn unpack(bytes: &[u8], bits: u32, out: &mut [u64]) {
    let (mut buffer, mut held) = (0_u128, 0);
    let mut bytes = bytes.iter();
    for coefficient in out {
        while held < bits {
            buffer = buffer << 8 | u128::from(bytes.next().copied().unwrap_or_default());
            held += 8;
        }
        held -= bits;
        *coefficient = ((buffer >> held) as u64) << (64 - bits);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back() {
        let coefficients: Vec<u64> = (0..100).map(|i: u64| i.wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
        for bits in [30, 32, 44] {
            let mut bytes = Vec::new();
            pack(&coefficients, bits, &mut bytes);
            assert_eq!(bytes.len(), packed_bytes(100, bits));
            let mut back = vec![0; 100];
            unpack(&bytes, bits, &mut back);
            for (a, b) in coefficients.iter().zip(back) {
                let error = a.wrapping_sub(b) as i64;
                assert!(error.unsigned_abs() <= 1 << (63 - bits), "{bits} {error}");
            }
        }
    }
}
