//! Candidate pairs and greedy groups of anonlink 0.15.3.

use std::io::Write as _;

use mizuhiki_columnar::{Source, read_tokens};
use mizuhiki_exchange::{Comparable, TokenSet};
use mizuhiki_match::{Groups, Linkage, Scope, candidates};
use mizuhiki_schema::Similarity;
use serde_json::Value;

/// Data set and record.
type Place = (u32, u32);

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../protocols/vectors/matching/anonlink-0.15.3.json")).unwrap()
}

fn data_sets(vectors: &Value) -> Vec<TokenSet> {
    let folder = tempfile::tempdir().unwrap();
    let lists = vectors["datasets_b64"].as_array().unwrap();
    let read = |(index, clks): (usize, &Value)| {
        let path = folder.path().join(format!("{index}.json"));
        let mut file = std::fs::File::create(&path).unwrap();
        write!(file, "{}", serde_json::json!({ "clks": clks })).unwrap();
        read_tokens(&Source::Path(path)).unwrap().set
    };
    lists.iter().enumerate().map(read).collect()
}

/// All candidate pairs over all pairs of data sets, in anonlink's order.
fn all_candidates(sets: &[TokenSet], threshold: f64) -> Vec<(f64, Place, Place)> {
    let mut found = Vec::new();
    for left in 0..sets.len() {
        for right in left + 1..sets.len() {
            let comparable = Comparable::between(&sets[left], &sets[right]).unwrap();
            let pairs = candidates(&comparable, Similarity::new(threshold).unwrap(), Scope::Auto);
            found
                .extend(pairs.iter().map(|c| (c.similarity, (left as u32, c.left), (right as u32, c.right))));
        }
    }
    found.sort_by(|a, b| {
        let key = |c: &(f64, Place, Place)| (c.1.0, c.2.0, c.1.1, c.2.1);
        b.0.total_cmp(&a.0).then_with(|| key(a).cmp(&key(b)))
    });
    found
}

#[test]
fn candidate_pairs_and_greedy_groups_are_anonlink_s() {
    let vectors = vectors();
    let sets = data_sets(&vectors);
    let runs = vectors["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 12);
    for run in runs {
        let threshold = run["threshold"].as_f64().unwrap();
        let found = all_candidates(&sets, threshold);
        assert_eq!(found.len() as u64, run["n"].as_u64().unwrap(), "threshold {threshold}");
        let list = |key: &str| run[key].as_array().unwrap();
        for (index, (similarity, left, right)) in found.iter().take(list("sims").len()).enumerate() {
            let number = |key: &str| list(key)[index].as_u64().unwrap() as u32;
            assert_eq!(*similarity, list("sims")[index].as_f64().unwrap());
            assert_eq!(
                (*left, *right),
                ((number("dset0"), number("rec0")), (number("dset1"), number("rec1")))
            );
        }
        let starts: Vec<u32> = sets
            .iter()
            .scan(0, |next, set| Some(std::mem::replace(next, *next + set.len() as u32)))
            .collect();
        let sizes: Vec<(usize, bool)> = sets.iter().map(|set| (set.len(), false)).collect();
        let mut groups = Groups::new(&sizes, Linkage::Every);
        for &(_, left, right) in &found {
            let number = |(set, row): Place| starts[set as usize] + row;
            groups.offer(number(left), number(right), true);
        }
        let place_of = |record: u32| {
            let set = starts.partition_point(|&start| start <= record) - 1;
            (set as u32, record - starts[set])
        };
        let groups: Vec<Vec<Place>> =
            groups.finish().into_iter().map(|group| group.into_iter().map(place_of).collect()).collect();
        let place = |value: &Value| (value[0].as_u64().unwrap() as u32, value[1].as_u64().unwrap() as u32);
        let mut expected: Vec<Vec<Place>> = list("greedy_groups")
            .iter()
            .map(|group| {
                let mut group: Vec<Place> = group.as_array().unwrap().iter().map(place).collect();
                group.sort_unstable();
                group
            })
            .collect();
        expected.sort_unstable();
        assert_eq!(groups, expected, "threshold {threshold}");
    }
}
