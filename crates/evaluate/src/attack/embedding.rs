//! Graph matching by embeddings: each node becomes a vector that describes its place in the graph, and the two
//! clouds of vectors are laid over each other.
//!
//! Vectors are those of network matrix factorization (NetMF; Qiu et al. 2018), as in the attack of Schäfer,
//! Armknecht and Heng (2024). On filters whose keys differ, short walks and the stronger half of the edges found
//! more than long walks and the strongest tenth. Clouds are aligned by an orthogonal map
//! (Procrustes). It is found from pairs of nodes with like similarities, and improved by mutual nearest neighbors
//! instead of a transport plan.

use faer::{MatRef, Side};

use crate::attack::align::{Counterparts, column_of};
use crate::attack::effort::Effort;
use crate::attack::finding::{Goal, Measured, Tried};
use crate::attack::graphs::{GraphPair, graphs};
use crate::attack::landmarks::{alike, right, seed_counts};
use crate::attack::numbers::{Matrix, by_columns, product, standardize_columns};
use crate::attack::scene::{AttackError, Scene};
use crate::draw::Draw;

/// Share of the edges that is kept.
const STRONGEST: f64 = 0.5;
/// Dimensions of the vectors, and eigenvectors of the graph that they are made of.
const DIMENSIONS: usize = 128;
const EIGENVECTORS: usize = 192;
/// Length of the walks that the vectors summarize.
const WALK: i32 = 2;
const ROUNDS: usize = 18;
/// Steps of subspace iteration: neighboring eigenvalues are close.
const STEPS: usize = 20;

pub(crate) fn embeddings(scene: &Scene<'_>, effort: &Effort) -> Result<Tried, AttackError> {
    let mut found = Vec::new();
    for &overlap in &effort.overlaps {
        let Some(graphs) = graphs(scene, overlap, effort.embedding)? else { continue };
        let Some(hits) = matched(&graphs, &mut scene.draw(20)) else { return Ok(Tried::TooFew) };
        let setting = format!("overlap {overlap}");
        let records = graphs.records as u64;
        found.extend(Measured::counted(setting, Goal::Reidentification, hits, records, graphs.chance()));
    }
    Ok(found.into())
}

/// Number of victim nodes that are assigned their person; `None` where the graphs are too small to embed.
fn matched(graphs: &GraphPair, draw: &mut Draw) -> Option<u64> {
    let least = graphs.victim.ncols().min(graphs.list.ncols());
    let dimensions = DIMENSIONS.min(least / 4);
    if dimensions < 2 {
        return None;
    }
    let (victim, list) = (embed(&graphs.victim, dimensions, draw)?, embed(&graphs.list, dimensions, draw)?);
    let mut found = alike(&graphs.victim, &graphs.list);
    let mut counts = seed_counts(graphs.list.ncols());
    for _ in 0..ROUNDS {
        let seeds = found.mutual(counts.next().unwrap_or(least));
        if seeds.is_empty() {
            return Some(0);
        }
        let turned = product(turn(&victim, &list, &seeds)?.as_ref(), victim.as_ref());
        found = Counterparts::find(&turned, &list);
    }
    Some(right(graphs, &found))
}

/// The orthogonal map that brings the vectors of `left` closest to those of `right`, for some pairs of columns
/// (Schönemann 1966).
fn turn(left: &Matrix, right: &Matrix, pairs: &[(usize, usize)]) -> Option<Matrix> {
    let take = |matrix: &Matrix, of: &dyn Fn(&(usize, usize)) -> usize| {
        Matrix::from_fn(matrix.nrows(), pairs.len(), |row, pair| matrix[(row, of(&pairs[pair]))])
    };
    let (left, right) = (take(left, &|pair| pair.0), take(right, &|pair| pair.1));
    let square = product(right.as_ref(), left.as_ref().transpose());
    let parts = square.thin_svd().ok()?;
    Some(product(parts.U(), parts.V().transpose()))
}

