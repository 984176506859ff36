//! Files of sealed symbols (`protocols/08-file-formats.md` §2). They are read once for checks, then as often
//! as needed, because they may be larger than memory.

use std::fs::File;
use std::io::{BufReader, Seek as _};
use std::sync::{Mutex, PoisonError};

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, RecordBatch};
use arrow_ipc::reader::FileReader;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mizuhiki_exchange::{PairsWithin, RecordIds, SymbolReader, TokenMeta, TokenSet};
use parquet::arrow::ProjectionMask;

use crate::decode::damage::{arrow_problem, damaged, guarded};
use crate::decode::hostile::{Parquet, check_arrow};
use crate::error::ColumnarError;
use crate::format::Format;
use crate::tokens::columns::{COUNT_KEY, ID_COLUMN};
use crate::tokens::stated::{of_set, stated_pairs};
use crate::tokens::text_rows::TextRows;

const AGAIN: &str = "ask the custodian for an intact file";

/// The symbols of a checked file.
#[derive(Debug)]
pub struct SymbolFile {
    name: String,
    format: Format,
    /// One reader at a time, because clones of a file handle share their position.
    file: Mutex<File>,
    shape: Shape,
    /// The record of each row.
    records: Vec<u32>,
    content: Content,
    pairs_within: Option<PairsWithin>,
}

/// Number of symbols of a record, and bytes of each.
#[derive(Debug, Clone, Copy)]
struct Shape {
    per_record: usize,
    bytes: usize,
}

/// Checksum that shows whether symbols are unchanged since they were read. It is no protection against
/// forgery, because the sender can write any symbols anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Content([u64; 2]);

impl Content {
    const fn new() -> Self {
        Self([0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03])
    }

    fn add(&mut self, symbols: &[u64]) {
        let [mut a, mut b] = self.0;
        for &symbol in symbols {
            a = (a ^ symbol).wrapping_mul(0xbf58_476d_1ce4_e5b9).rotate_left(31);
            b = (b.wrapping_add(symbol)).wrapping_mul(0x94d0_49bb_1331_11eb).rotate_left(27);
        }
        self.0 = [a, b];
    }
}

/// Rows of a file: ids if wanted, and symbols as bytes.
struct Rows<'r> {
    ids: Option<&'r dyn Fn(usize) -> &'r str>,
    count: usize,
    bytes: &'r [u8],
}

impl SymbolFile {
    /// Reads and checks a file whose metadata has been read.
    pub(crate) fn read(
        name: &str,
        format: Format,
        mut file: File,
        meta: TokenMeta,
        on_rows: &mut dyn FnMut(u64),
    ) -> Result<(TokenSet, Self), ColumnarError> {
        let symbols = meta.schema.symbols().ok_or_else(|| damaged(name, "its schema has no symbols"))?;
        let shape = Shape { per_record: symbols.per_record, bytes: symbols.bytes() };
        let most_rows = file.metadata().map_err(ColumnarError::io(name, "read"))?.len();
        let (mut ids, mut content, mut buffer) = (RecordIds::default(), Content::new(), Vec::new());
        let stated = each(name, format, &mut file, shape, true, &mut |rows| {
            if (ids.len() + rows.count) as u64 > most_rows {
                return Err(damaged(name, "it states more rows than it can contain"));
            }
            for row in 0..rows.count {
                let id = rows.ids.map_or("", |id| id(row));
                let at = ids.len() as u64 + 1;
                ids.push(id)
                    .map_err(|error| ColumnarError::cell(name, at, ID_COLUMN, error.to_string(), AGAIN))?;
            }
            shape.decode(rows.bytes, &mut buffer);
            let first = ids.len() - rows.count;
            for (row, symbols) in buffer.chunks_exact(shape.per_record).enumerate() {
                if !symbols.is_sorted_by(|a, b| a < b) {
                    let problem = "symbols are not distinct and ascending";
                    return Err(ColumnarError::cell(name, (first + row) as u64 + 1, COLUMN, problem, AGAIN));
                }
            }
            content.add(&buffer);
            on_rows(ids.len() as u64);
            Ok(())
        })?;
        let pairs_within = stated_pairs(name, stated.as_deref(), (ids.len(), shape.per_record))?;
        let (set, records) = of_set(name, TokenSet::of_symbols(meta, ids))?;
        let (name, file) = (name.to_owned(), Mutex::new(file));
        Ok((set, Self { name, format, file, shape, records, content, pairs_within }))
    }

