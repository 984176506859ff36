//! The search finds exactly the pairs that a comparison of every pair finds, blocked or not, between sets and
//! within one.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::{BTreeMap, BTreeSet};

use mizuhiki_bits::BitRows;
use mizuhiki_exchange::{
    BlockId, Comparable, CustodianId, KeyId, RecordIds, Run, TokenMeta, TokenSet, ViewTokens,
};
use mizuhiki_match::{Scope, candidates, similarity_of};
use mizuhiki_schema::{LinkageSchema, Similarity};
use proptest::prelude::*;

/// A synthetic row: seed of its bits, the views that it has, and its block in each pass (0 for none).
type Made = (u64, [bool; 2], [u8; 2]);

fn schema(alternatives: bool) -> LinkageSchema {
    let take = if alternatives { "all" } else { "first" };
    let text = format!(
        r#"{{"format":"mizuhiki-linkage-schema","version":1,"name":"t","profile":"plain","filter":{{"bits":1024}},"locale":{{"pack":"en-Latn"}},
        "inputs":[{{"name":"i","columns":[{{"column":"a"}},{{"column":"c"}}],"take":"{take}"}}],
        "fields":[{{"name":"a","input":"i","kind":"text","features":[{{"type":"exact"}}]}},
                  {{"name":"b","kind":"text","features":[{{"type":"exact"}}]}}],
        "views":[{{"name":"v","fields":["a","b"]}},{{"name":"w","fields":["a"]}}],
        "blocking":{{"rules":[{{"name":"p","parts":[{{"field":"a"}}]}},{{"name":"q","parts":[{{"field":"b"}}]}}]}},
        "thresholds":{{"accept":0.9,"borderline":0.8}}}}"#
    );
    LinkageSchema::parse(&text).unwrap()
}

/// Each token is that of one of a few people, with some bits flipped.
fn token(seed: u64, view: u64) -> Vec<u8> {
    let mut state = (seed / 4).wrapping_mul(31) + view + 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    let mut bytes: Vec<u8> = (0..128).map(|_| next() & next()).collect();
    for flip in 0..(seed % 4) * 8 {
        bytes[(flip * 37 + seed) as usize % 128] ^= 1 << (flip % 8);
    }
    bytes
}

/// With alternatives, records have one row, two or three.
fn set(name: &str, schema: &LinkageSchema, rows: &[Made]) -> TokenSet {
    let record_of = |number: usize| match (schema.max_alternatives(), number % 6) {
        (1, _) => number,
        (_, 0 | 1) => number / 6 * 3,
        (_, 2..5) => number / 6 * 3 + 1,
        _ => number / 6 * 3 + 2,
    };
    let mut ids = RecordIds::default();
    let mut views: Vec<ViewTokens> = ["v", "w"]
        .map(|name| ViewTokens { name: name.to_owned(), rows: BitRows::new(1024), present: Vec::new() })
        .into();
    let mut blocks = vec![Vec::new(); 2];
    for (number, (seed, present, block)) in rows.iter().enumerate() {
        ids.push(&format!("{}", record_of(number))).unwrap();
        for (index, view) in views.iter_mut().enumerate() {
            view.present.push(present[index]);
            if present[index] {
                view.rows.push_bytes(&token(*seed, index as u64)).unwrap();
            } else {
                view.rows.push_zero();
            }
            blocks[index].push((block[index] > 0).then(|| BlockId::from_bytes([block[index]; 8])));
        }
    }
    let custodian = CustodianId::new(name).unwrap();
    let run = Run::default();
    let meta = TokenMeta { schema: schema.clone(), key_id: KeyId::from_bytes([0; 8]), custodian, run };
    TokenSet::new(Some(meta), ids, views, blocks).unwrap()
}

fn naive(comparable: &Comparable<'_>, threshold: f64, blocked: bool) -> BTreeMap<(u32, u32), u64> {
    let (left, right) = (comparable.left(), comparable.right());
    let mut found = BTreeMap::new();
    for a in 0..left.rows() as u32 {
        for b in 0..right.rows() as u32 {
            let meets = |pass: usize| {
                let (a, b) = (left.blocks()[pass][a as usize], right.blocks()[pass][b as usize]);
                a.is_some() && a == b
            };
            let common = (0..2).any(|view| {
                left.views()[view].present[a as usize] && right.views()[view].present[b as usize]
            });
            let considered =
                common && (!blocked || meets(0) || meets(1)) && (!comparable.is_within() || a < b);
            let similarity = similarity_of(comparable, a, b);
            let records = (left.record_of(a), right.record_of(b));
            let different = !comparable.is_within() || records.0 != records.1;
            if considered && different && similarity >= threshold {
                // Similarities are not negative, so their bits sort in the same order.
                let most = found.entry(records).or_insert(0);
                *most = similarity.to_bits().max(*most);
            }
        }
    }
    found
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let record = (0_u64..24, prop::array::uniform2(prop::bool::weighted(0.8)), [0_u8..4, 0_u8..3]);
    prop_oneof![
        prop::collection::vec(record.clone(), 0..12),
        // Beyond the minimum size for tiles.
        prop::collection::vec(record, 150..220),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_search_is_exact(
        left in made(), right in made(), alternatives: bool, threshold in 0.3_f64..1.0,
        within: bool,
    ) {
        let schema = schema(alternatives);
        let (left, right) = (set("left", &schema, &left), set("right", &schema, &right));
        let comparable =
            if within { Comparable::within(&left) } else { Comparable::between(&left, &right).unwrap() };
        // A pair exactly at the threshold is found.
        let threshold = naive(&comparable, threshold, false)
            .values().next().map_or(threshold, |bits| f64::from_bits(*bits));
        for scope in [Scope::Exhaustive, Scope::Blocks] {
            let found = candidates(&comparable, Similarity::new(threshold).unwrap(), scope);
            let keys: BTreeSet<(u32, u32)> = found.iter().map(|c| (c.left, c.right)).collect();
            prop_assert_eq!(keys.len(), found.len(), "each pair once");
            let found: BTreeMap<(u32, u32), u64> =
                found.iter().map(|c| ((c.left, c.right), c.similarity.to_bits())).collect();
            prop_assert_eq!(found, naive(&comparable, threshold, scope == Scope::Blocks));
        }
    }
}