/// A vector for each node, of length one.
fn embed(graph: &Matrix, dimensions: usize, draw: &mut Draw) -> Option<Matrix> {
    let nodes = graph.ncols();
    let edges = strongest(graph);
    let degree: Vec<f32> = (0..nodes).map(|node| column_of(&edges, node).iter().sum::<f32>()).collect();
    let volume: f32 = degree.iter().sum();
    let root = |node: usize| if degree[node] > 0.0 { 1.0 / degree[node].sqrt() } else { 0.0 };
    let roots: Vec<f32> = (0..nodes).map(root).collect();
    let normal = by_columns(nodes, nodes, &|node, out| {
        let column = column_of(&edges, node);
        out.iter_mut().enumerate().for_each(|(row, out)| *out = column[row] * roots[row] * roots[node]);
    });
    let (values, vectors) = leading(&normal, EIGENVECTORS.min(nodes / 2), draw)?;
    let walks = |value: f32| (1..=WALK).map(|steps| value.powi(steps)).sum::<f32>() / WALK as f32;
    let scaled = Matrix::from_fn(nodes, values.len(), |row, at| vectors[(row, at)] * roots[row]);
    let weighted = Matrix::from_fn(values.len(), nodes, |at, row| {
        scaled[(row, at)] * walks(values[at]).max(0.0) * volume
    });
    let whole = product(scaled.as_ref(), weighted.as_ref());
    let logarithms = by_columns(nodes, nodes, &|node, out| {
        out.iter_mut().zip(column_of(&whole, node)).for_each(|(out, &value)| *out = value.max(1.0).ln());
    });
    drop(whole);
    let (values, vectors) = leading(&logarithms, dimensions, draw)?;
    let mut found =
        Matrix::from_fn(values.len(), nodes, |at, node| vectors[(node, at)] * values[at].abs().sqrt());
    standardize_columns(&mut found);
    Some(found)
}

/// The strongest edges; all where there are few.
fn strongest(graph: &Matrix) -> Matrix {
    let nodes = graph.ncols();
    let mut weights: Vec<f32> = (0..nodes)
        .flat_map(|node| column_of(graph, node).iter().copied())
        .filter(|&weight| weight > 0.0)
        .collect();
    let kept = ((nodes * nodes) as f64 * STRONGEST) as usize;
    let least = if weights.len() > kept && kept > 0 {
        *weights.select_nth_unstable_by(kept, |a, b| b.total_cmp(a)).1
    } else {
        0.0
    };
    by_columns(nodes, nodes, &|node, out| {
        for (out, &weight) in out.iter_mut().zip(column_of(graph, node)) {
            *out = if weight > least { weight } else { 0.0 };
        }
    })
}

/// The eigenvalues of largest size of a symmetric matrix, and their vectors, by subspace iteration (Halko,
/// Martinsson and Tropp 2011).
fn leading(matrix: &Matrix, count: usize, draw: &mut Draw) -> Option<(Vec<f32>, Matrix)> {
    let nodes = matrix.ncols();
    let wide = (count + count / 2).min(nodes);
    let mut random = || (draw.below(1 << 24) as f32 / (1 << 23) as f32) - 1.0;
    let mut space = Matrix::zeros(nodes, wide);
    for column in 0..wide {
        (0..nodes).for_each(|row| space[(row, column)] = random());
    }
    for _ in 0..STEPS {
        space = product(matrix.as_ref(), space.qr().compute_thin_Q().as_ref());
    }
    let basis = space.qr().compute_thin_Q();
    let small = product(basis.as_ref().transpose(), product(matrix.as_ref(), basis.as_ref()).as_ref());
    let parts = small.self_adjoint_eigen(Side::Lower).ok()?;
    let values = parts.S().column_vector();
    let mut order: Vec<usize> = (0..wide).collect();
    order.sort_by(|&a, &b| values[b].abs().total_cmp(&values[a].abs()).then_with(|| a.cmp(&b)));
    order.truncate(count);
    let inner: MatRef<'_, f32> = parts.U();
    let chosen = Matrix::from_fn(wide, order.len(), |row, at| inner[(row, order[at])]);
    let vectors = product(basis.as_ref(), chosen.as_ref());
    Some((order.iter().map(|&at| values[at]).collect(), vectors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_eigenvalues_of_a_known_matrix() {
        let matrix =
            Matrix::from_fn(
                40,
                40,
                |row, column| if row == column { 100.0 / (1 + row * row) as f32 } else { 0.0 },
            );
        let (values, vectors) = leading(&matrix, 2, &mut Draw::new(1, 0)).unwrap();
        assert!((values[0] - 100.0).abs() < 0.01 && (values[1] - 50.0).abs() < 0.01, "{values:?}");
        assert!(vectors[(0, 0)].abs() > 0.95);
    }

    #[test]
    fn a_turn_is_undone() {
        let points = Matrix::from_fn(2, 3, |row, column| [[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]][column][row]);
        let turned = Matrix::from_fn(
            2,
            3,
            |row, column| if row == 0 { -points[(1, column)] } else { points[(0, column)] },
        );
        let map = turn(&points, &turned, &[(0, 0), (1, 1), (2, 2)]).unwrap();
        let back = product(map.as_ref(), points.as_ref());
        assert!((0..3).all(|column| (back[(0, column)] - turned[(0, column)]).abs() < 1e-5));
    }
}
