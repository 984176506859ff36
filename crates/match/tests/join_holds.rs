//! The join counts the same common symbols as a comparison of every pair, in any number of units, between
//! files and within one.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Mutex;

use mizuhiki_exchange::{
    Comparable, CustodianId, KeyId, RecordIds, Run, SymbolReader, Task, TokenMeta, TokenSet,
};
use mizuhiki_match::{HEAVY, Join};
use mizuhiki_schema::LinkageSchema;
use proptest::prelude::*;

const PER_RECORD: usize = 8;

fn schema() -> LinkageSchema {
    let text = r#"{"format":"mizuhiki-linkage-schema","version":2,"name":"t","profile":"hardened",
        "locale":{"pack":"en-Latn"},"fields":[{"name":"a","kind":"text","features":[{"type":"exact"}]}],
        "symbols":{"perView":8,"positions":112,"perRecord":8},
        "thresholds":{"accept":0.9,"borderline":0.8}}"#;
    LinkageSchema::parse(text).unwrap()
}

/// A file in memory: rows in any order, each of a record.
struct Memory {
    records: Vec<u32>,
    symbols: Vec<u64>,
}

impl SymbolReader for Memory {
    type Error = ();

    fn per_record(&self) -> usize {
        PER_RECORD
    }

    fn read(&self, take: &mut dyn FnMut(&[u32], &[u64])) -> Result<(), ()> {
        // In uneven pieces, as files are read.
        for (records, symbols) in self.records.chunks(3).zip(self.symbols.chunks(3 * PER_RECORD)) {
            take(records, symbols);
        }
        Ok(())
    }
}

/// A set of records whose rows are in reverse order, and its symbols: `made` numbers, spread over all
/// symbols.
fn set(name: &str, task: Task, made: &[[u8; PER_RECORD]]) -> (TokenSet, Memory) {
    let mut ids = RecordIds::default();
    let mut symbols = Vec::new();
    for (row, numbers) in made.iter().enumerate() {
        ids.push(&format!("{:04}", made.len() - row)).unwrap();
        let mut row: Vec<u64> = numbers.iter().map(|&number| spread(number)).collect();
        row.sort_unstable();
        row.dedup();
        // Filled up with symbols that no other record has.
        let own = (symbols.len() as u64 + 1) << 20 | u64::from(task == Task::Link) << 50;
        row.extend(
            (0..PER_RECORD - row.len()).map(|at| own + at as u64 + u64::from(name.len() as u32) * 977),
        );
        row.sort_unstable();
        symbols.extend(row);
    }
    let run = Run { task, ..Run::default() };
    let custodian = CustodianId::new(name).unwrap();
    let meta = TokenMeta { schema: schema(), key_id: KeyId::from_bytes([0; 8]), custodian, run };
    let (set, records) = TokenSet::of_symbols(meta, ids).unwrap();
    (set, Memory { records, symbols })
}

const fn spread(number: u8) -> u64 {
    (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63
}

fn naive(left: &Memory, right: &Memory, within: bool) -> BTreeMap<(u32, u32), u32> {
    let mut counts = BTreeMap::new();
    for (&a, of_a) in left.records.iter().zip(left.symbols.chunks(PER_RECORD)) {
        for (&b, of_b) in right.records.iter().zip(right.symbols.chunks(PER_RECORD)) {
            let common = of_a.iter().filter(|symbol| of_b.contains(symbol)).count() as u32;
            if common > 0 && (!within || a < b) {
                counts.insert((a, b), common);
            }
        }
    }
    counts
}

fn joined(join: &Join<'_, Memory>, at_once: usize) -> BTreeMap<(u32, u32), u32> {
    let counts = Mutex::new(BTreeMap::new());
    for first in (0..join.units()).step_by(at_once) {
        let ended = join.run(first..(first + at_once).min(join.units()), &|_| (), &|result| {
            let mut counts = counts.lock().unwrap();
            assert!(
                result.candidates.is_sorted_by(|a, b| (a.left, a.right) < (b.left, b.right)),
                "each pair once"
            );
            for pair in &result.candidates {
                *counts.entry((pair.left, pair.right)).or_default() += pair.similarity as u32;
            }
            ControlFlow::<()>::Continue(())
        });
        assert!(ended.unwrap().is_continue());
    }
    counts.into_inner().unwrap()
}

fn made() -> impl Strategy<Value = Vec<[u8; PER_RECORD]>> {
    prop::collection::vec(prop::array::uniform8(0_u8..60), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_join_counts_as_looking_at_every_pair_does(
        left in made(), right in made(), within: bool, units in 1_usize..9, at_once in 1_usize..9,
    ) {
        let task = if within { Task::Dedupe } else { Task::Link };
        let ((left, left_rows), (right, right_rows)) = (set("left", task, &left), set("rights", task, &right));
        let (comparable, other) = if within {
            (Comparable::within(&left), &left_rows)
        } else {
            (Comparable::between(&left, &right).unwrap(), &right_rows)
        };
        let join = Join::new(&comparable, &left_rows, other).unwrap().in_units(units);
        let expected = naive(&left_rows, other, within);
        prop_assert_eq!(joined(&join, at_once), expected.clone());
        prop_assert_eq!(join.skipped_symbols(), (0, 0));
        // So few records are all in the sample, which is counted in a different way.
        let least = join.law().min_common();
        let sampled: BTreeMap<(u32, u32), u32> =
            join.sample().unwrap().iter().map(|pair| ((pair.left, pair.right), pair.similarity as u32)).collect();
        let reach: BTreeMap<(u32, u32), u32> = expected.into_iter().filter(|(_, count)| *count >= least).collect();
        prop_assert_eq!(sampled, reach);
    }
}

#[test]
fn a_symbol_that_too_many_share_is_passed_over_and_counted() {
    let many = vec![[1, 2, 3, 4, 5, 6, 7, 8]; HEAVY + 1];
    let few = vec![[1, 2, 3, 4, 5, 6, 7, 9]; HEAVY];
    let (set_of_many, rows) = set("many", Task::Dedupe, &many);
    let comparable = Comparable::within(&set_of_many);
    let join = Join::new(&comparable, &rows, &rows).unwrap();
    assert!(joined(&join, 1).is_empty());
    assert_eq!(join.skipped_symbols(), (8, HEAVY as u64 + 1));
    let (set_of_few, rows) = set("few", Task::Dedupe, &few);
    let comparable = Comparable::within(&set_of_few);
    let join = Join::new(&comparable, &rows, &rows).unwrap();
    assert_eq!(joined(&join, 1).len(), HEAVY * (HEAVY - 1) / 2);
}
