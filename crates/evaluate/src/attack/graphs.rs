//! Two similarity graphs to be matched: of the tokens, and of an attacker's list.

use crate::attack::edges::PairGraph;
use crate::attack::encodings::{KeyOf, real_symbols};
use crate::attack::numbers::{Matrix, by_columns};
use crate::attack::scene::{AttackError, Scene, sample};
use crate::attack::sight::{FilterSight, Sight};

/// Similarities of tokens and of people, as matrices.
pub(crate) struct GraphPair {
    pub(crate) victim: Matrix,
    pub(crate) list: Matrix,
    /// Person of each victim node, as a node of the list, if the list's graph has it.
    pub(crate) truth: Vec<Option<usize>>,
    /// Records that were to be re-identified, in the graph or not.
    pub(crate) records: usize,
}

impl GraphPair {
    /// Share of the records that random assignment gives their person.
    pub(crate) fn chance(&self) -> f64 {
        let there = self.truth.iter().filter(|person| person.is_some()).count();
        there as f64 / self.list.ncols().max(1) as f64 / self.records.max(1) as f64
    }
}

/// Graphs where the list has everybody, and the file a share of them (Schäfer, Armknecht and Heng 2024); `None`
/// if the file shows no edge.
///
/// # Errors
/// [`AttackError`] if the list cannot be encoded.
pub(crate) fn graphs(scene: &Scene<'_>, overlap: f64, most: usize) -> Result<Option<GraphPair>, AttackError> {
    match &scene.left.sight {
        Sight::Filters(filters) => Ok(Some(of_filters(scene, filters, overlap, most))),
        Sight::Symbols(_) => of_symbols(scene, overlap, most),
    }
}

fn of_filters(scene: &Scene<'_>, filters: &FilterSight, overlap: f64, most: usize) -> GraphPair {
    let mut draw = scene.draw(10);
    let rows = sample(scene.len(), most, &mut draw);
    let kept = sample(rows.len(), ((rows.len() as f64 * overlap).round() as usize).max(2), &mut draw);
    let victims: Vec<usize> = kept.iter().map(|&at| rows[at]).collect();
    GraphPair {
        victim: dice(&filters.select(&victims)),
        list: dice(&scene.list.select(&rows)),
        truth: kept.iter().map(|&at| Some(at)).collect(),
        records: victims.len(),
    }
}

/// Dice coefficients of all pairs of filters; zero for a filter with itself.
pub(crate) fn dice(filters: &FilterSight) -> Matrix {
    let weights: Vec<u32> =
        (0..filters.len()).map(|row| filters.row(row).iter().map(|word| word.count_ones()).sum()).collect();
    by_columns(filters.len(), filters.len(), &|column, out| {
        let own = filters.row(column);
        for (row, out) in out.iter_mut().enumerate() {
            let common: u32 = own.iter().zip(filters.row(row)).map(|(a, b)| (a & b).count_ones()).sum();
            let both = weights[row] + weights[column];
            *out = if row == column || both == 0 { 0.0 } else { 2.0 * common as f32 / both as f32 };
        }
    })
}

fn of_symbols(scene: &Scene<'_>, overlap: f64, most: usize) -> Result<Option<GraphPair>, AttackError> {
    let Sight::Symbols(left) = &scene.left.sight else { return Ok(None) };
    let mut draw = scene.draw(11);
    let kept = sample(left.len(), ((left.len() as f64 * overlap).round() as usize).max(1), &mut draw);
    let left = left.select(&kept);
    let graph = match scene.right.as_ref().map(|right| &right.sight) {
        Some(Sight::Symbols(right)) => PairGraph::between(&left, right),
        _ => {
            let set = |record: usize| left.set(record);
            PairGraph::within((&set, left.len()))
        }
    };
    let nodes = graph.connected(most);
    if nodes.is_empty() {
        return Ok(None);
    }
    let own = real_symbols(scene.schema, (KeyOf::Attacker, scene.seed), &scene.left.people)?;
    let set = |record: usize| own[record].as_slice();
    let own_graph = PairGraph::within((&set, own.len()));
    let own_nodes = own_graph.connected(most);
    let mut place = vec![None; own.len()];
    own_nodes.iter().enumerate().for_each(|(at, &node)| place[node] = Some(at));
    let truth =
        nodes.iter().map(|&node| graph.nodes[node].left.and_then(|record| place[kept[record]])).collect();
    Ok(Some(GraphPair {
        victim: counts(&graph, &nodes),
        list: counts(&own_graph, &own_nodes),
        truth,
        records: kept.len(),
    }))
}

/// Numbers of common symbols of all pairs of some nodes.
fn counts(graph: &PairGraph, nodes: &[usize]) -> Matrix {
    let mut place = vec![None; graph.nodes.len()];
    nodes.iter().enumerate().for_each(|(at, &node)| place[node] = Some(at));
    let mut matrix = Matrix::zeros(nodes.len(), nodes.len());
    for &(a, b, count) in &graph.edges {
        if let (Some(a), Some(b)) = (place[a], place[b]) {
            matrix[(a, b)] = count as f32;
            matrix[(b, a)] = count as f32;
        }
    }
    matrix
}
