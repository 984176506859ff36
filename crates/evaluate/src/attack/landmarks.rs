//! Graph matching by landmarks: people are recognized by how similar they are to people already recognized.
//!
//! Nodes are first compared by the quantiles of their similarities; the surest pairs become landmarks, and nodes are then
//! compared by their similarities to these, again and again with more of them.

use crate::attack::align::{Counterparts, column_of, rows_at};
use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured};
use crate::attack::graphs::{GraphPair, graphs};
use crate::attack::numbers::{Matrix, by_columns, standardize_columns};
use crate::attack::scene::{AttackError, Scene};

/// Quantiles of its similarities that describe a node at first.
const QUANTILES: usize = 80;
/// The highest and the lowest of them, as shares of the nodes.
const HIGHEST: f64 = 0.0015;
const LOWEST: f64 = 0.98;
/// Landmarks at first, and at most, as shares of the nodes, and how fast their number grows. At first most are
/// wrong; with enough of them, more become right than wrong.
const FIRST: f64 = 0.12;
const MOST: f64 = 0.4;
const GROWTH: f64 = 1.2;
const ROUNDS: usize = 20;

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

/// The better of two beginnings. By ranks of similarities few nodes are enough, but both graphs must have the same
/// people; by quantiles one may have a part of them. Which is better shows without the truth: by how well the
/// nodes fit in the end.
fn align(graphs: &GraphPair) -> Counterparts {
    let doubled = std::iter::successors(Some(100), |count| Some((count * 2).min(800)));
    let by_ranks = refined(graphs, ranked(&graphs.victim, &graphs.list), doubled);
    let by_quantiles = refined(graphs, alike(&graphs.victim, &graphs.list), seed_counts(graphs.list.ncols()));
    let fit = |found: &Counterparts| found.of_left.iter().map(|nearest| nearest.score).sum::<f32>();
    if fit(&by_ranks) > fit(&by_quantiles) { by_ranks } else { by_quantiles }
}

/// Compares nodes by their similarities to the pairs that are trusted, again and again.
fn refined(
    graphs: &GraphPair,
    mut found: Counterparts,
    mut counts: impl Iterator<Item = usize>,
) -> Counterparts {
    for _ in 0..ROUNDS {
        let seeds = found.mutual(counts.next().unwrap_or_default());
        if seeds.is_empty() {
            break;
        }
        let (left, right): (Vec<usize>, Vec<usize>) = seeds.into_iter().unzip();
        let (mut of_left, mut of_right) = (rows_at(&graphs.victim, &left), rows_at(&graphs.list, &right));
        standardize_columns(&mut of_left);
        standardize_columns(&mut of_right);
        found = Counterparts::find(&of_left, &of_right);
    }
    found
}

/// Nodes with the most similar highest similarities and quantiles of all.
fn ranked(victim: &Matrix, list: &Matrix) -> Counterparts {
    const HIGHEST_RANKS: usize = 64;
    const EVEN: usize = 48;
    let describe = |graph: &Matrix| {
        let nodes = graph.ncols();
        let ranks = (0..HIGHEST_RANKS).chain((1..=EVEN).map(|at| at * (nodes - 1) / (EVEN + 1)));
        let places: Vec<usize> = ranks.map(|rank| rank.min(nodes - 1)).collect();
        let mut values = sorted_at(graph, &places);
        standardize_columns(&mut values);
        values
    };
    Counterparts::find(&describe(victim), &describe(list))
}

/// Numbers of pairs that are trusted, round by round.
pub(crate) fn seed_counts(nodes: usize) -> impl Iterator<Item = usize> {
    let of = move |share: f64| (nodes as f64 * share).max(300.0);
    std::iter::successors(Some(of(FIRST)), move |count| Some((count * GROWTH).min(of(MOST))))
        .map(|count| count as usize)
}

/// Nodes with the most similar distribution of similarities, by the distance of their quantiles.
pub(crate) fn alike(victim: &Matrix, list: &Matrix) -> Counterparts {
    let (left, right) = (quantiles(victim), quantiles(list));
    let square =
        |matrix: &Matrix, node: usize| (0..QUANTILES).map(|row| matrix[(row, node)].powi(2)).sum::<f32>();
    // The inner product of these is the negative squared distance.
    let left = Matrix::from_fn(QUANTILES + 2, left.ncols(), |row, node| match row.checked_sub(QUANTILES) {
        None => 2.0 * left[(row, node)],
        Some(0) => 1.0,
        Some(_) => -square(&left, node),
    });
    let right = Matrix::from_fn(QUANTILES + 2, right.ncols(), |row, node| match row.checked_sub(QUANTILES) {
        None => right[(row, node)],
        Some(0) => -square(&right, node),
        Some(_) => 1.0,
    });
    Counterparts::find(&left, &right)
}

/// For each node quantiles of its similarities, with mean 0 and deviation 1 over the nodes. Shares of the nodes rather
/// than ranks: the two graphs have different numbers of nodes.
fn quantiles(graph: &Matrix) -> Matrix {
    let nodes = graph.ncols();
    let share = |at: usize| HIGHEST * (LOWEST / HIGHEST).powf(at as f64 / (QUANTILES - 1) as f64);
    let places: Vec<usize> =
        (0..QUANTILES).map(|at| ((share(at) * nodes as f64) as usize).min(nodes.saturating_sub(1))).collect();
    sorted_at(graph, &places)
}

/// Each node's similarities, the highest first, at some places; with mean 0 and deviation 1 over the nodes.
fn sorted_at(graph: &Matrix, places: &[usize]) -> Matrix {
    let nodes = graph.ncols();
    let mut values = by_columns(places.len(), nodes, &|node, out| {
        let mut sorted: Vec<f32> = column_of(graph, node).to_vec();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        out.iter_mut().zip(places).for_each(|(out, &place)| *out = sorted[place]);
    });
    for row in 0..places.len() {
        let mean = (0..nodes).map(|node| values[(row, node)]).sum::<f32>() / nodes as f32;
        let square = (0..nodes).map(|node| (values[(row, node)] - mean).powi(2)).sum::<f32>() / nodes as f32;
        let by = if square > 1e-18 { 1.0 / square.sqrt() } else { 0.0 };
        (0..nodes).for_each(|node| values[(row, node)] = (values[(row, node)] - mean) * by);
    }
    values
}
