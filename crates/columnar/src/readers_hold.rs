//! Every reader on arbitrary bytes: it refuses them, or returns something consistent.

mod refused;
mod round_trips;

use std::io::Write as _;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, NullArray, RecordBatch, RunArray, StringArray};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Schema};
use mizuhiki_exchange::{
    BlockId, Classification, CustodianId, KeyId, Link, RecordId, RecordIds, Run, TokenMeta, TokenSet,
    compare_ids,
};
use mizuhiki_schema::{LinkageSchema, Similarity};
use parquet::arrow::ArrowWriter;
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};

use crate::error::ColumnarError;
use crate::results::links::{LinkWriter, read_links, read_pairs};
use crate::source::Source;
use crate::tables::options::{ReadOptions, UNREADABLE};
use crate::tables::reader::TableReader;
use crate::tokens::read::read_tokens;
use crate::tokens::write::{TokenRows, TokenWriter};
use mizuhiki_files::Target;

const NATIVE: &str = r#"{
    "format": "mizuhiki-linkage-schema", "version": 1, "name": "small", "profile": "plain",
    "locale": { "pack": "en-Latn" },
    "fields": [
        { "name": "a", "kind": "text", "features": [{ "type": "exact" }] },
        { "name": "b", "kind": "text", "features": [{ "type": "exact" }] }
    ],
    "filter": { "bits": 64 },
    "views": [{ "name": "both", "fields": ["a", "b"] }, { "name": "one", "fields": ["a"] }],
    "blocking": { "rules": [{ "name": "first", "parts": [{ "field": "a" }] }] },
    "thresholds": { "accept": 0.9, "borderline": 0.8 }
}"#;

const CLKHASH: &str = r#"{
    "version": 3,
    "clkConfig": { "l": 64, "kdf": { "type": "HKDF" } },
    "features": [{
        "identifier": "a",
        "format": { "type": "string" },
        "hashing": { "comparison": { "type": "exact" }, "strategy": { "bitsPerToken": 2 } }
    }]
}"#;

const TOKEN_FORMATS: [&str; 4] = ["parquet", "arrow", "csv", "tsv"];

fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(count) }
}

/// `bytes` as a file with this extension.
fn with_file<T>(extension: &str, bytes: &[u8], read: impl FnOnce(&Source) -> T) -> T {
    let mut file = tempfile::Builder::new().suffix(&format!(".{extension}")).tempfile().unwrap();
    file.write_all(bytes).unwrap();
    read(&Source::Path(file.path().to_owned()))
}

/// The bytes that `write` writes into a file with this extension.
fn write_links(target: &Target, links: &[Link]) {
    let mut writer = LinkWriter::create(target, false).unwrap();
    links.iter().for_each(|link| writer.push(&link.into()).unwrap());
    writer.finish().unwrap();
}

fn written(extension: &str, write: impl FnOnce(&Target)) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("table.{extension}"));
    write(&Target::Path(path.clone()));
    std::fs::read(path).unwrap()
}

type Rows = Vec<Vec<String>>;

/// A whole table: its header, and its rows in the columns `wanted`.
fn read_table(
    source: &Source,
    encoding: Option<&str>,
    wanted: Option<&[usize]>,
) -> Result<(Vec<String>, Rows), ColumnarError> {
    let options = ReadOptions { encoding: encoding.map(str::to_owned), mask_unreadable: false };
    let mut reader = TableReader::open(source, &options)?;
    let columns = reader.columns().to_vec();
    let all: Vec<usize> = (0..columns.len()).collect();
    let wanted = wanted.unwrap_or(&all);
    let mut rows = Vec::new();
    while let Some(chunk) = reader.next_chunk(wanted)? {
        assert!(chunk.rows() > 0 && chunk.rows() <= 4096);
        assert_eq!(chunk.first_row(), rows.len() as u64 + 1);
        for row in 0..chunk.rows() {
            rows.push((0..wanted.len()).map(|column| chunk.get(row, column).to_owned()).collect());
        }
    }
    Ok((columns, rows))
}

fn meta(schema: &str) -> TokenMeta {
    TokenMeta {
        schema: LinkageSchema::parse(schema).unwrap(),
        key_id: KeyId::from_bytes([7; 8]),
        custodian: CustodianId::new("Registry \"é\", 東京").unwrap(),
        run: Run::default(),
    }
}

/// An id, and one token per view.
type TokenRow = (String, Vec<Option<[u8; 8]>>);

