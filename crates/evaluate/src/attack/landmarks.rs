//! Graph matching by landmarks: people are recognized by how similar they are to people already recognized.
//!
//! Nodes are first compared by their sorted similarities; the surest pairs become landmarks, and nodes are then
//! compared by their similarities to these, again and again with more of them.

use crate::attack::align::{Counterparts, column_of, rows_at};
use crate::attack::finding::{Goal, Measured};
use crate::attack::graphs::{GraphPair, graphs};
use crate::attack::numbers::{Matrix, by_columns, standardize_columns};
use crate::attack::run::Effort;
use crate::attack::scene::{AttackError, Scene};

/// Sorted similarities and quantiles that describe a node at first.
const HIGHEST: usize = 64;
const QUANTILES: usize = 48;
/// Landmarks at first, and at most.
const FIRST: usize = 100;
const MOST: usize = 800;
const ROUNDS: usize = 8;

pub(crate) fn landmarks(scene: &Scene<'_>, effort: &Effort) -> Result<Vec<Measured>, AttackError> {
    let mut found = Vec::new();
    for &overlap in &effort.overlaps {
        let Some(graphs) = graphs(scene, overlap, effort.graph)? else { continue };
        let hits = matched(&graphs);
        let setting = format!("overlap {overlap}");
        let records = graphs.records as u64;
        found.extend(Measured::counted(setting, Goal::Reidentification, hits, records, graphs.chance()));
    }
    Ok(found)
}

/// Number of victim nodes that are assigned their person.
fn matched(graphs: &GraphPair) -> u64 {
    let found = align(graphs);
    right(graphs, &found)
}

pub(crate) fn right(graphs: &GraphPair, found: &Counterparts) -> u64 {
    let right = found.of_left.iter().zip(&graphs.truth).filter(|(found, truth)| Some(found.at) == **truth);
    right.count() as u64
}

fn align(graphs: &GraphPair) -> Counterparts {
    let mut found = Counterparts::find(&signatures(&graphs.victim), &signatures(&graphs.list));
    let mut count = FIRST;
    for _ in 0..ROUNDS {
        let seeds = found.mutual(count);
        if seeds.is_empty() {
            break;
        }
        let (left, right): (Vec<usize>, Vec<usize>) = seeds.into_iter().unzip();
        let (mut of_left, mut of_right) = (rows_at(&graphs.victim, &left), rows_at(&graphs.list, &right));
        standardize_columns(&mut of_left);
        standardize_columns(&mut of_right);
        found = Counterparts::find(&of_left, &of_right);
        count = (count * 2).min(MOST);
    }
    found
}

/// For each node its highest similarities and quantiles of all, with mean 0 and deviation 1 over the nodes.
pub(crate) fn signatures(graph: &Matrix) -> Matrix {
    let nodes = graph.ncols();
    let mut values = by_columns(HIGHEST + QUANTILES, nodes, &|node, out| {
        let mut sorted: Vec<f32> = column_of(graph, node).to_vec();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let (highest, quantiles) = out.split_at_mut(HIGHEST);
        highest.iter_mut().zip(&sorted).for_each(|(out, &value)| *out = value);
        for (at, out) in quantiles.iter_mut().enumerate() {
            *out = sorted[(at + 1) * (sorted.len() - 1) / (QUANTILES + 1)];
        }
    });
    for row in 0..values.nrows() {
        let mean = (0..nodes).map(|node| values[(row, node)]).sum::<f32>() / nodes as f32;
        let deviation =
            ((0..nodes).map(|node| (values[(row, node)] - mean).powi(2)).sum::<f32>() / nodes as f32).sqrt();
        let by = if deviation > 1e-9 { 1.0 / deviation } else { 0.0 };
        (0..nodes).for_each(|node| values[(row, node)] = (values[(row, node)] - mean) * by);
    }
    standardize_columns(&mut values);
    values
}
