//! Groups of records that share a block id.

use std::ops::Range;

use mizuhiki_exchange::BlockId;

/// Rows of one side that have an id in a pass, by id, then by row.
pub(crate) struct BlockOrder {
    rows: Vec<u32>,
    /// Each id with the end of its range in `rows`, ascending.
    ends: Vec<(BlockId, u32)>,
}

/// A block that both sides have: the rows of each, as ranges of [`BlockOrder::rows`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) left: Range<u32>,
    pub(crate) right: Range<u32>,
}

impl BlockOrder {
    pub(crate) fn new(ids: &[Option<BlockId>]) -> Self {
        let mut keyed: Vec<(BlockId, u32)> =
            ids.iter().zip(0..).filter_map(|(id, row)| id.map(|id| (id, row))).collect();
        keyed.sort_unstable();
        let mut ends: Vec<(BlockId, u32)> = Vec::new();
        for (place, &(id, _)) in keyed.iter().enumerate() {
            match ends.last_mut() {
                Some((last, end)) if *last == id => *end = place as u32 + 1,
                _ => ends.push((id, place as u32 + 1)),
            }
        }
        Self { rows: keyed.into_iter().map(|(_, row)| row).collect(), ends }
    }

    /// A single block of all `count` rows.
    pub(crate) fn whole(count: usize) -> Self {
        let all = BlockId::from_bytes([0; 8]);
        let ends = if count == 0 { Vec::new() } else { vec![(all, count as u32)] };
        Self { rows: (0..count as u32).collect(), ends }
    }

    pub(crate) fn rows(&self, range: &Range<u32>) -> &[u32] {
        &self.rows[range.start as usize..range.end as usize]
    }

    /// The rows of the block with this id.
    pub(crate) fn of(&self, id: BlockId) -> &[u32] {
        match self.ends.binary_search_by_key(&id, |&(id, _)| id) {
            Ok(at) => self.rows(&self.range(at)),
            Err(_) => &[],
        }
    }

    fn range(&self, at: usize) -> Range<u32> {
        let start = if at == 0 { 0 } else { self.ends[at - 1].1 };
        start..self.ends[at].1
    }

    /// Blocks that both sides have, by id.
    pub(crate) fn common(&self, right: &Self) -> Vec<Block> {
        let (mut a, mut b) = (0, 0);
        let mut blocks = Vec::new();
        while a < self.ends.len() && b < right.ends.len() {
            match self.ends[a].0.cmp(&right.ends[b].0) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    blocks.push(Block { left: self.range(a), right: right.range(b) });
                    a += 1;
                    b += 1;
                }
            }
        }
        blocks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_the_rows_that_share_an_id() {
        let ids = |ids: &[u8]| -> Vec<Option<BlockId>> {
            ids.iter().map(|&id| (id > 0).then(|| BlockId::from_bytes([id; 8]))).collect()
        };
        let left = BlockOrder::new(&ids(&[3, 1, 0, 3, 7]));
        let right = BlockOrder::new(&ids(&[7, 3, 9, 3, 0, 3]));
        let blocks: Vec<(&[u32], &[u32])> = left
            .common(&right)
            .iter()
            .map(|block| (left.rows(&block.left), right.rows(&block.right)))
            .collect();
        assert_eq!(blocks, [(&[0_u32, 3][..], &[1_u32, 3, 5][..]), (&[4], &[0])]);
        assert_eq!(right.of(BlockId::from_bytes([3; 8])), [1, 3, 5]);
        assert!(right.of(BlockId::from_bytes([1; 8])).is_empty());
        assert_eq!(BlockOrder::whole(3).common(&BlockOrder::whole(2)).len(), 1);
        assert!(BlockOrder::whole(3).common(&BlockOrder::whole(0)).is_empty());
    }
}
