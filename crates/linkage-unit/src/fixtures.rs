//! Tokens, candidates and audits that no file holds, for tests.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::collections::HashMap;
use std::time::Duration;

use mizuhiki_bits::BitRows;
use mizuhiki_columnar::{ColumnarError, Source, TokenFile};
use mizuhiki_exchange::{
    CustodianId, KeyId, RecordIds, Run, Side, SymbolReader, Task, TokenMeta, TokenSet, ViewTokens,
};
use mizuhiki_files::Target;
use mizuhiki_match::audit::{AuditFindings, ComparedLinks, PairComparison, PairRow};
use mizuhiki_match::{Assignment, Calibration, Candidate, Counts, Scale, UnitResult};
use mizuhiki_schema::{AuditSchema, LinkageSchema};

use crate::audit::audited::Audit;
use crate::audit::job::AuditJob;
use crate::candidates::files::Files;
use crate::candidates::options::SearchOptions;
use crate::candidates::runs::Key;
use crate::candidates::store::{Store, StoreOptions};
use crate::cluster::job::ClusterJob;
use crate::link::job::LinkJob;

/// Bits of a filter.
const BITS: usize = 1024;

/// Symbols of a record.
const PER_RECORD: usize = 8;

/// Thresholds that custodians agreed on.
pub(crate) const FIXED: &str = r#"{"accept":0.9,"borderline":0.8}"#;

/// The same, to be found from the tokens where that is possible.
pub(crate) const CALIBRATED: &str = r#"{"accept":0.9,"borderline":0.8,"calibrate":true}"#;

/// A schema of plain filters in two views, with a blocking rule.
pub(crate) fn schema_of_filters(thresholds: &str) -> LinkageSchema {
    let text = format!(
        r#"{{"format":"mizuhiki-linkage-schema","version":1,"name":"t","profile":"plain",
        "filter":{{"bits":{BITS}}},"locale":{{"pack":"en-Latn"}},
        "fields":[{{"name":"a","kind":"text","features":[{{"type":"exact"}}]}},
                  {{"name":"b","kind":"text","features":[{{"type":"exact"}}]}}],
        "views":[{{"name":"v","fields":["a","b"]}},{{"name":"w","fields":["a"]}}],
        "blocking":{{"rules":[{{"name":"p","parts":[{{"field":"a"}}]}}]}},
        "thresholds":{thresholds}}}"#
    );
    LinkageSchema::parse(&text).unwrap()
}

/// A schema of sealed symbols; with few positions, records of different people have symbols in common.
fn schema_of_symbols(positions: usize) -> LinkageSchema {
    let text = format!(
        r#"{{"format":"mizuhiki-linkage-schema","version":2,"name":"t","profile":"hardened",
        "locale":{{"pack":"en-Latn"}},"fields":[{{"name":"a","kind":"text","features":[{{"type":"exact"}}]}}],
        "symbols":{{"perView":{PER_RECORD},"positions":{positions},"perRecord":{PER_RECORD}}},
        "thresholds":{FIXED}}}"#
    );
    LinkageSchema::parse(&text).unwrap()
}

fn meta(custodian: &str, schema: LinkageSchema, task: Task) -> TokenMeta {
    let run = Run { task, ..Run::default() };
    let custodian = CustodianId::new(custodian).unwrap();
    TokenMeta { schema, key_id: KeyId::from_bytes([0; 8]), custodian, run }
}

/// Ids and filters of records, each a byte again and again; 0 for a record without a token.
fn tokens(names: &[&str], rows: &[(&str, u8)]) -> (RecordIds, Vec<ViewTokens>) {
    let mut ids = RecordIds::default();
    let new =
        |name: &&str| ViewTokens { name: (*name).to_owned(), rows: BitRows::new(BITS), present: Vec::new() };
    let mut views: Vec<ViewTokens> = names.iter().map(new).collect();
    for (id, byte) in rows {
        ids.push(id).unwrap();
        for view in &mut views {
            view.present.push(*byte != 0);
            if *byte == 0 {
                view.rows.push_zero();
            } else {
                view.rows.push_bytes(&[*byte; BITS / 8]).unwrap();
            }
        }
    }
    (ids, views)
}

/// Filters of a custodian, the same in both views.
pub(crate) fn filters(custodian: &str, schema: &LinkageSchema, rows: &[(&str, u8)]) -> TokenSet {
    let (ids, views) = tokens(&["v", "w"], rows);
    TokenSet::new(Some(meta(custodian, schema.clone(), Task::Link)), ids, views, Vec::new()).unwrap()
}

/// Filters of so many records, in their order.
pub(crate) fn many_filters(custodian: &str, schema: &LinkageSchema, records: u8) -> TokenSet {
    let ids: Vec<String> = (0..records).map(|record| format!("{record:03}")).collect();
    let rows: Vec<(&str, u8)> = ids.iter().map(String::as_str).zip(1..).collect();
    filters(custodian, schema, &rows)
}

/// Bare CLKs, of which neither schema nor key is known.
pub(crate) fn bare(rows: &[(&str, u8)]) -> TokenSet {
    let (ids, views) = tokens(&["clk"], rows);
    TokenSet::new(None, ids, views, Vec::new()).unwrap()
}

/// A file of filters, as if it had been read.
pub(crate) const fn file(set: TokenSet) -> TokenFile {
    TokenFile { set, symbols: None }
}

/// A source that is named and never opened.
pub(crate) fn source(name: &str) -> Source {
    Source::Path(name.into())
}

/// Symbols of records, in their order.
pub(crate) struct MemorySymbols {
    records: Vec<u32>,
    symbols: Vec<u64>,
}

