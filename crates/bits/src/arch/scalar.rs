//! Portable twins: count everything, then decide.

use crate::kernel::{Common, Differing, Hit};

pub(super) fn common(task: &Common<'_>, hits: &mut Vec<Hit>) {
    for (index, row) in task.words.chunks_exact(task.query.len()).enumerate() {
        let count = task.query.iter().zip(row).map(|(a, b)| (a & b).count_ones()).sum();
        if count >= task.need[task.weights[index] as usize] {
            hits.push(Hit { row: task.first + index as u32, count });
        }
    }
}

pub(super) fn differing(task: &Differing<'_>, hits: &mut Vec<Hit>) {
    for (index, row) in task.words.chunks_exact(task.query.len()).enumerate() {
        let count = task.query.iter().zip(row).map(|(a, b)| (a ^ b).count_ones()).sum();
        if count <= task.limit {
            hits.push(Hit { row: task.first + index as u32, count });
        }
    }
}
