//! Whether a set of symbols reveals that its record has several rows.

use mizuhiki_exchange::Task;

use super::kit::{JAPAN, common, kanji_schema, real_symbols, run};
use crate::margin;

/// Features of a set: its distribution over all numbers, and the parities of low bits.
fn features(set: &[u64]) -> Vec<f64> {
    const SHARES: usize = 32;
    let mut features = vec![0.0; SHARES + 24];
    for symbol in set {
        features[(symbol >> 59) as usize] += 1.0;
        for bit in 0..16 {
            features[SHARES + bit] += f64::from((symbol >> bit & 1) as u8);
        }
    }
    let gaps = || set.windows(2).map(|pair| (pair[1] - pair[0]) as f64);
    let rest = [
        set.len() as f64,
        gaps().fold(f64::MAX, f64::min).ln(),
        gaps().fold(0.0, f64::max).ln(),
        gaps().map(|gap| gap.ln()).sum::<f64>(),
        gaps().map(|gap| gap / 1e18 * gap / 1e18).sum::<f64>(),
        set.first().map_or(0.0, |&first| (first as f64).ln()),
        set.last().map_or(0.0, |&last| ((u64::MAX - last) as f64).ln()),
        set.iter().fold(0, |sum, symbol| sum ^ symbol).count_ones().into(),
    ];
    features[SHARES + 16..].copy_from_slice(&rest);
    features
}

/// Learns from the even records of two classes and classifies the odd ones: linear discriminant with a
/// variance for each feature. Returns the accuracy, with both classes of equal size.
fn tell_apart(classes: [&[Vec<f64>]; 2]) -> f64 {
    let width = classes[0][0].len();
    let moments = |class: &[Vec<f64>], feature: usize| {
        let values = || class.iter().step_by(2).map(|row| row[feature]);
        let count = values().count() as f64;
        let mean = values().sum::<f64>() / count;
        (mean, values().map(|value| (value - mean).powi(2)).sum::<f64>() / count)
    };
    let line: Vec<(f64, f64)> = (0..width)
        .map(|feature| {
            let (one, other) = (moments(classes[0], feature), moments(classes[1], feature));
            ((other.0 - one.0) / ((one.1 + other.1) / 2.0 + 1e-9), (one.0 + other.0) / 2.0)
        })
        .collect();
    let second = |row: &[f64]| {
        row.iter().zip(&line).map(|(value, (by, middle))| by * (value - middle)).sum::<f64>() > 0.0
    };
    let right = |class: usize| {
        let read = classes[class].iter().skip(1).step_by(2).map(|row| second(row));
        read.filter(|&second| second == (class == 1)).count()
    };
    (right(0) + right(1)) as f64 / (classes[0].len() / 2 * 2) as f64
}

#[test]
fn records_with_several_rows_look_like_those_with_one() {
    let table = &JAPAN.registry;
    let real = real_symbols(&kanji_schema(|_| ()), table, &run(Task::Link, "a"));
    let of_class = |several: bool| -> Vec<usize> {
        (0..table.len()).filter(|&row| (table.alternatives(row) > 1) == several).collect()
    };
    let (one, several) = (of_class(false), of_class(true));
    let each = one.len().min(several.len()) / 2 * 2;
    let classes = [&one[..each], &several[..each]];
    let of = |set: &dyn Fn(usize) -> Vec<f64>| {
        let [one, several] = classes.map(|rows| rows.iter().map(|&row| set(row)).collect::<Vec<_>>());
        tell_apart([&one, &several])
    };
    let before = of(&|row| features(&real[row]));
    assert!(before > 0.95, "before padding: {before} of {each} records were classified correctly");
    let sent = of(&|row| features(JAPAN.registry_tokens.of(row)));
    assert!((sent - 0.5).abs() < margin(0.5, each), "as sent: {sent} of {each} records (chance 0.5)");
}

/// Disclosed information: a truncated record with several rows has fewer symbols of each, so a linked pair
/// has fewer common symbols. If C has room for all symbols of two rows, this must fall to the base rate.
#[test]
fn a_linked_pair_tells_by_its_total_whether_rows_were_cut() {
    let japan = &*JAPAN;
    let mut totals = [Vec::new(), Vec::new()];
    for &(left, right) in japan.linked.iter().filter(|&&(left, _)| japan.causes[left].is_empty()) {
        let several = japan.registry.alternatives(right) > 1;
        let total = common(japan.insurer_tokens.of(left), japan.registry_tokens.of(right)).len();
        totals[usize::from(several)].push(vec![total as f64]);
    }
    let each = totals[0].len().min(totals[1].len()) / 2 * 2;
    let found = tell_apart([&totals[0][..each], &totals[1][..each]]);
    let schema = kanji_schema(|_| ()).symbols().unwrap();
    if schema.per_record < 2 * schema.per_row {
        assert!(
            found > 0.8,
            "one total: {found} of {each} linked pairs (chance 0.5): is it disclosed no more?"
        );
    } else {
        assert!((found - 0.5).abs() < 0.1, "one total: {found} of {each} linked pairs (chance 0.5)");
    }
}