impl SymbolReader for MemorySymbols {
    type Error = ColumnarError;

    fn per_record(&self) -> usize {
        PER_RECORD
    }

    fn read(&self, take: &mut dyn FnMut(&[u32], &[u64])) -> Result<(), ColumnarError> {
        take(&self.records, &self.symbols);
        Ok(())
    }
}

/// Records of a custodian with these symbols of all that may be in common, filled up with symbols that nobody else has.
pub(crate) fn symbols(
    custodian: &str,
    positions: usize,
    task: Task,
    shared: &[&[u8]],
) -> (TokenSet, MemorySymbols) {
    let mut ids = RecordIds::default();
    let mut symbols = Vec::new();
    for (record, shared) in shared.iter().enumerate() {
        ids.push(&format!("{record:04}")).unwrap();
        let of_all = |number: &u8| (u64::from(*number) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 << 63;
        let own = u64::from(custodian.as_bytes()[0]) << 40 | (record as u64 + 1) << 8;
        let mut row: Vec<u64> = shared.iter().map(of_all).collect();
        row.extend((0..PER_RECORD - shared.len()).map(|at| own | at as u64));
        row.sort_unstable();
        symbols.extend(row);
    }
    let meta = meta(custodian, schema_of_symbols(positions), task);
    let (set, records) = TokenSet::of_symbols(meta, ids).unwrap();
    (set, MemorySymbols { records, symbols })
}

/// A pair of records.
pub(crate) const fn pair(left: u32, right: u32, similarity: f64) -> Candidate {
    Candidate { left, right, similarity }
}

/// What came of a unit of work.
pub(crate) fn unit(unit: usize, candidates: &[Candidate]) -> UnitResult {
    UnitResult { unit, pairs: candidates.len() as u64, candidates: candidates.to_vec() }
}

/// A store that never fills its memory.
pub(crate) fn store<K: Fn(&Candidate) -> Key + Sync>(adds_up: bool, key: K) -> Store<'static, K> {
    let options = StoreOptions {
        folder: None,
        resume: false,
        most: usize::MAX,
        every: Duration::MAX,
        adds_up,
        digest: &|| [0; 32],
    };
    Store::open(options, key).unwrap()
}

/// All candidates of a store, in its order.
pub(crate) fn all_of<K: Fn(&Candidate) -> Key + Sync>(store: &mut Store<'_, K>) -> Vec<Candidate> {
    store.sorted().unwrap().map(Result::unwrap).collect()
}

/// What a comparison of two files promises that found so many one-to-one links of each level, of two hundred.
pub(crate) fn calibration(links: &[(usize, u64)], records: usize) -> Calibration {
    let scale = Scale::of_filters(0.7);
    let mut counted = vec![0; scale.levels()];
    links.iter().for_each(|&(level, count)| counted[level] += count);
    let (left, right) = (records, Some(records));
    Calibration::new(&Counts { scale, lowest: 0, links: counted.clone(), pairs: counted, left, right }, &[])
}

/// Two files to be linked, with all that is usual.
pub(crate) fn link_job(assignment: Assignment) -> LinkJob {
    let files = Files::Between(source("left.parquet"), source("right.parquet"));
    LinkJob { assignment, ..LinkJob::new(files, Target::Stdout) }
}

/// Files to be clustered, each with whether it may hold a person more than once.
pub(crate) fn cluster_job(files: &[(&str, bool)]) -> ClusterJob {
    ClusterJob {
        files: files.iter().map(|(name, _)| source(name)).collect(),
        output: Target::Stdout,
        search: SearchOptions::default(),
        duplicates: files.iter().map(|(_, repeats)| *repeats).collect(),
        report: None,
    }
}

/// An audit with all that is usual.
pub(crate) fn audit_job() -> AuditJob {
    AuditJob {
        left: source("left.pairs.arrow"),
        right: source("right.pairs.arrow"),
        output: Target::Stdout,
        batch_output: None,
        label: None,
        report: None,
        review: None,
        proposals: None,
        all: true,
        memory: None,
    }
}

/// Handles of an audit, in their order: links whose rows agree in everything, links of one right record, handles of the
/// left file alone and of the right file alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Handles {
    pub(crate) links: u8,
    pub(crate) shared: u8,
    pub(crate) left_only: u8,
    pub(crate) right_only: u8,
}

/// Looks at an audit of these handles, without decoys.
pub(crate) fn with_audit(
    job: &AuditJob,
    of: Handles,
    proposals: Option<HashMap<String, String>>,
    look: impl FnOnce(Audit<'_>),
) {
    let example = include_str!("../../../protocols/schema/examples/audit-people-en.json");
    let schema = AuditSchema::parse(example).unwrap();
    let comparison = PairComparison::new(&schema);
    let bytes = [Side::Left, Side::Right].map(|side| comparison.layout(side).row_bytes());
    let mut links = ComparedLinks::new(&comparison);
    for number in 0..of.links + of.shared {
        let (left, right) = (vec![number + 1; bytes[0]], vec![number + 1; bytes[1]]);
        let shared = (number >= of.links).then_some([7; 8]);
        let of_left = PairRow { pair: &left, shared: None, near_number: false };
        links.push_link(of_left, PairRow { pair: &right, shared, near_number: false });
    }
    (0..of.left_only).for_each(|number| links.push_left_only(&vec![200 + number; bytes[0]]));
    (0..of.right_only).for_each(|_| links.push_right_only());
    let model = links.fit(&schema);
    let found = AuditFindings::new(&schema, &model, &mut links, job.all);
    look(Audit::without_handles(job, (&schema, model), links, found, proposals));
}
