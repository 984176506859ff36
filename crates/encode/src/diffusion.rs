//! Linear diffusion (Armknecht, Heng, Schnell, PoPETs 2023(2), 298–311; `protocols/03-tokens.md` §6).

use crate::positions::KeyedStream;

/// For each of `bits` token bits, its `taps` distinct filter positions, drawn without replacement from a
/// keyed shuffle of all `filter_bits` positions that starts anew when it is used up.
pub(crate) fn tap_positions(key: &[u8; 32], filter_bits: usize, taps: usize, bits: usize) -> Vec<u16> {
    let mut stream = KeyedStream::new(key);
    let mut pool: Vec<u16> = Vec::new();
    let mut chosen: Vec<u16> = Vec::with_capacity(bits * taps);
    for _ in 0..bits {
        let start = chosen.len();
        while chosen.len() - start < taps {
            let Some(position) = pool.pop() else {
                pool = shuffled(&mut stream, filter_bits);
                continue;
            };
            if !chosen[start..].contains(&position) {
                chosen.push(position);
            }
        }
    }
    chosen
}

/// Fisher–Yates from the top: position `i` is exchanged with a uniform one in `0..=i`.
fn shuffled(stream: &mut KeyedStream, count: usize) -> Vec<u16> {
    let mut pool: Vec<u16> = (0..count).map(|position| position as u16).collect();
    for i in (1..count).rev() {
        let other = stream.uniform(i as u32 + 1) as usize;
        pool.swap(i, other);
    }
    pool
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bit_has_distinct_taps_and_positions_are_used_evenly() {
        let taps = tap_positions(&[7; 32], 64, 5, 128);
        assert_eq!(taps.len(), 5 * 128);
        for group in taps.chunks(5) {
            assert!((0..5).all(|i| !group[..i].contains(&group[i])));
        }
        for position in 0..64 {
            let uses = taps.iter().filter(|&&p| p == position).count();
            assert!((8..=12).contains(&uses), "position {position} is used {uses} times");
        }
    }
}
