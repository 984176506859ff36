//! Merkle tree hashes (RFC 9162 §2.1.1).

use sha2::{Digest as _, Sha256};

use crate::sign::{Hash, Hex};

/// The tree hash of leaves, in order.
pub(crate) fn root<'l>(leaves: impl Iterator<Item = &'l [u8]>) -> Hash {
    // Complete subtrees, descending in size, with their number of leaves.
    let mut stack: Vec<([u8; 32], u64)> = Vec::new();
    for leaf in leaves {
        let mut node = (Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(), 1);
        while let Some((left, _)) = stack.pop_if(|(_, size)| *size == node.1) {
            node = (join(&left, &node.0), 2 * node.1);
        }
        stack.push(node);
    }
    let joined = stack.into_iter().rev().map(|(hash, _)| hash).reduce(|right, left| join(&left, &right));
    Hex(joined.unwrap_or_else(|| Sha256::digest([]).into()))
}

fn join(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition: split at the largest power of two below the number of leaves.
    fn naive(leaves: &[&[u8]]) -> [u8; 32] {
        match leaves {
            [] => Sha256::digest([]).into(),
            [leaf] => Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(),
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                join(&naive(&leaves[..split]), &naive(&leaves[split..]))
            }
        }
    }

    #[test]
    fn trees_are_those_of_the_definition() {
        let leaves: Vec<Vec<u8>> = (0..70_u8).map(|leaf| vec![leaf; usize::from(leaf)]).collect();
        for count in 0..leaves.len() {
            let leaves: Vec<&[u8]> = leaves[..count].iter().map(Vec::as_slice).collect();
            assert_eq!(root(leaves.iter().copied()).0, naive(&leaves), "{count}");
        }
    }
}
