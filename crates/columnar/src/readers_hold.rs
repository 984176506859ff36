//! Every reader on arbitrary bytes: it refuses them, or returns something consistent.

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

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn arbitrary_bytes_are_refused_or_read(
        bytes in vec(any::<u8>(), 0..300),
        text in "(\\PC|[\",;\t\r\n{}\\[\\]:#]){0,80}",
    ) {
        for extension in ["csv", "tsv", "parquet", "arrow", "json"] {
            read_all(extension, &bytes);
            read_all(extension, text.as_bytes());
            // The part that decoders read first.
            read_all(extension, &[b"PAR1", &bytes[..], &(bytes.len() as u32).to_le_bytes(), b"PAR1"].concat());
            read_all(extension, &[b"ARROW1\0\0", &bytes[..], &(bytes.len() as u32).to_le_bytes(), b"ARROW1"].concat());
        }
        for encoding in ["utf-16le", "utf-16be", "cp932", "euc-jp", "windows-1252", "utf-8", "none"] {
            with_file("csv", &bytes, |source| drop(read_table(source, Some(encoding), None)));
        }
    }
}

proptest! {
    #![proptest_config(cases(4000))]

    #[test]
    fn damaged_files_are_refused_or_read(which in any::<Index>(), all in damage()) {
        thread_local!(static FILES: Vec<(&'static str, Vec<u8>)> = valid_files());
        FILES.with(|files| {
            let (extension, bytes) = which.get(files);
            read_all(extension, &damaged(bytes.clone(), &all));
        });
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn tokens_round_trip(rows in token_rows(3)) {
        let mut sorted = rows.clone();
        sorted.sort_by(|a, b| compare_ids(&a.0, &b.0));
        for format in TOKEN_FORMATS {
            let bytes = token_file(format, NATIVE, &rows);
            let set = with_file(format, &bytes, read_tokens).unwrap().set;
            assert_whole(&set);
            prop_assert_eq!(rows_of(&set), sorted.clone(), "{}", format);
            prop_assert_eq!(set.meta(), Some(&meta(NATIVE)));
        }
    }

    #[test]
    fn bare_clks_round_trip(tokens in vec(any::<[u8; 8]>(), 0..20)) {
        let rows: Vec<TokenRow> =
            (0..).zip(tokens).map(|(row, token): (u32, _)| (row.to_string(), vec![Some(token)])).collect();
        let set = with_file("json", &token_file("json", CLKHASH, &rows), read_tokens).unwrap().set;
        prop_assert_eq!(rows_of(&set), rows);
        prop_assert!(set.meta().is_none());
    }

    #[test]
    fn links_round_trip(links in links()) {
        for format in ["csv", "tsv", "json", "parquet", "arrow"] {
            let bytes = written(format, |target| write_links(target, &links));
            let read = with_file(format, &bytes, read_links).unwrap();
            prop_assert_eq!(read.len(), links.len());
            for (read, link) in read.iter().zip(&links) {
                prop_assert_eq!((&read.left, &read.right, read.class), (&link.left, &link.right, link.class));
                let exact = !matches!(format, "csv" | "tsv");
                let slack = if exact { 0.0 } else { 0.000_000_5 + f64::EPSILON };
                prop_assert!((read.similarity.get() - link.similarity.get()).abs() <= slack);
            }
            if format != "json" {
                let pairs = with_file(format, &bytes, read_pairs).unwrap();
                let expected = links.iter().map(|link| (link.left.clone(), link.right.clone()));
                prop_assert!(expected.eq(pairs));
            }
        }
    }
}

fn table() -> impl Strategy<Value = (Vec<String>, Rows, Vec<usize>)> {
    let name = "[a-zA-Zé佐_][a-zA-Z0-9é佐_ -]{0,6}[a-z]";
    btree_set(name, 1..5).prop_flat_map(|header| {
        let count = header.len();
        let value = prop_oneof![
            "[a-z]{0,4}",
            "([^\0]|[\",;\t\r\n|#]){0,10}",
            Just("\r\n".to_owned()),
            Just("\u{feff}".to_owned()),
        ];
        let wanted = subsequence((0..count).collect::<Vec<_>>(), 1..=count).prop_shuffle();
        (Just(header.into_iter().collect()), vec(vec(value, count), 0..20), wanted)
    })
}

fn csv_bytes(header: &[String], rows: &Rows, delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
    writer.write_record(header).unwrap();
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.into_inner().unwrap()
}

fn in_columns(rows: &Rows, wanted: &[usize]) -> Rows {
    rows.iter().map(|row| wanted.iter().map(|&column| row[column].clone()).collect()).collect()
}

proptest! {
    /// Rows of bytes, some of them in another encoding: none is lost, readable ones are unchanged, and the
    /// others are masked and counted.
    #[test]
    fn unreadable_values_are_masked_and_counted(
        rows in vec((any::<bool>(), "[a-zé髙ソ表 ]{1,8}"), 1..40),
    ) {
        let mut bytes = "a,b\né髙,é\n".as_bytes().to_vec();
        // Most lines are UTF-8.
        bytes.extend("é,x\n".repeat(rows.len()).bytes());
        let before = rows.len() + 1;
        let mut expected = Vec::new();
        for (other, text) in &rows {
            let (shift_jis, _, unmappable) = encoding_rs::SHIFT_JIS.encode(text);
            let other = *other && !unmappable && std::str::from_utf8(&shift_jis).is_err();
            bytes.extend_from_slice(if other { &shift_jis } else { text.as_bytes() });
            bytes.extend_from_slice(b",x\n");
            expected.push(if other { UNREADABLE.to_owned() } else { text.clone() });
        }
        let masked = expected.iter().filter(|text| *text == UNREADABLE).count() as u64;
        let first = expected.iter().position(|text| text == UNREADABLE);
        with_file("csv", &bytes, |source| {
            let options = ReadOptions { encoding: None, mask_unreadable: true };
            let mut reader = TableReader::open(source, &options).unwrap();
            let mut found = Vec::new();
            while let Some(chunk) = reader.next_chunk(&[0]).unwrap() {
                found.extend((0..chunk.rows()).map(|row| chunk.get(row, 0).to_owned()));
            }
            assert_eq!(found[before..], expected);
            let unreadable = reader.unreadable();
            assert_eq!(unreadable.iter().map(|values| values.count).sum::<u64>(), masked);
            let first_row = first.map(|row| (before + row) as u64 + 1);
            assert_eq!(unreadable.first().map(|values| values.first_row), first_row);
        });
    }
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(to_bytes).collect()
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn tables_round_trip((header, rows, wanted) in table()) {
        let expected = in_columns(&rows, &wanted);
        let mut files: Vec<(&str, Vec<u8>)> = b",;\t|".iter().map(|&d| ("csv", csv_bytes(&header, &rows, d))).collect();
        if header.len() == 1 {
            // With one column no delimiter is found, and a comma is assumed.
            files.truncate(1);
        }
        files.push(("tsv", csv_bytes(&header, &rows, b'\t')));
        let columns = (0..header.len()).map(|column| {
            let values: StringArray = rows.iter().map(|row| Some(row[column].as_str())).collect();
            (header[column].as_str(), Arc::new(values) as ArrayRef, true)
        });
        let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
        files.push(("parquet", parquet_bytes(&batch)));
        files.push(("arrow", arrow_bytes(&batch.schema(), std::slice::from_ref(&batch))));
        for (extension, bytes) in files {
            let (columns, found) = with_file(extension, &bytes, |source| read_table(source, None, Some(&wanted))).unwrap();
            prop_assert_eq!(&columns, &header);
            prop_assert_eq!(&found, &expected, "{}", extension);
        }
    }

    #[test]
    fn encodings_read_alike(
        latin in vec("[a-zA-Z éüßñçØ'\",\n]{0,8}", 2..12),
        japanese in vec("[あいうえおがぱアイウ一山田佐藤鈴木高橋東京都々ー・a-z,\"\n]{0,8}", 2..12),
    ) {
        for (values, legacy) in [(latin, &["windows-1252"][..]), (japanese, &["cp932", "shift_jis", "euc-jp"])] {
            let header = vec!["姓".to_owned(), "given".to_owned()];
            let header = if legacy.len() == 1 { vec!["prénom".to_owned(), "given".to_owned()] } else { header };
            let rows: Rows = values.chunks_exact(2).map(<[String]>::to_vec).collect();
            let text = String::from_utf8(csv_bytes(&header, &rows, b',')).unwrap();
            let mut files = vec![
                (None, text.clone().into_bytes()),
                (Some("utf-8"), text.clone().into_bytes()),
                (None, format!("\u{feff}{text}").into_bytes()),
                (Some("utf-8"), format!("\u{feff}{text}").into_bytes()),
                (None, utf16(&text, u16::to_le_bytes)),
                (Some("utf-16le"), utf16(&text, u16::to_le_bytes)),
                (Some("utf-16le"), utf16(&text, u16::to_le_bytes)[2..].to_vec()),
                (None, utf16(&text, u16::to_be_bytes)),
                (Some("utf-16be"), utf16(&text, u16::to_be_bytes)),
            ];
            for &name in legacy {
                let label = if name == "cp932" { "shift_jis" } else { name };
                let (bytes, _, lost) = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(&text);
                prop_assert!(!lost, "{} in {}", text, name);
                files.push((Some(name), bytes.into_owned()));
            }
            for (encoding, bytes) in files {
                let found = with_file("csv", &bytes, |source| read_table(source, encoding, None)).unwrap();
                prop_assert_eq!(found, (header.clone(), rows.clone()), "{:?}", encoding);
            }
        }
    }
}

#[test]
fn cut_token_files_are_refused() {
    for (extension, bytes) in valid_files().iter().skip(5).take(5) {
        with_file(extension, bytes, read_tokens).unwrap();
        // A text file without its last line break is still complete.
        let last = bytes.len() - usize::from(bytes.ends_with(b"\n"));
        for cut in (0..last).rev().step_by(if last > 2000 { 7 } else { 1 }) {
            assert!(
                with_file(extension, &bytes[..cut], read_tokens).is_err(),
                "{extension} cut at {cut} of {last}"
            );
        }
    }
}

#[test]
fn long_tables_come_in_chunks() {
    let people = people_batch(10_000);
    let text = |row: usize| {
        let name = if row.is_multiple_of(5) { String::new() } else { format!("佐藤 {row}") };
        let year = if row.is_multiple_of(3) { String::new() } else { (1900 + row % 100).to_string() };
        vec![year, name]
    };
    let expected: Rows = (0..10_000).map(text).collect();
    let csv = csv_bytes(&["year".to_owned(), "name".to_owned()], &expected, b',');
    let arrow = arrow_bytes(&people.schema(), std::slice::from_ref(&people));
    for (extension, bytes, wanted) in
        [("csv", csv, [0, 1]), ("parquet", parquet_bytes(&people), [1, 0]), ("arrow", arrow, [1, 0])]
    {
        let read = with_file(extension, &bytes, |source| read_table(source, None, Some(&wanted)));
        assert_eq!(read.unwrap().1, expected, "{extension}");
    }
}

/// Writes huge lengths at every position of a file.
#[test]
fn stated_lengths_are_not_believed() {
    let people = people_batch(20);
    let arrow = arrow_bytes(&people.schema(), std::slice::from_ref(&people));
    for at in 0..arrow.len() - 8 {
        let lengths: [&[u8]; 3] =
            [&0x7fff_fff0_u32.to_le_bytes(), &(1_u64 << 45).to_le_bytes(), &(1_u64 << 62).to_le_bytes()];
        for length in lengths.into_iter().take(if at % 4 == 0 { 3 } else { 0 }) {
            let mut bytes = arrow.clone();
            bytes[at..at + length.len()].copy_from_slice(length);
            with_file("arrow", &bytes, |source| drop(read_table(source, None, None)));
        }
    }
    let parquet = parquet_bytes(&people);
    for at in 4..parquet.len() - 8 {
        // A list of 2^31 - 1 structures, and a number of that size.
        for length in [&[0xfc, 0xff, 0xff, 0xff, 0xff, 0x07][..], &[0xfe, 0xff, 0xff, 0xff, 0x0f]] {
            let mut bytes = parquet.clone();
            let end = bytes.len().min(at + length.len());
            bytes[at..end].copy_from_slice(&length[..end - at]);
            with_file("parquet", &bytes, |source| drop(read_table(source, None, None)));
        }
    }
}

fn parquet_with_footer(footer: &[u8]) -> Vec<u8> {
    [b"PAR1", footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}

#[test]
fn hostile_parquet_footers_are_refused() {
    // version: 1, then the schema as a list of structures.
    let element = |children: u8| [0x35, 0, 0x18, 1, b'a', 0x15, 2 * children, 0];
    let deep = {
        let count: u32 = 200_000;
        let varint = [(count & 0x7f) as u8 | 0x80, (count >> 7 & 0x7f) as u8 | 0x80, (count >> 14) as u8];
        [&[0x15, 2, 0x19, 0xfc], &varint[..], &element(1).repeat(count as usize), &[0x16, 0, 0x19, 0x0c, 0]]
            .concat()
    };
    // One column, and 2^31 - 1 row groups.
    let leaf = [0x15, 4, 0x25, 2, 0x18, 1, b'a', 0];
    let groups = [
        &[0x15, 2, 0x19, 0x2c][..],
        &element(1),
        &leaf,
        &[0x16, 0, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0],
    ]
    .concat();
    // A value of 2 GiB in each of 4,096 rows.
    let wide = [0x15, 14, 0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x15, 2, 0x18, 1, b'a', 0];
    let wide = [&[0x15, 2, 0x19, 0x2c][..], &element(1), &wide, &[0x16, 0, 0x19, 0x0c, 0]].concat();
    for footer in [deep, groups, wide] {
        let read =
            with_file("parquet", &parquet_with_footer(&footer), |source| read_table(source, None, None));
        let error = read.unwrap_err().to_string();
        assert!(error.contains("its Parquet footer is missing or invalid"), "{error}");
    }
}

#[test]
fn rows_without_bytes_are_not_believed() {
    let null: ArrayRef = Arc::new(NullArray::new(1 << 40));
    let ends = arrow_array::PrimitiveArray::<arrow_array::types::Int64Type>::from(vec![1_i64 << 40]);
    let run: ArrayRef = Arc::new(RunArray::try_new(&ends, &StringArray::from(vec!["x"])).unwrap());
    for column in [null, run] {
        let batch = RecordBatch::try_from_iter_with_nullable([("a", column, true)]).unwrap();
        let bytes = arrow_bytes(&batch.schema(), &[batch]);
        let error =
            with_file("arrow", &bytes, |source| read_table(source, None, None)).unwrap_err().to_string();
        assert!(error.contains("more rows than it can contain"), "{error}");
    }
    // A column without values can be read if its row count is plausible.
    let columns: [(&str, ArrayRef); 2] =
        [("a", Arc::new(NullArray::new(5000))), ("b", Arc::new(Int64Array::from_iter_values(0..5000)))];
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.map(|(name, column)| (name, column, true))).unwrap();
    let bytes = arrow_bytes(&batch.schema(), &[batch]);
    let (_, rows) = with_file("arrow", &bytes, |source| read_table(source, None, None)).unwrap();
    assert_eq!((rows.len(), &rows[4999]), (5000, &vec![String::new(), "4999".to_owned()]));
}

#[test]
fn a_token_file_has_no_more_rows_than_bytes() {
    let meta = meta(NATIVE);
    let valid = token_file("parquet", NATIVE, &[("x".to_owned(), vec![None, None])]);
    let schema = with_file("parquet", &valid, |source| {
        let Source::Path(path) = source else { unreachable!() };
        let file = std::fs::File::open(path).unwrap();
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap().schema().clone()
    });
    assert_eq!(schema.fields().len(), 1 + meta.schema.view_names().len() + meta.schema.pass_names().len());
    // One id, a hundred thousand times, in a few bytes.
    let rows = 100_000;
    let ids: ArrayRef = Arc::new(StringArray::from(vec!["x"; rows]));
    let none = arrow_array::new_null_array(&DataType::FixedSizeBinary(8), rows);
    let batch = RecordBatch::try_new(schema, vec![ids, Arc::clone(&none), Arc::clone(&none), none]).unwrap();
    let bytes = parquet_bytes(&batch);
    assert!(bytes.len() < rows / 2);
    let error = with_file("parquet", &bytes, read_tokens).unwrap_err().to_string();
    assert!(error.contains("more rows than it can contain"), "{error}");
}

#[test]
fn empty_batches_are_passed_over() {
    let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8, true)]));
    let empty = RecordBatch::new_empty(Arc::clone(&schema));
    let full =
        RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(StringArray::from(vec!["x"]))]).unwrap();
    let mut batches = vec![empty; 30_000];
    batches.push(full);
    let read = with_file("arrow", &arrow_bytes(&schema, &batches), |source| read_table(source, None, None));
    assert_eq!(read.unwrap().1, [["x"]]);
}

#[test]
fn ambiguous_files_are_refused() {
    let twice = br#"{"clks": ["AAAA"], "other": [1], "clks": ["/////w=="]}"#;
    assert!(with_file("json", twice, read_tokens).is_err());
    // Text after a carriage return inside a line would be lost.
    let file = token_file("csv", NATIVE, &[("x".to_owned(), vec![Some([1; 8]), None])]);
    let text = String::from_utf8(file).unwrap();
    let bent = text.replace("\nx,", "\nx,,\rx,");
    assert_ne!(text, bent);
    assert!(with_file("csv", bent.as_bytes(), read_tokens).is_err());
    // Line ends of another system are not damage.
    with_file("csv", text.replace('\n', "\r\n").as_bytes(), read_tokens).unwrap();
    let mut ids = RecordIds::default();
    assert!(ids.push("a\rb").is_err());
}