    /// A checksum of this file's symbols and the order of its rows.
    #[must_use]
    pub fn content(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.content.0[0].to_le_bytes());
        bytes[8..].copy_from_slice(&self.content.0[1].to_le_bytes());
        bytes
    }

    /// Numbers of common symbols of pairs within the file, as counted by its custodian. Files for
    /// deduplication do not state them, because their symbols show them.
    #[must_use]
    pub const fn pairs_within(&self) -> Option<&PairsWithin> {
        self.pairs_within.as_ref()
    }

    /// Bytes of a symbol in files.
    #[must_use]
    pub const fn symbol_bytes(&self) -> usize {
        self.shape.bytes
    }
}

/// Name of the column of symbols.
pub(crate) const COLUMN: &str = "symbols";

impl SymbolReader for SymbolFile {
    type Error = ColumnarError;

    fn per_record(&self) -> usize {
        self.shape.per_record
    }

    fn read(&self, take: &mut dyn FnMut(&[u32], &[u64])) -> Result<(), ColumnarError> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut content, mut buffer, mut at) = (Content::new(), Vec::new(), 0);
        let changed = || damaged(&self.name, "it changed while it was read");
        each(&self.name, self.format, &mut file, self.shape, false, &mut |rows| {
            let records = self.records.get(at..at + rows.count).ok_or_else(changed)?;
            at += rows.count;
            self.shape.decode(rows.bytes, &mut buffer);
            content.add(&buffer);
            take(records, &buffer);
            Ok(())
        })?;
        if at == self.records.len() && content == self.content { Ok(()) } else { Err(changed()) }
    }
}

impl Shape {
    const fn row_bytes(self) -> usize {
        self.per_record * self.bytes
    }

    /// Symbols, in the upper bits of 64-bit numbers.
    fn decode(self, bytes: &[u8], out: &mut Vec<u64>) {
        out.clear();
        if self.bytes == 8 {
            out.extend(bytes.as_chunks::<8>().0.iter().map(|bytes| u64::from_be_bytes(*bytes)));
            return;
        }
        out.extend(bytes.chunks_exact(self.bytes).map(|bytes| {
            let mut wide = [0; 8];
            wide[..bytes.len()].copy_from_slice(bytes);
            u64::from_be_bytes(wide)
        }));
    }
}

