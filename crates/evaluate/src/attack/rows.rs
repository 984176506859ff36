//! Records with several rows: whether a token shows that its person has an alias or a former address.

use crate::attack::effort::Effort;
use crate::attack::encodings::{KeyOf, real_symbols};
use crate::attack::finding::{Goal, Measured, Tried};
use crate::attack::scene::{AttackError, Scene};
use crate::attack::sight::Sight;

/// Whether a set looks like that of a record with several rows.
pub(crate) fn several(scene: &Scene<'_>, _: &Effort) -> Result<Tried, AttackError> {
    let Sight::Symbols(left) = &scene.left.sight else { return Ok(Tried::Nothing) };
    let labels = labels(scene)?;
    if !labels.contains(&true) {
        return Ok(Tried::Nothing);
    }
    Ok(Tried::or_too_few(tell(&labels, &|row| left.set(row).to_vec())))
}

/// The control: the same sets without padding.
pub(crate) fn several_control(scene: &Scene<'_>, _: &Effort) -> Result<Vec<Measured>, AttackError> {
    if scene.schema.symbols().is_none() {
        return Ok(Vec::new());
    }
    let labels = labels(scene)?;
    let sets = real_symbols(scene.schema, (KeyOf::Attacker, scene.seed), &scene.left.people)?;
    Ok(tell(&labels, &|row| sets[row].clone()))
}

/// Whether each record has more symbols than one row gives.
fn labels(scene: &Scene<'_>) -> Result<Vec<bool>, AttackError> {
    let one = scene.schema.symbols().map_or(usize::MAX, |symbols| symbols.per_row);
    let sets = real_symbols(scene.schema, (KeyOf::Attacker, scene.seed), &scene.left.people)?;
    Ok(sets.iter().map(|set| set.len() > one).collect())
}

/// Learns from the even records of two equally large classes and classifies the odd ones: linear discriminant
/// with a variance for each feature.
fn tell(several: &[bool], set: &dyn Fn(usize) -> Vec<u64>) -> Vec<Measured> {
    let of =
        |wanted: bool| -> Vec<usize> { (0..several.len()).filter(|&row| several[row] == wanted).collect() };
    let (one, more) = (of(false), of(true));
    let each = one.len().min(more.len()) / 2 * 2;
    if each < 40 {
        return Vec::new();
    }
    let classes = [&one[..each], &more[..each]]
        .map(|rows| rows.iter().map(|&row| features(&set(row))).collect::<Vec<_>>());
    let width = classes[0][0].len();
    let moments = |class: &[Vec<f64>], feature: usize| {
        let values = || class.iter().step_by(2).map(|row| row[feature]);
        let count = values().count() as f64;
        let mean = values().sum::<f64>() / count;
        (mean, values().map(|value| (value - mean).powi(2)).sum::<f64>() / count)
    };
    let line: Vec<(f64, f64)> = (0..width)
        .map(|feature| {
            let (a, b) = (moments(&classes[0], feature), moments(&classes[1], feature));
            ((b.0 - a.0) / ((a.1 + b.1) / 2.0 + 1e-9), (a.0 + b.0) / 2.0)
        })
        .collect();
    let second = |row: &[f64]| {
        row.iter().zip(&line).map(|(value, (by, middle))| by * (value - middle)).sum::<f64>() > 0.0
    };
    let right = |class: usize| {
        classes[class].iter().skip(1).step_by(2).filter(|row| second(row) == (class == 1)).count() as u64
    };
    let setting = "whether a record has several rows";
    Measured::counted(setting, Goal::Inference, right(0) + right(1), each as u64, 0.5).into_iter().collect()
}

/// Features of a set: its size, its distribution over all numbers, and parities of low bits.
fn features(set: &[u64]) -> Vec<f64> {
    const SHARES: usize = 32;
    const LOW: usize = 16;
    let mut features = vec![0.0; SHARES + LOW];
    for symbol in set {
        features[(symbol >> 59) as usize] += 1.0;
        (0..LOW).for_each(|bit| features[SHARES + bit] += f64::from((symbol >> bit & 1) as u8));
    }
    let gaps = || set.windows(2).map(|pair| (pair[1] - pair[0]) as f64);
    features.push(set.len() as f64);
    features.push(gaps().fold(f64::MAX, f64::min).ln());
    features.push(gaps().fold(1.0, f64::max).ln());
    features.push(f64::from(set.iter().fold(0, |sum, symbol| sum ^ symbol).count_ones()));
    features
}