fn token_file(extension: &str, schema: &str, rows: &[TokenRow]) -> Vec<u8> {
    written(extension, |target| {
        let mut writer = TokenWriter::create(target, &meta(schema)).unwrap();
        // In two batches, as an encoder writes.
        let (first, second) = rows.split_at(rows.len() / 2);
        for run in [first, second] {
            let views = meta(schema).schema.view_names().len();
            let passes = meta(schema).schema.pass_names().len();
            let mut tokens = TokenRows {
                views: vec![Vec::new(); views],
                present: vec![Vec::new(); views],
                blocks: vec![Vec::new(); passes],
                ..TokenRows::default()
            };
            for (id, row) in run {
                tokens.ids.push(id).unwrap();
                let (views, passes) = row.split_at(views);
                for (index, pass) in tokens.blocks.iter_mut().enumerate() {
                    pass.push(passes.get(index).copied().flatten().map(BlockId::from_bytes));
                }
                for (view, token) in views.iter().enumerate() {
                    tokens.views[view].extend(token.unwrap_or_default());
                    tokens.present[view].push(token.is_some());
                }
            }
            writer.write(&tokens).unwrap();
        }
        assert_eq!(writer.finish().unwrap(), rows.len() as u64);
    })
}

fn rows_of(set: &TokenSet) -> Vec<TokenRow> {
    (0..set.len())
        .map(|row| {
            let tokens = set.views().iter().map(|view| {
                let mut bytes = Vec::new();
                view.rows.extend_bytes(row, &mut bytes);
                view.present[row].then(|| bytes.try_into().unwrap())
            });
            let blocks = set.blocks().iter().map(|pass| pass[row].map(BlockId::to_bytes));
            (set.ids().get(row).to_owned(), tokens.chain(blocks).collect())
        })
        .collect()
}

/// Conditions that every token set must fulfill.
fn assert_whole(set: &TokenSet) {
    for view in set.views() {
        assert_eq!((view.rows.len(), view.present.len()), (set.len(), set.len()));
        if let Some(meta) = set.meta() {
            assert_eq!(view.rows.width(), meta.schema.filter_bits());
        }
        for row in (0..set.len()).filter(|&row| !view.present[row]) {
            assert_eq!(view.rows.weight(row), 0);
        }
    }
    assert!(set.blocks().iter().all(|pass| pass.len() == set.len()));
    let ids: std::collections::BTreeSet<&str> = (0..set.len()).map(|row| set.ids().get(row)).collect();
    assert_eq!(ids.len(), set.len());
}

/// Reads `bytes` as every kind of file that this extension can be.
fn read_all(extension: &str, bytes: &[u8]) {
    with_file(extension, bytes, |source| {
        if let Ok((columns, rows)) = read_table(source, None, None) {
            assert!(rows.iter().all(|row| row.len() == columns.len()));
        }
        if let Ok(file) = read_tokens(source) {
            assert_whole(&file.set);
        }
        for link in read_links(source).unwrap_or_default() {
            assert!((0.0..=1.0).contains(&link.similarity.get()));
        }
        let _ = read_pairs(source);
    });
}

const ODD_IDS: [&str; 13] =
    ["#end 3", "#end ", "#", "\"", "\"\"", "a,b", "'", " x ", "\u{feff}x", "=1+1", "佐藤", "é", "0"];

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]{1,8}",
        "[ -~]{1,12}",
        "\\PC{1,12}",
        "\\PC{1,3}[\",;|#]{1,3}\\PC{1,3}",
        select(&ODD_IDS[..]).prop_map(str::to_owned),
    ]
    .prop_filter("an id", |id| RecordId::new(id).is_ok())
}

fn token_rows(views: usize) -> impl Strategy<Value = Vec<TokenRow>> {
    btree_set(id(), 0..20).prop_flat_map(move |ids| {
        let count = ids.len();
        let ids = Just(ids.into_iter().collect::<Vec<_>>()).prop_shuffle();
        (ids, vec(vec(any::<Option<[u8; 8]>>(), views), count))
            .prop_map(|(ids, tokens)| ids.into_iter().zip(tokens).collect())
    })
}

fn links() -> impl Strategy<Value = Vec<Link>> {
    let class = select(&[Classification::Match, Classification::Borderline, Classification::NonMatch][..]);
    vec((id(), id(), 0.0..=1.0, class), 0..20).prop_map(|links| {
        let link = |(left, right, similarity, class): (String, String, f64, Classification)| Link {
            left: RecordId::new(&left).unwrap(),
            right: RecordId::new(&right).unwrap(),
            similarity: Similarity::new(similarity).unwrap(),
            class,
            probability: None,
            flag: None,
            evidence: None,
        };
        links.into_iter().map(link).collect()
    })
}

/// One kind of damage to a file.
#[derive(Debug, Clone)]
enum Damage {
    Flip(Index, u8),
    Set(Index, Vec<u8>),
    Cut(Index),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index, Index),
    Remove(Index, Index),
}