/// Calls `take` with the rows of a file from its beginning; returns the stated number of rows.
fn each(
    name: &str,
    format: Format,
    file: &mut File,
    shape: Shape,
    with_ids: bool,
    take: &mut dyn FnMut(&Rows<'_>) -> Result<(), ColumnarError>,
) -> Result<Option<String>, ColumnarError> {
    file.rewind().map_err(ColumnarError::io(name, "read"))?;
    let clone = file.try_clone().map_err(ColumnarError::io(name, "read"))?;
    match format {
        Format::Parquet => guarded(name, || each_parquet(name, clone, shape, with_ids, take)),
        Format::Arrow => guarded(name, || each_arrow(name, clone, shape, with_ids, take)),
        Format::Tsv => each_text(name, clone, '\t', shape, take),
        Format::Csv => each_text(name, clone, ',', shape, take),
        Format::Json => unreachable!("lists of CLKs are not token files"),
    }
}

fn each_parquet(
    name: &str,
    file: File,
    shape: Shape,
    with_ids: bool,
    take: &mut dyn FnMut(&Rows<'_>) -> Result<(), ColumnarError>,
) -> Result<Option<String>, ColumnarError> {
    let parquet = Parquet::open(name, file)?;
    let metadata = parquet.metadata.metadata().file_metadata();
    let pairs = metadata.key_value_metadata();
    let count = pairs.and_then(|pairs| pairs.iter().find(|pair| pair.key == COUNT_KEY)?.value.clone());
    check_columns(name, parquet.metadata.schema())?;
    let columns = if with_ids {
        ProjectionMask::all()
    } else {
        ProjectionMask::roots(parquet.metadata.parquet_schema(), [1])
    };
    for batch in parquet.batches_of(name, columns)? {
        take_batch(
            name,
            &batch.map_err(|error| damaged(name, arrow_problem(&error)))?,
            shape,
            with_ids,
            take,
        )?;
    }
    Ok(count)
}

fn each_arrow(
    name: &str,
    mut file: File,
    shape: Shape,
    with_ids: bool,
    take: &mut dyn FnMut(&Rows<'_>) -> Result<(), ColumnarError>,
) -> Result<Option<String>, ColumnarError> {
    check_arrow(name, &mut file)?;
    let wanted = (!with_ids).then(|| vec![1]);
    let failed = |error| damaged(name, arrow_problem(&error));
    let reader = FileReader::try_new_buffered(file, wanted).map_err(failed)?;
    let count = reader.custom_metadata().get(COUNT_KEY).cloned();
    if with_ids {
        check_columns(name, &reader.schema())?;
    }
    for batch in reader {
        take_batch(name, &batch.map_err(failed)?, shape, with_ids, take)?;
    }
    Ok(count)
}

fn check_columns(name: &str, schema: &arrow_schema::Schema) -> Result<(), ColumnarError> {
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    check_names(name, &columns)
}

pub(crate) fn check_names(name: &str, columns: &[&str]) -> Result<(), ColumnarError> {
    if columns == [ID_COLUMN, COLUMN] {
        return Ok(());
    }
    let problem = format!("its columns are not those of its schema, which are {ID_COLUMN}, {COLUMN}");
    Err(ColumnarError::file(name, problem, AGAIN))
}

fn take_batch(
    name: &str,
    batch: &RecordBatch,
    shape: Shape,
    with_ids: bool,
    take: &mut dyn FnMut(&Rows<'_>) -> Result<(), ColumnarError>,
) -> Result<(), ColumnarError> {
    let no_symbols = || {
        let problem = format!(
            "column {COLUMN:?} does not have {} bytes per record, as the schema requires",
            shape.row_bytes()
        );
        ColumnarError::file(name, problem, AGAIN)
    };
    let columns = batch.columns();
    let symbols = columns.get(usize::from(with_ids)).and_then(|column| column.as_fixed_size_binary_opt());
    let symbols = symbols.ok_or_else(no_symbols)?;
    if symbols.value_length() as usize != shape.row_bytes() || symbols.null_count() > 0 {
        return Err(no_symbols());
    }
    let ids = columns.first().filter(|_| with_ids).map(|ids| ids.as_string_opt::<i32>());
    let id = |row: usize| match ids {
        Some(Some(ids)) if !ids.is_null(row) => ids.value(row),
        _ => "",
    };
    if ids == Some(None) {
        return Err(ColumnarError::file(name, "its record ids are not text", AGAIN));
    }
    let bytes = symbols.value_data().get(..batch.num_rows() * shape.row_bytes()).ok_or_else(no_symbols)?;
    take(&Rows { ids: with_ids.then_some(&id), count: batch.num_rows(), bytes })
}

fn each_text(
    name: &str,
    file: File,
    delimiter: char,
    shape: Shape,
    take: &mut dyn FnMut(&Rows<'_>) -> Result<(), ColumnarError>,
) -> Result<Option<String>, ColumnarError> {
    let mut rows = TextRows::open(name, BufReader::with_capacity(1 << 17, file), delimiter)?;
    check_names(name, &rows.columns())?;
    let mut bytes = Vec::new();
    while let Some(record) = rows.next()? {
        bytes.clear();
        let decoded = STANDARD.decode_vec(record.get(1).unwrap_or_default(), &mut bytes);
        if decoded.is_err() || bytes.len() != shape.row_bytes() {
            let problem = format!("the value is not base64 of {} bytes", shape.row_bytes());
            return Err(ColumnarError::cell(name, rows.row(), COLUMN, problem, AGAIN));
        }
        let id = record.get(0).unwrap_or_default().to_owned();
        take(&Rows { ids: Some(&|_| &id), count: 1, bytes: &bytes })?;
    }
    Ok(rows.stated())
}

#[cfg(test)]
mod tests {
    use mizuhiki_exchange::{CustodianId, KeyId, Run, RunName, Task};
    use mizuhiki_schema::LinkageSchema;
    use proptest::prelude::*;

    use super::*;
    use crate::source::Source;
    use crate::tokens::read::read_tokens;
    use crate::tokens::write::{TokenRows, TokenWriter};
    use mizuhiki_files::Target;

    const PER_RECORD: usize = 5;

    fn meta(bits: usize) -> TokenMeta {
        let text = format!(
            r#"{{"format":"mizuhiki-linkage-schema","version":2,"name":"t","profile":"hardened",
            "locale":{{"pack":"en-Latn"}},"fields":[{{"name":"a","kind":"text","features":[{{"type":"exact"}}]}}],
            "symbols":{{"perView":4,"bits":{bits},"perRecord":{PER_RECORD}}},
            "thresholds":{{"accept":0.9,"borderline":0.8}}}}"#
        );
        TokenMeta {
            schema: LinkageSchema::parse(&text).unwrap(),
            key_id: KeyId::from_bytes([7; 8]),
            custodian: CustodianId::new("Registry").unwrap(),
            run: Run {
                task: Task::Dedupe,
                project: RunName::new("project").unwrap(),
                name: RunName::new("run \"é\"").unwrap(),
            },
        }
    }

    /// Symbols of each record, truncated to the width of the file.
    fn write(path: &std::path::Path, meta: &TokenMeta, rows: &[Vec<u64>], shift: u32) {
        let mut writer = TokenWriter::create(&Target::Path(path.to_owned()), meta).unwrap();
        let bytes = (64 - shift) as usize / 8;
        for (first, part) in rows.chunks(7).enumerate() {
            let mut tokens =
                TokenRows { views: vec![Vec::new()], present: vec![Vec::new()], ..TokenRows::default() };
            for (row, symbols) in part.iter().enumerate() {
                tokens.ids.push(&format!("r{}", first * 7 + row)).unwrap();
                symbols.iter().for_each(|symbol| tokens.views[0].extend(&symbol.to_be_bytes()[..bytes]));
                tokens.present[0].push(true);
            }
            writer.write(&tokens).unwrap();
        }
        writer.finish().unwrap();
    }

    fn rows() -> impl Strategy<Value = Vec<Vec<u64>>> {
        let row = prop::collection::btree_set(any::<u32>(), PER_RECORD);
        let wide =
            |row: std::collections::BTreeSet<u32>| row.into_iter().map(|n| u64::from(n) << 32).collect();
        prop::collection::vec(row.prop_map(wide), 0..40)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn symbols_come_back_as_often_as_they_are_read(rows in rows(), width in 4_usize..=8) {
            let folder = tempfile::tempdir().unwrap();
            for format in ["parquet", "arrow", "csv", "tsv"] {
                let path = folder.path().join(format!("symbols.{format}"));
                let meta = meta(8 * width);
                write(&path, &meta, &rows, 64 - 8 * width as u32);
                let file = read_tokens(&Source::Path(path)).unwrap();
                prop_assert_eq!(file.set.meta(), Some(&meta));
                let symbols = file.symbols.unwrap();
                for _ in 0..2 {
                    let mut found = vec![Vec::new(); rows.len()];
                    symbols
                        .read(&mut |records, symbols| {
                            for (record, symbols) in records.iter().zip(symbols.chunks_exact(PER_RECORD)) {
                                let number: usize = file.set.ids().get(*record as usize)[1..].parse().unwrap();
                                found[number] = symbols.to_vec();
                            }
                        })
                        .unwrap();
                    prop_assert_eq!(&found, &rows, "{}", format);
                }
            }
        }
    }

    #[test]
    fn a_file_that_changes_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<Vec<u64>> =
            (0..2_000_u64).map(|row| (0..5).map(|at| (row * 5 + at) << 40).collect()).collect();
        for format in ["parquet", "arrow", "csv"] {
            let path = folder.path().join(format!("changes.{format}"));
            write(&path, &meta(64), &rows, 0);
            let whole = std::fs::read(&path).unwrap();
            let file = read_tokens(&Source::Path(path.clone())).unwrap().symbols.unwrap();
            file.read(&mut |_, _| ()).unwrap();
            // Changes the file in place: truncates it, then replaces a byte in its middle.
            for change in [
                &whole[..whole.len() / 2],
                &[&whole[..whole.len() / 2], b"!", &whole[whole.len() / 2 + 1..]].concat(),
            ] {
                std::fs::write(&path, change).unwrap();
                let error = file.read(&mut |_, _| ()).unwrap_err().to_string();
                assert!(error.contains(&format!("changes.{format}")), "{error}");
            }
        }
    }

    #[test]
    fn rows_that_are_no_tokens_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        for rows in [[5, 4, 3, 2, 1], [1, 2, 2, 3, 4]] {
            let path = folder.path().join("bent.arrow");
            write(&path, &meta(64), &[rows.to_vec()], 0);
            let error = read_tokens(&Source::Path(path)).unwrap_err().to_string();
            assert!(error.contains("row 1, column \"symbols\"") && error.contains("ascending"), "{error}");
        }
    }
}