fn damage() -> impl Strategy<Value = Vec<Damage>> {
    // Lengths that a decoder might trust.
    let large = select(vec![
        &[0xff, 0xff, 0xff, 0x7f][..],
        &[0, 0, 0, 0, 0, 0, 0, 0x10],
        &[0xff; 8],
        &[0xfc, 0xff, 0xff, 0xff, 0xff, 0x07],
        b"\"",
        b"\r",
        b"\n",
        b",",
        b"\0",
    ])
    .prop_map(<[u8]>::to_vec);
    let bytes = prop_oneof![large, vec(any::<u8>(), 1..8)];
    let at = any::<Index>;
    let one = prop_oneof![
        4 => (at(), 0..8_u8).prop_map(|(at, bit)| Damage::Flip(at, 1 << bit)),
        4 => (at(), bytes.clone()).prop_map(|(at, bytes)| Damage::Set(at, bytes)),
        1 => at().prop_map(Damage::Cut),
        2 => (at(), bytes).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => (at(), at(), at()).prop_map(|(from, to, at)| Damage::Repeat(from, to, at)),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Remove(from, to)),
    ];
    vec(one, 1..5)
}

fn damaged(mut bytes: Vec<u8>, all: &[Damage]) -> Vec<u8> {
    for damage in all {
        let end = bytes.len();
        if end == 0 {
            break;
        }
        let range = |a: &Index, b: &Index| {
            let (a, b) = (a.index(end), b.index(end));
            a.min(b)..a.max(b)
        };
        match damage {
            Damage::Flip(at, bit) => bytes[at.index(end)] ^= bit,
            Damage::Set(at, new) => {
                let at = at.index(end);
                let count = new.len().min(end - at);
                bytes[at..at + count].copy_from_slice(&new[..count]);
            }
            Damage::Cut(at) => bytes.truncate(at.index(end)),
            Damage::Insert(at, new) => {
                bytes.splice(at.index(end)..at.index(end), new.iter().copied());
            }
            Damage::Repeat(from, to, at) => {
                let slice = bytes[range(from, to)].to_vec();
                bytes.splice(at.index(end)..at.index(end), slice);
            }
            Damage::Remove(from, to) => drop(bytes.drain(range(from, to))),
        }
    }
    bytes
}

fn people_batch(rows: usize) -> RecordBatch {
    let names: StringArray = (0..rows).map(|row| (row % 5 != 0).then(|| format!("佐藤 {row}"))).collect();
    let years: Int64Array = (0..rows as i64).map(|row| (row % 3 != 0).then_some(1900 + row % 100)).collect();
    let columns: [(&str, ArrayRef); 2] = [("name", Arc::new(names)), ("year", Arc::new(years))];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap()
}

fn arrow_bytes(schema: &Schema, batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = FileWriter::try_new(Vec::new(), schema).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.into_inner().unwrap()
}

fn parquet_bytes(batch: &RecordBatch) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// One valid file of each kind, with its extension.
fn valid_files() -> Vec<(&'static str, Vec<u8>)> {
    let rows: Vec<TokenRow> = (0..9)
        .map(|row| {
            (
                format!("id-{row}"),
                vec![Some([row; 8]), (row % 2 == 0).then_some([!row; 8]), (row > 4).then_some([7; 8])],
            )
        })
        .collect();
    let clks: Vec<TokenRow> = (0..9).map(|row| (row.to_string(), vec![Some([row; 8])])).collect();
    let link = |row: u8| Link {
        left: RecordId::new(&format!("l{row}")).unwrap(),
        right: RecordId::new(&format!("r,{row}")).unwrap(),
        similarity: Similarity::new(f64::from(row) / 10.0).unwrap(),
        class: Classification::Borderline,
        probability: None,
        flag: None,
        evidence: None,
    };
    let links: Vec<Link> = (0..9).map(link).collect();
    let people = people_batch(20);
    let mut files = vec![
        ("csv", "name;year\n\"佐藤; 一\";1980\nMüller;\n\"a\"\"b\nc\";1\n".into()),
        ("tsv", b"name\tyear\nx\t1\ny\t2\n".to_vec()),
        ("csv", b"\xff\xfen\0a\0m\0e\0,\0y\0\n\0x\0,\x001\0\n\0".to_vec()),
        ("parquet", parquet_bytes(&people)),
        ("arrow", arrow_bytes(&people.schema(), &[people.clone(), people])),
        ("json", token_file("json", CLKHASH, &clks)),
    ];
    files.extend(TOKEN_FORMATS.map(|format| (format, token_file(format, NATIVE, &rows))));
    files.extend(
        ["csv", "json", "parquet", "arrow", "tsv"]
            .map(|format| (format, written(format, |target| write_links(target, &links)))),
    );
    files
}

fn csv_bytes(header: &[String], rows: &Rows, delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}
